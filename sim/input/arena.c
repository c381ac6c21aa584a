#include "arena.h"

#include <stdio.h>

enum {
    BLOCK_BYTES = 32 << 10,
    ALIGNMENT = sizeof(void *),
};

struct arena_block {
    struct arena_block *next;
    char bytes[];
};

struct arena *arena_new(struct domain *d)
{
    struct arena *a = mem_new(d, sizeof(*a), "arena");
    if (a) {
        a->d = d;
    }
    return a;
}

void arena_free(struct arena *a)
{
    if (!a) {
        return;
    }
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    mem_free(a);
}

/* A block of its own for large pieces, behind the newest so that its free bytes are not lost. */
static void *alloc_large(struct arena *a, size_t size)
{
    struct arena_block *b = mem_new(a->d, sizeof(*b) + size, "arena block");
    if (!b) {
        return NULL;
    }
    if (a->blocks) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        a->blocks = b;
    }
    return b->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > a->left) {
        if (size > BLOCK_BYTES / 4) {
            return alloc_large(a, size);
        }
        struct arena_block *b = mem_buffer(a->d, NULL, sizeof(*b) + BLOCK_BYTES, "arena block");
        if (!b) {
            return NULL;
        }
        b->next = a->blocks;
        a->blocks = b;
        a->at = b->bytes;
        a->left = BLOCK_BYTES;
    }
    void *p = a->at;
    a->at += size;
    a->left -= size;
    return memset(p, 0, size); /* piece by piece: most of a block is never used */
}

char *arena_dup(struct arena *a, const char *p, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    if (copy && n) {
        memcpy(copy, p, n);
    }
    return copy;
}

char *arena_join(struct arena *a, const char *first, const char *second)
{
    size_t n = strlen(first), m = strlen(second);
    char *text = arena_alloc(a, n + m + 1);
    if (text) {
        memcpy(text, first, n + 1);
        memcpy(text + n, second, m + 1);
    }
    return text;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (text) {
        vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return text;
}
