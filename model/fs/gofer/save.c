/* Saving and restoring 9P mounts (contract ninep 10.8). */
#include "internal.h"

enum { LIMIT_SAVED_DEPTH = LIMIT_PATH / 2 }; /* names of a path */

/* --------------------------------------------------------------------------------------- saving */

static int save_source(struct saver *sv, struct mount_source *ms, struct saved_source *out)
{
    const struct session *ses = ms->priv;
    out->connection = (struct saved_connection){
        .id = saver_dup(sv, ses->conn_id),
        .aname = saver_dup(sv, ses->aname),
        .version = saver_dup(sv, ses->asked),
        .msize = ses->msize,
        .uid = ses->uid,
        .gid = ses->gid,
        .cache = (int)ses->cache,
        .sockets = ses->has_endpoints,
    };
    const struct saved_connection *conn = &out->connection;
    return conn->id && conn->aname && conn->version ? 0 : CODE_FATE;
}

static int save_inode(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    (void)sv;
    out->kind = "9p";
    out->attr = gofer_of(inode)->attr;
    return 0;
}

/* Bound sockets: the session keeps their dirents. */
static int save_held(struct saver *sv, struct mount_source *ms, struct saved_source *out)
{
    const struct session *ses = ms->priv;
    size_t n = 0;
    list_for_each(it, &ses->endpoints)
    {
        n++;
    }
    size_t *held = saver_alloc(sv, n * sizeof(*held));
    if (!held) {
        return CODE_FATE;
    }
    n = 0;
    list_for_each(it, &ses->endpoints)
    {
        int r = saver_dirent(sv, container_of(it, struct endpoint, link)->dirent, &held[n++]);
        if (r) {
            return r;
        }
    }
    out->held = held;
    out->n_held = n;
    return 0;
}

static int load_held(struct loader *ld, const struct saved_source *in, struct mount_source *ms)
{
    int r = 0;
    for (size_t i = 0; i < in->n_held && r == 0; i++) {
        r = gfs_endpoint_add(ms->priv, ld->dirents[in->held[i]]);
    }
    return r;
}

/* ------------------------------------------------------------------------------------- sessions */

static int find_mount(struct loader *ld, const char *id, const struct load_mount **ret)
{
    struct domain *d = &ld->c->s->d;
    const struct load_mount *found = NULL;
    bool any = false;
    for (size_t i = 0; i < ld->env->n; i++) {
        const struct load_mount *m = &ld->env->mounts[i];
        if (strcmp(m->fs, "9p") == 0) {
            any = true;
            found = strcmp(m->dev, id) == 0 ? m : found; /* PQ-28 */
        }
    }
    if (!any) {
        return error_set(d, ld->err, -EINVAL, "failed to find mounts for filesystem type 9p");
    }
    if (!found) {
        CLEANUP_MEM char *q = go_quote(d, id);
        return q ? error_set(d, ld->err, -EINVAL, "no connection for connection id %s", q)
                 : CODE_FATE;
    }
    *ret = found;
    return 0;
}

static const char *bool_text(bool b)
{
    return b ? "true" : "false";
}

static int check_flags(struct loader *ld, const struct mount_flags *now,
                       const struct mount_flags *want)
{
    if (now->read_only == want->read_only && now->no_atime == want->no_atime &&
        now->force_page_cache == want->force_page_cache) {
        return 0;
    }
    return error_set(&ld->c->s->d, ld->err, -EINVAL, "new mount flags {%s %s %s}, want {%s %s %s}",
                     bool_text(now->read_only), bool_text(now->no_atime),
                     bool_text(now->force_page_cache), bool_text(want->read_only),
                     bool_text(want->no_atime), bool_text(want->force_page_cache));
}

/* The channel may be another one; everything else is as it was. */
static int check_options(struct loader *ld, const struct gofer_options *now,
                         const struct saved_connection *want)
{
    struct domain *d = &ld->c->s->d;
    if (now->msize != want->msize) {
        return error_set(d, ld->err, -EINVAL, "new message size %u, want %u", now->msize,
                         want->msize);
    }
    if (strcmp(now->version, want->version) != 0) {
        return error_set(d, ld->err, -EINVAL, "new version %s, want %s", now->version,
                         want->version);
    }
    if ((int)now->cache != want->cache) {
        return error_set(d, ld->err, -EINVAL, "new cache policy %d, want %d", (int)now->cache,
                         want->cache);
    }
    if (strcmp(now->aname, want->aname) != 0) {
        return error_set(d, ld->err, -EINVAL, "new attach name %s, want %s", now->aname,
                         want->aname);
    }
    if (now->private_unix_socket != want->sockets) {
        return error_set(d, ld->err, -EINVAL, "new privateunixsocket option %s, want %s",
                         bool_text(now->private_unix_socket), bool_text(want->sockets));
    }
    return 0;
}

static int attach(struct loader *ld, struct p9_client *client, const char *aname,
                  struct p9_file *ret)
{
    int r = p9_attach(client, aname, ret);
    return r && r != CODE_FATE
               ? error_set(&ld->c->s->d, ld->err, r, "failed to attach to aname: %s", code_text(r))
               : r;
}

/* A new client at the old tree, under the old name. */
static int open_session(struct loader *ld, struct filesystem *fs, const struct saved_source *in,
                        const struct gofer_options *o, struct session **ret)
{
    struct p9_client *client;
    struct p9_file root;
    int r = gfs_connect(ld->c, fs, o, &client, ld->err);
    if (r) {
        return r == CODE_FATE
                   ? r
                   : error_wrap(&ld->c->s->d, ld->err, "failed to connect client to server");
    }
    r = attach(ld, client, o->aname, &root);
    if (r) {
        p9_client_free(client);
        return r;
    }
    struct session *ses;
    r = gfs_session_new(ld->c, fs->priv, client, in->connection.id, o, &ses);
    if (r) {
        return r; /* a fate */
    }
    ses->uid = in->connection.uid; /* of the first mounter */
    ses->gid = in->connection.gid;
    ses->attach = root;
    ses->has_attach = true;
    *ret = ses;
    return 0;
}

static int load_source(struct loader *ld, const struct saved_source *in, struct mount_source **ret)
{
    struct domain *d = &ld->c->s->d;
    struct filesystem *fs = filesystem_find(ld->c->s, "9p");
    const struct load_mount *m = NULL;
    struct gofer_options o;
    struct session *ses = NULL;
    if (!fs) {
        return error_set(d, ld->err, -ENODEV, "filesystem \"9p\" is not registered");
    }
    int r = find_mount(ld, in->connection.id, &m);
    if (r) {
        return r;
    }
    r = gfs_options_parse(d, m->data, &o, ld->err);
    if (r) {
        return r == CODE_FATE ? r : error_wrap(d, ld->err, "failed to parse mount options");
    }
    r = check_options(ld, &o, &in->connection);
    r = r ? r : check_flags(ld, &m->flags, &in->flags);
    r = r ? r : open_session(ld, fs, in, &o, &ses);
    r = r ? r : mount_source_new(ld->c->s, &gfs_source_ops, fs, in->flags, ses, ret);
    gfs_options_release(&o);
    return r;
}

/* --------------------------------------------------------------------------------------- inodes */

static int walk_path(struct loader *ld, const struct session *ses, const char *path,
                     struct p9_file *ret)
{
    struct domain *d = &ld->c->s->d;
    CLEANUP_MEM char *copy = mem_dup(d, path);
    struct ptrvec names;
    ptrvec_init(&names, d);
    int r = copy ? 0 : CODE_FATE;
    char *rest = copy, *name;
    while (r == 0 && (name = strsep(&rest, "/"))) {
        r = name[0] ? ptrvec_push(&names, name) : 0;
    }
    if (r == 0 && names.n > LIMIT_SAVED_DEPTH) {
        r = -ENAMETOOLONG;
    }
    r = r ? r : p9_walk(&ses->attach, (const char *const *)names.p, names.n, NULL, ret);
    ptrvec_release(&names);
    if (r == 0 || r == CODE_FATE) {
        return r;
    }
    CLEANUP_MEM char *q = go_quote(d, path);
    return q ? error_set(d, ld->err, r, "failed to walk to %s: %s", q, code_text(r)) : CODE_FATE;
}

static int check_file(struct loader *ld, const struct saved_inode *in,
                      const struct unstable_attr *now)
{
    if (in->stable.type != INODE_REGULAR) {
        return 0;
    }
    if (ld->env->check_sizes && now->size != in->attr.size) {
        return loader_corrupt(ld, "file size has changed for %s: previously %lld, now %lld",
                              in->path, (long long)in->attr.size, (long long)now->size);
    }
    if (ld->env->check_times && now->mtime != in->attr.mtime) {
        return loader_corrupt(
            ld, "file modification time has changed for %s: previously %lld, now %lld", in->path,
            (long long)in->attr.mtime, (long long)now->mtime);
    }
    return 0;
}

/* The file at the path, whatever it is now, gets the number that the inode had. */
static int check_answer(struct loader *ld, const struct saved_inode *in, struct session *ses,
                        const struct answer *a)
{
    if (!(a->valid & P9_ATTR_RDEV)) {
        return loader_corrupt(ld, "file %s lacks device", in->path);
    }
    int r = device_load_inode(ld->c->s, DEVICE_GOFER, a->attr.rdev, ses->conn_id, a->qid.path,
                              in->stable.inode_id);
    if (r == -EEXIST) {
        return loader_corrupt(ld,
                              "gofer device {%llu %s %llu} -> %llu conflict in gofer device "
                              "mappings: %s",
                              (unsigned long long)a->attr.rdev, ses->conn_id,
                              (unsigned long long)a->qid.path,
                              (unsigned long long)in->stable.inode_id, in->path);
    }
    struct unstable_attr now = gfs_attr_unstable(ses, a);
    return r ? r : check_file(ld, in, &now);
}

static int load_inode(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                      struct inode **ret)
{
    struct domain *d = &ld->c->s->d;
    struct session *ses = ms->priv;
    struct p9_file file = {0};
    struct answer a = {0};
    if (!in->path) {
        return error_set(d, ld->err, -EINVAL, "failed to find path for inode number %llu",
                         (unsigned long long)in->stable.inode_id);
    }
    int r = walk_path(ld, ses, in->path, &file);
    if (r) {
        return r;
    }
    r = p9_getattr(&file, P9_ATTR_ALL, &a.qid, &a.valid, &a.attr);
    if (r && r != CODE_FATE) {
        r = error_set(d, ld->err, r, "failed to get file attributes of %s: %s", in->path,
                      code_text(r));
    }
    r = r ? r : check_answer(ld, in, ses, &a);
    if (r) {
        return r != CODE_FATE && p9_clunk(&file) == CODE_FATE ? CODE_FATE : r;
    }
    r = gfs_inode_new(ms, file, &a, ret);
    if (r == 0) {
        gofer_of(*ret)->attr = in->attr; /* cached attributes are what they were */
    }
    return r;
}

const struct save_fs fs_gofer_save = {
    .name = "9p",
    .save_source = save_source,
    .save_inode = save_inode,
    .save_held = save_held,
    .load_held = load_held,
    .load_source = load_source,
    .load_inode = load_inode,
};
