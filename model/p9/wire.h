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
void wire_put8(struct wire_out *o, uint8_t v);
void wire_put16(struct wire_out *o, uint16_t v);
void wire_put32(struct wire_out *o, uint32_t v);
void wire_put64(struct wire_out *o, uint64_t v);
void wire_put_str(struct wire_out *o, struct p9_str s); /* past 65535 bytes: -ENAMETOOLONG, Q-03 */
void wire_put_qid(struct wire_out *o, const struct p9_qid *q);
void wire_put_fsstat(struct wire_out *o, const struct p9_fsstat *s);
void wire_put_attr(struct wire_out *o, const struct p9_attr *a);
void wire_put_setattr(struct wire_out *o, const struct p9_setattr *a, uint32_t mode_mask);

const uint8_t *wire_get(struct wire_in *in, size_t n); /* NULL: overrun */
uint8_t wire_get8(struct wire_in *in);
uint16_t wire_get16(struct wire_in *in);
uint32_t wire_get32(struct wire_in *in);
uint64_t wire_get64(struct wire_in *in);
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
