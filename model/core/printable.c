/* Which code points print as they are. The table is made by printable.pl. */
#include <simrun/core.h>

struct rune_range {
    uint32_t first, last;
};

static const struct rune_range printable[] = {
#include "printable.inc"
};

bool go_is_print(uint32_t rune)
{
    size_t low = 0, high = ARRAY_LEN(printable);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (rune > printable[mid].last) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < ARRAY_LEN(printable) && rune >= printable[low].first;
}
