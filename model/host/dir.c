/* Backend dir: opening, contents and attributes. */
#include "dir.h"

#include <stdio.h>
#include <unistd.h>

#include "real.h"

struct proc_path dir_proc_path(int fd)
{
    struct proc_path p;
    (void)snprintf(p.s, sizeof(p.s), "/proc/self/fd/%d", fd);
    return p;
}

static int file_new(struct host *h, struct domain *d, int fd, int flags, const struct stat *st,
                    struct host_file **ret)
{
    struct owned_fd *owned;
    int rc = owned_fd_new(d, fd, "host fd", &owned);
    if (rc < 0) {
        return rc;
    }
    rc = host_file_new(h, d, flags, st->st_mode & S_IFMT, ret);
    if (rc < 0) {
        return rc;
    }
    (*ret)->fd = owned;
    (*ret)->rdev = st->st_rdev;
    return 0;
}

/* From an O_PATH descriptor (taken) to a file: the type is known before anything is really opened.
 */
static int finish_open(struct host *h, struct domain *d, int path_fd, int flags,
                       struct host_file **ret)
{
    struct stat st;
    int rc = fstat(path_fd, &st) < 0 ? sys_error() : 0;
    if (rc == 0) {
        rc = device_open_check(st.st_mode & S_IFMT, st.st_rdev, flags);
    }
    int fd = path_fd;
    if (rc == 0 && !(flags & O_PATH) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
        fd = real_reopen(path_fd, host_accmode(flags));
        rc = fd < 0 ? fd : 0;
        (void)close(path_fd);
    } else if (rc < 0) {
        (void)close(path_fd);
    }
    return rc < 0 ? rc : file_new(h, d, fd, flags, &st, ret);
}

static int dir_open(struct host *h, struct domain *d, const char *path, int flags,
                    struct host_file **ret)
{
    int fd = real_open_in_root(dir_of(h)->root->fd, path, !(flags & O_NOFOLLOW));
    return fd < 0 ? fd : finish_open(h, d, fd, flags, ret);
}

/* The umask of this process must not show: the gofer's is 0. */
static int undo_umask(int fd, struct stat *st, uint32_t mode)
{
    if (fstat(fd, st) < 0) {
        return sys_error();
    }
    if ((st->st_mode & mode) != mode && fchmod(fd, (st->st_mode & S_ISGID) | mode) < 0) {
        return sys_error();
    }
    return 0;
}

static int create(struct host_file *dir, const char *name, int flags, uint32_t mode,
                  struct host_file **ret)
{
    int fd = openat(dir_fd(dir), name,
                    host_accmode(flags) | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) {
        return sys_error();
    }
    struct stat st;
    int rc = undo_umask(fd, &st, mode);
    if (rc < 0) {
        (void)close(fd);
        return rc;
    }
    return file_new(dir->host, dir->d, fd, flags, &st, ret);
}

static int dir_openat(struct host_file *dir, const char *name, int flags, uint32_t mode,
                      struct host_file **ret)
{
    if ((flags & O_CREAT) && (flags & O_EXCL)) {
        return create(dir, name, flags, mode, ret);
    }
    int fd = openat(dir_fd(dir), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT && (flags & O_CREAT) ? create(dir, name, flags, mode, ret)
                                                    : sys_error();
    }
    return finish_open(dir->host, dir->d, fd, flags, ret);
}

static int dir_reopen(struct host_file *f, int flags, struct host_file **ret)
{
    struct stat st;
    if (fstat(dir_fd(f), &st) < 0) {
        return sys_error();
    }
    bool real = !(flags & O_PATH) && (f->type == S_IFREG || f->type == S_IFDIR);
    int fd = real ? real_reopen(dir_fd(f), host_accmode(flags)) : real_dup(dir_fd(f));
    return fd < 0 ? fd : file_new(f->host, f->d, fd, flags, &st, ret);
}

static void dir_close(struct host_file *f)
{
    owned_fd_free(f->fd);
}

/* ----------------------------------------------------------------------- questions */

static int dir_fstat(struct host_file *f, struct stat *ret)
{
    struct stat st;
    if (fstat(dir_fd(f), &st) < 0) {
        return sys_error();
    }
    *ret = st;
    return 0;
}

static int dir_fstatat(struct host_file *dir, const char *name, struct stat *ret)
{
    struct stat st;
    if (fstatat(dir_fd(dir), name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        return sys_error();
    }
    *ret = st;
    return 0;
}

static int dir_fstatfs(struct host_file *f, struct statfs *ret)
{
    struct statfs st;
    if (fstatfs(dir_fd(f), &st) < 0) {
        return sys_error();
    }
    *ret = st;
    return 0;
}

static int read_link(struct domain *d, int fd, const char *path, char **ret)
{
    char buf[LIMIT_PATH];
    ssize_t n = readlinkat(fd, path, buf, sizeof(buf));
    if (n < 0) {
        return sys_error();
    }
    if ((size_t)n == sizeof(buf)) {
        return -ENOMEM;
    }
    char *copy = mem_dupn(d, buf, (size_t)n);
    if (!copy) {
        return CODE_FATE;
    }
    *ret = copy;
    return 0;
}

static int dir_readlink(struct host_file *f, char **ret)
{
    return read_link(f->d, dir_fd(f), "", ret);
}

/* Does the path still name this very node? A removed name leaves only " (deleted)" behind. */
static int check_named(struct host_file *f, const char *path)
{
    struct stat a, b;
    int fd = real_open_in_root(dir_of(f->host)->root->fd, path, false);
    if (fd < 0) {
        return fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM ? fd : -ENOENT;
    }
    bool same = fstat(fd, &a) == 0 && fstat(dir_fd(f), &b) == 0 && a.st_dev == b.st_dev &&
                a.st_ino == b.st_ino;
    (void)close(fd);
    return same ? 0 : -ENOENT;
}

static int dir_path(struct host_file *f, char **ret)
{
    CLEANUP_MEM char *root = NULL;
    CLEANUP_MEM char *full = NULL;
    int rc = read_link(f->d, AT_FDCWD, dir_proc_path(dir_of(f->host)->root->fd).s, &root);
    if (rc == 0) {
        rc = read_link(f->d, AT_FDCWD, dir_proc_path(dir_fd(f)).s, &full);
    }
    if (rc != 0) {
        return rc;
    }
    size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(full, root, n) != 0 || (full[n] != '/' && full[n] != '\0')) {
        return -ENOENT;
    }
    char *path = mem_dup(f->d, full[n] ? full + n : "/");
    if (!path) {
        return CODE_FATE;
    }
    rc = check_named(f, path);
    if (rc < 0) {
        mem_free(path);
        return rc;
    }
    *ret = path;
    return 0;
}

/* ------------------------------------------------------------------------ contents */

static int dir_pread(struct host_file *f, void *buf, size_t n, int64_t offset, size_t *ret)
{
    ssize_t got;
    do {
        got = pread(dir_fd(f), buf, n, offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return sys_error();
    }
    *ret = (size_t)got;
    return 0;
}

static int dir_pwrite(struct host_file *f, const void *buf, size_t n, int64_t offset, size_t *ret)
{
    ssize_t put;
    do {
        put = pwrite(dir_fd(f), buf, n, offset);
    } while (put < 0 && errno == EINTR);
    if (put < 0) {
        return sys_error();
    }
    *ret = (size_t)put;
    return 0;
}

static int dir_ftruncate(struct host_file *f, int64_t size)
{
    return ftruncate(dir_fd(f), size) < 0 ? sys_error() : 0;
}

static int dir_fsync(struct host_file *f)
{
    return fsync(dir_fd(f)) < 0 ? sys_error() : 0;
}

static int dir_donate(struct host_file *f, struct owned_fd **ret)
{
    int fd = real_dup(dir_fd(f));
    if (fd < 0) {
        return fd;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        int rc = sys_error();
        (void)close(fd);
        return rc;
    }
    return owned_fd_new(f->d, fd, "donated file", ret);
}

/* ---------------------------------------------------------------------- attributes */

/* Special files are held with O_PATH whatever their mode says, so these go through /proc. */
static bool is_path_fd(const struct host_file *f)
{
    return f->flags == O_PATH || (f->type != S_IFREG && f->type != S_IFDIR);
}

static int dir_fchmod(struct host_file *f, uint32_t mode)
{
    int rc = is_path_fd(f) ? chmod(dir_proc_path(dir_fd(f)).s, mode) : fchmod(dir_fd(f), mode);
    return rc < 0 ? sys_error() : 0;
}

static int dir_fchown(struct host_file *f, uint32_t uid, uint32_t gid)
{
    int rc = fchownat(dir_fd(f), "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
    return rc < 0 ? sys_error() : 0;
}

static int dir_futimens(struct host_file *f, const struct timespec times[2])
{
    int rc = is_path_fd(f) ? utimensat(AT_FDCWD, dir_proc_path(dir_fd(f)).s, times, 0)
                           : futimens(dir_fd(f), times);
    return rc < 0 ? sys_error() : 0;
}

static int dir_utimensat(struct host_file *dir, const char *name, const struct timespec times[2])
{
    return utimensat(dir_fd(dir), name, times, AT_SYMLINK_NOFOLLOW) < 0 ? sys_error() : 0;
}

/* ------------------------------------------------------------------------ the host */

static void dir_free(struct host *h)
{
    owned_fd_free(dir_of(h)->root);
    mem_free(dir_of(h));
}

static const struct host_ops dir_ops = {
    .free = dir_free,
    .open = dir_open,
    .openat = dir_openat,
    .reopen = dir_reopen,
    .close = dir_close,
    .fstat = dir_fstat,
    .fstatat = dir_fstatat,
    .fstatfs = dir_fstatfs,
    .readlink = dir_readlink,
    .path = dir_path,
    .readdir = dir_readdir,
    .pread = dir_pread,
    .pwrite = dir_pwrite,
    .ftruncate = dir_ftruncate,
    .fsync = dir_fsync,
    .donate = dir_donate,
    .fchmod = dir_fchmod,
    .fchown = dir_fchown,
    .futimens = dir_futimens,
    .utimensat = dir_utimensat,
    .mkdirat = dir_mkdirat,
    .symlinkat = dir_symlinkat,
    .mknodat = dir_mknodat,
    .linkat = dir_linkat,
    .unlinkat = dir_unlinkat,
    .renameat = dir_renameat,
    .snapshot = dir_snapshot,
    .diff = dir_diff,
    .snapshot_drop = dir_snapshot_drop,
};

int host_dir_new(struct domain *d, int fd, struct host **ret)
{
    struct stat st;
    if (fstat(fd, &st) < 0) {
        return sys_error();
    }
    if (!S_ISDIR(st.st_mode)) {
        return -ENOTDIR;
    }
    int copy = real_dup(fd);
    if (copy < 0) {
        return copy;
    }
    struct owned_fd *root;
    int rc = owned_fd_new(d, copy, "host root", &root);
    if (rc < 0) {
        return rc;
    }
    struct dir_host *h = MEM_NEW(d, struct dir_host);
    if (!h) {
        return CODE_FATE;
    }
    h->base.ops = &dir_ops;
    h->base.d = d;
    h->root = root;
    list_init(&h->base.fifos);
    *ret = &h->base;
    return 0;
}
