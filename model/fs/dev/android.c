/*
 * binder and ashmem: stubs that the options switch on (contract filesystems 4). They are no ramfs
 * nodes: one link for good, no extended attributes, no rename.
 */
#include "dev_private.h"

static int no_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    (void)inode;
    (void)size;
    return 0;
}

static int binder_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)f;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return -EOPNOTSUPP;
}

static int binder_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    (void)c;
    (void)f;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return -EOPNOTSUPP;
}

/* A region gets its size by ioctl, which nothing here issues: it is empty. */
static int ashmem_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)f;
    (void)off;
    (void)buf;
    (void)len;
    *n = 0;
    return 0;
}

static int ashmem_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    (void)c;
    (void)f;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return -ENOSYS;
}

static const struct file_ops binder_file_ops = {.read = binder_read, .write = binder_write};
static const struct file_ops ashmem_file_ops = {.read = ashmem_read, .write = ashmem_write};

static int binder_open(struct ctx *c, struct inode *inode, struct dirent *d,
                       struct open_flags flags, struct file **ret)
{
    (void)inode;
    return file_new(c, d, flags, &binder_file_ops, NULL, ret);
}

static int ashmem_open(struct ctx *c, struct inode *inode, struct dirent *d,
                       struct open_flags flags, struct file **ret)
{
    (void)inode;
    return file_new(c, d, flags, &ashmem_file_ops, NULL, ret);
}

#define STUB_OPS                                                                                   \
    .release = ramfs_release, .getattr = ramfs_getattr, .chmod = ramfs_chmod,                      \
    .chown = ramfs_chown, .utimes = ramfs_utimes, .truncate = no_truncate,                         \
    .rename = ramfs_refuse_rename

static const struct inode_ops binder_ops = {STUB_OPS, .open = binder_open};
static const struct inode_ops ashmem_ops = {STUB_OPS, .open = ashmem_open};

static int new_stub(struct mount_source *ms, const struct inode_ops *ops, struct inode **ret)
{
    struct inode *inode;
    int rc = ramfs_new_node(ms, ops, NULL, ramfs_stable(ms->s, INODE_CHARDEV, DEVICE_DEVTMPFS),
                            ramfs_root_owner(), 0666, &inode);
    if (rc) {
        return rc;
    }
    ramfs_entry_of(inode)->attr.links = 1;
    *ret = inode;
    return 0;
}

int dev_new_binder(struct mount_source *ms, struct inode **ret)
{
    return new_stub(ms, &binder_ops, ret);
}

int dev_new_ashmem(struct mount_source *ms, struct inode **ret)
{
    return new_stub(ms, &ashmem_ops, ret);
}
