/*
 * What other 9P2000.L peers expect of a file (contract ninep 13): attach, walk, open, contents,
 * lists.
 *
 * The control file is held with O_PATH only, so nothing is opened before somebody asks for it, and
 * special files can be looked at and removed without ever being opened. No descriptor is
 * given away (I-29).
 */
#include "gofer_impl.h"

int std_new(struct gofer_point *p, struct host_file *control, uint32_t type,
            struct gofer_file **ret)
{
    int rc = served_new(p, control, type, NULL, ret);
    if (rc == 0) {
        (*ret)->node.ops = &std_ops;
    }
    return rc;
}

static uint8_t qid_type(uint32_t mode)
{
    return S_ISDIR(mode) ? P9_QTDIR : S_ISLNK(mode) ? P9_QTSYMLINK : P9_QTFILE;
}

/* never the same path for files of two devices. */
struct p9_qid std_qid(struct gofer_point *p, const struct stat *st)
{
    return (struct p9_qid){.type = qid_type(st->st_mode),
                           .path = st->st_ino | served_device_bits(p, st->st_dev)};
}

/* A node for `control`, whose reference is taken in any case. */
static int make_node(struct gofer_point *p, struct host_file *control, struct p9_qid *ret_qid,
                     struct p9_node **ret)
{
    struct gofer_file *f;
    struct stat st;
    int rc = host_fstat(control, &st);
    if (rc < 0) {
        host_file_put(control);
        return rc;
    }
    rc = std_new(p, control, st.st_mode & S_IFMT, &f);
    if (rc == 0) {
        *ret_qid = std_qid(p, &st);
        *ret = &f->node;
    }
    return rc;
}

/* Any number of times (I-07), by any name that stays inside. */
int std_attach_hook(void *point, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid)
{
    struct gofer_point *p = point;
    struct gofer *g = p->g;
    CLEANUP_MEM char *inside = path_join(g->d, "/", aname); /* its ".." end at the top */
    CLEANUP_MEM char *path = inside ? path_join(g->d, p->prefix, inside) : NULL;
    CLEANUP_MEM char *below = NULL;
    struct host_file *control;
    if (!path) {
        return CODE_FATE;
    }
    int rc = host_open(g->h, g->d, path, O_PATH, &control);
    if (rc < 0) {
        return rc;
    }
    rc = point_path(p, control, &below);
    if (rc < 0) {
        host_file_put(control);
        return rc == -EIO ? -EACCES : rc; /* it lies outside */
    }
    return make_node(p, control, ret_qid, ret);
}

/* The directory above, by its path: the host never hears a "..". The top is its own parent. */
static int open_parent(struct gofer_point *p, struct host_file *dir, struct host_file **ret)
{
    CLEANUP_MEM char *below = NULL;
    int rc = point_path(p, dir, &below);
    if (rc < 0) {
        return rc;
    }
    if (below[0] == '\0') {
        *ret = host_file_get(dir);
        return 0;
    }
    *strrchr(below, '/') = '\0';
    CLEANUP_MEM char *path = path_join(p->g->d, p->prefix, below[0] ? below : "/");
    return path ? host_open(p->g->h, p->g->d, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, ret)
                : CODE_FATE;
}

static int open_name(struct gofer_point *p, struct host_file *at, const char *name,
                     struct host_file **ret)
{
    bool dot = strcmp(name, ".") == 0, dot_dot = strcmp(name, "..") == 0;
    struct stat st;
    if (!dot && !dot_dot) {
        return host_openat(at, name, O_PATH | O_NOFOLLOW, 0, ret);
    }
    int rc = host_fstat(at, &st);
    if (rc < 0 || !S_ISDIR(st.st_mode)) {
        return rc < 0 ? rc : -ENOTDIR;
    }
    if (dot_dot) {
        return open_parent(p, at, ret);
    }
    *ret = host_file_get(at);
    return 0;
}

/* All or nothing, which every client takes (I-10). No qid for a clone (I-09). */
static int std_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                    size_t *ret_nqids, struct p9_node **ret)
{
    struct gofer_file *f = gofer_file_of(node);
    struct p9_qid last;
    struct host_file *at = host_file_get(f->control);
    for (size_t i = 0; i < n; i++) {
        struct host_file *next;
        struct stat st;
        int rc = open_name(f->point, at, names[i], &next);
        host_file_put(at);
        if (rc < 0) {
            return rc;
        }
        at = next;
        rc = host_fstat(at, &st);
        if (rc < 0) {
            host_file_put(at);
            return rc;
        }
        qids[i] = std_qid(f->point, &st);
    }
    int rc = make_node(f->point, at, &last, ret);
    if (rc == 0) {
        *ret_nqids = n;
    }
    return rc;
}

static int std_getattr(struct p9_node *node, uint64_t mask, struct p9_qid *ret_qid,
                       uint64_t *ret_valid, struct p9_attr *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    struct stat st;
    (void)mask;
    int rc = host_fstat(f->control, &st);
    if (rc == 0) {
        *ret_qid = std_qid(f->point, &st);
        *ret_valid = P9_ATTR_STAT | P9_ATTR_INO; /* I-19 */
        served_attr(&st, ret);
    }
    return rc;
}

static int std_readlink(struct p9_node *node, struct str *ret)
{
    return gofer_file_of(node)->type == S_IFLNK ? served_readlink(node, ret) : -EINVAL;
}

/* ---------------------------------------------------------------------------- open */

int std_truncate(struct gofer_file *f, uint64_t size)
{
    struct host_file *on;
    if (size > INT64_MAX) {
        return -EINVAL;
    }
    if (f->type != S_IFREG) {
        return f->type == S_IFDIR ? -EISDIR : -EINVAL;
    }
    int rc = host_reopen(f->control, O_WRONLY, &on);
    if (rc == 0) {
        rc = host_ftruncate(on, (int64_t)size);
        host_file_put(on);
    }
    return rc;
}

/* I-14: the access mode and a few more bits count. */
static int check_open(const struct gofer_file *f, uint32_t flags)
{
    uint32_t access = flags & P9_OPEN_ACCESS;
    bool changes = access != P9_OPEN_READ || flags & P9_OPEN_TRUNC;
    if (access == P9_OPEN_ACCESS) {
        return -EINVAL;
    }
    if (f->type == S_IFLNK) {
        return -ELOOP;
    }
    if (f->type != S_IFDIR && flags & P9_OPEN_DIRECTORY) {
        return -ENOTDIR;
    }
    if (f->type == S_IFDIR && changes) {
        return -EISDIR;
    }
    if (f->type != S_IFDIR && f->type != S_IFREG) {
        return -ENXIO; /* FIFOs and devices are the client's own business */
    }
    return f->point->ro_mount && changes ? -EROFS : 0;
}

static int std_open(struct p9_node *node, uint32_t flags, struct p9_qid *ret_qid,
                    uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct gofer_file *f = gofer_file_of(node);
    struct host_file *opened = NULL;
    struct stat st;
    (void)ret_fd;
    int rc = check_open(f, flags);
    if (rc == 0 && flags & P9_OPEN_TRUNC) {
        rc = std_truncate(f, 0);
    }
    if (rc == 0) {
        rc = host_reopen(f->control, (int)(flags & P9_OPEN_ACCESS), &opened);
    }
    if (rc < 0) {
        return rc;
    }
    rc = host_fstat(opened, &st);
    if (rc < 0) {
        host_file_put(opened);
        return rc;
    }
    f->opened = opened;
    f->mode = flags;
    *ret_qid = std_qid(f->point, &st);
    *ret_iounit = 0;
    return 0;
}

/* ------------------------------------------------------------------------- contents */

static int std_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    return f->opened ? opened_read(f, buf, n, offset, ret) : -EBADF;
}

static int std_write(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    int rc = f->opened ? opened_write(f, buf, n, offset, ret) : -EBADF;
    if (rc == 0 && f->mode & (P9_OPEN_SYNC | P9_OPEN_DSYNC)) {
        rc = host_fsync(f->opened);
    }
    return rc;
}

/* Linux's DT_* of a file type (I-20). */
static uint8_t entry_type(uint32_t type)
{
    return (uint8_t)(type >> 12);
}

/* Of the directory above; where it cannot be found, its own. */
static struct p9_qid parent_qid(struct gofer_file *f, const struct p9_qid *own)
{
    struct p9_qid qid = *own;
    struct host_file *parent;
    struct stat st;
    if (open_parent(f->point, f->control, &parent) == 0) {
        if (host_fstat(parent, &st) == 0) {
            qid = std_qid(f->point, &st);
        }
        host_file_put(parent);
    }
    return qid;
}

/* The two that are in every directory: offsets 1 and 2. false when the reply is full. */
static bool add_dots(struct gofer_file *f, const struct stat *dir, uint64_t offset,
                     struct p9_dirsink *sink)
{
    struct p9_qid own = std_qid(f->point, dir);
    if (offset == 0 && !p9_dirsink_add(sink, &own, 1, entry_type(S_IFDIR), ".")) {
        return false;
    }
    struct p9_qid above = parent_qid(f, &own);
    return p9_dirsink_add(sink, &above, 2, entry_type(S_IFDIR), "..");
}

static void drop_listing(struct gofer_file *f)
{
    if (f->listed) {
        f->point->listed_n -= f->listing.n;
        host_names_release(&f->listing);
        f->listed = false;
    }
}

/* A listing is taken at its first entry and kept until the next one begins, so that what a client
 * removes on its way moves nothing. `ret` belongs to the file when `f->listed`, else to the caller.
 */
static int take_listing(struct gofer_file *f, uint64_t offset, struct host_names *ret)
{
    if (f->listed && offset > 0) {
        *ret = f->listing;
        return 0;
    }
    drop_listing(f);
    int rc = host_readdir(f->opened, ret);
    if (rc == 0 && ret->n <= GOFER_MAX_LISTED - f->point->listed_n) {
        f->listing = *ret;
        f->listed = true;
        f->point->listed_n += ret->n;
    }
    return rc;
}

static int std_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink)
{
    enum { DOTS = 2 };
    struct gofer_file *f = gofer_file_of(node);
    struct host_names names = {0};
    struct stat st;
    if (!f->opened) {
        return -EBADF;
    }
    int rc = host_fstat(f->opened, &st);
    if (rc == 0) {
        rc = take_listing(f, offset, &names);
    }
    if (rc < 0) {
        return rc;
    }
    bool room = offset >= DOTS || add_dots(f, &st, offset, sink);
    for (uint64_t i = offset < DOTS ? 0 : offset - DOTS; room && i < names.n; i++) {
        const struct host_dirent *e = &names.v[i];
        st.st_ino = e->ino;
        st.st_mode = e->type;
        struct p9_qid qid = std_qid(f->point, &st);
        room = p9_dirsink_add(sink, &qid, i + DOTS + 1, entry_type(e->type), e->name);
    }
    if (!f->listed) {
        host_names_release(&names);
    }
    return domain_dead(file_domain(f)) ? CODE_FATE : 0;
}

const struct p9_backend_ops std_ops = {
    .walks_dots = true,
    .walk = std_walk,
    .statfs = served_statfs,
    .getattr = std_getattr,
    .setattr = std_setattr,
    .open = std_open,
    .create = std_create,
    .mkdir = std_mkdir,
    .symlink = std_symlink,
    .mknod = std_mknod,
    .link = std_link,
    .rename = std_rename,
    .renameat = std_renameat,
    .unlinkat = std_unlinkat,
    .readlink = std_readlink,
    .fsync = served_fsync,
    .read = std_read,
    .write = std_write,
    .readdir = std_readdir,
    .flush = served_flush,
    .connect = served_connect,
    .remove = std_remove,
    .close = served_close,
};
