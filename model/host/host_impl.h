/*
 * What the files of model/host share. The public calls (host.c) check fate, names and access modes
 * once for all backends; a backend sees only what is left: nodes of any type for attributes and
 * names, regular files for contents.
 */
#ifndef SIMRUN_HOST_IMPL_H
#define SIMRUN_HOST_IMPL_H

#include <simrun/host.h>

#include "sys_error.h"

struct mem_node;
struct mem_dentry;
struct host_fifo;

struct host_ops {
    void (*free)(struct host *h);

    int (*open)(struct host *h, struct domain *d, const char *path, int flags,
                struct host_file **ret);
    int (*openat)(struct host_file *dir, const char *name, int flags, uint32_t mode,
                  struct host_file **ret);
    int (*reopen)(struct host_file *f, int flags, struct host_file **ret);
    void (*close)(struct host_file *f);

    int (*fstat)(struct host_file *f, struct stat *ret);
    int (*fstatat)(struct host_file *dir, const char *name, struct stat *ret);
    int (*fstatfs)(struct host_file *f, struct statfs *ret);
    int (*readlink)(struct host_file *f, char **ret);
    int (*path)(struct host_file *f, char **ret);
    int (*readdir)(struct host_file *dir, struct host_names *ret);

    int (*pread)(struct host_file *f, void *buf, size_t n, int64_t offset, size_t *ret);
    int (*pwrite)(struct host_file *f, const void *buf, size_t n, int64_t offset, size_t *ret);
    int (*ftruncate)(struct host_file *f, int64_t size);
    int (*fsync)(struct host_file *f);
    int (*donate)(struct host_file *f, struct owned_fd **ret);

    int (*fchmod)(struct host_file *f, uint32_t mode);
    int (*fchown)(struct host_file *f, uint32_t uid, uint32_t gid);
    int (*futimens)(struct host_file *f, const struct timespec times[2]);
    int (*utimensat)(struct host_file *dir, const char *name, const struct timespec times[2]);

    int (*mkdirat)(struct host_file *dir, const char *name, uint32_t mode);
    int (*symlinkat)(struct host_file *dir, const char *name, const char *target);
    int (*mknodat)(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev);
    int (*linkat)(struct host_file *f, struct host_file *dir, const char *name);
    int (*unlinkat)(struct host_file *dir, const char *name, int flags);
    int (*renameat)(struct host_file *from, const char *old_name, struct host_file *to,
                    const char *new_name);

    int (*snapshot)(struct host_snapshot *s);
    int (*diff)(struct host_snapshot *s, struct ptrvec *ret);
    void (*snapshot_drop)(struct host_snapshot *s);
};

struct host {
    const struct host_ops *ops;
    struct domain *d;  /* not owned: where the tree lives */
    struct list fifos; /* host_fifo.link */
};

struct host_file {
    struct host *host;
    struct domain *d;
    uint32_t refs;
    int flags;                 /* O_RDONLY, O_WRONLY, O_RDWR or O_PATH */
    uint32_t type;             /* S_IFMT bits; they never change */
    dev_t rdev;                /* devices */
    struct host_fifo *fifo;    /* owns one reference; an open FIFO only */
    struct mem_node *node;     /* backend mem */
    struct mem_dentry *dentry; /* backend mem: the name it was opened by; NULL for the host root */
    struct owned_fd *fd;       /* backend dir: owned. For special files an O_PATH descriptor */
};

/* Owns its strings. */
struct snapshot_label {
    char *label, *path;
};

struct host_snapshot {
    struct host *host;
    struct domain *d;
    struct snapshot_label *labels; /* owned */
    size_t n;
    struct mem_node **roots; /* backend mem: the roots at the time, owned array */
    struct ptrvec lines;     /* backend dir: diff_line, sorted by path; owned */
};

/* -------------------------------------------------------------------------- host.c */

/* First thing in every call. A host whose own memory ran out takes the caller down with it. */
int host_enter(struct host *h, struct domain *d);
/* Last thing in every call: an allocation that failed in the host's domain is the caller's fate
 * too. */
int host_leave(struct domain *d, int rc);
/* host_enter, a directory, a name that does not leave it. */
int host_dir_check(struct host_file *dir, const char *name);
/* Absolute, not empty, not too long. */
int host_path_check(const char *path);
/* A description of kind `type` with one reference; the backend fills its own fields. */
int host_file_new(struct host *h, struct domain *d, int flags, uint32_t type,
                  struct host_file **ret);

/* ----------------------------------------------------------------------- devices.c */

/* May a node of this type be opened with these flags? The errno rules of host.h. */
int device_open_check(uint32_t type, dev_t rdev, int flags);
/* Take (and if need be make) the buffer of the FIFO {dev, ino}. */
int fifo_get(struct host *h, dev_t dev, ino_t ino, struct host_fifo **ret);
void fifo_put(struct host_fifo *fifo);
void fifos_free(struct host *h);
int device_read(struct host_file *f, void *buf, size_t n, size_t *ret);
int device_write(struct host_file *f, const void *buf, size_t n, size_t *ret);

/* ---------------------------------------------------------------------- snapshot.c */

enum { DIFF_HEAD = 64 }; /* bytes of a regular file that a line shows */

/* What a line tells about one node. */
struct diff_node {
    uint32_t mode, uid, gid; /* with S_IFMT */
    uint64_t size;           /* regular files */
    uint8_t head[DIFF_HEAD];
    size_t head_n;
    const char *target; /* symlinks; borrowed */
};

struct diff_line {
    char *path; /* owned */
    char *text; /* owned; what follows the path */
};

/* The text after the path: "040755 0:0". NULL = fate oom of `d`. */
char *diff_text(struct domain *d, const struct diff_node *n);
/* Append "<sign> <path>[ <text>]" for later sorting. */
int diff_add(struct ptrvec *out, char sign, const char *path, const char *text);
/* Sort by path and turn the entries made by diff_add into plain lines. */
int diff_finish(struct ptrvec *out);
char *diff_child_path(struct domain *d, const char *dir, const char *name);

/* --------------------------------------------------------------------- common bits */

static inline bool host_accmode_reads(int flags)
{
    int mode = flags & O_ACCMODE;
    return !(flags & O_PATH) && (mode == O_RDONLY || mode == O_RDWR);
}

static inline bool host_accmode_writes(int flags)
{
    int mode = flags & O_ACCMODE;
    return !(flags & O_PATH) && (mode == O_WRONLY || mode == O_RDWR);
}

/* Only the bits that a description keeps. */
static inline int host_accmode(int flags)
{
    return (flags & O_PATH) ? O_PATH : (flags & O_ACCMODE);
}

#endif
