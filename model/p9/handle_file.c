/* Handlers that work on what a fid names. */
#include "handlers.h"

/* The u-forms carry a uid, the base forms mean none. */
static uint32_t request_uid(const struct request *q)
{
    return q->t->type >= P9_TUCREATE ? q->t->uid : P9_NOUID;
}

int handle_create(struct request *q)
{
    const struct p9_msg *t = q->t;
    struct p9_node *node;
    int code = BACKEND(q->fid->node, create, q->name, t->flags, t->mode, request_uid(q), t->gid,
                       &q->r.qid, &q->r.iounit, &q->fd, &node);
    if (code) {
        return code;
    }
    return fidtable_insert(&q->s->fids, (struct fid){.number = t->fid,
                                                     .node = node,
                                                     .opened = true, /* */
                                                     .flags = t->flags});
}

int handle_symlink(struct request *q)
{
    return BACKEND(q->fid->node, symlink, q->name, q->name2, request_uid(q), q->t->gid, &q->r.qid);
}

int handle_mkdir(struct request *q)
{
    return BACKEND(q->fid->node, mkdir, q->name, q->t->mode, request_uid(q), q->t->gid, &q->r.qid);
}

int handle_mknod(struct request *q)
{
    const struct p9_msg *t = q->t;
    return BACKEND(q->fid->node, mknod, q->name, t->mode, t->major, t->minor, request_uid(q),
                   t->gid, &q->r.qid);
}

/* P-15: nodes of two kinds of backend have nothing to do with each other. */
static bool same_backend(const struct request *q)
{
    return q->fid->node->ops == q->fid2->node->ops;
}

int handle_link(struct request *q)
{
    return same_backend(q) ? BACKEND(q->fid->node, link, q->fid2->node, q->name) : -EXDEV;
}

int handle_rename(struct request *q)
{
    return same_backend(q) ? BACKEND(q->fid->node, rename, q->fid2->node, q->name) : -EXDEV;
}

int handle_renameat(struct request *q)
{
    return same_backend(q) ? BACKEND(q->fid->node, renameat, q->name, q->fid2->node, q->name2)
                           : -EXDEV;
}

int handle_unlinkat(struct request *q)
{
    return BACKEND(q->fid->node, unlinkat, q->name, q->t->flags);
}

int handle_readlink(struct request *q)
{
    struct str *link = &q->s->link;
    link->n = 0;
    int code = BACKEND(q->fid->node, readlink, link);
    if (code) {
        return code;
    }
    if (domain_dead(q->s->d)) {
        return CODE_FATE;
    }
    if (link->n > P9_STRING_MAX || P9_HEADER + 2 + link->n > q->s->msize) {
        return -ENAMETOOLONG; /* */
    }
    q->r.name = (struct p9_str){.p = str_get(link), .n = link->n};
    return 0;
}

int handle_statfs(struct request *q)
{
    return BACKEND(q->fid->node, statfs, &q->r.fsstat);
}

int handle_getattr(struct request *q)
{
    return BACKEND(q->fid->node, getattr, q->t->mask, &q->r.qid, &q->r.mask, &q->r.attr);
}

int handle_setattr(struct request *q)
{
    return BACKEND(q->fid->node, setattr, (uint32_t)q->t->mask, &q->t->setattr);
}

int handle_fsync(struct request *q)
{
    return BACKEND0(q->fid->node, fsync);
}

int handle_flushf(struct request *q)
{
    return BACKEND0(q->fid->node, flush);
}

int handle_connect(struct request *q)
{
    return BACKEND(q->fid->node, connect, q->t->flags, &q->fd);
}

int handle_write(struct request *q)
{
    size_t done;
    if ((q->fid->flags & P9_OPEN_ACCESS) == P9_OPEN_READ) {
        return -EPERM;
    }
    int code = BACKEND(q->fid->node, write, q->t->data, q->t->count, q->t->offset, &done);
    if (!code) {
        q->r.count = (uint32_t)done;
    }
    return code;
}

/* Rread and Rreaddir are built where they are sent from: `at` is the payload's place, `n` its room.
 */
static int reply_begin(struct request *q, uint32_t *n, uint8_t **at)
{
    uint8_t *p;
    if (*n > server_payload(q->s)) {
        *n = server_payload(q->s); /* before anything is allocated by the announced count */
    }
    int code = p9_transport_reserve(q->s->transport, WIRE_RREAD + (size_t)*n, &p);
    if (!code) {
        *at = p + WIRE_RREAD;
    }
    return code;
}

static void reply_end(struct request *q, uint8_t *at, size_t n)
{
    struct wire_out count = {.p = at - 4, .cap = 4};
    wire_put32(&count, (uint32_t)n);
    wire_header(at - WIRE_RREAD, WIRE_RREAD + n, q->r.type, q->r.tag);
    p9_transport_commit(q->s->transport, WIRE_RREAD + n, NULL);
    q->queued = true;
}

int handle_read(struct request *q)
{
    uint32_t n = q->t->count;
    size_t done;
    uint8_t *at;
    if ((q->fid->flags & P9_OPEN_ACCESS) == P9_OPEN_WRITE) {
        return -EPERM;
    }
    if (n > P9_FRAME_MAX) {
        return -ENOBUFS;
    }
    int code = reply_begin(q, &n, &at);
    if (!code) {
        code = BACKEND(q->fid->node, read, at, n, q->t->offset, &done);
    }
    if (!code) {
        reply_end(q, at, done);
    }
    return code;
}

struct p9_dirsink {
    uint8_t *at;
    size_t n, cap;
    bool full;
};

bool p9_dirsink_add(struct p9_dirsink *sink, const struct p9_qid *qid, uint64_t next_offset,
                    uint8_t type, const char *name)
{
    struct p9_dirent e = {.qid = *qid, .offset = next_offset, .type = type, .name = p9_str(name)};
    if (sink->full || e.name.n > P9_STRING_MAX || p9_dirent_size(e.name.n) > sink->cap - sink->n) {
        sink->full = true;
        return false;
    }
    sink->n += p9_dirent_pack(sink->at + sink->n, &e);
    return true;
}

int handle_readdir(struct request *q)
{
    uint32_t n = q->t->count;
    struct p9_dirsink sink = {0};
    int code = reply_begin(q, &n, &sink.at);
    if (code) {
        return code;
    }
    sink.cap = n;
    code = BACKEND(q->fid->node, readdir, q->t->offset, &sink);
    if (code) {
        return code;
    }
    if (sink.full && sink.n == 0) {
        return -EINVAL; /* I-21: an empty reply would mean the end of the directory */
    }
    reply_end(q, sink.at, sink.n);
    return 0;
}

int handle_xattrwalk(struct request *q)
{
    return server_std(q->s) ? -EOPNOTSUPP : -ENODATA; /* I-26 */
}

int handle_xattrcreate(struct request *q)
{
    (void)q;
    return -ENOSYS;
}
