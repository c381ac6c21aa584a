/* plain: the bytes that stand for themselves in a string of JSON, as almost all do, eight at once.
 */
#ifndef SIMRUN_SIM_INPUT_PLAIN_H
#define SIMRUN_SIM_INPUT_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PLAIN_WORD = 8 };

/* Are these PLAIN_WORD bytes printable ASCII or DEL, and neither quotes nor backslashes? */
static inline bool plain_word(const void *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t w;
    memcpy(&w, p, sizeof(w));
    const uint64_t quotes = w ^ ones * '"', slashes = w ^ ones * '\\';
    /* A byte less than what is taken from it shows in its highest bit; what it borrows can only
     * show in others beside it. */
    return !((w | (w - ones * 0x20) | (quotes - ones) | (slashes - ones)) & high);
}

#endif
