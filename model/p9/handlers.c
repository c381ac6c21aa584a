/* From a decoded request to its handler: strings, then the checks in the order of contract 7.5. */
#include "handlers.h"

/* -------------------------------------------------------------------- strings of a request */

/* Room for the strings of the whole request: each takes one byte more than its bytes, and two more
 * on the wire. */
static int text_begin(struct p9_server *s, const struct p9_msg *t)
{
    size_t need = t->name.n + t->name2.n + t->names.raw_n + 2;
    s->text_n = 0;
    if (need <= s->text_cap) {
        return 0;
    }
    char *grown = mem_resize(s->d, s->text, s->text_cap, 2 * need, 1, "p9 names");
    if (!grown) {
        return CODE_FATE;
    }
    s->text = grown;
    s->text_cap = 2 * need;
    return 0;
}

/* A terminated copy; NULL when it holds a NUL, which the host cannot express (7.4). */
static const char *text_add(struct p9_server *s, struct p9_str str)
{
    if (memchr(str.p, '\0', str.n)) {
        return NULL;
    }
    char *copy = s->text + s->text_n;
    memcpy(copy, str.p, str.n);
    copy[str.n] = '\0';
    s->text_n += str.n + 1;
    return copy;
}

int request_text(struct p9_server *s, struct p9_str str, const char **ret)
{
    const char *copy = text_add(s, str);
    if (!copy) {
        return -EINVAL;
    }
    *ret = copy;
    return 0;
}

static int take_name(struct p9_server *s, struct p9_str str, const char **ret)
{
    const char *copy = text_add(s, str);
    if (!copy || !name_is_safe(copy)) {
        return -EINVAL;
    }
    *ret = copy;
    return 0;
}

static int names_room(struct p9_server *s, size_t n)
{
    size_t need = n ? n : 1; /* a walk without names yields a qid: Q-41 */
    if (need <= s->names_cap && need <= s->qids_cap) {
        return 0;
    }
    size_t cap = need < 16 ? 16 : need;
    const char **names =
        mem_resize(s->d, (void *)s->names, s->names_cap, cap, sizeof(*names), "p9 names");
    if (!names) {
        return CODE_FATE;
    }
    s->names = names;
    s->names_cap = cap;
    struct p9_qid *qids = mem_resize(s->d, s->qids, s->qids_cap, cap, sizeof(*qids), "p9 qids");
    if (!qids) {
        return CODE_FATE;
    }
    s->qids = qids;
    s->qids_cap = cap;
    return 0;
}

static bool is_dots(struct p9_str s)
{
    return (s.n == 1 || s.n == 2) && memcmp(s.p, "..", s.n) == 0;
}

/* One name of a walk; whether dots may pass is decided when the fid is known. */
static int take_walk_name(struct request *q, struct p9_str str, const char **ret)
{
    if (!server_std(q->s) || !is_dots(str)) {
        return take_name(q->s, str, ret);
    }
    q->has_dots = true;
    return request_text(q->s, str, ret);
}

static int take_names(struct request *q)
{
    struct p9_server *s = q->s;
    struct p9_str str;
    size_t cursor = 0;
    int code = names_room(s, q->t->names.n);
    while (!code && p9_names_next(&q->t->names, &cursor, &str)) {
        code = take_walk_name(q, str, &s->names[q->names_n]);
        q->names_n += !code;
    }
    return code;
}

/* ---------------------------------------------------------------------------- checks, table */

/* In the order in which they are made. */
enum {
    SAFE_NAME = 1,
    SAFE_NAME2 = 2,
    TEXT_NAME2 = 4, /* a symlink's target: any text without NUL */
    SAFE_NAMES = 8,
    HAS_FID = 16,
    HAS_FID2 = 32,
    IS_OPENED = 64,
};

struct handler {
    int (*handle)(struct request *q);
    unsigned checks;
};

static const struct handler handlers[256] = {
    [P9_TVERSION] = {handle_version, 0},
    [P9_TAUTH] = {handle_auth, 0},
    [P9_TATTACH] = {handle_attach, 0},
    [P9_TFLUSH] = {handle_nothing, 0},
    [P9_TWALK] = {handle_walk, SAFE_NAMES | HAS_FID},
    [P9_TWALKGETATTR] = {handle_walkgetattr, SAFE_NAMES | HAS_FID},
    [P9_TCLUNK] = {handle_clunk, HAS_FID},
    [P9_TREMOVE] = {handle_remove, HAS_FID},
    [P9_TLOPEN] = {handle_lopen, HAS_FID},
    [P9_TLCREATE] = {handle_create, SAFE_NAME | HAS_FID},
    [P9_TUCREATE] = {handle_create, SAFE_NAME | HAS_FID},
    [P9_TSYMLINK] = {handle_symlink, SAFE_NAME | TEXT_NAME2 | HAS_FID},
    [P9_TUSYMLINK] = {handle_symlink, SAFE_NAME | TEXT_NAME2 | HAS_FID},
    [P9_TMKDIR] = {handle_mkdir, SAFE_NAME | HAS_FID},
    [P9_TUMKDIR] = {handle_mkdir, SAFE_NAME | HAS_FID},
    [P9_TMKNOD] = {handle_mknod, SAFE_NAME | HAS_FID},
    [P9_TUMKNOD] = {handle_mknod, SAFE_NAME | HAS_FID},
    [P9_TLINK] = {handle_link, SAFE_NAME | HAS_FID | HAS_FID2},
    [P9_TRENAME] = {handle_rename, SAFE_NAME | HAS_FID | HAS_FID2},
    [P9_TRENAMEAT] = {handle_renameat, SAFE_NAME | SAFE_NAME2 | HAS_FID | HAS_FID2},
    [P9_TUNLINKAT] = {handle_unlinkat, SAFE_NAME | HAS_FID},
    [P9_TREADLINK] = {handle_readlink, HAS_FID},
    [P9_TGETATTR] = {handle_getattr, HAS_FID},
    [P9_TSETATTR] = {handle_setattr, HAS_FID},
    [P9_TSTATFS] = {handle_statfs, HAS_FID},
    [P9_TFLUSHF] = {handle_flushf, HAS_FID},
    [P9_TREAD] = {handle_read, HAS_FID | IS_OPENED},
    [P9_TWRITE] = {handle_write, HAS_FID | IS_OPENED},
    [P9_TREADDIR] = {handle_readdir, HAS_FID | IS_OPENED},
    [P9_TFSYNC] = {handle_fsync, HAS_FID | IS_OPENED},
    [P9_TLOCK] = {handle_unsupported, HAS_FID}, /* I-25; unknown types in gv */
    [P9_TGETLOCK] = {handle_unsupported, HAS_FID},
    [P9_TXATTRWALK] = {handle_xattrwalk, HAS_FID},
    [P9_TXATTRCREATE] = {handle_xattrcreate, HAS_FID},
    [P9_TLCONNECT] = {handle_connect, HAS_FID},
};

static int check_names(struct request *q, unsigned checks)
{
    int code = text_begin(q->s, q->t);
    if (!code && checks & SAFE_NAME) {
        code = take_name(q->s, q->t->name, &q->name);
    }
    if (!code && checks & SAFE_NAME2) {
        code = take_name(q->s, q->t->name2, &q->name2);
    }
    if (!code && checks & TEXT_NAME2) {
        code = request_text(q->s, q->t->name2, &q->name2);
    }
    if (!code && checks & SAFE_NAMES) {
        code = take_names(q);
    }
    return code;
}

static int check_fids(struct request *q, unsigned checks)
{
    if (checks & HAS_FID) {
        q->fid = fidtable_find(&q->s->fids, q->t->fid);
        if (!q->fid) {
            return -EBADF;
        }
    }
    if (checks & HAS_FID2) {
        q->fid2 = fidtable_find(&q->s->fids, q->t->fid2);
        if (!q->fid2) {
            return -EBADF;
        }
    }
    return checks & IS_OPENED && !q->fid->opened ? -EINVAL : 0;
}

int request_handle(struct request *q)
{
    const struct handler *h = &handlers[q->t->type];
    if (!h->handle) {
        return -ENOSYS; /* replies sent to a server */
    }
    int code = check_names(q, h->checks);
    if (!code) {
        code = check_fids(q, h->checks);
    }
    return code ? code : h->handle(q);
}
