/*
 * arena: memory of one document or case, given back as a whole. It stands in the ledger of its
 * domain as a few large blocks, so that a parse costs few allocations.
 */
#ifndef SIMRUN_SIM_INPUT_ARENA_H
#define SIMRUN_SIM_INPUT_ARENA_H

#include <simrun/core.h>

struct arena_block;

struct arena {
    struct domain *d;
    struct arena_block *blocks; /* newest first */
    size_t left;                /* bytes free in the newest */
    char *at;
};

/* NULL = fate oom. */
struct arena *arena_new(struct domain *d);
/* Takes NULL. */
void arena_free(struct arena *a);
/* Zeroed, aligned for any type; valid until arena_free. NULL = fate oom. */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of `n` bytes with a NUL behind. NULL = fate oom. */
char *arena_dup(struct arena *a, const char *p, size_t n);
/* Two texts, one behind the other. NULL = fate oom. */
char *arena_join(struct arena *a, const char *first, const char *second);
char *arena_printf(struct arena *a, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) SIMRUN_PRINTF(2, 0);

#endif
