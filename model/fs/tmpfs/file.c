/* The regular file of tmpfs (contract filesystems 3.3). */
#include "tmpfs_private.h"

struct tmpfs_file {
    struct ramfs_entry e; /* attr.size is the size, attr.usage the allocated bytes */
    struct pages pages;
};

static struct tmpfs_file *file_of(struct inode *inode)
{
    return inode->priv;
}

static void update_usage(struct tmpfs_file *file)
{
    file->e.attr.usage = (int64_t)(file->pages.n * PAGE);
}

static int file_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                     size_t *n)
{
    (void)c;
    struct tmpfs_file *file = file_of(inode);
    if (off < 0) {
        return -EINVAL;
    }
    if (len == 0 || off >= file->e.attr.size) {
        *n = 0;
        return 0;
    }
    uint64_t left = (uint64_t)(file->e.attr.size - off);
    size_t count = len < left ? len : (size_t)left;
    pages_read(&file->pages, (uint64_t)off, buf, count);
    ramfs_touch_atime(inode);
    *n = count;
    return 0;
}

static int file_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)c;
    struct tmpfs_file *file = file_of(inode);
    if (off < 0) {
        return -EINVAL;
    }
    if (len == 0) {
        *n = 0;
        return 0;
    }
    ramfs_touch_mtime(inode);
    uint64_t room = (uint64_t)(INT64_MAX - off);
    size_t count = len < room ? len : (size_t)room;
    int rc = pages_write(&file->pages, (uint64_t)off, buf, count);
    update_usage(file);
    if (rc) {
        return rc;
    }
    int64_t end = off + (int64_t)count;
    if (count > 0 && end > file->e.attr.size) {
        file->e.attr.size = end;
    }
    *n = count;
    return 0;
}

static int file_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    struct tmpfs_file *file = file_of(inode);
    if (size == file->e.attr.size) {
        return 0;
    }
    if (size < file->e.attr.size) {
        pages_cut(&file->pages, (uint64_t)size);
        update_usage(file);
    }
    file->e.attr.size = size;
    ramfs_touch_mtime(inode);
    return 0;
}

static void file_release(struct inode *inode)
{
    struct tmpfs_file *file = file_of(inode);
    pages_release(&file->pages);
    ramfs_entry_release(&file->e);
    mem_free(file);
    inode->priv = NULL;
}

static bool file_mappable(struct inode *inode)
{
    (void)inode;
    return true;
}

static const struct ramfs_node_ops file_node_ops = {.read = file_read, .write = file_write};

/* The directory operations are left out: -ENOTDIR, where ramfs nodes say "invalid operation". */
static const struct inode_ops file_ops = {
    RAMFS_SHARED_OPS,       .release = file_release,   .getattr = ramfs_getattr,
    .chmod = ramfs_chmod,   .truncate = file_truncate, .open = ramfs_open,
    .rename = tmpfs_rename, .statfs = tmpfs_statfs,    .mappable = file_mappable,
};

int tmpfs_make_file(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret)
{
    struct domain *d = &c->s->d;
    struct tmpfs_file *file = MEM_NEW(d, struct tmpfs_file);
    if (!file) {
        return CODE_FATE;
    }
    ramfs_entry_init(&file->e, c->s, &file_node_ops, ramfs_caller(c), perms);
    file->pages.d = d;
    int rc =
        inode_new(dir->ms, &file_ops, file, ramfs_stable(c->s, INODE_REGULAR, DEVICE_TMPFS), ret);
    if (rc) {
        mem_free(file);
    }
    return rc;
}

int tmpfs_save_file(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    const struct pages *pages = &file_of(inode)->pages;
    struct saved_extent *extents = saver_alloc(sv, pages->n * sizeof(*extents));
    if (!extents) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < pages->n; i++) {
        char *bytes = saver_alloc(sv, PAGE);
        if (!bytes) {
            return CODE_FATE;
        }
        memcpy(bytes, pages->p[i].bytes, PAGE);
        extents[i] = (struct saved_extent){pages->p[i].number * PAGE, bytes, PAGE};
    }
    out->extents = extents;
    out->n_extents = pages->n;
    return 0;
}

int tmpfs_load_file(const struct saved_inode *in, struct inode *inode)
{
    int rc = 0;
    for (size_t i = 0; i < in->n_extents && !rc; i++) {
        const struct saved_extent *e = &in->extents[i];
        rc = pages_write(&file_of(inode)->pages, e->off, e->bytes, e->n);
    }
    return rc;
}
