/* The name of a fifo: a ramfs node that leads to a pipe (contract filesystems 3.4). */
#include "tmpfs_private.h"

struct tmpfs_fifo {
    struct ramfs_entry e;
    struct dirent *pipe; /* one reference */
};

static struct tmpfs_fifo *fifo_of(struct inode *inode)
{
    return inode->priv;
}

static void fifo_release(struct inode *inode)
{
    struct tmpfs_fifo *fifo = fifo_of(inode);
    dirent_put(fifo->pipe);
    ramfs_entry_release(&fifo->e);
    mem_free(fifo);
    inode->priv = NULL;
}

static int fifo_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    (void)d; /* FQ-27: the opened file stands on the pipe's own dirent */
    return pipe_open(c, fifo_of(inode)->pipe, flags, ret);
}

/* O_TRUNC is accepted; truncate(2) is refused by the caller, by type. */
static int fifo_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    (void)inode;
    (void)size;
    return 0;
}

static const struct inode_ops fifo_ops = {
    RAMFS_SHARED_OPS,         RAMFS_NOT_DIRECTORY_OPS, .release = fifo_release,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,    .truncate = fifo_truncate,
    .open = fifo_open,        .rename = tmpfs_rename,  .statfs = tmpfs_statfs,
};

int tmpfs_make_fifo(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret)
{
    struct tmpfs_fifo *fifo = MEM_NEW(&c->s->d, struct tmpfs_fifo);
    if (!fifo) {
        return CODE_FATE;
    }
    int rc = pipe_new(c, &fifo->pipe);
    if (rc) {
        mem_free(fifo);
        return rc;
    }
    ramfs_entry_init(&fifo->e, c->s, NULL, ramfs_caller(c), perms);
    rc = inode_new(dir->ms, &fifo_ops, fifo, ramfs_stable(c->s, INODE_PIPE, DEVICE_TMPFS), ret);
    if (rc) {
        dirent_put(fifo->pipe);
        mem_free(fifo);
    }
    return rc;
}

int tmpfs_save_fifo(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    size_t n;
    const char *content = pipe_content(fifo_of(inode)->pipe, &n);
    if (n == 0) {
        return 0;
    }
    out->extents = saver_alloc(sv, sizeof(*out->extents));
    char *bytes = out->extents ? saver_alloc(sv, n) : NULL;
    if (!bytes) {
        return CODE_FATE;
    }
    memcpy(bytes, content, n);
    out->extents[0] = (struct saved_extent){0, bytes, n};
    out->n_extents = 1;
    return 0;
}

int tmpfs_load_fifo(const struct saved_inode *in, struct inode *inode)
{
    return in->n_extents ? pipe_fill(fifo_of(inode)->pipe, in->extents[0].bytes, in->extents[0].n)
                         : 0;
}
