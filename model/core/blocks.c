/* Small blocks of a domain, cut from chunks: a world makes and drops thousands of small objects and
 * then ends as a whole. Not zeroed, and unknown to the ledger, which stands above this. */
#include "internal.h"

#include <stdalign.h>

enum { CHUNK_BYTES = 32 << 10 };

_Static_assert(DOMAIN_BLOCK_BINS *BLOCK_STEP <= CHUNK_BYTES / 8, "a chunk holds many blocks");

struct chunk {
    alignas(BLOCK_STEP) struct chunk *next;
};

/* A block from the end of the newest chunk, or from a new one; what is left of the old one is
 * lost. */
void *block_cut(struct domain_blocks *b, size_t bin)
{
    const size_t size = bin * BLOCK_STEP;
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

void blocks_release(struct domain_blocks *b)
{
    for (struct chunk *c = b->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    *b = (struct domain_blocks){0};
}
