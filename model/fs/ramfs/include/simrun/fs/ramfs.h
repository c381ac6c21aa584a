/*
 * ramfs: the building block of the in-memory file systems (contract filesystems 2). It is not
 * registered and cannot be mounted; tmpfs, dev, sys and proc are made of it, and so are the stub
 * trees of the pipeline.
 *
 *   1. entry              what every node has: attributes, extended attributes, how it is read and
 * written
 *   2. operation groups   pieces of an inode operation table
 *   3. generic handle     the open file of a node
 *   4. directory          names, listing, link counts, creation functions, rename
 *   5. symlink, socket, file
 *   6. stub trees         MakeDirectoryTree
 *   7. saving             a node as plain data, and back
 *
 * A node is an inode whose `priv` begins with a struct ramfs_entry (a directory: with a struct
 * ramfs_dir). Who puts other data behind it embeds the struct as first member, makes an operation
 * table of the groups in 2 and sets its own release. All functions return 0, a negative code or
 * CODE_FATE; refusals are the internal codes of contract filesystems 1.3 where it says so.
 *
 * References: a directory owns one reference of each child inode, a child one of its mount source.
 * A mount source holds no inode.
 */
#ifndef SIMRUN_FS_RAMFS_H
#define SIMRUN_FS_RAMFS_H

#include <simrun/save.h>
#include <simrun/vfs.h>

/* ------------------------------------------------------------------------------------- 1. entry */

/* How a node is read, written and listed, whatever handle asks. NULL gives the default in brackets.
 */
struct ramfs_node_ops {
    int (*read)(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                size_t *n); /* [ERR_INVALID_OP] */
    int (*write)(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                 size_t *n); /* [ERR_INVALID_OP] */
    /* As file_ops.iterate. [ERR_NOT_DIRECTORY] */
    int (*readdir)(struct ctx *c, struct inode *inode, struct dir_ctx *dc, int64_t offset, int *n);
};

struct ramfs_entry {
    struct sentry *s;                  /* borrowed */
    const struct ramfs_node_ops *node; /* static */
    struct unstable_attr attr;         /* what getattr reports, size and usage included */
    struct namemap xattrs;             /* of values private to entry.c, owned */
};

/* Who owns a new node. */
struct ramfs_owner {
    uint32_t uid, gid;
};
static inline struct ramfs_owner ramfs_root_owner(void)
{
    return (struct ramfs_owner){0, 0};
}
/* Effective ids of the caller (contract 1.5). */
static inline struct ramfs_owner ramfs_caller(const struct ctx *c)
{
    return (struct ramfs_owner){c->creds.euid, c->creds.egid};
}

/* Links 0, atime = mtime = ctime = now. Cannot fail. */
void ramfs_entry_init(struct ramfs_entry *e, struct sentry *s, const struct ramfs_node_ops *node,
                      struct ramfs_owner owner, uint16_t perms);
/* Frees what hangs on the entry, not the entry. */
void ramfs_entry_release(struct ramfs_entry *e);

static inline struct ramfs_entry *ramfs_entry_of(struct inode *inode)
{
    return inode->priv;
}
/* Is this a node of the family, of any file system? */
bool ramfs_is_node(const struct inode *inode);

/* atime = now; mtime = ctime = now ("touch mtime"); ctime = now. */
void ramfs_touch_atime(struct inode *inode);
void ramfs_touch_mtime(struct inode *inode);
void ramfs_touch_ctime(struct inode *inode);

/* Stable attributes with block size 4096, no device number and a fresh inode number of `device`. */
struct stable_attr ramfs_stable(struct sentry *s, enum inode_type type, enum device device);

/*
 * A node that is a struct ramfs_entry and nothing more, such as a device: takes `ops` (static) with
 * .release = ramfs_release. Its link count starts at 0 (contract 1.6).
 */
int ramfs_new_node(struct mount_source *ms, const struct inode_ops *ops,
                   const struct ramfs_node_ops *node, struct stable_attr stable,
                   struct ramfs_owner owner, uint16_t perms, struct inode **ret);

/* -------------------------------------------------------------------------- 2. operation groups */

void ramfs_release(struct inode *inode); /* of a plain entry */
int ramfs_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret);
int ramfs_chmod(struct ctx *c, struct inode *inode, uint16_t perms);
int ramfs_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid); /* FQ-11 */
int ramfs_utimes(struct ctx *c, struct inode *inode, const struct set_times *t);
int ramfs_refuse_truncate(struct ctx *c, struct inode *inode, int64_t size); /* ERR_INVALID_OP */
int ramfs_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret);
int ramfs_setxattr(struct ctx *c, struct inode *inode, const char *name, const char *value,
                   size_t n);
int ramfs_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret);
void ramfs_add_links(struct inode *inode, int delta); /* FQ-06 */
void ramfs_status_changed(struct ctx *c, struct inode *inode);

/* What all nodes share. Left to the user: release, getattr, chmod, truncate, open, rename, statfs,
 * directory operations. */
#define RAMFS_SHARED_OPS                                                                           \
    .is_virtual = true, .chown = ramfs_chown, .utimes = ramfs_utimes, .getxattr = ramfs_getxattr,  \
    .setxattr = ramfs_setxattr, .listxattr = ramfs_listxattr, .add_links = ramfs_add_links,        \
    .status_changed = ramfs_status_changed

/* Operations that are refused whatever is asked: by a node that is no directory (ERR_INVALID_OP),
 * by a directory whose names come and go by themselves (_deny_ -EACCES, _forbid_ -EPERM). */
#define RAMFS_DECLARE_NEW_NAMES(family)                                                            \
    int family##_create(struct ctx *c, struct inode *dir, const char *name,                        \
                        struct open_flags flags, uint16_t perms, struct file **ret);               \
    int family##_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);        \
    int family##_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name);  \
    int family##_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
#define RAMFS_DECLARE_BIND_AND_REMOVE(family)                                                      \
    int family##_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,          \
                      struct dirent **ret);                                                        \
    int family##_remove(struct ctx *c, struct inode *dir, const char *name)
RAMFS_DECLARE_NEW_NAMES(ramfs_refuse);
RAMFS_DECLARE_BIND_AND_REMOVE(ramfs_refuse);
RAMFS_DECLARE_NEW_NAMES(ramfs_deny);
RAMFS_DECLARE_BIND_AND_REMOVE(ramfs_forbid);
int ramfs_refuse_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
/* -EINVAL */
int ramfs_refuse_rename(struct ctx *c, struct inode *moved, struct inode *old_dir,
                        const char *old_name, struct inode *new_dir, const char *new_name);
#define RAMFS_NOT_DIRECTORY_OPS                                                                    \
    .lookup = ramfs_refuse_lookup, .create = ramfs_refuse_create, .mkdir = ramfs_refuse_mkdir,     \
    .symlink = ramfs_refuse_symlink, .link = ramfs_refuse_link, .mkfifo = ramfs_refuse_mkdir,      \
    .bind = ramfs_refuse_bind, .remove = ramfs_refuse_remove, .rmdir = ramfs_refuse_remove

/* ---------------------------------------------------------------------------- 3. generic handle */

/*
 * Opens any node (contract 9.1): an own directory cursor, read, write and listing go to the node,
 * positional access for all but pipes and sockets. The handle keeps its inode alive by itself, so
 * `d` may be a transient dirent.
 */
int ramfs_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
               struct file **ret);
/* Is this a file that ramfs_open made? Its node then; else NULL. Borrowed. */
struct inode *ramfs_file_node(const struct file *f);

/* --------------------------------------------------------------------------------- 4. directory */

/* Makes the node of a new name in `dir`: one reference. NULL = the kind cannot be made here
 * (ERR_DENIED). */
struct ramfs_create_ops {
    int (*file)(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);
    int (*directory)(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);
    int (*symlink)(struct ctx *c, struct inode *dir, const char *target, struct inode **ret);
    int (*fifo)(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);
    int (*socket)(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);
};

struct ramfs_dir {
    struct ramfs_entry e;
    const struct ramfs_create_ops *create; /* static; NULL = nothing can be made here */
    struct namemap children;               /* of struct ramfs_child, owned */
    bool removed;                          /* has no name any more, FQ-16 */
};

/* Links 1, for ".". */
void ramfs_dir_init(struct ramfs_dir *dir, struct sentry *s, const struct ramfs_create_ops *create,
                    struct ramfs_owner owner, uint16_t perms);
/* Drops all children and the entry's belongings, not the struct. */
void ramfs_dir_release(struct ramfs_dir *dir);

static inline struct ramfs_dir *ramfs_dir_of(struct inode *inode)
{
    return inode->priv;
}
/* The child's inode, borrowed, or NULL. Touches nothing. */
struct inode *ramfs_dir_find(struct inode *dir, const char *name);
/*
 * Add a child that must not be present; takes over the caller's reference (dropped also on
 * failure). `counted` decides whether link counts change: initial contents are not counted (FQ-05).
 */
int ramfs_dir_add(struct inode *dir, const char *name, struct inode *child, bool counted);

int ramfs_dir_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
int ramfs_dir_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                     uint16_t perms, struct file **ret);
int ramfs_dir_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
int ramfs_dir_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name);
int ramfs_dir_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name);
int ramfs_dir_mkfifo(struct ctx *c, struct inode *dir, const char *name, uint16_t perms);
int ramfs_dir_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                   struct dirent **ret);
int ramfs_dir_remove(struct ctx *c, struct inode *dir, const char *name);
int ramfs_dir_rmdir(struct ctx *c, struct inode *dir, const char *name);
#define RAMFS_DIRECTORY_OPS                                                                        \
    .lookup = ramfs_dir_lookup, .create = ramfs_dir_create, .mkdir = ramfs_dir_mkdir,              \
    .symlink = ramfs_dir_symlink, .link = ramfs_dir_link, .mkfifo = ramfs_dir_mkfifo,              \
    .bind = ramfs_dir_bind, .remove = ramfs_dir_remove, .rmdir = ramfs_dir_rmdir

/* Releases a struct ramfs_dir and frees it: the release of a directory inode that is nothing more.
 */
void ramfs_release_dir(struct inode *inode);
int ramfs_dir_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset, int *n);
/* Only the emitting half of ramfs_dir_readdir: names after the cursor, no atime. */
int ramfs_dir_emit(struct inode *dir, struct dir_ctx *dc, int *n);
int ramfs_dir_read(struct ctx *c, struct inode *dir, int64_t off, char *buf, size_t len,
                   size_t *n); /* ERR_IS_DIRECTORY */
int ramfs_dir_write(struct ctx *c, struct inode *dir, int64_t off, const char *buf, size_t len,
                    size_t *n); /* ERR_IS_DIRECTORY */
extern const struct ramfs_node_ops ramfs_dir_node_ops;

/* The table of exactly the plain ramfs directory. Its address is the type that rename asks for
 * (FQ-17). */
extern const struct inode_ops ramfs_dir_ops;

/*
 * rename (contract 2.3) of a node whose kind asks both parents to have exactly the table `exact`,
 * else ERR_CROSS_DEVICE. FQ-18 .. FQ-20.
 */
int ramfs_rename_within(struct ctx *c, const struct inode_ops *exact, struct inode *moved,
                        struct inode *old_dir, const char *old_name, struct inode *new_dir,
                        const char *new_name);
/* The same for nodes of ramfs itself: exact = &ramfs_dir_ops. */
int ramfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
                 struct inode *new_dir, const char *new_name);

/*
 * A directory without children. `ops` is static and of the directory kind (ramfs_dir_ops, or a type
 * of its own).
 */
int ramfs_new_dir(struct mount_source *ms, const struct inode_ops *ops,
                  const struct ramfs_create_ops *create, struct stable_attr stable,
                  struct ramfs_owner owner, uint16_t perms, struct inode **ret);

/* --------------------------------------------------------------------- 5. symlink, socket, file */

struct ramfs_symlink {
    struct ramfs_entry e;
    char *target; /* owned */
};
void ramfs_release_symlink(struct inode *inode);
int ramfs_refuse_chmod(struct ctx *c, struct inode *inode, uint16_t perms); /* -EPERM */
int ramfs_readlink(struct ctx *c, struct inode *inode, char **ret);
int ramfs_getlink(struct ctx *c, struct inode *inode, struct dirent **ret);
#define RAMFS_SYMLINK_OPS                                                                          \
    RAMFS_SHARED_OPS, RAMFS_NOT_DIRECTORY_OPS,                                                     \
        .release = ramfs_release_symlink, .getattr = ramfs_getattr, .chmod = ramfs_refuse_chmod,   \
        .truncate = ramfs_refuse_truncate, .open = ramfs_open, .readlink = ramfs_readlink,         \
        .getlink = ramfs_getlink
extern const struct inode_ops ramfs_symlink_ops;
/* Mode 0777, size = usage = length of `target` (copied). */
int ramfs_new_symlink(struct mount_source *ms, const struct inode_ops *ops,
                      struct stable_attr stable, struct ramfs_owner owner, const char *target,
                      struct inode **ret);

/* Sockets, fifos and devices are entries with nothing more: all of the table but rename, truncate
 * and statfs. */
#define RAMFS_NODE_OPS                                                                             \
    RAMFS_SHARED_OPS, RAMFS_NOT_DIRECTORY_OPS, .release = ramfs_release, .getattr = ramfs_getattr, \
                                               .chmod = ramfs_chmod, .open = ramfs_open
extern const struct inode_ops ramfs_socket_ops;

/* A file of growable bytes: size and usage are its length (contract 2.4). */
struct ramfs_file {
    struct ramfs_entry e;
    struct str bytes;
};
extern const struct inode_ops ramfs_file_ops;
int ramfs_new_file(struct mount_source *ms, struct stable_attr stable, struct ramfs_owner owner,
                   uint16_t perms, const char *content, size_t n, struct inode **ret);

/* -------------------------------------------------------------------------------- 6. stub trees */

/*
 * MakeDirectoryTree (contract 2.6): a tree of directories 0555 of root for `paths`, on one
 * non-caching mount source without filesystem. On failure -EINVAL with the original's text in
 * `err`.
 */
int ramfs_make_directory_tree(struct ctx *c, const char *const *paths, size_t n, struct inode **ret,
                              struct error *err);

/* ------------------------------------------------------------------------------------ 7. saving */

/* Sources without filesystem: the stub trees. */
extern const struct save_fs ramfs_save;

/* Attributes and extended attributes of any node of the family, the names of a directory. */
int ramfs_save_node(struct saver *sv, struct inode *inode, struct saved_inode *out);
/* The same back into a node that was made for it; a directory must be empty. */
int ramfs_load_node(struct loader *ld, const struct saved_inode *in, struct inode *inode);

/*
 * save_inode and load_inode of a tree that a mount makes whole (save_fs.remount): the nodes are
 * those of the new mount, which lose the names that are gone and get the attributes back. The root
 * must be loaded first. Children of other kinds than "fixed" are loaded by their filesystem.
 */
int ramfs_save_fixed(struct saver *sv, struct inode *inode, struct saved_inode *out);
int ramfs_load_fixed(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                     struct inode **ret);

#endif
