/* The simple file: growable bytes in one piece (contract filesystems 2.4). */
#include <simrun/fs/ramfs.h>

static struct ramfs_file *file_of(struct inode *inode)
{
    return inode->priv;
}

static void set_size(struct ramfs_file *file)
{
    file->e.attr.size = file->e.attr.usage = (int64_t)file->bytes.n;
}

/* Make the content `n` bytes long: cut, or filled up with zeros. */
static int resize(struct ramfs_file *file, size_t n)
{
    static const char zeros[256];
    if (n < file->bytes.n) {
        file->bytes.n = n;
    }
    while (file->bytes.n < n) {
        size_t step = n - file->bytes.n;
        str_addn(&file->bytes, zeros, step < sizeof(zeros) ? step : sizeof(zeros));
        if (domain_dead(&file->e.s->d)) {
            return CODE_FATE;
        }
    }
    set_size(file);
    return 0;
}

static int node_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                     size_t *n)
{
    (void)c;
    struct ramfs_file *file = file_of(inode);
    if (off < 0) {
        return -EINVAL;
    }
    if ((uint64_t)off >= file->bytes.n) {
        *n = 0;
        return 0;
    }
    size_t left = file->bytes.n - (size_t)off;
    size_t count = len < left ? len : left;
    if (count) {
        memcpy(buf, file->bytes.p + off, count);
        ramfs_touch_atime(inode);
    }
    *n = count;
    return 0;
}

static int node_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)c;
    struct ramfs_file *file = file_of(inode);
    if (off < 0 || len > (uint64_t)(INT64_MAX - off)) {
        return -EINVAL;
    }
    size_t end = (size_t)off + len;
    if (len && end > file->bytes.n) {
        int rc = resize(file, end);
        if (rc) {
            return rc;
        }
    }
    if (len) {
        memcpy(file->bytes.p + off, buf, len);
        ramfs_touch_mtime(inode);
    }
    *n = len;
    return 0;
}

static const struct ramfs_node_ops file_node_ops = {.read = node_read, .write = node_write};

static int file_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    struct ramfs_file *file = file_of(inode);
    bool shrinks = (uint64_t)size < file->bytes.n;
    int rc = resize(file, (size_t)size);
    if (rc) {
        return rc;
    }
    if (!shrinks) {
        ramfs_touch_mtime(inode);
    }
    return 0;
}

static void file_release(struct inode *inode)
{
    struct ramfs_file *file = file_of(inode);
    ramfs_entry_release(&file->e);
    str_release(&file->bytes);
    mem_free(file);
    inode->priv = NULL;
}

const struct inode_ops ramfs_file_ops = {
    RAMFS_SHARED_OPS,         RAMFS_NOT_DIRECTORY_OPS, .release = file_release,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,    .truncate = file_truncate,
    .open = ramfs_open,       .rename = ramfs_rename,
};

int ramfs_new_file(struct mount_source *ms, struct stable_attr stable, struct ramfs_owner owner,
                   uint16_t perms, const char *content, size_t n, struct inode **ret)
{
    struct domain *d = &ms->s->d;
    struct ramfs_file *file = MEM_NEW(d, struct ramfs_file);
    if (!file) {
        return CODE_FATE;
    }
    ramfs_entry_init(&file->e, ms->s, &file_node_ops, owner, perms);
    str_init(&file->bytes, d);
    str_addn(&file->bytes, content, n);
    set_size(file);
    int rc = domain_dead(d) ? CODE_FATE : inode_new(ms, &ramfs_file_ops, file, stable, ret);
    if (rc) {
        str_release(&file->bytes);
        mem_free(file);
    }
    return rc;
}
