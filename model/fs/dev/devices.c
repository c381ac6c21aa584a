/* null, zero, full, random and urandom: what is read from them and what they swallow (contract
 * filesystems 4). */
#include "dev_private.h"

static int read_end(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                    size_t *n)
{
    (void)c;
    (void)inode;
    (void)off;
    (void)buf;
    (void)len;
    *n = 0;
    return 0;
}

static int read_zeros(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                      size_t *n)
{
    (void)c;
    (void)inode;
    (void)off;
    memset(buf, 0, len);
    *n = len;
    return 0;
}

static int read_random(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                       size_t *n)
{
    (void)inode;
    (void)off;
    for (size_t done = 0; done < len;) {
        uint64_t word = domain_random(&c->s->d);
        size_t step = len - done < sizeof(word) ? len - done : sizeof(word);
        memcpy(buf + done, &word, step);
        done += step;
    }
    *n = len;
    return 0;
}

static int write_swallow(struct ctx *c, struct inode *inode, int64_t off, const char *buf,
                         size_t len, size_t *n)
{
    (void)c;
    (void)inode;
    (void)off;
    (void)buf;
    *n = len;
    return 0;
}

static int write_full(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)c;
    (void)inode;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return -ENOSPC;
}

static const struct ramfs_node_ops null_node = {.read = read_end, .write = write_swallow};
static const struct ramfs_node_ops zero_node = {.read = read_zeros, .write = write_swallow};
static const struct ramfs_node_ops full_node = {.read = read_zeros, .write = write_full};
static const struct ramfs_node_ops random_node = {.read = read_random, .write = write_swallow};

static int ignore_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    (void)inode;
    (void)size;
    return 0;
}

static bool is_mappable(struct inode *inode)
{
    (void)inode;
    return true;
}

static const struct inode_ops truncatable_ops = {
    RAMFS_NODE_OPS,
    .truncate = ignore_truncate,
    .rename = ramfs_rename,
};

static const struct inode_ops zero_ops = {
    RAMFS_NODE_OPS,
    .truncate = ignore_truncate,
    .rename = ramfs_rename,
    .mappable = is_mappable,
};

static const struct inode_ops random_ops = {
    RAMFS_NODE_OPS,
    .truncate = ramfs_refuse_truncate,
    .rename = ramfs_rename,
};

static int new_device(struct mount_source *ms, const struct inode_ops *ops,
                      const struct ramfs_node_ops *node, uint16_t perms, struct inode **ret)
{
    return ramfs_new_node(ms, ops, node, ramfs_stable(ms->s, INODE_CHARDEV, DEVICE_DEVTMPFS),
                          ramfs_root_owner(), perms, ret);
}

int dev_new_null(struct mount_source *ms, struct inode **ret)
{
    return new_device(ms, &truncatable_ops, &null_node, 0666, ret);
}

int dev_new_zero(struct mount_source *ms, struct inode **ret)
{
    return new_device(ms, &zero_ops, &zero_node, 0666, ret);
}

int dev_new_full(struct mount_source *ms, struct inode **ret)
{
    return new_device(ms, &truncatable_ops, &full_node, 0666, ret);
}

int dev_new_random(struct mount_source *ms, struct inode **ret)
{
    return new_device(ms, &random_ops, &random_node, 0444, ret);
}
