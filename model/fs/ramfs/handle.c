/* The generic open file of a node (contract filesystems 9.1). Its `priv` is the inode, with a
 * reference of its own. */
#include <simrun/fs/ramfs.h>

static void handle_release(struct file *f)
{
    inode_put(f->priv);
    f->priv = NULL;
}

static int handle_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    const struct ramfs_node_ops *node = ramfs_entry_of(f->priv)->node;
    return node && node->read ? node->read(c, f->priv, off, buf, len, n) : ERR_INVALID_OP;
}

static int handle_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    const struct ramfs_node_ops *node = ramfs_entry_of(f->priv)->node;
    return node && node->write ? node->write(c, f->priv, off, buf, len, n) : ERR_INVALID_OP;
}

static int handle_iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n)
{
    const struct ramfs_node_ops *node = ramfs_entry_of(f->priv)->node;
    return node && node->readdir ? node->readdir(c, f->priv, dc, offset, n) : ERR_NOT_DIRECTORY;
}

static int handle_sync(struct ctx *c, struct file *f)
{
    (void)c;
    (void)f;
    return 0;
}

static const struct file_ops handle_ops = {
    .release = handle_release,
    .read = handle_read,
    .write = handle_write,
    .iterate = handle_iterate,
    .fsync = handle_sync,
    .flush = handle_sync,
};

int ramfs_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
               struct file **ret)
{
    if (inode->stable.type != INODE_PIPE && inode->stable.type != INODE_SOCKET) {
        flags.pread = flags.pwrite = true;
    }
    int rc = file_new(c, d, flags, &handle_ops, inode_get(inode), ret);
    if (rc) {
        inode_put(inode);
    }
    return rc;
}

struct inode *ramfs_file_node(const struct file *f)
{
    return f->ops == &handle_ops ? f->priv : NULL;
}
