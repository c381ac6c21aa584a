/* What the files of fs/gofer share. */
#ifndef SIMRUN_FS_GOFER_INTERNAL_H
#define SIMRUN_FS_GOFER_INTERNAL_H

#include <simrun/fs/gofer.h>

/* ------------------------------------------------------------------------------------ channels */

/* The channel's socket, owned by the caller from now on, and a copy of its pump. -EBADF. */
int gfs_channels_take(struct gofer_channels *ch, int64_t number, struct owned_fd **ret,
                      struct p9_pump *ret_pump);

/* ------------------------------------------------------------------------------------- options */

struct gofer_options {
    int64_t fd;    /* rfdno and wfdno */
    char *aname;   /* owned */
    char *version; /* owned */
    enum gofer_cache cache;
    uint32_t msize;
    bool private_unix_socket;
};

/* Contract 10.1: order and texts. `ret` is to be released on success only. */
int gfs_options_parse(struct domain *d, const char *data, struct gofer_options *ret,
                      struct error *err);
void gfs_options_release(struct gofer_options *o);

/* ------------------------------------------------------------------------------------- session */

/* A socket that was bound here: its inode shows as a socket as long as this is remembered. */
struct endpoint {
    struct list link;
    uint64_t inode_id;     /* stands for the key {rdev, connection id, qid path} */
    struct dirent *dirent; /* one reference: keeps the mount busy, as the original does */
};

/* The private part of a mount source. */
struct session {
    struct list link; /* in gofer_fs.sessions */
    struct sentry *s;
    struct p9_client *client; /* owned */
    char *conn_id;            /* owned; NULL once the session has ended */
    char *aname, *asked;      /* owned: name of the tree, version asked for; as conn_id */
    uint32_t msize;           /* asked for */
    enum gofer_cache cache;
    uint32_t uid, gid;  /* the mounter's, for files without an owner */
    uint32_t version;   /* negotiated */
    bool has_endpoints; /* option privateunixsocket */
    struct list endpoints;
    struct p9_file attach; /* of a restored session: where its inodes are walked from */
    bool has_attach;
};

/* The private part of the registered filesystem. */
struct gofer_fs {
    struct sentry *s;
    struct gofer_channels *channels; /* borrowed */
    struct list sessions;            /* alive or ended */
};

/* Takes over `client`. Freed by the mount source's destroy. */
int gfs_session_new(struct ctx *c, struct gofer_fs *gfs, struct p9_client *client,
                    const char *conn_id, const struct gofer_options *o, struct session **ret);
/* The mount source is gone: Q-57. */
void gfs_session_end(struct session *ses);
/* The world closes: forget what is bound, then close every connection. */
void gfs_sessions_close(struct gofer_fs *gfs);

/* Take the channel of the options and negotiate. */
int gfs_connect(struct ctx *c, struct filesystem *fs, const struct gofer_options *o,
                struct p9_client **ret, struct error *err);
int gfs_mount(struct ctx *c, struct filesystem *fs, const char *device, struct mount_flags flags,
              const char *data, struct inode **ret, struct error *err);

/* -------------------------------------------------------------------------------------- policy */

extern const struct mount_source_ops gfs_source_ops;

/* Contract 10.3, the questions of its table. */
bool gfs_policy_caches_attrs(const struct inode *inode);
bool gfs_policy_uses_page_cache(const struct inode *inode);
bool gfs_policy_writes_through(const struct inode *inode);
bool gfs_policy_caches_listings(const struct session *ses);
bool gfs_policy_caches_negative(const struct session *ses);

/* --------------------------------------------------------------------------------- attributes */

/* What getattr and walkgetattr of one file answered. */
struct answer {
    struct p9_qid qid;
    uint64_t valid;
    struct p9_attr attr;
};

enum inode_type gfs_attr_type(const struct answer *a);
/* Number and the rest of the stable attributes; `is_socket` overrides the type. */
int gfs_attr_stable(struct session *ses, const struct answer *a, struct stable_attr *ret);
struct unstable_attr gfs_attr_unstable(struct session *ses, const struct answer *a);
/* Tgetattr(All); -EIO unless mode, size and rdev are valid. */
int gfs_attr_ask(const struct p9_file *f, struct answer *ret);
/* Value fields of the two times. */
void gfs_attr_put_times(struct p9_setattr *sa, int64_t atime, int64_t mtime);

/* --------------------------------------------------------------------------------------- inode */

/* An opened fid and the host's descriptor, if one was donated. */
struct handle {
    size_t refs;
    struct sentry *s;
    struct p9_file file;
    struct owned_fd *host; /* owned, or NULL: Tread and Twrite */
};

/* The private part of an inode. */
struct gofer_inode {
    struct session *session; /* borrowed: the inode's mount source keeps it */
    struct p9_file file;     /* unopened */
    uint64_t rdev;           /* device of the key; entries of a listing share it */

    struct unstable_attr attr; /* the copy: trusted where attributes are cached; else only the size
                                  is, by the page cache path */
    uint32_t dirty;            /* of the copy, CACHED_* */

    struct handle *shared, *read, *write; /* one reference each, or NULL (contract 10.5) */
    bool write_is_rw;

    struct dent_map names; /* the listing, while it is remembered */
    bool has_names;
};

extern const struct inode_ops gfs_inode_ops;

static inline bool is_gofer_inode(const struct inode *inode)
{
    return inode && inode->ops == &gfs_inode_ops;
}

static inline struct gofer_inode *gofer_of(const struct inode *inode)
{
    return inode->priv;
}

static inline struct session *session_of(const struct inode *inode)
{
    return gofer_of(inode)->session;
}

/* An inode for `file`, which passes to it on success. */
int gfs_inode_new(struct mount_source *ms, struct p9_file file, const struct answer *a,
                  struct inode **ret);
void gfs_inode_release(struct inode *inode);
/* A name below `dir` was made or removed: touch its mtime, forget its listing. */
void gfs_dir_changed(struct ctx *c, struct inode *dir);
void gfs_forget_names(struct inode *dir);

/* lookup.c, path.c, endpoint.c, open.c: the operations of the table */
int gfs_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
int gfs_revalidate(struct ctx *c, struct mount_source *ms, struct inode *dir, const char *name,
                   struct inode *child, bool *stale);
int gfs_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
               uint16_t perms, struct file **ret);
int gfs_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
int gfs_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name);
int gfs_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name);
int gfs_mkfifo(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
int gfs_remove(struct ctx *c, struct inode *dir, const char *name);
int gfs_rmdir(struct ctx *c, struct inode *dir, const char *name);
int gfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
               struct inode *new_dir, const char *new_name);
int gfs_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
             struct dirent **ret);
int gfs_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
             struct file **ret);

/* The steps of create and bind: clone `dir` into a new open file `*ret_file`, ask its attributes,
 * walk to an unopened fid and make the inode. On failure nothing is left open. */
struct created {
    struct p9_file file;   /* opened; the caller's */
    struct owned_fd *host; /* the caller's, or NULL */
    struct inode *inode;   /* one reference */
};
int gfs_create_node(struct ctx *c, struct inode *dir, const char *name, uint32_t flags,
                    uint16_t perms, struct created *ret);

/* endpoint.c */
bool gfs_endpoint_known(const struct session *ses, uint64_t inode_id);
void gfs_endpoint_forget(struct session *ses, uint64_t inode_id);
void gfs_endpoints_clear(struct session *ses);
/* Remember that `d` (own reference taken) was bound here. 0 or CODE_FATE. */
int gfs_endpoint_add(struct session *ses, struct dirent *d);

/* ---------------------------------------------------------------------------- cached attributes */

enum { /* which of the copy are newer than the server's (contract filesystems 9.3) */
       CACHED_PERMS = 1,
       CACHED_UID = 2,
       CACHED_GID = 4,
       CACHED_SIZE = 8,
       CACHED_ATIME = 16,
       CACHED_MTIME = 32,
       CACHED_CTIME = 64,
       CACHED_LINKS = 128,
};

int gfs_cached_chmod(struct ctx *c, struct inode *inode, uint16_t perms);
int gfs_cached_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid);
int gfs_cached_utimes(struct ctx *c, struct inode *inode, const struct set_times *t);
int gfs_cached_truncate(struct ctx *c, struct inode *inode, int64_t size);
void gfs_cached_touch_atime(struct ctx *c, struct inode *inode); /* unless no-atime */
void gfs_cached_touch_mtime(struct ctx *c, struct inode *inode); /* and ctime */
void gfs_cached_add_links(struct ctx *c, struct inode *inode, int delta);
int gfs_cached_read(struct ctx *c, struct inode *inode, struct handle *fallback, int64_t off,
                    char *buf, size_t len, size_t *n);
int gfs_cached_write(struct ctx *c, struct inode *inode, struct handle *fallback, int64_t off,
                     const char *buf, size_t len, size_t *n);
/* Dirty attributes, then Tfsync on the write handle. */
int gfs_cached_writeout(struct ctx *c, struct inode *inode);

/* ------------------------------------------------------------------------------------- handles */

/* 0, 1 or 2; -EINVAL for neither (P-04, P-07). */
int gfs_handle_open_flags(struct open_flags flags, uint32_t *ret);
/* Takes over `file` and `host` (may be NULL). A descriptor whose access mode does not suffice is
 * closed and messages are used (contract 15.2). */
int gfs_handle_new(struct sentry *s, struct p9_file file, struct owned_fd *host,
                   struct open_flags flags, struct handle **ret);
/* Clone the inode's fid and open it: Twalk, Tlopen. */
int gfs_handle_open(struct inode *inode, struct open_flags flags, struct handle **ret);
struct handle *gfs_handle_get(struct handle *h);
/* The last put closes the descriptor, then clunks. Takes NULL. */
void gfs_handle_put(struct handle *h);
/* Keep it for the page cache path where it is the first of its kind (contract 10.5). */
void gfs_handle_keep(struct inode *inode, struct open_flags flags, struct handle *h);
/* Is some kept handle backed by a descriptor? */
bool gfs_handle_kept_host(const struct inode *inode);
/* Nothing for no bytes. What was done before an error is a success; *n 0 is the end of file. */
int gfs_handle_read(const struct handle *h, int64_t off, char *buf, size_t len, size_t *n);
int gfs_handle_write(const struct handle *h, int64_t off, const char *buf, size_t len, size_t *n);

/* --------------------------------------------------------------------------------------- files */

/* An open file over `h`, whose reference passes in any case. */
int gfs_file_new(struct ctx *c, struct dirent *d, struct open_flags flags, struct handle *h,
                 struct file **ret);
int gfs_iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n);

#endif
