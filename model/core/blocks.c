/* Small blocks of a domain, cut from chunks: a world makes and drops thousands of small objects and
 * then ends as a whole. Not zeroed, and unknown to the ledger, which stands above this. */
#include "internal.h"

#include <stdalign.h>

enum {
    STEP = 16, /* sizes of bins are multiples of it */
    CHUNK_BYTES = 32 << 10,
};

_Static_assert(DOMAIN_BLOCK_BINS *STEP <= CHUNK_BYTES / 8, "a chunk holds many blocks");

/* A free block of a bin. */
struct block {
    struct block *next;
};

struct chunk {
    alignas(STEP) struct chunk *next;
};

/* Under the address sanitizer every block is malloc's own, so that it sees each use after free. */
#if defined(__SANITIZE_ADDRESS__)
#define POOLED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED 0
#endif
#endif
#ifndef POOLED
#define POOLED 1
#endif

size_t block_bin(size_t size)
{
    size_t bin = (size + STEP - 1) / STEP;
    return POOLED && bin < DOMAIN_BLOCK_BINS ? bin : 0;
}

/* A block from the end of the newest chunk, or from a new one; what is left of the old one is
 * lost. */
static void *cut(struct domain_blocks *b, size_t size)
{
    if (b->left < size) {
        struct chunk *chunk = malloc(CHUNK_BYTES);
        if (!chunk) {
            return NULL;
        }
        chunk->next = b->chunks;
        b->chunks = chunk;
        b->at = (char *)(chunk + 1);
        b->left = CHUNK_BYTES - sizeof(*chunk);
    }
    void *p = b->at;
    b->at += size;
    b->left -= size;
    return p;
}

void *block_get(struct domain_blocks *b, size_t bin)
{
    struct block *p = b->free[bin];
    if (!p) {
        return cut(b, bin * STEP);
    }
    b->free[bin] = p->next;
    return p;
}

void block_put(struct domain_blocks *b, size_t bin, void *p)
{
    struct block *block = p;
    block->next = b->free[bin];
    b->free[bin] = block;
}

void blocks_release(struct domain_blocks *b)
{
    for (struct chunk *c = b->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    *b = (struct domain_blocks){0};
}
