/* Open host files: reading, writing, listing (contract filesystems 8.4). `priv` of a handle is its
 * inode, one reference. */
#include "private.h"

static struct host_file *host_of(struct file *f)
{
    return host_file_of(f->priv);
}

static void release(struct file *f)
{
    inode_put(f->priv);
}

/* What can block answers "would block" instead of EAGAIN; its offset is ignored by the host. */
static int stream_code(struct file *f, int rc)
{
    const struct inode *inode = f->priv;
    return rc == -EAGAIN && host_type_streams(inode->stable.type) ? ERR_WOULD_BLOCK : rc;
}

static int read_file(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    return stream_code(f, host_code(c->s, host_pread(host_of(f), buf, len, off, n)));
}

static int write_file(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    return stream_code(f, host_code(c->s, host_pwrite(host_of(f), buf, len, off, n)));
}

/* A name that vanished meanwhile is skipped. */
static int add_name(struct sentry *s, struct host_file *dir, const char *name, struct dent_map *map)
{
    struct stat st;
    int rc = host_code(s, host_fstatat(dir, name, &st));
    if (rc) {
        return rc == -ENOENT ? 0 : rc;
    }
    struct dent_attr attr = {.type = host_inode_type(s, st.st_mode)};
    rc = device_map_inode(s, DEVICE_HOST_FILE, st.st_dev, "", st.st_ino, &attr.inode_id);
    return rc ? rc : dent_map_add(map, name, attr);
}

/* The whole directory each time, then on from the cursor. */
static int iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n)
{
    (void)offset;
    const struct inode *inode = f->priv;
    if (inode->stable.type != INODE_DIRECTORY) {
        return -ENOTDIR;
    }
    struct host_names names = {0};
    int rc = host_code(c->s, host_readdir(host_of(f), &names));
    if (rc) {
        return rc;
    }
    struct dent_map map;
    dent_map_init(&map, &c->s->d);
    for (size_t i = 0; i < names.n && !rc; i++) {
        rc = add_name(c->s, host_of(f), names.v[i].name, &map);
    }
    rc = rc ? rc : dent_map_emit(&map, dc, n);
    dent_map_release(&map);
    host_names_release(&names);
    return rc;
}

static int sync_file(struct ctx *c, struct file *f)
{
    return host_code(c->s, host_fsync(host_of(f)));
}

static int flush(struct ctx *c, struct file *f)
{
    (void)c, (void)f;
    return 0;
}

static const struct file_ops file_ops = {
    .release = release,
    .read = read_file,
    .write = write_file,
    .iterate = iterate,
    .fsync = sync_file,
    .flush = flush,
};

int host_inode_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                    struct file **ret)
{
    flags.pread = flags.pwrite = !host_type_streams(inode->stable.type);
    int rc = file_new(c, d, flags, &file_ops, inode_get(inode), ret);
    if (rc) {
        inode_put(inode);
    }
    return rc;
}
