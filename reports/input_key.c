/* Inputs by their hashes. */
#include "private.h"

#include <string.h>

void rep_input_key(const struct rep_input *input, struct rep_input_key *key)
{
    *key = (struct rep_input_key){.present = {false}};
    for (size_t i = 0; i < REP_PARTS; i++) {
        key->present[i] = input->part[i].data != NULL;
        if (key->present[i]) {
            key->part[i] = rep_hash_of(input->part[i].data, input->part[i].size);
        }
    }
}

struct rep_hash rep_input_key_hash(const struct rep_input_key *key)
{
    enum { PART_BYTES = 1 + sizeof(struct rep_hash) };
    unsigned char all[REP_PARTS * PART_BYTES] = {0};
    for (size_t i = 0; i < REP_PARTS; i++) {
        if (key->present[i]) {
            all[i * PART_BYTES] = 1;
            memcpy(all + i * PART_BYTES + 1, key->part[i].byte, sizeof key->part[i].byte);
        }
    }
    return rep_hash_of(all, sizeof all);
}

struct rep_hash rep_input_hash(const struct rep_input *input)
{
    struct rep_input_key key;
    rep_input_key(input, &key);
    return rep_input_key_hash(&key);
}
