/* Sorting what is sorted but for a few. */
#include <simrun/core.h>

enum {
    MOVES_MAX = 64, /* elements that are put into their place one by one */
    MOVED_BYTES = 256,
};

/* The first of `n` sorted elements that comes after `key`. */
static size_t place_of(const char *v, size_t n, size_t size, const void *key,
                       int (*order)(const void *a, const void *b))
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(v + middle * size, key) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void sort_nearly(void *array, size_t n, size_t size, int (*order)(const void *a, const void *b))
{
    char *v = array, moved[MOVED_BYTES];
    size_t moves = 0;
    for (size_t i = 1; i < n; i++) {
        char *at = v + i * size;
        if (order(at - size, at) <= 0) {
            continue;
        }
        if (++moves > MOVES_MAX || size > sizeof(moved)) {
            qsort(v, n, size, order);
            return;
        }
        char *to = v + place_of(v, i, size, at, order) * size;
        memcpy(moved, at, size);
        memmove(to + size, to, (size_t)(at - to));
        memcpy(to, moved, size);
    }
}
