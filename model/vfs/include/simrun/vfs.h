/*
 * vfs: the sentry's file system core (contract vfs).
 *
 *   1. attributes         inode types, stable and unstable attributes, masks, permissions
 *   2. sentry             the world: one case lives in one of these
 *   3. context            who acts: credentials, root, umask, task
 *   4. filesystem         named type with a mount operation; the registry
 *   5. mount source       one mounted filesystem instance
 *   6. inode              one file object and the operation table that a filesystem provides
 *   7. dirent             a name for an inode at a place in the tree
 *   8. dirent cache
 *   9. reading directories
 *  10. file               an open handle
 *  11. mount namespace    the tree of mounts, path resolution
 *  12. overlay            union of an upper and a lower inode
 *  13. invariants         what a tree at rest must show
 *
 * Beside it: <simrun/inotify.h>, who is told what happens to the tree; <simrun/save.h>, saving a
 * namespace and restoring it.
 *
 * References: x_get takes one more reference and returns its argument; x_put drops one and takes
 * NULL. A function that returns an object through its last parameter returns one reference that the
 * caller owns, unless the comment says "borrowed". After a fate of the world every put returns at
 * once. All functions that can fail return 0, a negative code (core.h, 1) or CODE_FATE, and leave
 * their results untouched on failure.
 */
#ifndef SIMRUN_VFS_H
#define SIMRUN_VFS_H

#include <simrun/core.h>
#include <sys/types.h>

struct ctx;
struct dirent;
struct file;
struct filesystem;
struct inode;
struct mount_ns;
struct mount_source;
struct overlay_entry;
struct sentry;
struct watch;
struct task; /* the kernel stub's process: fs/proc */

/* -------------------------------------------------------------------------------------------- 1.
 * attributes */

enum inode_type { /* numbers as contract vfs 6 */
                  INODE_REGULAR = 0,
                  INODE_SPECIAL_FILE = 1,
                  INODE_DIRECTORY = 2,
                  INODE_SPECIAL_DIRECTORY = 3,
                  INODE_SYMLINK = 4,
                  INODE_PIPE = 5,
                  INODE_SOCKET = 6,
                  INODE_CHARDEV = 7,
                  INODE_BLOCKDEV = 8,
                  INODE_ANONYMOUS = 9,
};

static inline bool type_is_directory(enum inode_type t)
{
    return t == INODE_DIRECTORY || t == INODE_SPECIAL_DIRECTORY;
}
static inline bool type_is_file(enum inode_type t)
{
    return t == INODE_REGULAR || t == INODE_SPECIAL_FILE;
}
static inline bool type_is_special(enum inode_type t)
{
    return t == INODE_SPECIAL_FILE || t == INODE_SPECIAL_DIRECTORY;
}
/* "file", "directory", "symlink", "pipe", ... (contract vfs 6). Static. */
const char *inode_type_name(enum inode_type t);
/* S_IFMT bits of a type, and the d_type of a directory entry (special directories: 0, FQ-02). */
mode_t inode_type_mode(enum inode_type t);

struct stable_attr {
    enum inode_type type;
    uint64_t device_id; /* minor of the anonymous device, contract filesystems 1.7 */
    uint64_t inode_id;
    int64_t block_size;
    uint16_t rdev_major; /* only devpts has one (FQ-10) */
    uint32_t rdev_minor;
};

enum { NO_ID = 0xffffffff };

struct unstable_attr {
    int64_t size, usage;         /* bytes */
    uint16_t perms;              /* low 12 bits of a mode */
    uint32_t uid, gid;           /* NO_ID = none */
    int64_t atime, mtime, ctime; /* nanoseconds since the epoch */
    uint64_t links;
};

/* Timestamps to set: for each either omitted, now, or a value. */
struct set_times {
    bool atime_omit, atime_now, mtime_omit, mtime_now;
    int64_t atime, mtime;
};

struct statfs_info {
    uint64_t type, total_blocks, free_blocks, total_files, free_files;
};

enum {
    ACCESS_READ = 4,
    ACCESS_WRITE = 2,
    ACCESS_EXECUTE = 1
}; /* permission masks, as the bits of a mode class */

struct mount_flags {
    bool read_only, no_atime, force_page_cache;
};

/* --------------------------------------------------------------------------------------------------
 * 2. sentry */

/* Anonymous devices (major 0): the minors of the recorded build, contract filesystems 1.7. */
enum device {
    DEVICE_NONE,
    DEVICE_SHM,
    DEVICE_PSEUDO,
    DEVICE_PROC,
    DEVICE_EPSOCKET,
    DEVICE_UNIX,
    DEVICE_HOST_FILE, /* multi device */
    DEVICE_HOST_PIPE,
    DEVICE_PIPE,
    DEVICE_TMPFS,
    DEVICE_DEVTMPFS,
    DEVICE_GOFER, /* multi device */
    DEVICE_HOSTINET,
    DEVICE_RPCINET,
    DEVICE_SYSFS,
    DEVICE_DEVPTS,
    DEVICE_NETLINK,
    DEVICE_COUNT
};

/* The world of one case. There is no other state: no globals, no time(), no rand(). */
struct sentry {
    struct domain d; /* allocator, ledger, fate, log, clock, random source, quirks */

    struct filesystem *filesystems; /* registry: singly linked, sorted by name */
    struct filesystem *overlayfs;   /* the overlay's filesystem object; not in the registry */

    uint64_t last_inode[DEVICE_COUNT]; /* simple and multi devices: last number handed out */
    struct namemap device_keys;        /* multi devices: key text -> number */

    struct lockword rename_mu; /* VFS global rename lock, contract vfs 3 */
    uint64_t last_file_id;
    struct list deleted; /* dirents that lost their name and are still referenced */
    uint64_t last_inotify_id;
    uint32_t
        last_cookie; /* pairs the two events of a rename; one for each rename, watched or not */
};

/* `s` is caller-allocated; after sentry_init it owns an empty registry. */
void sentry_init(struct sentry *s, const char *name, enum profile profile);
/*
 * Closes the world: unregisters the filesystems, drains the jobs, then domain_close with the same
 * meaning. The caller has dropped its namespaces and handles before (unless the fate was met).
 */
size_t sentry_close(struct sentry *s, void (*report)(void *arg, const char *kind, size_t size),
                    void *arg);

/* Next inode number of a simple device: 1, 2, 3, ... never reused. */
uint64_t device_next_inode(struct sentry *s, enum device device);
/*
 * Number of the key (device, secondary device string, inode) on a multi device: equal keys give
 * equal numbers, an unknown one the next number. `host_device` is the real device, `secondary` the
 * connection id or "".
 */
int device_map_inode(struct sentry *s, enum device device, uint64_t host_device,
                     const char *secondary, uint64_t host_inode, uint64_t *ret);
/* Enter a key under the number that it had before a restore. -EEXIST: it has another one. */
int device_load_inode(struct sentry *s, enum device device, uint64_t host_device,
                      const char *secondary, uint64_t host_inode, uint64_t number);

/* ------------------------------------------------------------------------------------------------- 3.
 * context */

enum capability {
    CAP_BIT_CHOWN = 0,
    CAP_BIT_DAC_OVERRIDE = 1,
    CAP_BIT_DAC_READ_SEARCH = 2,
    CAP_BIT_FOWNER = 3,
    CAP_BIT_SYS_ADMIN = 21
};

struct creds {
    uint32_t uid, gid, euid, egid;
    const uint32_t *groups; /* supplementary */
    size_t n_groups;
    uint64_t caps; /* effective, bit n = capability n */
};
/* Root with all capabilities. */
struct creds creds_root(void);

/* Who acts. Plain data on the caller's stack; borrows everything. */
struct ctx {
    struct sentry *s;
    struct creds creds;
    struct dirent *root; /* root of the acting process, or NULL */
    struct task *task;   /* the acting process, or NULL (the pipeline has none) */
    uint16_t umask;
};

/* ---------------------------------------------------------------------------------------------- 4.
 * filesystem */

struct filesystem {
    const char *name; /* static */
    bool allow_user_mount, allow_user_list;
    /*
     * Make an instance: its root inode (one reference). `device`, `data`: see contract filesystems.
     * On failure returns the code with `err` filled (text as the original prints it). CODE_FATE
     * needs no text.
     */
    int (*mount)(struct ctx *c, struct filesystem *fs, const char *device, struct mount_flags flags,
                 const char *data, struct inode **ret, struct error *err);
    void (*release)(struct filesystem *fs); /* frees `priv`; may be NULL */
    void *priv;

    struct filesystem *next; /* registry */
};

/* Copies *fs into the world and takes over `priv` (released also on failure). VP-03 / FP-01: a
 * second registration of a name. */
int filesystem_register(struct sentry *s, const struct filesystem *fs);
struct filesystem *filesystem_find(const struct sentry *s, const char *name); /* or NULL */

/* -------------------------------------------------------------------------------------------- 5.
 * mount source */

enum { DIRENT_CACHE_LIMIT = 1000 };

struct dirent_cache {
    struct list lru; /* newest in front */
    size_t n, limit; /* limit 0: every operation is a no-op */
};

struct mount_source_ops {
    /*
     * Is the child of `dir` called `name` (dirent's inode: `child`) stale, to be looked up again?
     * *stale is set on success. NULL = never. `dir` and `name` are used only by the later revision
     * (VQ-09 off).
     */
    int (*revalidate)(struct ctx *c, struct mount_source *ms, struct inode *dir, const char *name,
                      struct inode *child, bool *stale);
    bool (*keep)(struct mount_source *ms, struct dirent *d); /* NULL = no */
    void (*destroy)(struct mount_source *ms);                /* frees `priv`; may be NULL */
};

struct mount_source {
    size_t refs;
    struct sentry *s;
    const struct mount_source_ops *ops;
    struct filesystem *fs; /* NULL for the stub trees */
    struct mount_flags flags;
    void *priv;
    struct dirent_cache cache;
    size_t dirent_refs; /* sum of the references on its positive dirents */
    size_t check_refs;  /* scratch of vfs_check_invariants */

    /* Set when mounted into a namespace. Borrowed pointers. */
    uint64_t id; /* 0 before */
    struct dirent *root;
    struct mount_source *parent;
    struct list children; /* of child_link, in order of mounting */
    struct list child_link;
};

/* One reference, the creator's: drop it once the root inode exists (VQ-01). `priv` is taken over
 * only on success. */
int mount_source_new(struct sentry *s, const struct mount_source_ops *ops, struct filesystem *fs,
                     struct mount_flags flags, void *priv, struct mount_source **ret);
struct mount_source *mount_source_get(struct mount_source *ms);
void mount_source_put(struct mount_source *ms);
extern const struct mount_source_ops mount_source_caching;     /* keep: yes, revalidate: no */
extern const struct mount_source_ops mount_source_non_caching; /* keep: no, revalidate: no */
/* Empties the dirent cache (and what it holds). */
void mount_source_flush(struct mount_source *ms);

/* ---------------------------------------------------------------------------------------------------
 * 6. inode */

struct open_flags {
    bool read, write, append, direct, nonblocking, sync, directory, large_file, pread, pwrite;
};

/* inode_ops.getlink: "resolve through readlink". */
enum { CODE_READLINK = -((1 << 14) + 1) };

/*
 * What a filesystem provides (contract vfs 7.1). An operation left NULL gives the default in
 * brackets. Names are not empty and hold no '/'. `dir` and `inode` are never overlay inodes here.
 * No permission checks in here, except `check`.
 */
struct inode_ops {
    bool is_virtual; /* frozen directories still allow lookups and creation (ramfs family) */

    void (*release)(struct inode *inode); /* last call: frees `priv` */
    /* -ENOENT, a negative dirent (one reference, to be cached), or a new positive root dirent named
     * `name`. [-ENOTDIR] */
    int (*lookup)(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
    /* These give -EEXIST themselves. [-ENOTDIR] */
    int (*create)(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                  uint16_t perms, struct file **ret);
    int (*mkdir)(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
    int (*symlink)(struct ctx *c, struct inode *dir, const char *target, const char *name);
    int (*link)(struct ctx *c, struct inode *dir, struct inode *target, const char *name);
    int (*mkfifo)(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
    int (*bind)(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                struct dirent **ret);
    int (*remove)(struct ctx *c, struct inode *dir, const char *name);
    int (*rmdir)(struct ctx *c, struct inode *dir, const char *name); /* checks emptiness */
    /* Called on the operation table of the moved inode. [-EXDEV] */
    int (*rename)(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
                  struct inode *new_dir, const char *new_name);

    /* A new open file on `d` (takes its own reference of it). [-EIO] */
    int (*open)(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                struct file **ret);
    int (*getattr)(struct ctx *c, struct inode *inode, struct unstable_attr *ret); /* required */
    int (*chmod)(struct ctx *c, struct inode *inode,
                 uint16_t perms); /* any failure = refused. [-EPERM] */
    int (*chown)(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid); /* [-EINVAL] */
    int (*utimes)(struct ctx *c, struct inode *inode, const struct set_times *t); /* [-EINVAL] */
    int (*truncate)(struct ctx *c, struct inode *inode, int64_t size);            /* [-EINVAL] */
    /* May `c` do all of `mask`? 0, -EACCES, or another code. [the generic decision, contract
     * vfs 6.1] */
    int (*check)(struct ctx *c, struct inode *inode, unsigned mask);

    int (*getxattr)(struct ctx *c, struct inode *inode, const char *name,
                    struct str *ret); /* [-EOPNOTSUPP] */
    int (*setxattr)(struct ctx *c, struct inode *inode, const char *name, const char *value,
                    size_t n); /* [-EOPNOTSUPP] */
    int (*listxattr)(struct ctx *c, struct inode *inode,
                     struct ptrvec *ret); /* owned strings. [-EOPNOTSUPP] */

    int (*writeout)(struct ctx *c, struct inode *inode);             /* [0] */
    int (*readlink)(struct ctx *c, struct inode *inode, char **ret); /* mem_free. [-ENOLINK] */
    /* -ENOLINK (no link), CODE_READLINK, 0 and a dirent (magic link), or why it cannot be followed.
     * [-ENOLINK] */
    int (*getlink)(struct ctx *c, struct inode *inode, struct dirent **ret);
    int (*statfs)(struct ctx *c, struct inode *inode, struct statfs_info *ret); /* [-ENOSYS] */
    bool (*mappable)(struct inode *inode);                                      /* [false] */
    /* A ramfs directory tells its children: `delta` names more (AddLink, DropLink), a change of
     * names. [ignored] */
    void (*add_links)(struct inode *inode, int delta);
    void (*status_changed)(struct ctx *c, struct inode *inode);
};

struct inode {
    size_t refs;
    struct sentry *s;
    struct mount_source *ms;     /* one reference */
    const struct inode_ops *ops; /* NULL for overlay inodes */
    void *priv;                  /* the filesystem's */
    struct stable_attr stable;
    struct overlay_entry *overlay; /* owned; NULL for others */
    struct job release_job;
    struct watch *watches; /* <simrun/inotify.h>; NULL while nobody watches */
    bool unlinked;         /* lost a name by remove: its end is IN_DELETE_SELF */
};

/* Takes its own reference on `ms`. `priv` passes to the inode on success (ops->release frees it).
 */
int inode_new(struct mount_source *ms, const struct inode_ops *ops, void *priv,
              struct stable_attr stable, struct inode **ret);
/* Of an inode without a name (a pipe, an inotify handle): 0600, the caller's, made now. */
struct unstable_attr inode_anonymous_attr(const struct ctx *c);
struct inode *inode_get(struct inode *inode);
/* The last put writes out and queues the release (a job: it runs outside of every lock). */
void inode_put(struct inode *inode);

/* The operations of the core: an overlay inode acts by contract vfs 21, others by their table. */
int inode_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
int inode_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret);
int inode_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
               struct file **ret);
int inode_readlink(struct ctx *c, struct inode *inode, char **ret);
int inode_getlink(struct ctx *c, struct inode *inode, struct dirent **ret);
int inode_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret);
int inode_setxattr(struct ctx *c, struct inode *inode, const char *name, const char *value,
                   size_t n);
int inode_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret);
int inode_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret);
bool inode_mappable(struct inode *inode);
bool inode_is_virtual(const struct inode *inode); /* never for an overlay */
/* Read-only first (EROFS), then the check (EACCES). VQ-03 */
int inode_check_permission(struct ctx *c, struct inode *inode, unsigned mask);
/* The generic decision on fresh attributes: 0, -EACCES or CODE_FATE (contract vfs 6.1). */
int inode_generic_check(struct ctx *c, struct inode *inode, unsigned mask);
/* These take the dirent, for an overlay may have to copy it up. chmod: any refusal is -EPERM for
 * the caller. */
int inode_chmod(struct ctx *c, struct dirent *d, uint16_t perms);
int inode_truncate(struct ctx *c, struct dirent *d, int64_t size);
int inode_chown(struct ctx *c, struct dirent *d, uint32_t uid, uint32_t gid);
int inode_utimes(struct ctx *c, struct dirent *d, const struct set_times *t);

/* --------------------------------------------------------------------------------------------------
 * 7. dirent */

struct dirent {
    size_t refs;
    struct sentry *s;
    struct inode *inode; /* one reference; NULL = negative */
    const char *name;    /* behind the struct, or static, or `new_name` */
    char *new_name;      /* owned: the name since a rename; else NULL */
    struct dirent
        *parent; /* one reference if this is positive; borrowed by a negative; NULL = root */
    struct namemap children; /* weak: a child leaves the map before it dies. A negative child's only
                                reference is this entry */
    union {
        struct namenode child_node; /* in parent->children while hashed */
        struct list deleted_link;   /* in the world's list while deleted: never hashed again */
    };
    bool hashed;
    bool deleted, mounted, frozen;
    struct lockword dir_mu, mu; /* contract vfs 3 */
    struct list cache_link;
    bool check_seen; /* scratch of vfs_check_invariants, as the next */
    size_t check_unlisted;
};

/* Positive, without parent; takes over the caller's reference of `inode` (dropped also on failure).
 * Name is copied. */
int dirent_new(struct inode *inode, const char *name, struct dirent **ret);
int dirent_new_negative(struct sentry *s, const char *name, struct dirent **ret);
struct dirent *dirent_get(struct dirent *d);
void dirent_put(struct dirent *d);

/* The child `name` of `d`: contract vfs 10. `root` stops "..". -ENOENT, -ENOTDIR, ... */
int dirent_walk(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                struct dirent **ret);
/*
 * Making entries (contract vfs 12): exists -> -EEXIST, frozen -> -ENOENT, then the filesystem.
 * `root` is that of the acting process. The caller has checked permissions. dirent_link: -EXDEV
 * first when the mount sources differ. dirent_bind: -EEXIST becomes -EADDRINUSE.
 */
int dirent_create(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                  struct open_flags flags, uint16_t perms, struct file **ret);
int dirent_mkdir(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                 uint16_t perms);
int dirent_symlink(struct ctx *c, struct dirent *d, struct dirent *root, const char *target,
                   const char *name);
int dirent_link(struct ctx *c, struct dirent *d, struct dirent *root, struct dirent *target,
                const char *name);
int dirent_mkfifo(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                  uint16_t perms);
int dirent_bind(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                uint16_t perms, struct dirent **ret);
/* Removing entries (contract vfs 13). */
int dirent_remove(struct ctx *c, struct dirent *d, struct dirent *root, const char *name);
int dirent_rmdir(struct ctx *c, struct dirent *d, struct dirent *root, const char *name);
/* May `c` delete `name` from `d`: it exists, write and execute on `d`, sticky bit. 0, -ENOENT,
 * -EACCES, -EPERM, -EROFS, ... */
int dirent_may_delete(struct ctx *c, struct dirent *d, struct dirent *root, const char *name);
/* Rename with its permission checks (contract vfs 14). */
int dirent_rename(struct ctx *c, struct dirent *root, struct dirent *old_parent,
                  const char *old_name, struct dirent *new_parent, const char *new_name);
/* The path below `root` (NULL: the top of its tree): a new string; *reachable tells whether `root`
 * is above. */
int dirent_full_name(struct dirent *d, struct dirent *root, char **ret, bool *reachable);
/* Nearest ancestor-or-self with the mounted flag, or the top (new reference). */
struct dirent *dirent_mount_root(struct dirent *d);

/* -------------------------------------------------------------------------------------------- 8.
 * dirent cache */

void dirent_cache_add(
    struct dirent *d); /* in the cache of its mount source; evicts from the back */
void dirent_cache_remove(struct dirent *d); /* absent is fine */
/* Add it if its mount source keeps such dirents. */
void dirent_maybe_cache(struct dirent *d);

/* ------------------------------------------------------------------------------------- 9. reading
 * directories */

struct dent_attr {
    enum inode_type type;
    uint64_t inode_id;
};

/* A reader of entries. `emit` returns 0, or a code that refuses this entry and ends the reading. */
struct dir_ctx {
    int (*emit)(void *arg, const char *name, const struct dent_attr *attr);
    void *arg;
    char **cursor; /* the handle's name cursor: name emitted last (owned), or NULL; the pointer
                      itself may be NULL: from the start */
    size_t written;
};
/* Emit one entry: calls emit and counts. */
int dir_ctx_emit(struct dir_ctx *dc, const char *name, const struct dent_attr *attr);

struct dent {
    const char *name; /* in the map's text */
    struct dent_attr attr;
};

/*
 * A set of entries in the byte order of their names (SortedDentryMap). It takes them in any order -
 * mostly they come sorted - and puts them into theirs when it is first asked: entries stand in `v`
 * once dent_map_settle has told how many there are, until the next dent_map_add.
 */
struct dent_map {
    struct domain *d;
    struct dent *v; /* owned */
    char *text;     /* owned: the names, each with its terminator */
    size_t n, cap, text_n, text_cap;
    bool unsorted;
};
void dent_map_init(struct dent_map *m, struct domain *d);
void dent_map_release(struct dent_map *m); /* empty afterwards */
/* Adding a present name replaces its attributes. */
int dent_map_add(struct dent_map *m, const char *name, struct dent_attr attr);
size_t dent_map_settle(struct dent_map *m);
const struct dent_attr *dent_map_find(struct dent_map *m, const char *name); /* or NULL */
/* GenericReaddir: emit the names after the cursor, moving it; *n = how many. Returns the refusal,
 * if any. */
int dent_map_emit(struct dent_map *m, struct dir_ctx *dc, int *n);

/* --------------------------------------------------------------------------------------------------
 * 10. file */

struct file_ops {
    void (*release)(struct file *f); /* frees `priv`; may be NULL */
    /* *n bytes at `off`; 0 at the end. Directories: -EISDIR. */
    int (*read)(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n);
    int (*write)(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                 size_t *n);
    /*
     * Emit the entries of a directory without "." and "..": those after dc->cursor (or, where the
     * contract says so, by `offset`, the count of entries emitted before). *n = emitted now.
     * [-ENOTDIR]
     */
    int (*iterate)(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n);
    int (*fsync)(struct ctx *c, struct file *f);
    int (*flush)(struct ctx *c, struct file *f);
    bool keeps_cursor; /* rewinding does not clear the cursor (FQ-32) */
};

/* The fsync of handles that have nothing to write back: -EINVAL. */
int file_refuse_fsync(struct ctx *c, struct file *f);

struct file {
    size_t refs;
    uint64_t id;
    struct sentry *s;
    struct dirent *dirent; /* one reference */
    struct open_flags flags;
    int64_t offset;
    char *cursor; /* directories: the name emitted last (owned) */
    const struct file_ops *ops;
    void *priv;
};

/* Takes its own reference on `d`; `priv` passes to the file on success. */
int file_new(struct ctx *c, struct dirent *d, struct open_flags flags, const struct file_ops *ops,
             void *priv, struct file **ret);
struct file *file_get(struct file *f);
void file_put(struct file *f);
/*
 * Positional read and write as File.Preadv / Pwritev without the flag checks of the system calls;
 * file_writev is Writev: at the file's position, which moves on. On a handle with `append` both
 * write at the end (VQ-25, VQ-24).
 */
int file_pread(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n);
int file_pwrite(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len, size_t *n);
int file_writev(struct ctx *c, struct file *f, const char *buf, size_t len, size_t *n);
/*
 * One reading of a directory (DirentReaddir, contract vfs 16): ".", "..", then the entries; the
 * file's offset and cursor move on. `c->root` is required. Errors after the first entry are
 * dropped.
 */
int file_readdir(struct ctx *c, struct file *f, struct dir_ctx *dc);

/* --------------------------------------------------------------------------------------- 11. mount
 * namespace */

enum { LINK_LIMIT_SYSCALL = 40, LINK_LIMIT_INTERNAL = 10 };

struct mount_point { /* a key of the namespace's table */
    struct list link;
    struct dirent *mounted;  /* root dirent of the mount on top: one reference */
    struct dirent **covered; /* owned array of references, oldest first */
    size_t n_covered;
};

struct mount_ns {
    size_t refs;
    struct sentry *s;
    struct dirent *root; /* one reference */
    struct list mounts;  /* of struct mount_point, in order of mounting */
    struct ptrvec
        detached; /* sources unmounted while in use: one reference each, their caches live on */
    struct ptrvec frozen; /* dirents: the references that freezing took (contract vfs 15) */
    uint64_t next_id;
    struct lockword mu;
};

/* Takes over the caller's reference of `root`. The root mount gets id 1. */
int mount_ns_new(struct ctx *c, struct inode *root, struct mount_ns **ret);
/* The last put flushes all caches, drops every mount and drains the jobs. */
void mount_ns_put(struct mount_ns *ns);

/*
 * Path resolution (contract vfs 17.1). `root` is required; `wd` NULL = root; `limit` bounds the
 * nesting of links. find_link does not follow a final link, find_inode does.
 */
int mount_ns_find_link(struct ctx *c, struct mount_ns *ns, struct dirent *root, struct dirent *wd,
                       const char *path, unsigned limit, struct dirent **ret);
int mount_ns_find_inode(struct ctx *c, struct mount_ns *ns, struct dirent *root, struct dirent *wd,
                        const char *path, unsigned limit, struct dirent **ret);

/* Mount `inode` (its reference passes to the namespace on success) over `d` (17.2). */
int mount_ns_mount(struct ctx *c, struct mount_ns *ns, struct dirent *d, struct inode *inode);
/* Unmount what is mounted at `d` (17.3); the caller holds exactly one reference of `d`. */
int mount_ns_unmount(struct ctx *c, struct mount_ns *ns, struct dirent *d, bool detach);

/*
 * Freezing (contract vfs 15): `d` and all that is alive below it know no further names. In a
 * directory that is not virtual an unknown name is -ENOENT, and so is every change; reading any
 * frozen directory lists the living children (VQ-16). There is no way back. Each child alive gets a
 * reference that is pushed to `held`, which the caller drops when the tree ends.
 */
int dirent_freeze(struct dirent *d, struct ptrvec *held);
/* Flushes all caches, then freezes the whole tree; the namespace holds the references. */
int mount_ns_freeze(struct ctx *c, struct mount_ns *ns);
/* Empties the caches of all mounts, covered and detached ones too (FlushMountSourceRefs). */
void mount_ns_flush(struct mount_ns *ns);

/* First and rest of a path (contract vfs 8), in place: returns the first element, which ends in the
 * path or is static, and moves `*rest` to what is left. */
const char *path_cut_first(char **rest);
/* (dir, file) of a path (contract vfs 8): new strings; NULL out on oom. */
int path_split_last(struct domain *d, const char *path, char **dir, char **file);

/* ------------------------------------------------------------------------------------------------ 12.
 * overlay */

/*
 * The layers of an overlay inode (contract vfs 19). upper is set at most once (copy-up); lower
 * never changes.
 */
struct overlay_entry {
    struct inode *upper; /* one reference, or NULL */
    struct inode *lower; /* one reference, or NULL */
    bool lower_exists;   /* a whiteout is needed when the name goes away */
    struct lockword copy_mu;
};

/*
 * Union of two directories. Takes its own references. Errors with the exact texts of contract vfs
 * 19 (`upper Inode is not a directory`, ...). `flags` become those of the overlay's mount source.
 */
int overlay_new_root(struct ctx *c, struct inode *upper, struct inode *lower,
                     struct mount_flags flags, struct inode **ret, struct error *err);
/* A file overlay: no upper inode; `upper_ms` is the mount source that writes would go to (own
 * reference taken). */
int overlay_new_root_file(struct ctx *c, struct mount_source *upper_ms, struct inode *lower,
                          struct mount_flags flags, struct inode **ret, struct error *err);
/* Make sure the dirent's overlay inode has an upper (contract vfs 22): 0, -EIO, ... */
int overlay_copy_up(struct ctx *c, struct dirent *d);
/* Sources of the two layers of an overlay's mount source (borrowed; NULL if `ms` is not an
 * overlay's). */
struct mount_source *overlay_upper_source(struct mount_source *ms);
struct mount_source *overlay_lower_source(struct mount_source *ms);

/* ----------------------------------------------------------------------------------------------
 * 13. invariants */

enum {
    /* The caches were flushed (mount_ns_flush) and nobody holds a dirent but the namespace: the
     * counts are compared exactly (VI-03). Suspended by VQ-20 and VQ-34, and by freezing. */
    VFS_CHECK_FLUSHED = 1,
};

/* One violated rule, such as "VI-02", and what is wrong, for people. */
typedef void (*vfs_broken_fn)(void *arg, const char *rule, const char *text);

/*
 * The rules VI-01 .. VI-07, VI-10, VI-12 and VI-18 of contract vfs 27, as far as a tree between two
 * operations shows them: counts, names, parents, caches, mount stacks and ids, layers, locks.
 * Changes nothing and allocates nothing; one pass of the live tree for each kind of rule. Returns
 * how many violations were reported (`broken` may be NULL); 0 after a fate.
 */
size_t vfs_check_invariants(struct mount_ns *ns, unsigned flags, vfs_broken_fn broken, void *arg);

#endif
