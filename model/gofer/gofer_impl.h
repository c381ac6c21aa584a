/* What the files of model/gofer share. `served_` is what serves a file: the other end has gofer
 * files too. */
#ifndef SIMRUN_GOFER_IMPL_H
#define SIMRUN_GOFER_IMPL_H

#include <simrun/gofer.h>

enum { GOFER_FIRST_FD = 3, GOFER_MAX_DEVICES = 64 };

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
    char *path;    /* owned; host path as it was when found */
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

/* -------------------------------------------------------------------------- walk.c */

int served_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                size_t *ret_nqids, struct p9_node **ret);
int served_walkgetattr(struct p9_node *node, const char *const *names, size_t n,
                       struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                       struct p9_attr *ret_attr, struct p9_node **ret);

/* ---------------------------------------------------------------------------- io.c */

int served_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret);
int served_write(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret);
int served_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink);
int served_fsync(struct p9_node *node);

/* ----------------------------------------------------------------------- setattr.c */

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

int served_attach_hook(void *point, const char *aname, struct p9_node **ret,
                       struct p9_qid *ret_qid);

#endif
