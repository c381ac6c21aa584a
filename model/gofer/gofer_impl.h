/* What the files of model/gofer share. `served_` is what serves a file: the other end has gofer
 * files too. */
#ifndef SIMRUN_GOFER_IMPL_H
#define SIMRUN_GOFER_IMPL_H

#include <simrun/gofer.h>

enum {
    GOFER_FIRST_FD = 3,
    GOFER_MAX_DEVICES = 64,
    GOFER_MAX_LISTED = 1 << 20, /* std: entries of listings that are kept between requests */
};

struct gofer {
    struct domain *d; /* not owned */
    struct host *h;   /* not owned */
    struct list points, channels;
    int next_fd;              /* as the original numbers its descriptors */
    struct owned_fd *hang_fd; /* owned; NULL until asked for */
    bool down;                /* has shut down */
};

struct gofer_point {
    struct list link;
    struct gofer *g;
    char *prefix; /* owned, clean */
    bool ro_mount, lazy;
    bool attached;                    /* */
    dev_t devices[GOFER_MAX_DEVICES]; /* Q-54 off: host devices in the order they were seen */
    size_t device_n;
    size_t listed_n; /* std: entries kept by all files together */
};

struct gofer_channel {
    struct list link;
    struct gofer *g;
    struct p9_server *server; /* owned; NULL after the shutdown */
    int fd;
};

enum { MODE_INVALID = UINT32_MAX };

/* The original's local file (contract 9.1). */
struct gofer_file {
    struct p9_node node;
    struct gofer_point *point;
    struct host_file *control; /* owns a reference: always there */
    struct host_file
        *opened;   /* owns a reference: NULL, the control file once more, or another one */
    uint32_t mode; /* flags of the open, unmasked; MODE_INVALID while not open */
    uint32_t type; /* S_IFMT; a clone counts as regular */
    char *path;    /* owned; host path as it was when found. NULL in std */
    struct host_names listing; /* std: owned; of an open directory, while `listed` */
    bool listed;
};

static inline struct gofer_file *gofer_file_of(struct p9_node *node)
{
    return container_of(node, struct gofer_file, node);
}

static inline struct domain *file_domain(const struct gofer_file *f)
{
    return f->point->g->d;
}

/* -------------------------------------------------------------------------- file.c */

extern const struct p9_backend_ops served_ops;

/* Takes the reference of `control` and `path`, in any case. */
int served_new(struct gofer_point *p, struct host_file *control, uint32_t type, char *path,
               struct gofer_file **ret);
struct p9_qid served_qid(struct gofer_point *p, const struct stat *st);
void served_attr(const struct stat *st, struct p9_attr *ret);
/* A host call that would never return: fate hang, or EINVAL where that is fixed. Other codes
 * pass. */
int served_blocked(struct gofer *g, int rc);
/* A regular file's descriptor for the other side; NULL when it cannot be had. */
int served_donate(struct host_file *f, uint32_t type, struct owned_fd **ret);
/* The lazy reopen: by host path, or through the descriptor. */
int served_open_again(struct gofer_file *f, int flags, struct host_file **ret);
/* The host path of a file: as remembered, or where it is now. A new string. */
int served_path(struct gofer_file *f, enum quirk quirk, char **ret);

uint64_t served_device_bits(struct gofer_point *p, dev_t dev);
int served_statfs(struct p9_node *node, struct p9_fsstat *ret);
int served_readlink(struct p9_node *node, struct str *ret);
int served_flush(struct p9_node *node);
int served_connect(struct p9_node *node, uint32_t flags, struct owned_fd **ret_fd);
void served_close(struct p9_node *node);

/* -------------------------------------------------------------------------- walk.c */

int served_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                size_t *ret_nqids, struct p9_node **ret);
int served_walkgetattr(struct p9_node *node, const char *const *names, size_t n,
                       struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                       struct p9_attr *ret_attr, struct p9_node **ret);

/* ---------------------------------------------------------------------------- io.c */

/* Loops over what is open, whatever it was opened for: until all is done, or the end. */
int opened_read(struct gofer_file *f, void *buf, size_t n, uint64_t offset, size_t *ret);
int opened_write(struct gofer_file *f, const void *buf, size_t n, uint64_t offset, size_t *ret);
int served_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret);
int served_write(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret);
int served_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink);
int served_fsync(struct p9_node *node);

/* ----------------------------------------------------------------------- setattr.c */

/* {atime, mtime} as the mask says. */
void setattr_times(uint32_t valid, const struct p9_setattr *attr, struct timespec ret[2]);
int served_setattr(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr);

/* ------------------------------------------------------------------------- names.c */

int served_create(struct p9_node *dir, const char *name, uint32_t flags, uint32_t mode,
                  uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                  struct owned_fd **ret_fd, struct p9_node **ret);
int served_mkdir(struct p9_node *dir, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
                 struct p9_qid *ret);
int served_symlink(struct p9_node *dir, const char *name, const char *target, uint32_t uid,
                   uint32_t gid, struct p9_qid *ret);
int served_link(struct p9_node *dir, struct p9_node *target, const char *name);
int served_rename(struct p9_node *node, struct p9_node *dir, const char *name);
int served_unlinkat(struct p9_node *dir, const char *name, uint32_t flags);

/* ------------------------------------------------------------------------ attach.c */

/* 0 when `f` lies in the tree of the point; *ret is its path below the point ("" for the top), a
 * new string. -EIO when it does not, -ENOENT when it has no name left. */
int point_path(struct gofer_point *p, struct host_file *f, char **ret);

int served_attach_hook(void *point, const char *aname, struct p9_node **ret,
                       struct p9_qid *ret_qid);

/* ------------------------------------------ std.c, std_change.c: for other peers (contract 13) */

extern const struct p9_backend_ops std_ops;

int std_attach_hook(void *point, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid);
/* Takes the reference of `control` in any case. */
int std_new(struct gofer_point *p, struct host_file *control, uint32_t type,
            struct gofer_file **ret);
struct p9_qid std_qid(struct gofer_point *p, const struct stat *st);
/* Truncate what is held without being open. */
int std_truncate(struct gofer_file *f, uint64_t size);

int std_create(struct p9_node *dir, const char *name, uint32_t flags, uint32_t mode, uint32_t uid,
               uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit, struct owned_fd **ret_fd,
               struct p9_node **ret);
int std_mkdir(struct p9_node *dir, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
              struct p9_qid *ret);
int std_symlink(struct p9_node *dir, const char *name, const char *target, uint32_t uid,
                uint32_t gid, struct p9_qid *ret);
int std_mknod(struct p9_node *dir, const char *name, uint32_t mode, uint32_t major, uint32_t minor,
              uint32_t uid, uint32_t gid, struct p9_qid *ret);
int std_link(struct p9_node *dir, struct p9_node *target, const char *name);
int std_rename(struct p9_node *node, struct p9_node *dir, const char *name);
int std_renameat(struct p9_node *old_dir, const char *old_name, struct p9_node *new_dir,
                 const char *new_name);
int std_unlinkat(struct p9_node *dir, const char *name, uint32_t flags);
int std_remove(struct p9_node *node);
int std_setattr(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr);

#endif
