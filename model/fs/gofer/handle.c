/* Opened fids with their host descriptors (contract ninep 10.5). */
#include "internal.h"

#include <assert.h>
#include <fcntl.h>

int gfs_handle_open_flags(struct open_flags flags, uint32_t *ret)
{
    if (!flags.read && !flags.write) {
        return -EINVAL;
    }
    *ret = flags.read && flags.write ? P9_OPEN_RDWR : flags.write ? P9_OPEN_WRITE : P9_OPEN_READ;
    return 0;
}

static bool access_suffices(const struct owned_fd *fd, struct open_flags flags)
{
    int mode = fcntl(fd->fd, F_GETFL);
    return mode >= 0 && !(flags.read && (mode & O_ACCMODE) == O_WRONLY) &&
           !(flags.write && (mode & O_ACCMODE) == O_RDONLY);
}

int gfs_handle_new(struct sentry *s, struct p9_file file, struct owned_fd *host,
                   struct open_flags flags, struct handle **ret)
{
    struct handle *h = MEM_NEW(&s->d, struct handle);
    if (!h) {
        return CODE_FATE;
    }
    if (host && !access_suffices(host, flags)) {
        owned_fd_free(host);
        host = NULL;
    }
    *h = (struct handle){.refs = 1, .s = s, .file = file, .host = host};
    *ret = h;
    return 0;
}

int gfs_handle_open(struct inode *inode, struct open_flags flags, struct handle **ret)
{
    uint32_t mode, iounit;
    struct p9_file clone;
    struct p9_qid qid;
    struct owned_fd *host = NULL;
    int r = gfs_handle_open_flags(flags, &mode);
    if (r) {
        return r;
    }
    /* A clone of a fid that is not open fails only for a gofer without room or with a broken disk;
     * the original would not have asked for the opening then. */
    r = p9_open_clone(&gofer_of(inode)->file, mode, &clone, &qid, &iounit, &host);
    return r ? r : gfs_handle_new(inode->s, clone, host, flags, ret);
}

struct handle *gfs_handle_get(struct handle *h)
{
    h->refs++;
    return h;
}

void gfs_handle_put(struct handle *h)
{
    if (!h || domain_dead(&h->s->d)) {
        return;
    }
    assert(h->refs > 0);
    if (--h->refs > 0) {
        return;
    }
    owned_fd_free(h->host);
    (void)p9_clunk_later(&h->file);
    mem_free(h);
}

void gfs_handle_keep(struct inode *inode, struct open_flags flags, struct handle *h)
{
    struct gofer_inode *gi = gofer_of(inode);
    if (flags.read && !gi->read) {
        gi->read = gfs_handle_get(h);
    }
    if (flags.write && (!gi->write || (flags.read && !gi->write_is_rw))) {
        gfs_handle_put(gi->write);
        gi->write = gfs_handle_get(h);
        gi->write_is_rw = flags.read;
    }
}

bool gfs_handle_kept_host(const struct inode *inode)
{
    const struct gofer_inode *gi = gofer_of(inode);
    return (gi->shared && gi->shared->host) || (gi->read && gi->read->host) ||
           (gi->write && gi->write->host);
}

int gfs_handle_read(const struct handle *h, int64_t off, char *buf, size_t len, size_t *n)
{
    size_t got = 0;
    int r = 0;
    if (len > 0) {
        r = h->host ? p9_fd_pread(h->host, buf, len, (uint64_t)off, &got)
                    : p9_read(&h->file, buf, len, (uint64_t)off, &got);
    }
    if (r && (got == 0 || r == CODE_FATE)) {
        return r;
    }
    *n = got;
    return 0;
}

int gfs_handle_write(const struct handle *h, int64_t off, const char *buf, size_t len, size_t *n)
{
    size_t put = 0;
    int r = 0;
    if (len > 0) {
        r = h->host ? p9_fd_pwrite(h->host, buf, len, (uint64_t)off, &put)
                    : p9_write(&h->file, buf, len, (uint64_t)off, &put);
    }
    if (r == 0 && put == 0 && len > 0) {
        r = -EIO; /* a short write, P-12 */
    }
    if (r && (put == 0 || r == CODE_FATE)) {
        return r;
    }
    *n = put;
    return 0;
}
