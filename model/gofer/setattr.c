/* Tsetattr (contract ninep 9.6): every step is tried, the last error wins, what is done stays done
 * (Q-52). */
#include "gofer_impl.h"

enum {
    SETATTR_SUPPORTED = P9_SETATTR_ALL & ~P9_SETATTR_CTIME,
};

static struct timespec time_of(bool wanted, bool explicit, uint64_t sec, uint64_t nsec)
{
    if (!wanted) {
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    }
    if (!explicit) {
        return (struct timespec){.tv_nsec = UTIME_NOW};
    }
    return (struct timespec){.tv_sec = (time_t)sec, .tv_nsec = (long)nsec};
}

/* A link cannot be reached through its descriptor: its parent is opened by path. */
static int set_link_times(struct gofer_file *f, const struct timespec times[2])
{
    struct gofer *g = f->point->g;
    CLEANUP_MEM char *path = NULL;
    int rc = served_path(f, Q_47, &path);
    if (rc < 0) {
        return rc;
    }
    char *slash = strrchr(path, '/');
    const char *name = slash + 1;
    CLEANUP_MEM char *parent = mem_dupn(g->d, path, slash == path ? 1 : (size_t)(slash - path));
    if (!parent) {
        return CODE_FATE;
    }
    struct host_file *dir;
    rc = host_open(g->h, g->d, parent, O_PATH, &dir);
    if (rc < 0) {
        return rc;
    }
    rc = host_utimensat(dir, name, times);
    host_file_put(dir);
    return rc;
}

void setattr_times(uint32_t valid, const struct p9_setattr *attr, struct timespec ret[2])
{
    ret[0] = time_of(valid & P9_SETATTR_ATIME, valid & P9_SETATTR_ATIME_SET, attr->atime_sec,
                     attr->atime_nsec);
    ret[1] = time_of(valid & P9_SETATTR_MTIME, valid & P9_SETATTR_MTIME_SET, attr->mtime_sec,
                     attr->mtime_nsec);
}

static int set_times(struct gofer_file *f, struct host_file *on, uint32_t valid,
                     const struct p9_setattr *attr)
{
    struct timespec times[2];
    setattr_times(valid, attr, times);
    return f->type == S_IFLNK ? set_link_times(f, times) : host_futimens(on, times);
}

static int set_owner(struct host_file *on, uint32_t valid, const struct p9_setattr *attr)
{
    return host_fchown(on, valid & P9_SETATTR_UID ? attr->uid : UINT32_MAX,
                       valid & P9_SETATTR_GID ? attr->gid : UINT32_MAX);
}

/* The result so far and that of the next step; a fate ends everything. */
static int last_error(int so_far, int rc)
{
    return so_far == CODE_FATE || rc == 0 ? so_far : rc;
}

static int apply(struct gofer_file *f, struct host_file *on, uint32_t valid,
                 const struct p9_setattr *attr)
{
    int rc = 0;
    if (valid & P9_SETATTR_MODE) {
        rc = last_error(rc, host_fchmod(on, attr->mode));
    }
    if (valid & P9_SETATTR_SIZE) {
        int64_t size = attr->size > INT64_MAX ? -1 : (int64_t)attr->size;
        rc = last_error(rc, host_ftruncate(on, size));
    }
    if (valid & (P9_SETATTR_ATIME | P9_SETATTR_MTIME)) {
        rc = last_error(rc, set_times(f, on, valid, attr));
    }
    if (valid & (P9_SETATTR_UID | P9_SETATTR_GID)) {
        rc = last_error(rc, set_owner(on, valid, attr));
    }
    return rc;
}

int served_setattr(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr)
{
    struct gofer_file *f = gofer_file_of(node);
    if (f->point->ro_mount) {
        return -EBADF; /* */
    }
    if (valid == 0) {
        return 0;
    }
    if ((valid & ~(uint32_t)SETATTR_SUPPORTED) && quirk_on(file_domain(f), Q_51)) {
        return -EPERM;
    }
    if (!f->point->lazy || f->type != S_IFREG) {
        return apply(f, f->control, valid, attr);
    }
    /* a lazy file is held read-only, so even a pure chmod opens it for writing */
    struct host_file *on;
    int rc = served_open_again(f, O_WRONLY, &on);
    if (rc < 0) {
        return rc;
    }
    rc = apply(f, on, valid, attr);
    host_file_put(on);
    return rc;
}
