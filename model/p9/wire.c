/* Integers, strings and the composite types of contract 1.1. */
#include "wire.h"

void wire_put(struct wire_out *o, const void *bytes, size_t n)
{
    uint8_t *p = wire_room(o, n);
    if (p && n) {
        memcpy(p, bytes, n);
    }
}

void wire_put_str(struct wire_out *o, struct p9_str s)
{
    if (s.n > P9_STRING_MAX) {
        o->code = o->code ? o->code : -ENAMETOOLONG;
        return;
    }
    wire_put16(o, (uint16_t)s.n);
    wire_put(o, s.p, s.n);
}

void wire_put_qid(struct wire_out *o, const struct p9_qid *q)
{
    wire_put8(o, q->type);
    wire_put32(o, q->version);
    wire_put64(o, q->path);
}

void wire_put_fsstat(struct wire_out *o, const struct p9_fsstat *s)
{
    wire_put32(o, s->type);
    wire_put32(o, s->bsize);
    wire_put64(o, s->blocks);
    wire_put64(o, s->bfree);
    wire_put64(o, s->bavail);
    wire_put64(o, s->files);
    wire_put64(o, s->ffree);
    wire_put64(o, s->fsid);
    wire_put32(o, s->namelen);
}

void wire_put_attr(struct wire_out *o, const struct p9_attr *a)
{
    const uint32_t head[] = {a->mode, a->uid, a->gid};
    const uint64_t rest[] = {a->nlink,      a->rdev,      a->size,        a->blksize,
                             a->blocks,     a->atime_sec, a->atime_nsec,  a->mtime_sec,
                             a->mtime_nsec, a->ctime_sec, a->ctime_nsec,  a->btime_sec,
                             a->btime_nsec, a->gen,       a->data_version};
    uint8_t *p = wire_room(o, sizeof(head) + sizeof(rest));
    for (size_t i = 0; p && i < ARRAY_LEN(head); i++, p += 4) {
        wire_store32(p, head[i]);
    }
    for (size_t i = 0; p && i < ARRAY_LEN(rest); i++, p += 8) {
        wire_store64(p, rest[i]);
    }
}

void wire_put_setattr(struct wire_out *o, const struct p9_setattr *a, uint32_t mode_mask)
{
    wire_put32(o, a->mode & mode_mask);
    wire_put32(o, a->uid);
    wire_put32(o, a->gid);
    wire_put64(o, a->size);
    wire_put64(o, a->atime_sec);
    wire_put64(o, a->atime_nsec);
    wire_put64(o, a->mtime_sec);
    wire_put64(o, a->mtime_nsec);
}

struct p9_str wire_get_str(struct wire_in *in)
{
    uint16_t n = wire_get16(in);
    const uint8_t *p = wire_get(in, n);
    return p ? (struct p9_str){.p = (const char *)p, .n = n} : (struct p9_str){.p = ""};
}

struct p9_qid wire_get_qid(struct wire_in *in)
{
    struct p9_qid q = {.type = wire_get8(in)};
    q.version = wire_get32(in);
    q.path = wire_get64(in);
    return q;
}

struct p9_fsstat wire_get_fsstat(struct wire_in *in)
{
    struct p9_fsstat s = {.type = wire_get32(in)};
    s.bsize = wire_get32(in);
    s.blocks = wire_get64(in);
    s.bfree = wire_get64(in);
    s.bavail = wire_get64(in);
    s.files = wire_get64(in);
    s.ffree = wire_get64(in);
    s.fsid = wire_get64(in);
    s.namelen = wire_get32(in);
    return s;
}

struct p9_attr wire_get_attr(struct wire_in *in)
{
    enum { HEAD = 3 * 4 };
    struct p9_attr a = {0};
    uint64_t *const rest[] = {&a.nlink,      &a.rdev,      &a.size,        &a.blksize,
                              &a.blocks,     &a.atime_sec, &a.atime_nsec,  &a.mtime_sec,
                              &a.mtime_nsec, &a.ctime_sec, &a.ctime_nsec,  &a.btime_sec,
                              &a.btime_nsec, &a.gen,       &a.data_version};
    const uint8_t *p = wire_get(in, HEAD + ARRAY_LEN(rest) * 8);
    if (!p) {
        return a;
    }
    a.mode = wire_load32(p);
    a.uid = wire_load32(p + 4);
    a.gid = wire_load32(p + 8);
    for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
        *rest[i] = wire_load64(p + HEAD + 8 * i);
    }
    return a;
}

struct p9_setattr wire_get_setattr(struct wire_in *in, uint32_t mode_mask)
{
    struct p9_setattr a = {.mode = wire_get32(in) & mode_mask};
    a.uid = wire_get32(in);
    a.gid = wire_get32(in);
    a.size = wire_get64(in);
    a.atime_sec = wire_get64(in);
    a.atime_nsec = wire_get64(in);
    a.mtime_sec = wire_get64(in);
    a.mtime_nsec = wire_get64(in);
    return a;
}

void wire_header(uint8_t *buf, size_t frame_n, uint8_t type, uint16_t tag)
{
    wire_store32(buf, (uint32_t)frame_n);
    buf[4] = type;
    wire_store16(buf + 5, tag);
}

/* ---------------------------------------------------------------------- views into a frame */

bool p9_names_next(const struct p9_names *names, size_t *cursor, struct p9_str *ret)
{
    if (*cursor >= names->raw_n) {
        return false;
    }
    struct wire_in in = {.p = names->raw, .n = names->raw_n, .at = *cursor};
    struct p9_str s = wire_get_str(&in);
    if (in.over) {
        return false;
    }
    *cursor = in.at;
    *ret = s;
    return true;
}

struct p9_qid p9_qids_at(const struct p9_qids *qids, size_t i)
{
    struct wire_in in = {.p = qids->raw, .n = qids->n * WIRE_QID, .at = i * WIRE_QID};
    return wire_get_qid(&in);
}

bool p9_dirent_next(const uint8_t *data, size_t n, size_t *cursor, struct p9_dirent *ret)
{
    if (n - *cursor < p9_dirent_size(0)) {
        return false;
    }
    struct wire_in in = {.p = data, .n = n, .at = *cursor};
    struct p9_dirent e = {.qid = wire_get_qid(&in)};
    e.offset = wire_get64(&in);
    e.type = wire_get8(&in);
    e.name = wire_get_str(&in);
    if (in.over) {
        return false;
    }
    *cursor = in.at;
    *ret = e;
    return true;
}

size_t p9_dirent_pack(uint8_t *buf, const struct p9_dirent *e)
{
    struct wire_out o = {.p = buf, .cap = p9_dirent_size(e->name.n)};
    wire_put_qid(&o, &e->qid);
    wire_put64(&o, e->offset);
    wire_put8(&o, e->type);
    wire_put_str(&o, e->name);
    return o.n;
}
