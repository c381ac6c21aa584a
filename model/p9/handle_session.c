/* Handlers that make and drop fids: version, attach, walk, clunk, remove, open. */
#include "handlers.h"

int handle_version(struct request *q)
{
    struct p9_server *s = q->s;
    const struct p9_msg *t = q->t;
    uint32_t version;
    if (t->msize == 0 || t->msize > P9_FRAME_MAX) {
        return -EINVAL;
    }
    if (s->personality == P9_STD && t->msize < 4096) {
        return -EMSGSIZE; /* I-03 */
    }
    int code = p9_version_parse(t->name, &version);
    if (code == 0 && version > P9_VERSION_HIGHEST) {
        code = -EAGAIN;
    }
    if (code == 0 || server_quirk(s, Q_08)) {
        s->msize = t->msize;
        p9_transport_set_limit(s->transport, t->msize);
    }
    q->r.msize = t->msize;
    if (code == -EINVAL && !server_quirk(s, Q_09)) {
        q->r.name = p9_str("unknown"); /* I-02 */
        return 0;
    }
    if (code) {
        return code;
    }
    if (!server_quirk(s, Q_10)) {
        fidtable_clear(&s->fids);
    }
    s->version = version;
    q->r.name = t->name;
    return 0;
}

int handle_unsupported(struct request *q)
{
    (void)q;
    return -ENOSYS;
}

int handle_nothing(struct request *q)
{
    (void)q;
    return 0;
}

/* May `number` come into being now? Asked before the backend is, so that a refusal has no effect.
 */
static int check_new_fid(struct request *q, uint32_t number)
{
    struct fidtable *fids = &q->s->fids;
    if (fidtable_find(fids, number)) {
        bool same = q->fid && q->fid->number == number;
        return same || server_quirk(q->s, Q_26) ? 0 : -EINVAL;
    }
    return fids->n == P9_FIDS_MAX ? -EMFILE : 0;
}

int handle_attach(struct request *q)
{
    struct p9_server *s = q->s;
    struct p9_node *node;
    struct p9_qid qid = {0};
    if (q->t->fid2 != P9_NOFID) {
        return -EINVAL;
    }
    int code = request_text(s, q->t->name2, &q->name2);
    if (!code) {
        code = check_new_fid(q, q->t->fid);
    }
    if (!code) {
        code = s->attach.attach(s->attach.arg, q->name2, &node, &qid);
    }
    if (code) {
        return code;
    }
    if (!server_quirk(s, Q_31)) {
        q->r.qid = qid;
    }
    return fidtable_insert(&s->fids, (struct fid){.number = q->t->fid, .node = node});
}

static int check_walk(struct request *q)
{
    size_t fixed = q->t->type == P9_TWALK ? 2 : 142;
    if (q->fid->opened) {
        return -EBUSY;
    }
    if (q->s->personality == P9_STD && q->names_n > 16) {
        return -EINVAL; /* I-11 */
    }
    if (q->names_n > 1 && P9_HEADER + fixed + q->names_n * WIRE_QID > q->s->msize) {
        return -EMSGSIZE; /* the reply would not fit */
    }
    return check_new_fid(q, q->t->fid2);
}

static int walk(struct request *q, struct p9_node **ret)
{
    struct p9_server *s = q->s;
    return BACKEND(q->fid->node, walk, s->names, q->names_n, s->qids, &q->r.qids.n, ret);
}

static int finish_walk(struct request *q, struct p9_node *node)
{
    struct p9_server *s = q->s;
    q->r.qids.v = s->qids;
    if (q->names_n == 0 && q->r.qids.n > 0 && !server_quirk(s, Q_41)) {
        q->r.qids.n = 0; /* I-09 */
    }
    return fidtable_insert(&s->fids, (struct fid){.number = q->t->fid2, .node = node});
}

int handle_walk(struct request *q)
{
    struct p9_node *node;
    int code = check_walk(q);
    if (!code) {
        code = walk(q, &node);
    }
    return code ? code : finish_walk(q, node);
}

int handle_walkgetattr(struct request *q)
{
    struct p9_server *s = q->s;
    struct p9_node *node;
    struct p9_qid qid;
    int code = check_walk(q);
    if (code) {
        return code;
    }
    code = BACKEND(q->fid->node, walkgetattr, s->names, q->names_n, s->qids, &q->r.qids.n,
                   &q->r.mask, &q->r.attr, &node);
    if (code == -ENOSYS) {
        code = walk(q, &node);
        if (code) {
            return code;
        }
        code = BACKEND(node, getattr, P9_ATTR_ALL, &qid, &q->r.mask, &q->r.attr);
        if (code && code != CODE_FATE) {
            p9_node_put(node); /* */
        }
    }
    return code ? code : finish_walk(q, node);
}

int handle_clunk(struct request *q)
{
    fidtable_delete(&q->s->fids, q->t->fid);
    return 0;
}

int handle_remove(struct request *q)
{
    int code = BACKEND0(q->fid->node, remove);
    if (code != CODE_FATE) {
        fidtable_delete(&q->s->fids, q->t->fid);
    }
    return code;
}

int handle_lopen(struct request *q)
{
    if (q->fid->opened) {
        return -EINVAL;
    }
    int code = BACKEND(q->fid->node, open, q->t->flags, &q->r.qid, &q->r.iounit, &q->fd);
    if (!code) {
        q->fid->opened = true;
        q->fid->flags = q->t->flags;
    }
    return code;
}
