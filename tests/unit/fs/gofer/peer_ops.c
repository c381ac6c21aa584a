/* What the peer answers. */
#include "peer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct node {
    struct p9_node base;
    struct peer *peer;
    struct pfile *file;
};

static struct node *node_of(struct p9_node *n)
{
    return container_of(n, struct node, base);
}

int peer_wants_failure(struct peer *p, uint8_t type)
{
    if (p->client && p->client->jobs_barred > p->locks_seen) {
        p->locks_seen = p->client->jobs_barred;
    }
    int code = p->fail[type];
    if (code && p->fail_times[type] > 0 && --p->fail_times[type] == 0) {
        p->fail[type] = 0;
    }
    return -code;
}

#define REFUSE(peer, type)                                                                         \
    do {                                                                                           \
        int refused_ = peer_wants_failure((peer), (type));                                         \
        if (refused_) {                                                                            \
            return refused_;                                                                       \
        }                                                                                          \
    } while (0)

static int node_new(struct peer *p, struct pfile *f, struct p9_node **ret)
{
    struct node *n = mem_new(&p->d, sizeof(*n), "peer node");
    if (!n) {
        return CODE_FATE;
    }
    p9_node_init(&n->base, &peer_ops);
    n->peer = p;
    n->file = f;
    *ret = &n->base;
    return 0;
}

static struct p9_qid qid_of(const struct pfile *f)
{
    return (struct p9_qid){.type = p9_qid_type(f->mode), .path = f->ino};
}

int peer_attach(void *peer, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid)
{
    struct peer *p = peer;
    REFUSE(p, P9_TATTACH);
    snprintf(p->aname, sizeof(p->aname), "%s", aname);
    *ret_qid = qid_of(p->root);
    return node_new(p, p->root, ret);
}

static int op_walk(struct p9_node *base, const char *const *names, size_t n, struct p9_qid *qids,
                   size_t *ret_nqids, struct p9_node **ret)
{
    struct node *node = node_of(base);
    struct pfile *f = node->file;
    REFUSE(node->peer, n ? P9_TWALKGETATTR : P9_TWALK);
    qids[0] = qid_of(f);
    for (size_t i = 0; i < n; i++) {
        f = peer_find(f, names[i]);
        if (!f) {
            return -ENOENT;
        }
        if (f->blocks) {
            return domain_hang(&node->peer->d, "blocks");
        }
        qids[i] = qid_of(f);
    }
    *ret_nqids = n ? n : 1;
    return node_new(node->peer, f, ret);
}

static void fill_attr(struct peer *p, const struct pfile *f, uint64_t *ret_valid,
                      struct p9_attr *ret)
{
    *ret_valid = p->valid;
    *ret = (struct p9_attr){
        .mode = f->mode,
        .uid = f->uid,
        .gid = f->gid,
        .nlink = f->links,
        .rdev = f->rdev,
        .size = peer_size(f),
        .blksize = f->blksize,
        .atime_sec = f->atime_sec,
        .atime_nsec = f->atime_nsec,
        .mtime_sec = f->mtime_sec,
        .mtime_nsec = f->mtime_nsec,
        .ctime_sec = f->ctime_sec,
    };
}

static int op_getattr(struct p9_node *base, uint64_t mask, struct p9_qid *ret_qid,
                      uint64_t *ret_valid, struct p9_attr *ret)
{
    (void)mask;
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TGETATTR);
    *ret_qid = qid_of(node->file);
    fill_attr(node->peer, node->file, ret_valid, ret);
    return 0;
}

static int op_walkgetattr(struct p9_node *base, const char *const *names, size_t n,
                          struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                          struct p9_attr *ret_attr, struct p9_node **ret)
{
    int r = op_walk(base, names, n, qids, ret_nqids, ret);
    if (r == 0) {
        fill_attr(node_of(base)->peer, node_of(*ret)->file, ret_valid, ret_attr);
    }
    return r;
}

static int op_setattr(struct p9_node *base, uint32_t valid, const struct p9_setattr *a)
{
    struct node *node = node_of(base);
    struct pfile *f = node->file;
    REFUSE(node->peer, P9_TSETATTR);
    node->peer->setattr_valid = valid;
    node->peer->setattr = *a;
    f->mode = valid & P9_SETATTR_MODE ? (f->mode & S_IFMT) | a->mode : f->mode;
    f->uid = valid & P9_SETATTR_UID ? a->uid : f->uid;
    f->gid = valid & P9_SETATTR_GID ? a->gid : f->gid;
    if (valid & P9_SETATTR_ATIME) {
        f->atime_sec = valid & P9_SETATTR_ATIME_SET ? a->atime_sec : 777;
        f->atime_nsec = valid & P9_SETATTR_ATIME_SET ? a->atime_nsec : 0;
    }
    if (valid & P9_SETATTR_MTIME) {
        f->mtime_sec = valid & P9_SETATTR_MTIME_SET ? a->mtime_sec : 777;
        f->mtime_nsec = valid & P9_SETATTR_MTIME_SET ? a->mtime_nsec : 0;
    }
    if (valid & P9_SETATTR_SIZE && ftruncate(f->fd, (off_t)a->size) < 0) {
        return -errno;
    }
    return 0;
}

static int op_statfs(struct p9_node *base, struct p9_fsstat *ret)
{
    REFUSE(node_of(base)->peer, P9_TSTATFS);
    *ret =
        (struct p9_fsstat){.type = 1, .bsize = 2, .blocks = 3, .bfree = 4, .files = 6, .ffree = 7};
    ret->bavail = node_of(base)->file->links == 5 ? 5 : 0;
    return 0;
}

static int donate(struct peer *p, const struct pfile *f, struct owned_fd **ret_fd)
{
    char path[64];
    if (p->donate == DONATE_NOTHING || f->fd < 0) {
        return 0;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
    int fd = open(path, (p->donate == DONATE_RW ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
    return owned_fd_new(&p->d, fd, "peer donation", ret_fd);
}

static int op_open(struct p9_node *base, uint32_t flags, struct p9_qid *ret_qid,
                   uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TLOPEN);
    node->peer->open_flags = flags;
    *ret_qid = qid_of(node->file);
    *ret_iounit = 0;
    return donate(node->peer, node->file, ret_fd);
}

static int make(struct node *dir, uint8_t type, const char *name, uint32_t mode, uint32_t uid,
                uint32_t gid, struct pfile **ret)
{
    struct peer *p = dir->peer;
    REFUSE(p, type);
    if (peer_find(dir->file, name)) {
        return -EEXIST;
    }
    p->mode = mode;
    p->uid = uid;
    p->gid = gid;
    struct pfile *f = peer_add(p, dir->file, name, mode);
    f->uid = uid;
    f->gid = gid;
    *ret = f;
    return 0;
}

static int op_create(struct p9_node *base, const char *name, uint32_t flags, uint32_t mode,
                     uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                     struct owned_fd **ret_fd, struct p9_node **ret)
{
    struct node *node = node_of(base);
    struct pfile *f;
    int r = make(node, P9_TUCREATE, name, S_IFREG | mode, uid, gid, &f);
    if (r) {
        return r;
    }
    node->peer->open_flags = flags;
    *ret_qid = qid_of(f);
    *ret_iounit = 0;
    r = donate(node->peer, f, ret_fd);
    return r ? r : node_new(node->peer, f, ret);
}

static int op_mkdir(struct p9_node *base, const char *name, uint32_t mode, uint32_t uid,
                    uint32_t gid, struct p9_qid *ret)
{
    struct pfile *f;
    int r = make(node_of(base), P9_TUMKDIR, name, S_IFDIR | mode, uid, gid, &f);
    if (r == 0) {
        *ret = qid_of(f);
    }
    return r;
}

static int op_symlink(struct p9_node *base, const char *name, const char *target, uint32_t uid,
                      uint32_t gid, struct p9_qid *ret)
{
    struct pfile *f;
    int r = make(node_of(base), P9_TUSYMLINK, name, S_IFLNK | 0777, uid, gid, &f);
    if (r == 0) {
        f->target = strdup(target);
        *ret = qid_of(f);
    }
    return r;
}

static int op_link(struct p9_node *base, struct p9_node *target, const char *name)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TLINK);
    peer_enter(node->file, name, node_of(target)->file);
    node_of(target)->file->links++;
    return 0;
}

static int op_rename(struct p9_node *base, struct p9_node *dir, const char *name)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TRENAME);
    for (struct pfile *d = node->peer->files; d; d = d->next) {
        for (size_t i = 0; i < d->n; i++) {
            if (d->names[i].file == node->file) {
                peer_drop(d, d->names[i].name);
                break;
            }
        }
    }
    peer_drop(node_of(dir)->file, name);
    peer_enter(node_of(dir)->file, name, node->file);
    return 0;
}

static int op_unlinkat(struct p9_node *base, const char *name, uint32_t flags)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TUNLINKAT);
    struct pfile *f = peer_find(node->file, name);
    if (!f) {
        return -ENOENT;
    }
    if (S_ISDIR(f->mode) != (flags == 0x200)) {
        return S_ISDIR(f->mode) ? -EISDIR : -ENOTDIR;
    }
    peer_drop(node->file, name);
    return 0;
}

static int op_readlink(struct p9_node *base, struct str *ret)
{
    REFUSE(node_of(base)->peer, P9_TREADLINK);
    str_add(ret, node_of(base)->file->target);
    return 0;
}

static int op_fsync(struct p9_node *base)
{
    REFUSE(node_of(base)->peer, P9_TFSYNC);
    return 0;
}

static int op_flush(struct p9_node *base)
{
    REFUSE(node_of(base)->peer, P9_TFLUSHF);
    return 0;
}

static size_t bounded(const struct peer *p, size_t n)
{
    return p->io_max && n > p->io_max ? p->io_max : n;
}

static int op_read(struct p9_node *base, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TREAD);
    ssize_t got = pread(node->file->fd, buf, bounded(node->peer, n), (off_t)offset);
    if (got < 0) {
        return -errno;
    }
    *ret = (size_t)got;
    return 0;
}

static int op_write(struct p9_node *base, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct node *node = node_of(base);
    REFUSE(node->peer, P9_TWRITE);
    ssize_t put = pwrite(node->file->fd, buf, bounded(node->peer, n), (off_t)offset);
    if (put < 0) {
        return -errno;
    }
    *ret = (size_t)put;
    return 0;
}

static int op_readdir(struct p9_node *base, uint64_t offset, struct p9_dirsink *sink)
{
    struct node *node = node_of(base);
    struct peer *p = node->peer;
    REFUSE(p, P9_TREADDIR);
    for (uint64_t i = offset; p->listing && i < p->listing_n; i++) {
        const struct plisting *e = &p->listing[i];
        struct p9_qid qid = {.type = e->type, .path = e->path};
        p9_dirsink_add(sink, &qid, e->next, e->type, e->name);
    }
    for (uint64_t i = offset; !p->listing && i < node->file->n; i++) {
        const struct pname *e = &node->file->names[i];
        struct p9_qid qid = qid_of(e->file);
        p9_dirsink_add(sink, &qid, i + 1, qid.type, e->name);
    }
    return 0;
}

static int op_connect(struct p9_node *base, uint32_t flags, struct owned_fd **ret_fd)
{
    struct peer *p = node_of(base)->peer;
    int pair[2];
    p->open_flags = flags;
    if (!p->connects) {
        return -ECONNREFUSED;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
        return -errno;
    }
    p->connected = pair[0];
    return owned_fd_new(&p->d, pair[1], "peer connection", ret_fd);
}

static void op_close(struct p9_node *base)
{
    mem_free(node_of(base));
}

const struct p9_backend_ops peer_ops = {
    .walk = op_walk,
    .walkgetattr = op_walkgetattr,
    .statfs = op_statfs,
    .getattr = op_getattr,
    .setattr = op_setattr,
    .open = op_open,
    .create = op_create,
    .mkdir = op_mkdir,
    .symlink = op_symlink,
    .link = op_link,
    .rename = op_rename,
    .unlinkat = op_unlinkat,
    .readlink = op_readlink,
    .fsync = op_fsync,
    .read = op_read,
    .write = op_write,
    .readdir = op_readdir,
    .flush = op_flush,
    .connect = op_connect,
    .close = op_close,
};
