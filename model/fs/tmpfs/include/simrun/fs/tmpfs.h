/*
 * tmpfs: files in memory (contract filesystems 3). Directories, symlinks, sockets and fifos are
 * ramfs nodes; regular files are sparse.
 *
 * Options: mode, uid, gid; anything else is refused with the original's text. A mount has the
 * caching mount source. Nodes made in a directory belong to that directory's mount source, of
 * whatever file system it is (FQ-30: /dev/shm).
 */
#ifndef SIMRUN_FS_TMPFS_H
#define SIMRUN_FS_TMPFS_H

#include <simrun/fs/ramfs.h>

/* Register "tmpfs" in the world. 0, -EEXIST or CODE_FATE. */
int fs_tmpfs_register(struct sentry *s);

/* A new empty directory on `ms` (own reference taken), links 1, inode number of the tmpfs device.
 */
int tmpfs_new_dir(struct mount_source *ms, struct ramfs_owner owner, uint16_t perms,
                  struct inode **ret);

/*
 * A caching mount source of tmpfs, for file overlays (contract pipeline 12.3): one reference.
 * -ENODEV when tmpfs is not registered.
 */
int tmpfs_new_source(struct sentry *s, struct mount_flags flags, struct mount_source **ret);

/* What the options of a mount come to (contract 3.1). */
struct tmpfs_options {
    uint16_t perms;
    struct ramfs_owner owner;
};
/*
 * Parse `data`. The defaults are 0777 and `owner`. On failure -EINVAL with the original's text in
 * `err`, *ret is untouched.
 */
int tmpfs_parse_options(struct domain *d, const char *data, struct ramfs_owner owner,
                        struct tmpfs_options *ret, struct error *err);

/* Saves and loads every node of tmpfs, also one that stands on the source of another filesystem. */
extern const struct save_fs tmpfs_save;
bool tmpfs_is_node(const struct inode *inode);

enum { TMPFS_MAGIC = 0x01021994, FIFO_CAPACITY = 65536, FIFO_ATOMIC = 4096 };

#endif
