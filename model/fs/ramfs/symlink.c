/* Symbolic links and bound sockets (contract filesystems 2.4). */
#include <simrun/fs/ramfs.h>

static struct ramfs_symlink *symlink_of(struct inode *inode)
{
    return inode->priv;
}

void ramfs_release_symlink(struct inode *inode)
{
    struct ramfs_symlink *link = symlink_of(inode);
    ramfs_entry_release(&link->e);
    mem_free(link->target);
    mem_free(link);
    inode->priv = NULL;
}

int ramfs_new_symlink(struct mount_source *ms, const struct inode_ops *ops,
                      struct stable_attr stable, struct ramfs_owner owner, const char *target,
                      struct inode **ret)
{
    struct domain *d = &ms->s->d;
    struct ramfs_symlink *link = MEM_NEW(d, struct ramfs_symlink);
    char *copy = link ? mem_dup(d, target) : NULL;
    if (!copy) {
        mem_free(link);
        return CODE_FATE;
    }
    ramfs_entry_init(&link->e, ms->s, NULL, owner, 0777);
    link->e.attr.size = link->e.attr.usage = (int64_t)strlen(copy);
    link->target = copy;
    int rc = inode_new(ms, ops, link, stable, ret);
    if (rc) {
        mem_free(copy);
        mem_free(link);
    }
    return rc;
}

int ramfs_refuse_chmod(struct ctx *c, struct inode *inode, uint16_t perms)
{
    (void)c;
    (void)inode;
    (void)perms;
    return -EPERM;
}

int ramfs_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    (void)c;
    ramfs_touch_atime(inode);
    char *copy = mem_dup(&inode->s->d, symlink_of(inode)->target);
    if (!copy) {
        return CODE_FATE;
    }
    *ret = copy;
    return 0;
}

int ramfs_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    (void)c;
    (void)inode;
    (void)ret;
    return CODE_READLINK;
}

const struct inode_ops ramfs_symlink_ops = {
    RAMFS_SYMLINK_OPS,
    .rename = ramfs_rename,
};

const struct inode_ops ramfs_socket_ops = {
    RAMFS_NODE_OPS,
    .truncate = ramfs_refuse_truncate,
    .rename = ramfs_rename,
};
