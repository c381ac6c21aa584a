/* bytes: structured choices taken from the bytes of a fuzzer, and checks that end the program. */
#ifndef FUZZ_SUPPORT_BYTES_H
#define FUZZ_SUPPORT_BYTES_H

#include <simrun/core.h>

#include <stdio.h>

/* What is left of an input. Behind its end everything is zero. */
struct bytes {
    const uint8_t *p;
    size_t n;
};

static inline uint8_t take_byte(struct bytes *b)
{
    if (b->n == 0) {
        return 0;
    }
    b->n--;
    return *b->p++;
}

/* Below `n`, which is at most 256. */
static inline size_t take_below(struct bytes *b, size_t n)
{
    return take_byte(b) % n;
}

static inline size_t take_u16(struct bytes *b)
{
    size_t high = take_byte(b);
    return high << 8 | take_byte(b);
}

static inline bool take_bit(struct bytes *b)
{
    return take_byte(b) & 1;
}

/* The next `n` bytes, or what there is of them. */
static inline struct bytes take_slice(struct bytes *b, size_t n)
{
    struct bytes slice = {b->p, n < b->n ? n : b->n};
    b->p += slice.n;
    b->n -= slice.n;
    return slice;
}

/* Some edits of a text, as the bytes say: what stands there replaced, removed, doubled or moved
 * apart by one of `tokens`. */
void edit_text(struct bytes *b, struct str *text, const char *const *tokens, size_t n_tokens);

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
