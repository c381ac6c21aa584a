/* What the files of fs/host share. */
#ifndef SIMRUN_FS_HOST_PRIVATE_H
#define SIMRUN_FS_HOST_PRIVATE_H

#include <simrun/fs/host.h>

/* One mount: `priv` of its mount source. */
struct host_mount {
    uint32_t uid, gid; /* of the mounter: what the host's own ids are shown as */
    bool dont_translate;
};
static inline const struct host_mount *host_mount_of(const struct inode *inode)
{
    return inode->ms->priv;
}

/* `priv` of an inode is its host file: one reference. */
static inline struct host_file *host_file_of(const struct inode *inode)
{
    return inode->priv;
}

/* The result of a host call as a code of the world: a call that never comes back is its fate. */
int host_code(struct sentry *s, int rc);

/* open.c: the order of open modes (8.2). `dir` NULL: `name` is an absolute path on `h`. */
int host_open_any(struct sentry *s, struct host *h, struct host_file *dir, const char *name,
                  struct host_file **ret);
/* An inode on an open file; takes over the reference of `file` (dropped also on failure). FQ-51,
 * FQ-74. */
int host_inode_new(struct mount_source *ms, struct host_file *file, struct inode **ret);
/* Inode type of a host mode; an unknown one is taken for regular, with a warning. */
enum inode_type host_inode_type(struct sentry *s, mode_t mode);
/* Do reads and writes of this type ignore the offset, and can they block? */
static inline bool host_type_streams(enum inode_type t)
{
    return t == INODE_PIPE || t == INODE_SOCKET || t == INODE_CHARDEV;
}

/* inode.c, file.c */
extern const struct inode_ops host_inode_ops;
int host_inode_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                    struct file **ret);

/*
 * relative.c: `target` as seen from `base`, both lexically cleaned (Go's filepath.Rel): a new
 * string. -EINVAL when only one is absolute or `base` climbs out of itself.
 */
int path_relative(struct domain *d, const char *base, const char *target, char **ret);

#endif
