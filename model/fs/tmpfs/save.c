/* Nodes of tmpfs as plain data, and back (contract vfs 24). */
#include "tmpfs_private.h"

bool tmpfs_is_node(const struct inode *inode)
{
    return inode->ops && inode->ops->statfs == tmpfs_statfs;
}

static int save_inode(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    int rc = ramfs_save_node(sv, inode, out);
    if (rc) {
        return rc;
    }
    out->kind = inode_type_name(inode->stable.type);
    switch (inode->stable.type) {
    case INODE_REGULAR:
        return tmpfs_save_file(sv, inode, out);
    case INODE_PIPE:
        return tmpfs_save_fifo(sv, inode, out);
    case INODE_SYMLINK:
        out->text = saver_dup(sv, ((const struct ramfs_symlink *)inode->priv)->target);
        return out->text ? 0 : CODE_FATE;
    default:
        return 0;
    }
}

/* A node of the saved kind without content. */
static int new_node(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                    struct inode **ret)
{
    struct inode place = {.s = ms->s, .ms = ms};
    switch (in->stable.type) {
    case INODE_DIRECTORY:
        return tmpfs_create_ops.directory(ld->c, &place, in->attr.perms, ret);
    case INODE_REGULAR:
        return tmpfs_create_ops.file(ld->c, &place, in->attr.perms, ret);
    case INODE_SYMLINK:
        return tmpfs_create_ops.symlink(ld->c, &place, in->text, ret);
    case INODE_PIPE:
        return tmpfs_create_ops.fifo(ld->c, &place, in->attr.perms, ret);
    case INODE_SOCKET:
        return tmpfs_create_ops.socket(ld->c, &place, in->attr.perms, ret);
    default:
        return error_set(&ms->s->d, ld->err, -EINVAL, "tmpfs has no %s",
                         inode_type_name(in->stable.type));
    }
}

static int load_content(const struct saved_inode *in, struct inode *inode)
{
    switch (in->stable.type) {
    case INODE_REGULAR:
        return tmpfs_load_file(in, inode);
    case INODE_PIPE:
        return tmpfs_load_fifo(in, inode);
    default:
        return 0;
    }
}

static int load_inode(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                      struct inode **ret)
{
    struct inode *inode = NULL;
    int rc = new_node(ld, in, ms, &inode);
    if (rc) {
        return rc;
    }
    rc = load_content(in, inode);
    rc = rc ? rc : ramfs_load_node(ld, in, inode);
    if (rc) {
        inode_put(inode);
        return rc;
    }
    *ret = inode;
    return 0;
}

const struct save_fs tmpfs_save = {
    .name = "tmpfs",
    .save_inode = save_inode,
    .load_inode = load_inode,
};
