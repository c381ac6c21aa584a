/* What the files of vfs share with each other, beyond <simrun/vfs.h>. */
#ifndef SIMRUN_VFS_INTERNAL_H
#define SIMRUN_VFS_INTERNAL_H

#include <simrun/vfs.h>

/* Stop here if the world met its fate. */
#define CHECK_FATE(c)                                                                              \
    do {                                                                                           \
        int fate_code_ = domain_check(&(c)->s->d);                                                 \
        if (fate_code_) {                                                                          \
            return fate_code_;                                                                     \
        }                                                                                          \
    } while (0)

/* dirent.c. The parent's mu is held by the caller. */
void dirent_hash(struct dirent *parent, struct dirent *child);
void dirent_unhash(struct dirent *child); /* a negative child dies with its entry */
/* Its name is gone for good: unhashed, and in the world's list until the last reference goes. The
 * caller holds one. */
void dirent_mark_deleted(struct dirent *d);
struct dirent *dirent_child(struct dirent *parent, const char *name); /* borrowed, or NULL */
/* A dirent that no cache and no parent knows: a carrier for an inode that is opened. */
int dirent_new_transient(struct inode *inode, struct dirent **ret);

/* walk.c: the walk with d->mu held; with `may_unlock` it is let go during the filesystem's lookup.
 */
int dirent_walk_locked(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                       bool may_unlock, struct dirent **ret);

/* inode.c */
bool inode_is_directory(const struct inode *inode);
/* The check operation alone: no read-only flags. */
int inode_check(struct ctx *c, struct inode *inode, unsigned mask);
/* Changes of a directory `d`, whose overlay inode is copied up first; rename_mu is held for overlay
 * directories. */
int inode_create(struct ctx *c, struct dirent *d, const char *name, struct open_flags flags,
                 uint16_t perms, struct file **ret);
int inode_mkdir(struct ctx *c, struct dirent *d, const char *name, uint16_t perms);
int inode_symlink(struct ctx *c, struct dirent *d, const char *target, const char *name);
int inode_link(struct ctx *c, struct dirent *d, struct dirent *target, const char *name);
int inode_mkfifo(struct ctx *c, struct dirent *d, const char *name, uint16_t perms);
int inode_bind(struct ctx *c, struct dirent *d, const char *name, uint16_t perms,
               struct dirent **ret);
int inode_remove(struct ctx *c, struct dirent *d, struct dirent *child);
int inode_rename(struct ctx *c, struct dirent *renamed, struct dirent *old_parent,
                 struct dirent *new_parent, const char *new_name);

/* lock_dir.c: the locks of a directory that changes (contract vfs 12). */
int dirent_lock_directory(struct dirent *d);
void dirent_unlock_directory(struct dirent *d);
/* Is it a mount point or without a parent? Takes its mu, so asking about a locked one waits for
 * itself (VP-09). */
int dirent_busy(struct dirent *d, bool *ret);
/* The sticky bit of `dir` against the deletion of `victim`: 0 or -EPERM. */
int dirent_check_sticky(struct ctx *c, struct dirent *dir, struct dirent *victim);
/* Does a mount lie in or below it (VQ-08)? */
bool dirent_contains_mounts(const struct dirent *d);
/* Children leave the cache, recursively; takes each dirent's mu (VP-11). */
int dirent_flush(struct dirent *d);

/* file.c: a write at exactly this place, whatever the handle's flags. */
int file_write_at(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                  size_t *n);

/* overlay_change.c */
int overlay_create(struct ctx *c, struct dirent *d, const char *name, struct open_flags flags,
                   uint16_t perms, struct file **ret);
int overlay_link(struct ctx *c, struct dirent *d, struct dirent *target, const char *name);
int overlay_bind(struct ctx *c, struct dirent *d, const char *name, uint16_t perms,
                 struct dirent **ret);
int overlay_remove(struct ctx *c, struct dirent *d, struct dirent *child);
int overlay_rename(struct ctx *c, struct dirent *renamed, struct dirent *old_parent,
                   struct dirent *new_parent, const char *new_name);
/* overlay_file.c: an open overlay file around a handle on the upper layer (its reference passes on
 * success). */
int overlay_file_wrap(struct ctx *c, struct dirent *d, struct open_flags flags, struct file *upper,
                      struct file **ret);

/* overlay_lookup.c */
int overlay_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
/* Does the upper directory hold a whiteout for `name`? */
int overlay_whiteout(struct ctx *c, struct inode *upper, const char *name, bool *ret);
/* namespace.c: a namespace without mounts around a root dirent, whose reference passes. */
struct mount_ns *mount_ns_alloc(struct ctx *c, struct dirent *root);

/* save_ready.c: flush, refuse, write out. 0, or why the namespace cannot be saved. */
int mount_ns_ready(struct ctx *c, struct mount_ns *ns, struct error *err);

/* overlay.c: the mount source of an overlay; takes its own references of the layers' sources. */
int overlay_source_new(struct ctx *c, struct mount_source *upper, struct mount_source *lower,
                       struct mount_flags flags, struct mount_source **ret);
/* overlay.c: one entry's inode on the overlay's mount source; takes its own references of the
 * layers. */
int overlay_inode_new(struct mount_source *ms, struct inode *upper, struct inode *lower,
                      bool lower_exists, struct inode **ret);
void overlay_entry_free(struct overlay_entry *e);
/* The layer that serves reads of the inode: upper if present, else lower. Borrowed. */
struct inode *overlay_serving(const struct inode *inode);
int overlay_check(struct ctx *c, struct inode *inode, unsigned mask);
int overlay_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret);
int overlay_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret);
/* overlay_file.c */
/* A handle on one layer's inode, under a dirent of its own. */
int overlay_layer_open(struct ctx *c, struct inode *layer, struct open_flags flags,
                       struct file **ret);
int overlay_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                 struct file **ret);
/* All names of a merged directory, or of one layer. */
int overlay_collect(struct ctx *c, struct inode *dir, struct dent_map *names);
/* copy_up.c: with rename_mu held by the caller. */
int overlay_copy_up_locked(struct ctx *c, struct dirent *d);

#define OVERLAY_XATTR_PREFIX    "trusted.overlay."
#define OVERLAY_WHITEOUT_PREFIX "trusted.overlay.whiteout."

/* mount_source of an overlay: its layers' sources, one reference each. */
struct overlay_sources {
    struct mount_source *upper, *lower; /* lower may be NULL */
};
extern const struct mount_source_ops overlay_source_ops;

#endif
