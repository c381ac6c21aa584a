/* Wire primitives (contract 1): little endian, sticky overrun. Private to p9. */
#ifndef SIMRUN_P9_WIRE_H
#define SIMRUN_P9_WIRE_H

#include <simrun/p9.h>

/* Writing never passes `cap`; `code` is the first failure and stays. */
struct wire_out {
    uint8_t *p;
    size_t n, cap;
    int code;
};

/* Reading past the end sets `over`, consumes nothing and yields zero. */
struct wire_in {
    const uint8_t *p;
    size_t n, at;
    bool over;
};

void wire_put(struct wire_out *o, const void *bytes, size_t n);

/* Room for the next `n` bytes, which count as written; NULL: it does not fit, or a failure came
 * before. */
static inline uint8_t *wire_room(struct wire_out *o, size_t n)
{
    if (o->cap - o->n < n && !o->code) {
        o->code = -EMSGSIZE;
    }
    if (o->code) {
        return NULL;
    }
    uint8_t *p = o->p + o->n;
    o->n += n;
    return p;
}

static inline void wire_store16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void wire_store32(uint8_t *p, uint32_t v)
{
    wire_store16(p, (uint16_t)v);
    wire_store16(p + 2, (uint16_t)(v >> 16));
}

static inline void wire_store64(uint8_t *p, uint64_t v)
{
    wire_store32(p, (uint32_t)v);
    wire_store32(p + 4, (uint32_t)(v >> 32));
}

static inline void wire_put8(struct wire_out *o, uint8_t v)
{
    uint8_t *p = wire_room(o, 1);
    if (p) {
        *p = v;
    }
}

static inline void wire_put16(struct wire_out *o, uint16_t v)
{
    uint8_t *p = wire_room(o, 2);
    if (p) {
        wire_store16(p, v);
    }
}

static inline void wire_put32(struct wire_out *o, uint32_t v)
{
    uint8_t *p = wire_room(o, 4);
    if (p) {
        wire_store32(p, v);
    }
}

static inline void wire_put64(struct wire_out *o, uint64_t v)
{
    uint8_t *p = wire_room(o, 8);
    if (p) {
        wire_store64(p, v);
    }
}

void wire_put_str(struct wire_out *o, struct p9_str s); /* past 65535 bytes: -ENAMETOOLONG, Q-03 */
void wire_put_qid(struct wire_out *o, const struct p9_qid *q);
void wire_put_fsstat(struct wire_out *o, const struct p9_fsstat *s);
void wire_put_attr(struct wire_out *o, const struct p9_attr *a);
void wire_put_setattr(struct wire_out *o, const struct p9_setattr *a, uint32_t mode_mask);

/* The next `n` bytes. NULL: overrun. */
static inline const uint8_t *wire_get(struct wire_in *in, size_t n)
{
    if (in->n - in->at < n) {
        in->over = true;
        return NULL;
    }
    const uint8_t *p = in->p + in->at;
    in->at += n;
    return p;
}

static inline uint16_t wire_load16(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint32_t)p[1] << 8);
}

static inline uint32_t wire_load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t wire_load64(const uint8_t *p)
{
    return wire_load32(p) | (uint64_t)wire_load32(p + 4) << 32;
}

static inline uint8_t wire_get8(struct wire_in *in)
{
    const uint8_t *p = wire_get(in, 1);
    return p ? p[0] : 0;
}

static inline uint16_t wire_get16(struct wire_in *in)
{
    const uint8_t *p = wire_get(in, 2);
    return p ? wire_load16(p) : 0;
}

static inline uint32_t wire_get32(struct wire_in *in)
{
    const uint8_t *p = wire_get(in, 4);
    return p ? wire_load32(p) : 0;
}

static inline uint64_t wire_get64(struct wire_in *in)
{
    const uint8_t *p = wire_get(in, 8);
    return p ? wire_load64(p) : 0;
}

struct p9_str wire_get_str(struct wire_in *in);
struct p9_qid wire_get_qid(struct wire_in *in);
struct p9_fsstat wire_get_fsstat(struct wire_in *in);
struct p9_attr wire_get_attr(struct wire_in *in);
struct p9_setattr wire_get_setattr(struct wire_in *in, uint32_t mode_mask);

/* The seven bytes before every body. */
void wire_header(uint8_t *buf, size_t frame_n, uint8_t type, uint16_t tag);

enum {
    WIRE_QID = 13,
    WIRE_RREAD = P9_HEADER + 4, /* bytes of Rread and Rreaddir before the data */
};

#endif
