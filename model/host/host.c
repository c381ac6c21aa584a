/* The public calls: fate, names and access modes are checked here, once for all backends. */
#include "host_impl.h"

/* First thing in every call. A host whose own memory ran out takes the caller down with it. */
int host_enter(struct host *h, struct domain *d)
{
    int rc = domain_check(d);
    if (rc < 0) {
        return rc;
    }
    return domain_dead(h->d) ? domain_oom(d) : 0;
}

/* Last thing in every call: an allocation that failed in the host's domain is the caller's fate
 * too. */
int host_leave(struct domain *d, int rc)
{
    if (rc == CODE_FATE) {
        (void)domain_oom(d);
    }
    return rc;
}

/* No name leaves its directory, on no backend. */
static int name_check(const char *name)
{
    if (!name_is_safe(name)) {
        return -EINVAL;
    }
    return strlen(name) > HOST_NAME_LIMIT ? -ENAMETOOLONG : 0;
}

int host_dir_check(struct host_file *dir, const char *name)
{
    int rc = host_enter(dir->host, dir->d);
    if (rc < 0) {
        return rc;
    }
    if (dir->type != S_IFDIR) {
        return -ENOTDIR;
    }
    return name_check(name);
}

int host_path_check(const char *path)
{
    if (path[0] == '\0') {
        return -ENOENT;
    }
    if (path[0] != '/') {
        return -EINVAL;
    }
    return strlen(path) >= LIMIT_PATH ? -ENAMETOOLONG : 0;
}

int host_file_new(struct host *h, struct domain *d, int flags, uint32_t type,
                  struct host_file **ret)
{
    struct host_file *f = MEM_NEW(d, struct host_file);
    if (!f) {
        return CODE_FATE;
    }
    f->host = h;
    f->d = d;
    f->refs = 1;
    f->flags = host_accmode(flags);
    f->type = type;
    *ret = f;
    return 0;
}

void host_free(struct host *h)
{
    if (h && !domain_dead(h->d)) {
        fifos_free(h);
        h->ops->free(h);
    }
}

/* An opened FIFO shares one buffer with every other description of it. */
static int attach_fifo(struct host_file *f)
{
    struct stat st;
    int rc = f->host->ops->fstat(f, &st);
    return rc < 0 ? rc : fifo_get(f->host, st.st_dev, st.st_ino, &f->fifo);
}

static int opened(struct host_file *f, int flags, struct host_file **ret)
{
    int rc = 0;
    if (f->type == S_IFIFO && f->flags != O_PATH) {
        rc = attach_fifo(f);
    } else if ((flags & O_TRUNC) && f->type == S_IFREG && host_accmode_writes(f->flags)) {
        rc = f->host->ops->ftruncate(f, 0);
    }
    if (rc < 0) {
        struct domain *d = f->d;
        host_file_put(f);
        return host_leave(d, rc);
    }
    *ret = f;
    return 0;
}

int host_open(struct host *h, struct domain *d, const char *path, int flags, struct host_file **ret)
{
    int rc = host_enter(h, d);
    if (rc < 0) {
        return rc;
    }
    if (flags & O_CREAT) {
        return -EINVAL;
    }
    rc = host_path_check(path);
    if (rc < 0) {
        return rc;
    }
    struct host_file *f;
    rc = h->ops->open(h, d, path, flags, &f);
    return rc < 0 ? host_leave(d, rc) : opened(f, flags, ret);
}

int host_openat(struct host_file *dir, const char *name, int flags, uint32_t mode,
                struct host_file **ret)
{
    int rc = host_dir_check(dir, name);
    if (rc < 0) {
        return rc;
    }
    if ((flags & O_CREAT) && (flags & (O_DIRECTORY | O_PATH))) {
        return -EINVAL;
    }
    struct host_file *f;
    rc = dir->host->ops->openat(dir, name, flags, mode & 07777, &f);
    return rc < 0 ? host_leave(dir->d, rc) : opened(f, flags, ret);
}

int host_reopen(struct host_file *f, int flags, struct host_file **ret)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    rc = device_open_check(f->type, f->rdev, flags & ~O_CREAT);
    if (rc < 0) {
        return rc;
    }
    struct host_file *n;
    rc = f->host->ops->reopen(f, flags, &n);
    return rc < 0 ? host_leave(f->d, rc) : opened(n, flags, ret);
}

struct host_file *host_file_get(struct host_file *f)
{
    f->refs++;
    return f;
}

void host_file_put(struct host_file *f)
{
    if (!f || domain_dead(f->d) || --f->refs > 0) {
        return;
    }
    fifo_put(f->fifo);
    f->host->ops->close(f);
    mem_free(f);
}

int host_file_flags(const struct host_file *f)
{
    return f->flags;
}

struct host *host_file_host(const struct host_file *f)
{
    return f->host;
}

struct domain *host_file_domain(const struct host_file *f)
{
    return f->d;
}

/* ----------------------------------------------------------------------- questions */

int host_fstat(struct host_file *f, struct stat *ret)
{
    int rc = host_enter(f->host, f->d);
    return rc < 0 ? rc : host_leave(f->d, f->host->ops->fstat(f, ret));
}

int host_fstatat(struct host_file *dir, const char *name, struct stat *ret)
{
    int rc = host_dir_check(dir, name);
    return rc < 0 ? rc : host_leave(dir->d, dir->host->ops->fstatat(dir, name, ret));
}

int host_stat(struct host *h, struct domain *d, const char *path, struct stat *ret)
{
    struct host_file *f;
    int rc = host_open(h, d, path, O_PATH, &f);
    if (rc != 0) {
        return rc;
    }
    rc = host_fstat(f, ret);
    host_file_put(f);
    return rc;
}

int host_fstatfs(struct host_file *f, struct statfs *ret)
{
    int rc = host_enter(f->host, f->d);
    return rc < 0 ? rc : host_leave(f->d, f->host->ops->fstatfs(f, ret));
}

int host_readlink(struct host_file *f, char **ret)
{
    int rc = host_enter(f->host, f->d);
    if (rc < 0) {
        return rc;
    }
    return f->type != S_IFLNK ? -ENOENT : host_leave(f->d, f->host->ops->readlink(f, ret));
}

int host_file_path(struct host_file *f, char **ret)
{
    int rc = host_enter(f->host, f->d);
    return rc < 0 ? rc : host_leave(f->d, f->host->ops->path(f, ret));
}

int host_readdir(struct host_file *dir, struct host_names *ret)
{
    int rc = host_enter(dir->host, dir->d);
    if (rc < 0) {
        return rc;
    }
    if (dir->flags == O_PATH) {
        return -EBADF;
    }
    return dir->type != S_IFDIR ? -ENOTDIR : host_leave(dir->d, dir->host->ops->readdir(dir, ret));
}

void host_names_release(struct host_names *names)
{
    mem_free(names->v);
    names->v = NULL;
    names->n = 0;
}
