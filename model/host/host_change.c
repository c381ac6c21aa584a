/* The public calls that read and change: contents, attributes, names. */
#include "host_impl.h"

/* ------------------------------------------------------------------------ contents */

int host_pread(struct host_file *f, void *buf, size_t n, int64_t offset, size_t *ret)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (!host_accmode_reads(f->flags)) {
        return -EBADF;
    }
    switch (f->type) {
    case S_IFDIR:
        return offset < 0 ? -EINVAL : -EISDIR;
    case S_IFREG:
        return offset < 0 ? -EINVAL : host_leave(f->d, f->host->ops->pread(f, buf, n, offset, ret));
    default:
        return host_leave(f->d, device_read(f, buf, n, ret));
    }
}

int host_pwrite(struct host_file *f, const void *buf, size_t n, int64_t offset, size_t *ret)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (!host_accmode_writes(f->flags)) {
        return -EBADF;
    }
    if (f->type != S_IFREG) {
        return host_leave(f->d, device_write(f, buf, n, ret));
    }
    return offset < 0 ? -EINVAL : host_leave(f->d, f->host->ops->pwrite(f, buf, n, offset, ret));
}

int host_ftruncate(struct host_file *f, int64_t size)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (size < 0) {
        return -EINVAL;
    }
    if (f->flags == O_PATH) {
        return -EBADF;
    }
    if (f->type != S_IFREG || !host_accmode_writes(f->flags)) {
        return -EINVAL;
    }
    return host_leave(f->d, f->host->ops->ftruncate(f, size));
}

int host_fsync(struct host_file *f)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (f->flags == O_PATH) {
        return -EBADF;
    }
    if (f->type != S_IFREG && f->type != S_IFDIR) {
        return -EINVAL;
    }
    return host_leave(f->d, f->host->ops->fsync(f));
}

int host_file_donate(struct host_file *f, struct owned_fd **ret)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (f->type != S_IFREG) {
        return -EINVAL;
    }
    return f->flags == O_PATH ? -EBADF : host_leave(f->d, f->host->ops->donate(f, ret));
}

/* ---------------------------------------------------------------------- attributes */

int host_fchmod(struct host_file *f, uint32_t mode)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    return f->flags == O_PATH ? -EBADF : host_leave(f->d, f->host->ops->fchmod(f, mode & 07777));
}

int host_chmod(struct host_file *f, uint32_t mode)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    return f->type == S_IFLNK ? -EOPNOTSUPP
                              : host_leave(f->d, f->host->ops->fchmod(f, mode & 07777));
}

int host_fchown(struct host_file *f, uint32_t uid, uint32_t gid)
{
    int rc = host_enter(f->host, f->d);
    return rc < 0 ? rc : host_leave(f->d, f->host->ops->fchown(f, uid, gid));
}

static bool nsec_ok(const struct timespec *t)
{
    return t->tv_nsec == UTIME_NOW || t->tv_nsec == UTIME_OMIT ||
           (t->tv_nsec >= 0 && t->tv_nsec < 1000000000);
}

int host_utimens(struct host_file *f, const struct timespec times[2])
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    if (!nsec_ok(&times[0]) || !nsec_ok(&times[1])) {
        return -EINVAL;
    }
    return host_leave(f->d, f->host->ops->futimens(f, times));
}

int host_futimens(struct host_file *f, const struct timespec times[2])
{
    if (f->flags == O_PATH && !domain_dead(f->d)) {
        return -EBADF;
    }
    return host_utimens(f, times);
}

int host_utimensat(struct host_file *dir, const char *name, const struct timespec times[2])
{
    int rc = host_dir_check(dir, name);
    if (rc < 0) {
        return rc;
    }
    if (!nsec_ok(&times[0]) || !nsec_ok(&times[1])) {
        return -EINVAL;
    }
    return host_leave(dir->d, dir->host->ops->utimensat(dir, name, times));
}

/* --------------------------------------------------------------------------- names */

int host_mkdirat(struct host_file *dir, const char *name, uint32_t mode)
{
    int rc = host_dir_check(dir, name);
    return rc < 0 ? rc : host_leave(dir->d, dir->host->ops->mkdirat(dir, name, mode & 01777));
}

int host_symlinkat(struct host_file *dir, const char *name, const char *target)
{
    int rc = host_dir_check(dir, name);
    if (rc < 0) {
        return rc;
    }
    if (target[0] == '\0') {
        return -ENOENT;
    }
    if (strlen(target) >= LIMIT_PATH) {
        return -ENAMETOOLONG;
    }
    return host_leave(dir->d, dir->host->ops->symlinkat(dir, name, target));
}

int host_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev)
{
    int rc = host_dir_check(dir, name);
    if (rc < 0) {
        return rc;
    }
    switch (mode & S_IFMT) {
    case S_IFIFO:
    case S_IFSOCK:
    case S_IFREG:
        rdev = 0;
        break;
    case S_IFCHR:
    case S_IFBLK:
        break;
    default:
        return -EINVAL;
    }
    return host_leave(dir->d, dir->host->ops->mknodat(dir, name, mode & (S_IFMT | 07777), rdev));
}

int host_linkat(struct host_file *f, struct host_file *dir, const char *name)
{
    int rc = host_dir_check(dir, name);
    if (rc < 0) {
        return rc;
    }
    if (f->host != dir->host) {
        return -EXDEV;
    }
    return host_leave(dir->d, dir->host->ops->linkat(f, dir, name));
}

int host_unlinkat(struct host_file *dir, const char *name, int flags)
{
    if (flags & ~AT_REMOVEDIR) {
        return -EINVAL;
    }
    int rc = host_dir_check(dir, name);
    return rc < 0 ? rc : host_leave(dir->d, dir->host->ops->unlinkat(dir, name, flags));
}

int host_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                  const char *new_name)
{
    int rc = host_dir_check(from, old_name);
    if (rc < 0) {
        return rc;
    }
    rc = host_dir_check(to, new_name);
    if (rc < 0) {
        return rc;
    }
    if (from->host != to->host) {
        return -EXDEV;
    }
    return host_leave(from->d, from->host->ops->renameat(from, old_name, to, new_name));
}

/* Split at the last slash: the opened parent, and where the name begins. */
static int open_parent(struct host *h, struct domain *d, const char *path, struct host_file **ret,
                       const char **ret_name)
{
    int rc = host_path_check(path);
    if (rc < 0) {
        return rc;
    }
    const char *slash = strrchr(path, '/');
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    CLEANUP_MEM char *parent = mem_dupn(d, path, n);
    if (!parent) {
        return CODE_FATE;
    }
    rc = host_open(h, d, parent, O_PATH | O_DIRECTORY, ret);
    if (rc == 0) {
        *ret_name = slash + 1;
    }
    return rc;
}

int host_rename(struct host *h, struct domain *d, const char *from, const char *to)
{
    struct host_file *from_dir, *to_dir;
    const char *from_name, *to_name;
    int rc = open_parent(h, d, from, &from_dir, &from_name);
    if (rc != 0) {
        return rc;
    }
    rc = open_parent(h, d, to, &to_dir, &to_name);
    if (rc == 0) {
        rc = host_renameat(from_dir, from_name, to_dir, to_name);
        host_file_put(to_dir);
    }
    host_file_put(from_dir);
    return rc;
}
