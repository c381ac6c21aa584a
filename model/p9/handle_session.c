/* Handlers that make and drop fids: version, attach, walk, clunk, remove, open. */
#include "handlers.h"

/* Who is it (contract 0)? The base string, and what is no 9P2000.L at all, comes from other peers.
 */
static enum p9_personality personality_of(const struct p9_server *s, struct p9_str version)
{
    static const char base[] = "9P2000.L";
    const size_t n = sizeof(base) - 1;
    if (s->wanted != P9_AUTO) {
        return s->wanted;
    }
    bool extended = version.n > n && memcmp(version.p, base, n) == 0;
    return extended ? P9_GV : P9_STD;
}

/* gv refuses what is too large, std offers what it has (I-03). */
static int choose_msize(const struct p9_server *s, uint32_t asked, uint32_t *ret)
{
    if (asked == 0) {
        return -EINVAL;
    }
    if (!server_std(s)) {
        *ret = asked;
        return asked > s->msize_max ? -EINVAL : 0;
    }
    *ret = asked < s->msize_max ? asked : s->msize_max;
    return asked < P9_STD_MSIZE_MIN ? -EMSGSIZE : 0;
}

static void set_msize(struct p9_server *s, uint32_t msize)
{
    s->msize = msize;
    p9_transport_set_limit(s->transport, msize);
}

/* The checks of contract 3.1. The answer may be that nothing was agreed on. */
static int negotiate(struct request *q, uint32_t msize, bool *ret_agreed)
{
    struct p9_server *s = q->s;
    uint32_t version;
    int code = p9_version_parse(q->t->name, &version);
    if (code == 0 && version > P9_VERSION_HIGHEST) {
        code = -EAGAIN;
    }
    if (code == 0 || server_quirk(s, Q_08)) {
        set_msize(s, msize);
    }
    q->r.msize = msize;
    if (code == -EINVAL && !server_quirk(s, Q_09)) {
        q->r.name = p9_str("unknown"); /* I-02 */
        return 0;
    }
    if (code) {
        return code;
    }
    s->version = version;
    q->r.name = q->t->name;
    *ret_agreed = true;
    return 0;
}

int handle_version(struct request *q)
{
    struct p9_server *s = q->s;
    enum p9_personality before = s->personality;
    bool agreed = false;
    uint32_t msize;
    s->personality = personality_of(s, q->t->name);
    int code = choose_msize(s, q->t->msize, &msize);
    if (!code) {
        code = negotiate(q, msize, &agreed);
    }
    if (!agreed) {
        s->personality = before;
        return code;
    }
    /* I-04; and the files of one personality are of no use in the other one */
    if (!server_quirk(s, Q_10) || before != s->personality) {
        fidtable_clear(&s->fids);
    }
    return domain_dead(s->d) ? CODE_FATE : 0;
}

int handle_unsupported(struct request *q)
{
    (void)q;
    return -ENOSYS;
}

/* I-34: nobody has to. diod's own clients go on only after the code that diod itself answers with.
 */
int handle_auth(struct request *q)
{
    return server_std(q->s) ? -ENOENT : -ENOSYS;
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
    return fids->n >= q->s->fids_max ? -EMFILE : 0;
}

int handle_attach(struct request *q)
{
    struct p9_server *s = q->s;
    struct p9_node *node;
    struct p9_qid qid = {0};
    bool is_std = server_std(s) && s->attach.attach_std;
    if (q->t->fid2 != P9_NOFID) {
        return -EINVAL;
    }
    int code = request_text(s, q->t->name2, &q->name2);
    if (!code) {
        code = check_new_fid(q, q->t->fid);
    }
    if (!code) {
        const char *aname = server_std(s) && q->name2[0] == '\0' ? "/" : q->name2; /* I-06 */
        code = is_std ? s->attach.attach_std(s->attach.arg, aname, &node, &qid)
                      : s->attach.attach(s->attach.arg, aname, &node, &qid);
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
    if (q->has_dots && !q->fid->node->ops->walks_dots) {
        return -EINVAL;
    }
    if (q->fid->opened && !server_std(q->s)) {
        return -EBUSY; /* I-13; diod's clients look up what they list from the open directory */
    }
    if (server_std(q->s) && q->names_n > P9_STD_NAMES_MAX) {
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
