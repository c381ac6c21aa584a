/*
 * The pipe behind a fifo: an anonymous inode that stays as it was made (FQ-27), and its handles.
 * Its data lives as long as the inode, which the fifo's node and every handle keep alive.
 */
#include "tmpfs_private.h"

struct pipe {
    struct unstable_attr attr;
    struct str bytes; /* written, not read yet, from `start` on */
    size_t start;
    unsigned readers, writers; /* open handles */
};

static struct pipe *pipe_of(struct inode *inode)
{
    return inode->priv;
}

static struct pipe *pipe_of_file(const struct file *f)
{
    return pipe_of(f->dirent->inode);
}

static size_t filled(const struct pipe *pipe)
{
    return pipe->bytes.n - pipe->start;
}

static int pipe_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)off;
    struct pipe *pipe = pipe_of_file(f);
    size_t count = len < filled(pipe) ? len : filled(pipe);
    if (count == 0 && len > 0 && pipe->writers > 0) {
        return ERR_WOULD_BLOCK;
    }
    if (count > 0) {
        memcpy(buf, pipe->bytes.p + pipe->start, count);
        pipe->start += count;
    }
    if (filled(pipe) == 0) {
        pipe->bytes.n = pipe->start = 0;
    }
    *n = count;
    return 0;
}

/* How many of `len` bytes go in now. Pieces of up to FIFO_ATOMIC bytes are never torn. */
static size_t admitted(const struct pipe *pipe, size_t len)
{
    size_t room = FIFO_CAPACITY - filled(pipe);
    return len <= room ? len : room - room % FIFO_ATOMIC;
}

static int pipe_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)off;
    struct pipe *pipe = pipe_of_file(f);
    if (pipe->readers == 0) {
        return -EPIPE;
    }
    size_t count = admitted(pipe, len);
    if (count == 0 && len > 0) {
        return ERR_WOULD_BLOCK;
    }
    if (pipe->start > 0) { /* keeps the buffer within the capacity */
        memmove(pipe->bytes.p, pipe->bytes.p + pipe->start, filled(pipe));
        pipe->bytes.n = filled(pipe);
        pipe->start = 0;
    }
    str_addn(&pipe->bytes, buf, count);
    if (domain_dead(&c->s->d)) {
        return CODE_FATE;
    }
    *n = count;
    return 0;
}

static void pipe_close(struct file *f)
{
    struct pipe *pipe = pipe_of_file(f);
    pipe->readers -= f->flags.read;
    pipe->writers -= f->flags.write;
}

static const struct file_ops pipe_file_ops = {
    .release = pipe_close,
    .read = pipe_read,
    .write = pipe_write,
    .fsync = file_refuse_fsync,
};

int pipe_open(struct ctx *c, struct dirent *d, struct open_flags flags, struct file **ret)
{
    struct pipe *pipe = pipe_of(d->inode);
    if (!flags.read && !flags.write) {
        return -EINVAL;
    }
    bool alone = flags.write ? pipe->readers == 0 : pipe->writers == 0;
    if (alone && !(flags.read && flags.write)) {
        if (flags.nonblocking && flags.write) {
            return -ENXIO;
        }
        if (!flags.nonblocking) {
            return domain_hang(&c->s->d, "open of a fifo waits for the other end");
        }
    }
    /* FQ-28: only the access mode is left of the flags. */
    struct open_flags kept = {.read = flags.read, .write = flags.write};
    int rc = file_new(c, d, kept, &pipe_file_ops, NULL, ret);
    if (rc) {
        return rc;
    }
    pipe->readers += flags.read;
    pipe->writers += flags.write;
    return 0;
}

static int pipe_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    *ret = pipe_of(inode)->attr;
    return 0;
}

static void pipe_release(struct inode *inode)
{
    struct pipe *pipe = pipe_of(inode);
    str_release(&pipe->bytes);
    mem_free(pipe);
    inode->priv = NULL;
}

/* All else is left at its default: chmod is refused, chown, utimes and truncate are invalid
 * (contract 9.4). */
static const struct inode_ops pipe_ops = {
    .release = pipe_release,
    .getattr = pipe_getattr,
    .rename = ramfs_refuse_rename,
};

static int pipe_inode_new(struct ctx *c, struct mount_source *ms, struct inode **ret)
{
    struct domain *d = &c->s->d;
    struct pipe *pipe = MEM_NEW(d, struct pipe);
    if (!pipe) {
        return CODE_FATE;
    }
    pipe->attr = inode_anonymous_attr(c);
    str_init(&pipe->bytes, d);
    struct stable_attr stable = ramfs_stable(c->s, INODE_PIPE, DEVICE_PIPE);
    stable.block_size = FIFO_ATOMIC;
    int rc = inode_new(ms, &pipe_ops, pipe, stable, ret);
    if (rc) {
        mem_free(pipe);
    }
    return rc;
}

int pipe_new(struct ctx *c, struct dirent **ret)
{
    struct mount_source *ms;
    int rc =
        mount_source_new(c->s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms);
    if (rc) {
        return rc;
    }
    struct inode *inode;
    rc = pipe_inode_new(c, ms, &inode);
    mount_source_put(ms);
    if (rc) {
        return rc;
    }
    CLEANUP_MEM char *name =
        mem_printf(&c->s->d, "pipe:[%llu]", (unsigned long long)inode->stable.inode_id);
    if (!name) {
        inode_put(inode);
        return CODE_FATE;
    }
    return dirent_new(inode, name, ret);
}

const char *pipe_content(struct dirent *d, size_t *n)
{
    const struct pipe *pipe = pipe_of(d->inode);
    *n = filled(pipe);
    return *n ? pipe->bytes.p + pipe->start : NULL;
}

int pipe_fill(struct dirent *d, const char *bytes, size_t n)
{
    struct pipe *pipe = pipe_of(d->inode);
    str_addn(&pipe->bytes, bytes, n);
    return domain_dead(&d->s->d) ? CODE_FATE : 0;
}
