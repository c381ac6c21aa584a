/* The object behind a fid: its two descriptors, its attributes, and what all operations need. */
#include "gofer_impl.h"

int served_new(struct gofer_point *p, struct host_file *control, uint32_t type, char *path,
               struct gofer_file **ret)
{
    struct gofer_file *f = MEM_NEW(p->g->d, struct gofer_file);
    if (!f) {
        return CODE_FATE;
    }
    p9_node_init(&f->node, &served_ops);
    f->point = p;
    f->control = control;
    f->mode = MODE_INVALID;
    f->type = type;
    f->path = path;
    *ret = f;
    return 0;
}

void served_close(struct p9_node *node)
{
    struct gofer_file *f = gofer_file_of(node);
    if (f->listed) {
        f->point->listed_n -= f->listing.n;
        host_names_release(&f->listing);
    }
    host_file_put(f->opened);
    host_file_put(f->control);
    mem_free(f->path);
    mem_free(f);
}

/* Q-54 off: files of another host device than the first one get its index into the high bits. */
uint64_t served_device_bits(struct gofer_point *p, dev_t dev)
{
    size_t i = 0;
    while (i < p->device_n && p->devices[i] != dev) {
        i++;
    }
    if (i == p->device_n && p->device_n < GOFER_MAX_DEVICES) {
        p->devices[p->device_n++] = dev;
    }
    return (uint64_t)i << 56;
}

struct p9_qid served_qid(struct gofer_point *p, const struct stat *st)
{
    struct p9_qid qid = {.type = p9_qid_type(st->st_mode), .path = st->st_ino};
    bool other_device = p->device_n > 0 && p->devices[0] != st->st_dev;
    if (p->device_n == 0) {
        p->devices[p->device_n++] = st->st_dev;
    }
    if (other_device && !quirk_on(p->g->d, Q_54)) {
        qid.path |= served_device_bits(p, st->st_dev);
    }
    return qid;
}

void served_attr(const struct stat *st, struct p9_attr *ret)
{
    *ret = (struct p9_attr){
        .mode = st->st_mode,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .nlink = st->st_nlink,
        .rdev = st->st_rdev,
        .size = (uint64_t)st->st_size,
        .blksize = (uint64_t)st->st_blksize,
        .blocks = (uint64_t)st->st_blocks,
        .atime_sec = (uint64_t)st->st_atim.tv_sec,
        .atime_nsec = (uint64_t)st->st_atim.tv_nsec,
        .mtime_sec = (uint64_t)st->st_mtim.tv_sec,
        .mtime_nsec = (uint64_t)st->st_mtim.tv_nsec,
        .ctime_sec = (uint64_t)st->st_ctim.tv_sec,
        .ctime_nsec = (uint64_t)st->st_ctim.tv_nsec,
    };
}

int served_blocked(struct gofer *g, int rc)
{
    if (rc != HOST_BLOCKS) {
        return rc;
    }
    return quirk_on(g->d, Q_39) ? domain_hang(g->d, "open of a FIFO waits for a writer") : -EINVAL;
}

int served_donate(struct host_file *f, uint32_t type, struct owned_fd **ret)
{
    struct owned_fd *fd = NULL;
    if (type == S_IFREG) {
        int rc = host_file_donate(f, &fd);
        if (rc == CODE_FATE) {
            return rc;
        }
        if (rc < 0) {
            fd = NULL; /* then there is none, which is no error */
        }
    }
    *ret = fd;
    return 0;
}

int served_open_again(struct gofer_file *f, int flags, struct host_file **ret)
{
    struct gofer *g = f->point->g;
    int rc = quirk_on(g->d, Q_47) ? host_open(g->h, g->d, f->path, flags | O_NOFOLLOW, ret)
                                  : host_reopen(f->control, flags, ret);
    return served_blocked(g, rc);
}

int served_path(struct gofer_file *f, enum quirk quirk, char **ret)
{
    struct domain *d = file_domain(f);
    if (!quirk_on(d, quirk)) {
        return host_file_path(f->control, ret);
    }
    char *copy = mem_dup(d, f->path);
    if (!copy) {
        return CODE_FATE;
    }
    *ret = copy;
    return 0;
}

/* ---------------------------------------------------------------------------- open */

/* Which description an open with these flags works on (9.4). */
static int choose(struct gofer_file *f, uint32_t flags, struct host_file **ret)
{
    struct gofer_point *p = f->point;
    struct domain *d = p->g->d;
    uint32_t access = flags & P9_OPEN_ACCESS;
    bool read_only = flags == 0 || (access == 0 && !quirk_on(d, Q_45));
    if (!p->lazy && read_only && !p->ro_mount && host_file_flags(f->control) == O_RDWR &&
        !quirk_on(d, Q_44)) {
        return host_reopen(f->control, O_RDONLY, ret);
    }
    if (!p->lazy || read_only) {
        *ret = host_file_get(f->control); /* whatever its mode is */
        return 0;
    }
    if (p->ro_mount && access != 0 && !quirk_on(d, Q_46)) {
        return -EBADF;
    }
    return served_open_again(f, (int)access, ret);
}

static int file_open(struct p9_node *node, uint32_t flags, struct p9_qid *ret_qid,
                     uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct gofer_file *f = gofer_file_of(node);
    if (f->opened) {
        return -EINVAL; /* P-02: the server never asks twice */
    }
    struct host_file *opened;
    int rc = choose(f, flags, &opened);
    if (rc < 0) {
        return rc;
    }
    struct stat st;
    rc = host_fstat(opened, &st);
    if (rc == 0) {
        rc = served_donate(opened, st.st_mode & S_IFMT, ret_fd);
    }
    if (rc < 0) {
        host_file_put(opened);
        return rc;
    }
    f->opened = opened;
    f->mode = flags;
    *ret_qid = served_qid(f->point, &st);
    *ret_iounit = 0;
    return 0;
}

/* ----------------------------------------------------------------------- questions */

static int file_getattr(struct p9_node *node, uint64_t mask, struct p9_qid *ret_qid,
                        uint64_t *ret_valid, struct p9_attr *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    (void)mask; /* what is asked for does not matter */
    struct stat st;
    int rc = host_fstat(f->control, &st);
    if (rc < 0) {
        return rc;
    }
    *ret_qid = served_qid(f->point, &st);
    *ret_valid = P9_ATTR_STAT;
    served_attr(&st, ret);
    return 0;
}

int served_statfs(struct p9_node *node, struct p9_fsstat *ret)
{
    struct statfs st;
    int rc = host_fstatfs(gofer_file_of(node)->control, &st);
    if (rc < 0) {
        return rc;
    }
    *ret = (struct p9_fsstat){
        .type = (uint32_t)st.f_type,
        .bsize = (uint32_t)st.f_bsize,
        .blocks = st.f_blocks,
        .bfree = st.f_bfree,
        .bavail = st.f_bavail,
        .files = st.f_files,
        .ffree = st.f_ffree,
        .namelen = (uint32_t)st.f_namelen,
    };
    return 0;
}

int served_readlink(struct p9_node *node, struct str *ret)
{
    char *target;
    int rc = host_readlink(gofer_file_of(node)->control, &target);
    if (rc < 0) {
        return rc;
    }
    str_add(ret, target);
    mem_free(target);
    return 0;
}

int served_flush(struct p9_node *node)
{
    (void)node;
    return 0;
}

int served_connect(struct p9_node *node, uint32_t flags, struct owned_fd **ret_fd)
{
    (void)node;
    (void)flags;
    (void)ret_fd;
    return -ECONNREFUSED;
}

/* mknod, remove and renameat are not there: ENOSYS before any other check (9.6). */
const struct p9_backend_ops served_ops = {
    .walk = served_walk,
    .walkgetattr = served_walkgetattr,
    .statfs = served_statfs,
    .getattr = file_getattr,
    .setattr = served_setattr,
    .open = file_open,
    .create = served_create,
    .mkdir = served_mkdir,
    .symlink = served_symlink,
    .link = served_link,
    .rename = served_rename,
    .unlinkat = served_unlinkat,
    .readlink = served_readlink,
    .fsync = served_fsync,
    .read = served_read,
    .write = served_write,
    .readdir = served_readdir,
    .flush = served_flush,
    .connect = served_connect,
    .close = served_close,
};
