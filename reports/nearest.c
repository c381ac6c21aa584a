/* What a mistyped word was probably meant to be. */
#include "private.h"

#include <limits.h>
#include <string.h>

enum { LONGEST = 40 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Insertions, deletions, exchanges, and swaps of neighbours. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[3][LONGEST + 1];
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) {
        return UINT_MAX;
    }
    for (size_t j = 0; j <= m; j++) {
        row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *swap = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned cost = a[i - 1] != b[j - 1];
            now[j] = smallest(before[j] + 1, now[j - 1] + 1, before[j - 1] + cost);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && swap[j - 2] + 1 < now[j]) {
                now[j] = swap[j - 2] + 1;
            }
        }
    }
    return row[n % 3][m];
}

const char *rep_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    unsigned least = (unsigned)strlen(word) / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(word, candidates[i]);
        if (d < least) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}
