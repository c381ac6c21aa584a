/* A tmpfs directory: a ramfs directory of its own type that can make all five kinds (contract
 * filesystems 3.2). */
#include "tmpfs_private.h"

int tmpfs_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret)
{
    (void)c;
    (void)inode;
    *ret = (struct statfs_info){.type = TMPFS_MAGIC};
    return 0;
}

static const struct inode_ops dir_ops = {
    RAMFS_SHARED_OPS,         RAMFS_DIRECTORY_OPS,    .release = ramfs_release_dir,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,   .truncate = ramfs_refuse_truncate,
    .open = ramfs_open,       .rename = tmpfs_rename, .statfs = tmpfs_statfs,
};

static const struct inode_ops symlink_ops = {
    RAMFS_SYMLINK_OPS,
    .rename = tmpfs_rename,
    .statfs = tmpfs_statfs,
};

static const struct inode_ops socket_ops = {
    RAMFS_NODE_OPS,
    .truncate = ramfs_refuse_truncate,
    .rename = tmpfs_rename,
    .statfs = tmpfs_statfs,
};

int tmpfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
                 struct inode *new_dir, const char *new_name)
{
    return ramfs_rename_within(c, &dir_ops, moved, old_dir, old_name, new_dir, new_name);
}

static int make_directory(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret)
{
    return tmpfs_new_dir(dir->ms, ramfs_caller(c), perms, ret);
}

static int make_symlink(struct ctx *c, struct inode *dir, const char *target, struct inode **ret)
{
    return ramfs_new_symlink(dir->ms, &symlink_ops,
                             ramfs_stable(dir->s, INODE_SYMLINK, DEVICE_TMPFS), ramfs_caller(c),
                             target, ret);
}

static int make_socket(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret)
{
    return ramfs_new_node(dir->ms, &socket_ops, NULL,
                          ramfs_stable(dir->s, INODE_SOCKET, DEVICE_TMPFS), ramfs_caller(c), perms,
                          ret);
}

const struct ramfs_create_ops tmpfs_create_ops = {
    .file = tmpfs_make_file,
    .directory = make_directory,
    .symlink = make_symlink,
    .fifo = tmpfs_make_fifo,
    .socket = make_socket,
};

int tmpfs_new_dir(struct mount_source *ms, struct ramfs_owner owner, uint16_t perms,
                  struct inode **ret)
{
    return ramfs_new_dir(ms, &dir_ops, &tmpfs_create_ops,
                         ramfs_stable(ms->s, INODE_DIRECTORY, DEVICE_TMPFS), owner, perms, ret);
}
