/* Backend mem: the operations table, opening, attributes. */
#include <stdio.h>
#include <unistd.h>

#include "mem.h"

static int file_new(struct mem_host *h, struct domain *d, struct mem_node *n, struct mem_dentry *de,
                    int flags, struct host_file **ret)
{
    struct host_file *f;
    int rc = host_file_new(&h->base, d, flags, n->type, &f);
    if (rc < 0) {
        return rc;
    }
    f->rdev = n->rdev;
    f->node = n;
    f->dentry = de;
    n->files++;
    *ret = f;
    return 0;
}

static int mem_open(struct host *base, struct domain *d, const char *path, int flags,
                    struct host_file **ret)
{
    struct mem_host *h = mem_of(base);
    struct mem_node *n;
    struct mem_dentry *de;
    int rc = mem_walk(h, path, !(flags & O_NOFOLLOW), &n, &de);
    if (rc == 0) {
        rc = device_open_check(n->type, n->rdev, flags);
    }
    return rc < 0 ? rc : file_new(h, d, n, de, flags, ret);
}

static int mem_openat(struct host_file *dir, const char *name, int flags, uint32_t mode,
                      struct host_file **ret)
{
    struct mem_host *h = mem_of(dir->host);
    struct mem_dentry *de;
    int rc = mem_lookup(h, dir->node, name, &de);
    if (rc < 0) {
        return rc;
    }
    if (!de) {
        if (!(flags & O_CREAT)) {
            return -ENOENT;
        }
        rc = mem_create(h, dir->node, name, S_IFREG, mode, &de);
    } else if ((flags & O_CREAT) && (flags & O_EXCL)) {
        rc = -EEXIST;
    } else {
        rc = device_open_check(de->inode->type, de->inode->rdev, flags);
    }
    return rc < 0 ? rc : file_new(h, dir->d, de->inode, de, flags, ret);
}

static int mem_reopen(struct host_file *f, int flags, struct host_file **ret)
{
    return file_new(mem_of(f->host), f->d, f->node, f->dentry, flags, ret);
}

static void mem_close(struct host_file *f)
{
    if (!domain_dead(f->host->d)) {
        f->node->files--;
        mem_node_gone(f->node);
    }
}

/* ----------------------------------------------------------------------- questions */

static int mem_fstat(struct host_file *f, struct stat *ret)
{
    mem_stat(mem_of(f->host), f->node, ret);
    return 0;
}

static int mem_fstatat(struct host_file *dir, const char *name, struct stat *ret)
{
    struct mem_dentry *de;
    int rc = mem_lookup(mem_of(dir->host), dir->node, name, &de);
    if (rc < 0) {
        return rc;
    }
    if (!de) {
        return -ENOENT;
    }
    mem_stat(mem_of(dir->host), de->inode, ret);
    return 0;
}

/* A disk of fixed size, so that results are the same on every machine. */
static int mem_fstatfs(struct host_file *f, struct statfs *ret)
{
    (void)f;
    *ret = (struct statfs){
        .f_type = 0xef53,
        .f_bsize = 4096,
        .f_blocks = 1 << 20,
        .f_bfree = 1 << 19,
        .f_bavail = 1 << 19,
        .f_files = 1 << 18,
        .f_ffree = 1 << 17,
        .f_namelen = HOST_NAME_LIMIT,
        .f_frsize = 4096,
    };
    return 0;
}

static int mem_readlink(struct host_file *f, char **ret)
{
    char *copy = mem_dup(f->d, f->node->target);
    if (!copy) {
        return CODE_FATE;
    }
    *ret = copy;
    return 0;
}

/* The path of a name, ended by `tail`. Built from the end, as directories know only their parents.
 */
static int dentry_path(struct domain *d, const struct mem_dentry *de, char **ret)
{
    char *path = mem_dup(d, "");
    while (path && de) {
        char *longer = mem_join(d, "/", de->name, path, NULL);
        mem_free(path);
        path = longer;
        const struct list *up = &de->parent->names;
        de = list_empty(up) ? NULL : container_of(up->next, struct mem_dentry, of_node);
    }
    if (!path) {
        return CODE_FATE;
    }
    *ret = path;
    return 0;
}

static int mem_path(struct host_file *f, char **ret)
{
    struct mem_dentry *de = f->dentry;
    while (de && de->moved) {
        de = de->moved;
    }
    if (f->node == mem_of(f->host)->root) {
        char *root = mem_dup(f->d, "/");
        if (!root) {
            return CODE_FATE;
        }
        *ret = root;
        return 0;
    }
    if (!de || !de->alive) {
        return -ENOENT;
    }
    return dentry_path(f->d, de, ret);
}

static int mem_readdir(struct host_file *dir, struct host_names *ret)
{
    struct mem_host *h = mem_of(dir->host);
    if (dir->node->unread) {
        int rc = cow_populate(h, dir->node);
        if (rc < 0) {
            return rc;
        }
    }
    const struct namemap *map = &dir->node->children;
    size_t bytes = 0;
    for (struct namenode *n = namemap_first(map); n; n = namenode_next(n)) {
        bytes += strlen(n->name) + 1;
    }
    struct host_dirent *v = mem_new(dir->d, map->n * sizeof(*v) + bytes + 1, "host names");
    if (!v) {
        return CODE_FATE;
    }
    char *text = (char *)(v + map->n);
    size_t i = 0;
    for (struct namenode *n = namemap_first(map); n; n = namenode_next(n)) {
        const struct mem_node *inode = dentry_of(n)->inode;
        size_t len = strlen(n->name) + 1;
        memcpy(text, n->name, len);
        v[i++] = (struct host_dirent){.name = text, .type = inode->type, .ino = inode->ino};
        text += len;
    }
    *ret = (struct host_names){.v = v, .n = map->n};
    return 0;
}

/* ------------------------------------------------------------------------ contents */

static int mem_pread(struct host_file *f, void *buf, size_t n, int64_t offset, size_t *ret)
{
    return mem_data_read(mem_of(f->host), f->node, buf, n, (uint64_t)offset, ret);
}

static int mem_pwrite(struct host_file *f, const void *buf, size_t n, int64_t offset, size_t *ret)
{
    struct mem_host *h = mem_of(f->host);
    int rc = mem_touch(h, f->node);
    if (rc == 0) {
        rc = mem_data_write(h, f->node, buf, n, (uint64_t)offset, ret);
    }
    if (rc == 0 && n > 0) {
        mem_touch_mtime(h, f->node);
    }
    return rc;
}

static int mem_ftruncate(struct host_file *f, int64_t size)
{
    struct mem_host *h = mem_of(f->host);
    int rc = mem_touch(h, f->node);
    if (rc == 0) {
        rc = mem_data_truncate(h, f->node, (uint64_t)size);
    }
    if (rc == 0) {
        mem_touch_mtime(h, f->node);
    }
    return rc;
}

static int mem_fsync(struct host_file *f)
{
    (void)f;
    return 0;
}

/* A description of its own over the memfd, so that access mode and O_NONBLOCK are the receiver's
 * alone. */
static int reopen_memfd(const struct mem_node *n, int flags)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", n->data.fd->fd);
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? sys_error() : fd;
}

static int mem_donate(struct host_file *f, struct owned_fd **ret)
{
    struct mem_host *h = mem_of(f->host);
    struct mem_node *n = f->node;
    bool writable = host_accmode_writes(f->flags);
    int rc = writable ? mem_touch(h, n) : 0;
    if (rc == 0) {
        rc = mem_data_to_memfd(h, n);
    }
    if (rc < 0) {
        return rc;
    }
    if (writable) {
        n->data.shared = true;
        mem_data_rewind_time(n);
    }
    int fd = reopen_memfd(n, f->flags);
    return fd < 0 ? fd : owned_fd_new(f->d, fd, "donated file", ret);
}

/* ---------------------------------------------------------------------- attributes */

static int mem_fchmod(struct host_file *f, uint32_t mode)
{
    struct mem_host *h = mem_of(f->host);
    int rc = mem_touch(h, f->node);
    if (rc < 0) {
        return rc;
    }
    f->node->mode = mode;
    f->node->ctime = mem_now(h);
    return 0;
}

static int mem_fchown(struct host_file *f, uint32_t uid, uint32_t gid)
{
    struct mem_host *h = mem_of(f->host);
    struct mem_node *n = f->node;
    int rc = mem_touch(h, n);
    if (rc < 0) {
        return rc;
    }
    n->uid = uid == UINT32_MAX ? n->uid : uid;
    n->gid = gid == UINT32_MAX ? n->gid : gid;
    if (n->type != S_IFDIR) {
        n->mode &= ~(uint32_t)S_ISUID;
        if (n->mode & S_IXGRP) {
            n->mode &= ~(uint32_t)S_ISGID;
        }
    }
    n->ctime = mem_now(h);
    return 0;
}

static void set_times(struct mem_host *h, struct mem_node *n, const struct timespec times[2])
{
    mem_data_sync_time(h, n);
    struct timespec now = mem_now(h);
    if (times[0].tv_nsec != UTIME_OMIT) {
        n->atime = times[0].tv_nsec == UTIME_NOW ? now : times[0];
    }
    if (times[1].tv_nsec != UTIME_OMIT) {
        n->mtime = times[1].tv_nsec == UTIME_NOW ? now : times[1];
    }
    if (times[0].tv_nsec != UTIME_OMIT || times[1].tv_nsec != UTIME_OMIT) {
        n->ctime = now;
    }
}

static int mem_futimens(struct host_file *f, const struct timespec times[2])
{
    set_times(mem_of(f->host), f->node, times);
    return 0;
}

static int mem_utimensat(struct host_file *dir, const char *name, const struct timespec times[2])
{
    struct mem_dentry *de;
    int rc = mem_lookup(mem_of(dir->host), dir->node, name, &de);
    if (rc < 0) {
        return rc;
    }
    if (!de) {
        return -ENOENT;
    }
    set_times(mem_of(dir->host), de->inode, times);
    return 0;
}

/* ------------------------------------------------------------------------ the host */

static void mem_free_host(struct host *base)
{
    struct mem_host *h = mem_of(base);
    list_for_each_safe(it, &h->dentries)
    {
        mem_free(container_of(it, struct mem_dentry, all));
    }
    list_for_each_safe(it, &h->nodes)
    {
        mem_node_free(container_of(it, struct mem_node, all));
    }
    cow_free(h);
    mem_free(h);
}

static const struct host_ops mem_ops = {
    .free = mem_free_host,
    .open = mem_open,
    .openat = mem_openat,
    .reopen = mem_reopen,
    .close = mem_close,
    .fstat = mem_fstat,
    .fstatat = mem_fstatat,
    .fstatfs = mem_fstatfs,
    .readlink = mem_readlink,
    .path = mem_path,
    .readdir = mem_readdir,
    .pread = mem_pread,
    .pwrite = mem_pwrite,
    .ftruncate = mem_ftruncate,
    .fsync = mem_fsync,
    .donate = mem_donate,
    .fchmod = mem_fchmod,
    .fchown = mem_fchown,
    .futimens = mem_futimens,
    .utimensat = mem_utimensat,
    .mkdirat = mem_mkdirat,
    .symlinkat = mem_symlinkat,
    .mknodat = mem_mknodat,
    .linkat = mem_linkat,
    .unlinkat = mem_unlinkat,
    .renameat = mem_renameat,
    .snapshot = mem_snapshot,
    .diff = mem_diff,
    .snapshot_drop = mem_snapshot_drop,
};

int host_mem_new(struct domain *d, struct host **ret)
{
    struct mem_host *h = MEM_NEW(d, struct mem_host);
    if (!h) {
        return CODE_FATE;
    }
    h->base.ops = &mem_ops;
    h->base.d = d;
    list_init(&h->base.fifos);
    list_init(&h->nodes);
    list_init(&h->dentries);
    list_init(&h->lowers);
    h->next_ino = 2;
    int rc = mem_node_new(h, S_IFDIR, 0755, &h->root);
    if (rc < 0) {
        return rc;
    }
    h->root->nlink = 2;
    *ret = &h->base;
    return 0;
}

bool host_is_mem(const struct host *h)
{
    return h->ops == &mem_ops;
}
