#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct rep_hash rep_hash_of(const void *data, size_t size)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(size ? data : "", size));
    struct rep_hash hash;
    _Static_assert(sizeof hash.byte == sizeof canonical.digest, "a hash has 128 bits");
    memcpy(hash.byte, canonical.digest, sizeof hash.byte);
    return hash;
}

static size_t first_slot(const struct rep_hash *hash, size_t room)
{
    uint64_t word;
    memcpy(&word, hash->byte, sizeof word);
    return (size_t)word & (room - 1);
}

static bool is_free(const struct rep_hash *slot)
{
    static const struct rep_hash zero;
    return memcmp(slot, &zero, sizeof zero) == 0;
}

/* The slot that holds `hash`, or the free one where it belongs. */
static size_t find_slot(const struct rep_hash_set *set, const struct rep_hash *hash)
{
    size_t at = first_slot(hash, set->room);
    while (!is_free(&set->slot[at]) && memcmp(&set->slot[at], hash, sizeof *hash) != 0) {
        at = (at + 1) & (set->room - 1);
    }
    return at;
}

void rep_hash_set_release(struct rep_hash_set *set)
{
    free(set->slot);
    *set = (struct rep_hash_set){0};
}

bool rep_hash_set_has(const struct rep_hash_set *set, const struct rep_hash *hash)
{
    return set->room > 0 && !is_free(&set->slot[find_slot(set, hash)]);
}

static bool grow(struct rep_hash_set *set)
{
    struct rep_hash_set bigger = {.room = set->room ? set->room * 2 : 1024, .used = set->used};
    bigger.slot = calloc(bigger.room, sizeof *bigger.slot);
    if (!bigger.slot) {
        return false;
    }
    for (size_t i = 0; i < set->room; i++) {
        if (!is_free(&set->slot[i])) {
            bigger.slot[find_slot(&bigger, &set->slot[i])] = set->slot[i];
        }
    }
    free(set->slot);
    *set = bigger;
    return true;
}

void rep_hash_set_add(struct rep_hash_set *set, const struct rep_hash *hash)
{
    if (set->used >= REP_HASH_SET_BOUND) {
        memset(set->slot, 0, set->room * sizeof *set->slot);
        set->used = 0;
    }
    /* A hash that finds no memory is not remembered, which is always allowed. */
    if (set->used * 2 >= set->room && !grow(set)) {
        return;
    }
    size_t at = find_slot(set, hash);
    if (is_free(&set->slot[at]) && !is_free(hash)) {
        set->slot[at] = *hash;
        set->used++;
    }
}
