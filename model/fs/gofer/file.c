/* Open files (contract ninep 10.7). */
#include "internal.h"

#include <sys/socket.h>
#include <unistd.h>

static void file_release(struct file *f)
{
    gfs_handle_put(f->priv);
}

static int file_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    struct inode *inode = f->dirent->inode;
    if (type_is_directory(inode->stable.type)) {
        return -EISDIR;
    }
    return gfs_policy_uses_page_cache(inode) ? gfs_cached_read(c, inode, f->priv, off, buf, len, n)
                                             : gfs_handle_read(f->priv, off, buf, len, n);
}

static int file_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    struct inode *inode = f->dirent->inode;
    if (type_is_directory(inode->stable.type)) {
        return -EISDIR;
    }
    if (!gfs_policy_uses_page_cache(inode)) {
        return gfs_handle_write(f->priv, off, buf, len, n);
    }
    size_t done = 0;
    int r = gfs_cached_write(c, inode, f->priv, off, buf, len, &done);
    if (r == 0 && gfs_policy_writes_through(inode)) {
        r = gfs_cached_writeout(c, inode);
    }
    if (r && (done == 0 || r == CODE_FATE)) {
        return r;
    }
    *n = done; /* an error after bytes were written is dropped */
    return 0;
}

static int file_fsync(struct ctx *c, struct file *f)
{
    const struct handle *h = f->priv;
    struct inode *inode = f->dirent->inode;
    int r = gfs_policy_caches_attrs(inode) ? gfs_cached_writeout(c, inode) : 0;
    if (r) {
        return r;
    }
    if (h->host) {
        return fsync(h->host->fd) < 0 ? -errno : 0;
    }
    return p9_fsync(&h->file); /* the second one, if a write handle is kept */
}

static int file_flush(struct ctx *c, struct file *f)
{
    (void)c;
    const struct handle *h = f->priv;
    return f->flags.write ? p9_flush(&h->file) : 0;
}

static const struct file_ops gofer_file_ops = {
    .release = file_release,
    .read = file_read,
    .write = file_write,
    .iterate = gfs_iterate,
    .fsync = file_fsync,
    .flush = file_flush,
};

/* A socket of the host that the server connected: what is there, without waiting. */
static int socket_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c, (void)off;
    const struct handle *h = f->priv;
    ssize_t got = recv(h->host->fd, buf, len, MSG_DONTWAIT);
    if (got < 0) {
        return errno == EAGAIN ? ERR_WOULD_BLOCK : -errno;
    }
    *n = (size_t)got;
    return 0;
}

static int socket_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    (void)c, (void)off;
    const struct handle *h = f->priv;
    ssize_t put = send(h->host->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0) {
        return errno == EAGAIN ? ERR_WOULD_BLOCK : -errno;
    }
    *n = (size_t)put;
    return 0;
}

static const struct file_ops socket_file_ops = {
    .release = file_release,
    .read = socket_read,
    .write = socket_write,
};

/* Who may run what he writes to is warned about. Costs a Tgetattr where attributes are not cached.
 */
static int warn_writable_executable(struct ctx *c, struct dirent *d)
{
    struct domain *dom = &c->s->d;
    char *name;
    bool reachable;
    int r = inode_check_permission(c, d->inode, ACCESS_EXECUTE);
    if (r) {
        return r == CODE_FATE ? r : 0;
    }
    r = dirent_full_name(d, c->root, &name, &reachable);
    if (r) {
        return r;
    }
    char *quoted = go_quote(dom, name);
    mem_free(name);
    if (!quoted) {
        return CODE_FATE;
    }
    log_line(dom, LOG_WARNING, "Opened a writable executable: %s", quoted);
    mem_free(quoted);
    return 0;
}

int gfs_file_new(struct ctx *c, struct dirent *d, struct open_flags flags, struct handle *h,
                 struct file **ret)
{
    struct file *f;
    bool is_socket = d->inode->stable.type == INODE_SOCKET;
    flags.pread = flags.pwrite = !is_socket;
    int r = file_new(c, d, flags, is_socket ? &socket_file_ops : &gofer_file_ops, h, &f);
    if (r) {
        return r;
    }
    if (flags.write && !is_socket) {
        r = warn_writable_executable(c, d);
        if (r) {
            return r;
        }
    }
    *ret = f;
    return 0;
}
