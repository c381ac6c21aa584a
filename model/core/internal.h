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

/* blocks.c. The bin of blocks of `size` bytes; 0: too large, malloc's business. */
size_t block_bin(size_t size);
/* A block of a bin but 0, with any content; NULL when memory is out. */
void *block_get(struct domain_blocks *b, size_t bin);
void block_put(struct domain_blocks *b, size_t bin, void *p);
/* All chunks are given back: no block of them may be used any more. */
void blocks_release(struct domain_blocks *b);

#endif
