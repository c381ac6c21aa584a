/* Opening (contract ninep 10.5, 10.6). */
#include "internal.h"

/* a shared open that fails is tried again as an own one. */
static int regular_handle(struct inode *inode, struct open_flags flags, struct handle **ret)
{
    struct gofer_inode *gi = gofer_of(inode);
    if (inode->ms->flags.read_only && flags.read && !flags.write) {
        if (!gi->shared && gfs_handle_open(inode, flags, &gi->shared) == CODE_FATE) {
            return CODE_FATE;
        }
        if (gi->shared) {
            *ret = gfs_handle_get(gi->shared);
            return 0;
        }
    }
    return gfs_handle_open(inode, flags, ret);
}

static int open_regular(struct ctx *c, struct inode *inode, struct dirent *d,
                        struct open_flags flags, struct file **ret)
{
    struct gofer_inode *gi = gofer_of(inode);
    struct handle *h;
    int r = regular_handle(inode, flags, &h);
    if (r) {
        return r;
    }
    if (gi->session->cache == GOFER_CACHE_REVALIDATING && !h->host) { /* P-03 */
        if (h == gi->shared) {
            gi->shared = NULL;
            gfs_handle_put(h);
        }
        gfs_handle_put(h);
        return -EIO;
    }
    gfs_handle_keep(inode, flags, h);
    return gfs_file_new(c, d, flags, h, ret);
}

static int open_plain(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                      struct file **ret)
{
    struct handle *h;
    int r = gfs_handle_open(inode, flags, &h);
    return r ? r : gfs_file_new(c, d, flags, h, ret);
}

/*
 * No descriptor of a FIFO ever comes through (p9_lopen), so its handle is a plain one. A writer
 * that may wait would wait for a reader for ever.
 */
static int open_pipe(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    int r = open_plain(c, inode, d, flags, ret);
    if (r == -ENXIO && flags.write && !flags.read && !flags.nonblocking) {
        return domain_hang(&c->s->d, "a FIFO waits for a reader");
    }
    return r; /* */
}

/* flag 3, whatever the version. */
static int open_socket(struct ctx *c, struct inode *inode, struct dirent *d,
                       struct open_flags flags, struct file **ret)
{
    struct owned_fd *host = NULL;
    struct handle *h;
    int r = p9_lconnect(&gofer_of(inode)->file, P9_CONNECT_ANY, &host);
    if (r || !host) {
        return r == CODE_FATE ? r : -EIO;
    }
    r = gfs_handle_new(c->s, (struct p9_file){0}, host, flags, &h);
    return r ? r : gfs_file_new(c, d, flags, h, ret);
}

int gfs_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
             struct file **ret)
{
    switch (inode->stable.type) {
    case INODE_SOCKET:
        return open_socket(c, inode, d, flags, ret);
    case INODE_PIPE:
        return open_pipe(c, inode, d, flags, ret);
    default:
        return gfs_policy_uses_page_cache(inode) ? open_regular(c, inode, d, flags, ret)
                                                 : open_plain(c, inode, d, flags, ret);
    }
}
