#include "pack.h"

#include <string.h>

/* Seven bits a byte, the last one without the eighth. */
void pack_put(struct rep_buf *out, uint64_t number)
{
    unsigned char bytes[10];
    size_t n = 0;
    if (number < 0x80) { /* most are */
        bytes[0] = (unsigned char)number;
        rep_buf_add(out, bytes, 1);
        return;
    }
    while (number >= 0x80) {
        bytes[n++] = (unsigned char)(number | 0x80);
        number >>= 7;
    }
    bytes[n++] = (unsigned char)number;
    rep_buf_add(out, bytes, n);
}

void pack_put_hash(struct rep_buf *out, const struct rep_hash *hash)
{
    rep_buf_add(out, hash->byte, sizeof hash->byte);
}

void pack_put_seal(struct rep_buf *out)
{
    struct rep_hash seal = rep_hash_of(out->data, out->size);
    pack_put_hash(out, &seal);
}

void pack_put_bytes(struct rep_buf *out, const char *text, size_t size)
{
    pack_put(out, size + 1);
    rep_buf_add(out, text, size);
}

void pack_put_text(struct rep_buf *out, const char *text)
{
    if (text) {
        pack_put_bytes(out, text, strlen(text));
    } else {
        pack_put(out, 0);
    }
}

bool pack_seen(struct rep_hash_set *set, const struct rep_hash *hash)
{
    bool seen = rep_hash_set_has(set, hash);
    if (!seen) {
        rep_hash_set_add(set, hash);
    }
    return seen;
}
