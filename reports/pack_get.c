#include "pack.h"

#include <string.h>

static const char *take(struct pack_in *in, size_t size)
{
    if (in->bad || size > in->n) {
        in->bad = true;
        return NULL;
    }
    const char *p = in->p;
    in->p += size;
    in->n -= size;
    return p;
}

uint64_t pack_get(struct pack_in *in)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !in->bad; shift += 7) {
        const char *p = take(in, 1);
        unsigned char byte = p ? (unsigned char)*p : 0;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return in->bad ? 0 : number;
        }
    }
    in->bad = true;
    return 0;
}

uint64_t pack_get_below(struct pack_in *in, uint64_t bound)
{
    uint64_t number = pack_get(in);
    in->bad = in->bad || number >= bound;
    return in->bad ? 0 : number;
}

size_t pack_get_count(struct pack_in *in, size_t bytes)
{
    return (size_t)pack_get_below(in, in->n / bytes + 1);
}

struct rep_hash pack_get_hash(struct pack_in *in)
{
    struct rep_hash hash = {{0}};
    const char *p = take(in, sizeof hash.byte);
    if (p) {
        memcpy(hash.byte, p, sizeof hash.byte);
    }
    return hash;
}

void pack_get_seal(struct pack_in *in)
{
    struct rep_hash seal;
    in->bad = in->bad || in->n < sizeof seal.byte;
    if (!in->bad) {
        in->n -= sizeof seal.byte;
        seal = rep_hash_of(in->p, in->n);
        in->bad = memcmp(in->p + in->n, seal.byte, sizeof seal.byte) != 0;
    }
}

struct pack_piece pack_get_text(struct pack_in *in)
{
    uint64_t size = pack_get(in);
    if (size == 0) {
        return (struct pack_piece){0};
    }
    struct pack_piece piece = {.n = (size_t)size - 1};
    piece.p = take(in, piece.n);
    return in->bad ? (struct pack_piece){0} : piece;
}

void pack_bind(sqlite3_stmt *stmt, int column, const struct pack_piece *piece)
{
    if (piece->p) {
        (void)sqlite3_bind_text64(stmt, column, piece->p, piece->n, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        (void)sqlite3_bind_null(stmt, column);
    }
}
