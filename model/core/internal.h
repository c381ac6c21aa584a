/* What the files of core know of each other. */
#ifndef SIMRUN_CORE_INTERNAL_H
#define SIMRUN_CORE_INTERNAL_H

#include <simrun/core.h>

/* Counts one allocation; false when the domain is dead or this one is told to fail (then the domain
 * met fate oom). */
bool alloc_allowed(struct domain *d);

/* Frees what stands in the ledger in the order of birth and closes descriptors; returns how many
 * entries that were. */
size_t ledger_abandon(struct domain *d, void (*report)(void *arg, const char *kind, size_t size),
                      void *arg);

/* What must happen to a payload when it is freed, by mem_free or with its domain. Set once, right
 * after mem_new. */
void mem_on_free(void *p, void (*on_free)(void *p));
/* The payloads of the ledger that were given this `on_free`, in the order of birth. */
void ledger_each(const struct domain *d, void (*on_free)(void *p),
                 void (*each)(void *arg, const void *p), void *arg);

/* ----------------------------------------------------------------------------------- blocks.c */

enum { BLOCK_STEP = 16 }; /* sizes of bins are multiples of it */

/* Under the address sanitizer every block is malloc's own, so that it sees each use after free. */
#if defined(__SANITIZE_ADDRESS__)
#define BLOCKS_POOLED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BLOCKS_POOLED 0
#endif
#endif
#ifndef BLOCKS_POOLED
#define BLOCKS_POOLED 1
#endif

/* A free block of a bin. */
struct block {
    struct block *next;
};

/* The bin of blocks of `size` bytes; 0: too large, malloc's business. */
static inline size_t block_bin(size_t size)
{
    size_t bin = (size + BLOCK_STEP - 1) / BLOCK_STEP;
    return BLOCKS_POOLED && bin < DOMAIN_BLOCK_BINS ? bin : 0;
}

/* A block of a bin but 0 that never was one before. */
void *block_cut(struct domain_blocks *b, size_t bin);

/* A block of a bin but 0, with any content; NULL when memory is out. */
static inline void *block_get(struct domain_blocks *b, size_t bin)
{
    struct block *p = b->free[bin];
    if (!p) {
        return block_cut(b, bin);
    }
    b->free[bin] = p->next;
    return p;
}

static inline void block_put(struct domain_blocks *b, size_t bin, void *p)
{
    struct block *block = p;
    block->next = b->free[bin];
    b->free[bin] = block;
}

/* All chunks are given back: no block of them may be used any more. */
void blocks_release(struct domain_blocks *b);

#endif
