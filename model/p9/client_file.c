/* Operations on fids, one message each or two (contract 6.4). */
#include "client.h"

int client_file_call(const struct p9_file *f, struct p9_msg *t, struct p9_msg *ret,
                     struct owned_fd **ret_fd)
{
    if (!f->client) {
        return -EBADF;
    }
    t->fid = f->fid;
    return p9_call(f->client, t, ret, ret_fd);
}

/* For replies that say nothing but "done". */
static int file_do(const struct p9_file *f, struct p9_msg *t)
{
    struct p9_msg r;
    return client_file_call(f, t, &r, NULL);
}

/* For replies that carry a qid; `ret` may be NULL. */
static int file_make(const struct p9_file *f, struct p9_msg *t, struct p9_qid *ret)
{
    struct p9_msg r;
    int code = client_file_call(f, t, &r, NULL);
    if (!code && ret) {
        *ret = r.qid;
    }
    return code;
}

int client_fid_get(struct p9_client *c, uint32_t *ret)
{
    int code = pool_get(&c->fids, ret);
    return code == -EAGAIN ? -EMFILE : code; /* P-12: "out of FIDs" */
}

int p9_attach(struct p9_client *c, const char *aname, struct p9_file *ret)
{
    return p9_attach_as(c, aname, c->n_uname, ret);
}

int p9_attach_as(struct p9_client *c, const char *aname, uint32_t n_uname, struct p9_file *ret)
{
    struct p9_file f = {.client = c};
    int code = client_fid_get(c, &f.fid);
    if (code) {
        return code;
    }
    code = file_do(&f, &(struct p9_msg){.type = P9_TATTACH,
                                        .fid2 = P9_NOFID,
                                        .name = p9_str(c->uname),
                                        .name2 = p9_str(aname),
                                        .uid = n_uname});
    if (code) {
        pool_put(&c->fids, f.fid);
        return code;
    }
    *ret = f;
    return 0;
}

/* ------------------------------------------------------------------------------------ walks */

int client_check_walk(struct p9_file *f, const struct p9_msg *r, size_t n)
{
    struct p9_client *c = f->client;
    if (r->qids.n == n || (n == 0 && r->qids.n == 1)) { /* one for a clone */
        return 0;
    }
    if (r->qids.n > n) {
        return client_die(c, "more qids than names in a walk");
    }
    int code = r->qids.n > 0 ? -ENOENT : -EIO; /* I-10; P-06 */
    return p9_clunk(f) == CODE_FATE ? CODE_FATE : code;
}

static int walk(const struct p9_file *f, uint8_t type, const char *const *names, size_t n,
                struct p9_qid *qids, struct p9_msg *r, struct p9_file *ret)
{
    struct p9_file to = {.client = f->client};
    if (!f->client) {
        return -EBADF;
    }
    int code = client_fid_get(f->client, &to.fid);
    if (code) {
        return code;
    }
    struct p9_msg t = {.type = type, .fid2 = to.fid, .names = {.n = n, .v = names}};
    code = client_file_call(f, &t, r, NULL);
    if (code) {
        pool_put(&f->client->fids, to.fid);
        return code;
    }
    code = client_check_walk(&to, r, n);
    if (code) {
        return code;
    }
    for (size_t i = 0; qids && i < n; i++) {
        qids[i] = p9_qids_at(&r->qids, i);
    }
    *ret = to;
    return 0;
}

/* I-11: pieces of sixteen names, each from a fid of its own. */
static int walk_in_pieces(const struct p9_file *f, const char *const *names, size_t n,
                          struct p9_qid *qids, struct p9_file *ret)
{
    struct p9_file at = *f, next;
    struct p9_msg r;
    for (size_t done = 0; done < n;) {
        size_t piece = n - done < P9_STD_NAMES_MAX ? n - done : P9_STD_NAMES_MAX;
        int code = walk(&at, P9_TWALK, names + done, piece, qids ? qids + done : NULL, &r, &next);
        if (done > 0 && p9_clunk(&at) == CODE_FATE) {
            return CODE_FATE;
        }
        if (code) {
            return code;
        }
        at = next;
        done += piece;
    }
    *ret = at;
    return 0;
}

int p9_walk(const struct p9_file *f, const char *const *names, size_t n, struct p9_qid *qids,
            struct p9_file *ret)
{
    struct p9_msg r;
    if (f->client && client_std(f->client) && n > P9_STD_NAMES_MAX) {
        return walk_in_pieces(f, names, n, qids, ret);
    }
    return walk(f, P9_TWALK, names, n, qids, &r, ret);
}

int p9_walkgetattr(const struct p9_file *f, const char *const *names, size_t n, struct p9_qid *qids,
                   uint64_t *ret_valid, struct p9_attr *ret_attr, struct p9_file *ret)
{
    struct p9_msg r;
    struct p9_file to;
    if (f->client && f->client->version >= 2) {
        int code = walk(f, P9_TWALKGETATTR, names, n, qids, &r, ret);
        if (!code) {
            *ret_valid = r.mask;
            *ret_attr = r.attr;
        }
        return code;
    }
    int code = p9_walk(f, names, n, qids, &to);
    if (code) {
        return code;
    }
    code = p9_getattr(&to, P9_ATTR_ALL, NULL, ret_valid, ret_attr);
    if (code) {
        return p9_clunk(&to) == CODE_FATE ? CODE_FATE : code;
    }
    *ret = to;
    return 0;
}

/* ------------------------------------------------------------------------------- attributes */

int p9_statfs(const struct p9_file *f, struct p9_fsstat *ret)
{
    struct p9_msg r;
    int code = client_file_call(f, &(struct p9_msg){.type = P9_TSTATFS}, &r, NULL);
    if (!code) {
        *ret = r.fsstat;
    }
    return code;
}

int p9_getattr(const struct p9_file *f, uint64_t mask, struct p9_qid *ret_qid, uint64_t *ret_valid,
               struct p9_attr *ret)
{
    struct p9_msg r;
    int code = client_file_call(f, &(struct p9_msg){.type = P9_TGETATTR, .mask = mask}, &r, NULL);
    if (code) {
        return code;
    }
    if (ret_qid) {
        *ret_qid = r.qid;
    }
    *ret_valid = r.mask;
    *ret = r.attr;
    return 0;
}

int p9_setattr(const struct p9_file *f, uint32_t valid, const struct p9_setattr *attr)
{
    return file_do(f, &(struct p9_msg){.type = P9_TSETATTR, .mask = valid, .setattr = *attr});
}

int p9_readlink(const struct p9_file *f, char **ret)
{
    struct p9_msg r;
    int code = client_file_call(f, &(struct p9_msg){.type = P9_TREADLINK}, &r, NULL);
    if (code) {
        return code;
    }
    if (r.name.n == 0 || memchr(r.name.p, '\0', r.name.n)) {
        return -EIO;
    }
    char *target = mem_dupn(f->client->d, r.name.p, r.name.n);
    if (!target) {
        return CODE_FATE;
    }
    *ret = target;
    return 0;
}

/* ------------------------------------------------------------------------------------ makes */

/* The u-form of a request, or below version 3 the base form, where the uid is lost and so is the
 * gid (std: I-31). */
static void set_owner(const struct p9_file *f, struct p9_msg *t, uint8_t base, uint8_t u_form,
                      uint32_t uid, uint32_t gid)
{
    const struct p9_client *c = f->client;
    bool extended = c && c->version >= 3;
    t->type = extended ? u_form : base;
    t->uid = uid;
    t->gid = extended || (c && client_std(c)) ? gid : P9_NOUID;
}

int p9_create(const struct p9_file *f, const char *name, uint32_t flags, uint32_t mode,
              uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
              struct owned_fd **ret_fd)
{
    struct p9_msg t = {.name = p9_str(name), .flags = flags, .mode = mode};
    set_owner(f, &t, P9_TLCREATE, P9_TUCREATE, uid, gid);
    return client_open_call(f, &t, ret_qid, ret_iounit, ret_fd);
}

int p9_mkdir(const struct p9_file *dir, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
             struct p9_qid *ret)
{
    struct p9_msg t = {.name = p9_str(name), .mode = mode};
    set_owner(dir, &t, P9_TMKDIR, P9_TUMKDIR, uid, gid);
    return file_make(dir, &t, ret);
}

int p9_symlink(const struct p9_file *dir, const char *name, const char *target, uint32_t uid,
               uint32_t gid, struct p9_qid *ret)
{
    struct p9_msg t = {.name = p9_str(name), .name2 = p9_str(target)};
    set_owner(dir, &t, P9_TSYMLINK, P9_TUSYMLINK, uid, gid);
    return file_make(dir, &t, ret);
}

int p9_mknod(const struct p9_file *dir, const char *name, uint32_t mode, uint32_t major,
             uint32_t minor, uint32_t uid, uint32_t gid, struct p9_qid *ret)
{
    struct p9_msg t = {.name = p9_str(name), .mode = mode, .major = major, .minor = minor};
    set_owner(dir, &t, P9_TMKNOD, P9_TUMKNOD, uid, gid);
    return file_make(dir, &t, ret);
}

/* ------------------------------------------------------------------------------------ names */

int p9_link(const struct p9_file *dir, const struct p9_file *target, const char *name)
{
    if (dir->client != target->client) {
        return -EXDEV;
    }
    return file_do(dir,
                   &(struct p9_msg){.type = P9_TLINK, .fid2 = target->fid, .name = p9_str(name)});
}

int p9_rename(const struct p9_file *f, const struct p9_file *dir, const char *name)
{
    if (f->client && f->client != dir->client && !quirk_on(f->client->d, Q_73)) {
        return -EXDEV;
    }
    return file_do(f, &(struct p9_msg){.type = P9_TRENAME, .fid2 = dir->fid, .name = p9_str(name)});
}

int p9_renameat(const struct p9_file *old_dir, const char *old_name, const struct p9_file *new_dir,
                const char *new_name)
{
    if (old_dir->client != new_dir->client) {
        return -EXDEV;
    }
    return file_do(old_dir, &(struct p9_msg){.type = P9_TRENAMEAT,
                                             .fid2 = new_dir->fid,
                                             .name = p9_str(old_name),
                                             .name2 = p9_str(new_name)});
}

int p9_unlinkat(const struct p9_file *dir, const char *name, uint32_t flags)
{
    return file_do(dir,
                   &(struct p9_msg){.type = P9_TUNLINKAT, .name = p9_str(name), .flags = flags});
}

/* ------------------------------------------------------------------------- flush, connect, end */

int p9_fsync(const struct p9_file *f)
{
    return file_do(f, &(struct p9_msg){.type = P9_TFSYNC});
}

int p9_flush(const struct p9_file *f)
{
    if (f->client && f->client->version < 1) {
        return 0;
    }
    return file_do(f, &(struct p9_msg){.type = P9_TFLUSHF});
}

int p9_lconnect(const struct p9_file *f, uint32_t flags, struct owned_fd **ret_fd)
{
    struct p9_msg r;
    if (f->client && f->client->version < 4) {
        return -ECONNREFUSED;
    }
    return client_file_call(f, &(struct p9_msg){.type = P9_TLCONNECT, .flags = flags}, &r, ret_fd);
}

void client_fid_ended(struct p9_client *c, uint8_t type, uint32_t fid, int code)
{
    /* a failed clunk loses the number (std: I-24 not). Q-23: a remove ends the fid whatever
     * it says. */
    if (!c->dead && (!code || type == P9_TREMOVE || client_std(c))) {
        pool_put(&c->fids, fid);
    } else {
        c->lost_fids++;
    }
}

static int end_file(struct p9_file *f, uint8_t type)
{
    struct p9_client *c = f->client;
    if (!c) {
        return 0;
    }
    int code = file_do(f, &(struct p9_msg){.type = type});
    f->client = NULL;
    if (code != CODE_FATE) {
        client_fid_ended(c, type, f->fid, code);
    }
    return code;
}

int p9_remove(struct p9_file *f)
{
    return end_file(f, P9_TREMOVE);
}

int p9_clunk(struct p9_file *f)
{
    return end_file(f, P9_TCLUNK);
}
