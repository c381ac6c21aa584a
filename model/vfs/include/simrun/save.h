/*
 * Saving a mount namespace and restoring it into a fresh world (contract vfs 24, ninep 10.8).
 *
 * What is saved is plain data in a domain of its own choice, so it outlives the world: the mounts
 * and their stacks, the dirents that they stand on, and everything that hangs on those dirents'
 * inodes - overlay entries, the nodes of the in-memory filesystems, the paths of 9P files. Caches,
 * locks, open files and dirents that only a user holds are not part of it; a deleted dirent that is
 * still referenced rejects the save.
 *
 * The core saves dirents, mounts and overlays. Each filesystem saves and loads its own sources and
 * inodes: it offers a struct save_fs, and who saves passes the list of those it needs, the same to
 * save and load. A filesystem that is not in the list cannot be saved.
 */
#ifndef SIMRUN_SAVE_H
#define SIMRUN_SAVE_H

#include <simrun/vfs.h>

#define SAVED_NONE ((size_t)-1) /* "no object" where an index stands */

/* ------------------------------------------------------------------------------------- the data */

struct saved_xattr {
    char *name, *value;
    size_t n;
};
struct saved_entry { /* a name of a directory that holds its children */
    char *name;
    size_t inode;
};
struct saved_extent { /* bytes of a sparse file */
    uint64_t off;
    char *bytes;
    size_t n;
};

struct saved_inode {
    const char *kind; /* static: what the filesystem calls it; "overlay" */
    size_t source;
    struct stable_attr stable;
    bool unlinked;

    size_t upper, lower; /* "overlay": layers, or SAVED_NONE */
    bool lower_exists;

    struct unstable_attr attr;
    struct saved_xattr *xattrs;
    struct saved_entry *entries;
    struct saved_extent *extents;
    size_t n_xattrs, n_entries, n_extents;
    char *text; /* target of a symlink; or NULL */
    char *path; /* below the root of its mount, told by the dirents; NULL = no dirent has it */
};

struct saved_connection { /* of a 9P mount */
    char *id, *aname, *version;
    uint32_t msize, uid, gid;
    int cache;
    bool sockets;
};

struct saved_source {
    char *fs; /* name of the filesystem; "" = none */
    struct mount_flags flags;
    bool caching;        /* sources without a policy of their own */
    size_t upper, lower; /* of an overlay, or SAVED_NONE */
    struct saved_connection connection;
    uint64_t id;   /* 0 = not mounted */
    size_t parent; /* source, or SAVED_NONE */
    size_t root;   /* dirent, or SAVED_NONE */
    bool linked;   /* its parent counts it among its children */
    size_t top;    /* its inode that was saved first: parents go first, so it is the root */
    size_t *held;  /* dirents that the source itself holds, such as bound sockets */
    size_t n_held;
};

struct saved_dirent {
    char *name;
    size_t inode, parent; /* `parent`: SAVED_NONE or a smaller index */
    bool hashed, mounted, frozen;
};

struct saved_mount {
    size_t mounted;
    size_t *covered; /* oldest first */
    size_t n_covered;
};

struct saved_ns {
    struct domain *d;
    struct ptrvec owned; /* every allocation of this */
    struct saved_source *sources;
    struct saved_inode *inodes;
    struct saved_dirent *dirents; /* the first is the root */
    struct saved_mount *mounts;   /* in order of mounting */
    size_t n_sources, n_inodes, n_dirents, n_mounts;
    size_t cap_sources, cap_inodes, cap_dirents;
    uint64_t next_mount_id, last_inode[DEVICE_COUNT];
    uint32_t last_cookie;
};

void saved_ns_init(struct saved_ns *s, struct domain *d);
void saved_ns_release(struct saved_ns *s);

/* ------------------------------------------------------------------------------ saving, loading */

struct saver;
struct loader;

struct save_fs {
    const char *name; /* of the filesystem; "" = sources without one */
    /* Beside flags and policy. NULL: nothing to add. */
    int (*save_source)(struct saver *sv, struct mount_source *ms, struct saved_source *out);
    int (*save_inode)(struct saver *sv, struct inode *inode, struct saved_inode *out);
    /* Once all mounts are there: what the source holds of dirents. NULL: nothing. */
    int (*save_held)(struct saver *sv, struct mount_source *ms, struct saved_source *out);
    int (*load_held)(struct loader *ld, const struct saved_source *in, struct mount_source *ms);
    /* The source, one reference. NULL: a plain one, caching or not. */
    int (*load_source)(struct loader *ld, const struct saved_source *in, struct mount_source **ret);
    /* The inode, one reference, on `ms`. Its stable attributes are set by the caller. */
    int (*load_inode)(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                      struct inode **ret);
    /* The source is rebuilt by a mount with this data; its new root is loader_root. NULL: not so.
     */
    const char *remount;
};

/* What the restored world offers to a mount of the saved one (contract pipeline 15). */
struct load_mount {
    const char *fs, *dev, *data;
    struct mount_flags flags;
};
struct load_env {
    const struct load_mount *mounts;
    size_t n;
    bool check_sizes, check_times; /* of regular 9P files */
};

/*
 * Flushes the caches, drains the jobs, refuses deleted files in use, writes out, then saves. `ret`
 * is initialised and empty; on failure it holds a part and is to be released. Errors are -EINVAL
 * with the original's text where it has one.
 */
int mount_ns_save(struct ctx *c, struct mount_ns *ns, const struct save_fs *const *fs, size_t n_fs,
                  struct saved_ns *ret, struct error *err);
/*
 * Restores into the world of `c`, in which the filesystems are registered and nothing is mounted.
 * The inode counters of the world become those that were saved. On failure nothing stays mounted.
 */
int mount_ns_load(struct ctx *c, const struct saved_ns *in, const struct save_fs *const *fs,
                  size_t n_fs, const struct load_env *env, struct mount_ns **ret,
                  struct error *err);

/* ------------------------------------------------------------------------ for the filesystems */

struct saver {
    struct ctx *c;
    struct saved_ns *out;
    const struct save_fs *const *fs;
    size_t n_fs;
    struct error *err;
    struct ptrvec sources; /* of struct mount_source, borrowed, by index */
    struct {               /* object -> index, open addressing */
        const void **key;
        size_t *index;
        size_t n, cap;
    } seen;
};

/* Memory of the saved data, zeroed; NULL = fate. */
void *saver_alloc(struct saver *sv, size_t size);
char *saver_dup(struct saver *sv, const char *text);
/* The index of an object, which is saved when it is first asked for. */
int saver_inode(struct saver *sv, struct inode *inode, size_t *ret);
int saver_dirent(struct saver *sv, struct dirent *d, size_t *ret); /* from save_held */

struct loader {
    struct ctx *c;
    const struct saved_ns *in;
    const struct save_fs *const *fs;
    size_t n_fs;
    const struct load_env *env;
    struct error *err;
    struct mount_source **sources; /* one reference each */
    struct inode **inodes, **roots;
    struct dirent **dirents;
};

/* The loaded object, borrowed. */
int loader_inode(struct loader *ld, size_t index, struct inode **ret);
int loader_source(struct loader *ld, size_t index, struct mount_source **ret);
/* Is it the root of its source? */
bool loader_is_root(const struct loader *ld, const struct saved_inode *in);
/* The root of a remounted source, borrowed. */
struct inode *loader_root(const struct loader *ld, size_t source);
/* This inode, whose reference passes, is the one with that index: takes its stable attributes. */
void loader_set(struct loader *ld, size_t index, struct inode *inode);

/*
 * save_inode and load_inode of a filesystem that makes its tree anew at every mount and lookup:
 * nothing is kept, the path leads from the new root to the inode.
 */
int saver_made(struct saver *sv, struct inode *inode, struct saved_inode *out);
int loader_made(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                struct inode **ret);
/* "restore failed due to external file system state in corruption: " and the text: -EINVAL. */
int loader_corrupt(struct loader *ld, const char *fmt, ...) SIMRUN_PRINTF(2, 3);

#endif
