/* Backend dir: a real directory as the host root. Files hold descriptors; special files only ever
 * O_PATH ones. */
#ifndef SIMRUN_HOST_DIR_H
#define SIMRUN_HOST_DIR_H

#include "host_impl.h"

struct dir_host {
    struct host base;
    struct owned_fd *root; /* owned; O_PATH is enough */
};

static inline struct dir_host *dir_of(struct host *h)
{
    return container_of(h, struct dir_host, base);
}

static inline int dir_fd(const struct host_file *f)
{
    return f->fd->fd;
}

/* "/proc/self/fd/N": system calls that take no O_PATH descriptor take this path of it. */
struct proc_path {
    char s[32];
};
struct proc_path dir_proc_path(int fd);

/* --------------------------------------------------------------------- dir_names.c */

int dir_readdir(struct host_file *dir, struct host_names *ret);
int dir_mkdirat(struct host_file *dir, const char *name, uint32_t mode);
int dir_symlinkat(struct host_file *dir, const char *name, const char *target);
int dir_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev);
int dir_linkat(struct host_file *f, struct host_file *dir, const char *name);
int dir_unlinkat(struct host_file *dir, const char *name, int flags);
int dir_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                 const char *new_name);

/* ---------------------------------------------------------------------- dir_diff.c */

int dir_snapshot(struct host_snapshot *s);
int dir_diff(struct host_snapshot *s, struct ptrvec *ret);
void dir_snapshot_drop(struct host_snapshot *s);

#endif
