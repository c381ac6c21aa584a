/* The open file of an inotify instance, on an anonymous inode (contract vfs 23, filesystems 9.4).
 */
#include "vfs_internal.h"

#include <simrun/inotify.h>

/* ------------------------------------------------------------------------- the anonymous inode */

struct anon {
    struct unstable_attr attr;
};

static int anon_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    const struct anon *anon = inode->priv;
    *ret = anon->attr;
    return 0;
}

static int anon_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret)
{
    (void)c, (void)inode;
    *ret = (struct statfs_info){.type = 0x09041934};
    return 0;
}

static void anon_release(struct inode *inode)
{
    mem_free(inode->priv);
}

static const struct inode_ops anon_ops = {
    .release = anon_release,
    .getattr = anon_getattr,
    .statfs = anon_statfs,
};

static int anon_inode_new(struct ctx *c, struct inode **ret)
{
    struct sentry *s = c->s;
    struct mount_source *ms;
    int r =
        mount_source_new(s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms);
    if (r) {
        return r;
    }
    struct anon *anon = MEM_NEW(&s->d, struct anon);
    if (!anon) {
        return CODE_FATE;
    }
    anon->attr = inode_anonymous_attr(c);
    struct stable_attr stable = {
        .type = INODE_ANONYMOUS,
        .device_id = DEVICE_PSEUDO,
        .inode_id = device_next_inode(s, DEVICE_PSEUDO),
        .block_size = 4096,
    };
    r = inode_new(ms, &anon_ops, anon, stable, ret);
    mount_source_put(ms);
    return r;
}

/* ----------------------------------------------------------------------------------- the handle */

static int handle_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)off;
    int r = inotify_read(f->priv, buf, len, n);
    if (r == ERR_WOULD_BLOCK && !f->flags.nonblocking) {
        return domain_hang(&c->s->d, "read of an inotify handle without events");
    }
    return r;
}

static int handle_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    (void)c, (void)f, (void)off, (void)buf, (void)len, (void)n;
    return -EBADF;
}

static void handle_release(struct file *f)
{
    inotify_free(f->priv);
}

static const struct file_ops inotify_file_ops = {
    .release = handle_release,
    .read = handle_read,
    .write = handle_write,
    .fsync = file_refuse_fsync,
};

int inotify_file_new(struct ctx *c, struct open_flags flags, struct file **ret)
{
    CHECK_FATE(c);
    struct inode *inode;
    int r = anon_inode_new(c, &inode);
    if (r) {
        return r;
    }
    struct dirent *d;
    r = dirent_new(inode, "inotify", &d);
    if (r) {
        return r;
    }
    struct inotify *in;
    r = inotify_new(c->s, &in);
    r = r ? r : file_new(c, d, flags, &inotify_file_ops, in, ret);
    dirent_put(d);
    return r;
}

struct inotify *inotify_of(const struct file *f)
{
    return f->ops == &inotify_file_ops ? f->priv : NULL;
}
