/*
 * The copy of an inode's attributes and the page cache path over it (contract ninep 10.3,
 * filesystems 9.3). Nothing is mapped, so no page is ever kept: reads and writes go to the handle,
 * within and upon the size of the copy.
 */
#include "internal.h"

static void touch_ctime(struct gofer_inode *gi, int64_t now)
{
    gi->attr.ctime = now;
    gi->dirty |= CACHED_CTIME;
}

static void touch_mtime(struct gofer_inode *gi, int64_t now)
{
    gi->attr.mtime = now;
    gi->dirty |= CACHED_MTIME;
    touch_ctime(gi, now);
}

/*
 * Send the fields of `mask`, with the values of all of them. Q-62: access and modification time
 * alone need not go out while the host's descriptor keeps them close enough.
 */
static int push(struct inode *inode, uint32_t mask, const struct unstable_attr *a)
{
    static const struct {
        uint32_t cached, wire;
    } bits[] = {
        {CACHED_PERMS, P9_SETATTR_MODE},  {CACHED_UID, P9_SETATTR_UID},
        {CACHED_GID, P9_SETATTR_GID},     {CACHED_SIZE, P9_SETATTR_SIZE},
        {CACHED_ATIME, P9_SETATTR_ATIME}, {CACHED_MTIME, P9_SETATTR_MTIME},
    };
    bool times_only = !(mask & ~(uint32_t)(CACHED_ATIME | CACHED_MTIME));
    if (mask == 0 || (times_only && gfs_handle_kept_host(inode))) {
        return 0;
    }
    uint32_t valid = P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET;
    for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
        valid |= mask & bits[i].cached ? bits[i].wire : 0;
    }
    struct p9_setattr sa = {
        .mode = a->perms,
        .uid = a->uid,
        .gid = a->gid,
        .size = (uint64_t)a->size,
    };
    gfs_attr_put_times(&sa, a->atime, a->mtime);
    return p9_setattr(&gofer_of(inode)->file, valid, &sa);
}

int gfs_cached_chmod(struct ctx *c, struct inode *inode, uint16_t perms)
{
    struct gofer_inode *gi = gofer_of(inode);
    int64_t now = domain_now(&c->s->d);
    int r = push(inode, CACHED_PERMS, &(struct unstable_attr){.perms = perms});
    if (r) {
        return r;
    }
    gi->attr.perms = perms; /* all 12 bits, though Q-04 sends 9 */
    gi->dirty |= CACHED_PERMS;
    touch_ctime(gi, now);
    return 0;
}

int gfs_cached_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid)
{
    struct gofer_inode *gi = gofer_of(inode);
    int64_t now = domain_now(&c->s->d);
    uint32_t mask = (uid != NO_ID ? CACHED_UID : 0u) | (gid != NO_ID ? CACHED_GID : 0u);
    int r = push(inode, mask, &(struct unstable_attr){.uid = uid, .gid = gid});
    if (r) {
        return r;
    }
    if (uid != NO_ID) {
        gi->attr.uid = uid;
    }
    if (gid != NO_ID) {
        gi->attr.gid = gid;
    }
    gi->dirty |= mask;
    touch_ctime(gi, now);
    return 0;
}

int gfs_cached_utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    struct gofer_inode *gi = gofer_of(inode);
    int64_t now = domain_now(&c->s->d);
    uint32_t mask = (t->atime_omit ? 0u : CACHED_ATIME) | (t->mtime_omit ? 0u : CACHED_MTIME);
    struct unstable_attr a = {
        .atime = t->atime_now ? now : t->atime,
        .mtime = t->mtime_now ? now : t->mtime,
    };
    int r = push(inode, mask, &a);
    if (r) {
        return r;
    }
    if (!t->atime_omit) {
        gi->attr.atime = a.atime;
    }
    if (!t->mtime_omit) {
        gi->attr.mtime = a.mtime;
    }
    gi->dirty |= mask;
    touch_ctime(gi, now);
    return 0;
}

int gfs_cached_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    struct gofer_inode *gi = gofer_of(inode);
    int64_t now = domain_now(&c->s->d);
    int r = push(inode, CACHED_SIZE, &(struct unstable_attr){.size = size});
    if (r) {
        return r;
    }
    if (gi->attr.size != size) {
        gi->attr.size = size;
        gi->dirty |= CACHED_SIZE;
        touch_mtime(gi, now);
    }
    return 0;
}

void gfs_cached_touch_atime(struct ctx *c, struct inode *inode)
{
    struct gofer_inode *gi = gofer_of(inode);
    if (!inode->ms->flags.no_atime) {
        gi->attr.atime = domain_now(&c->s->d);
        gi->dirty |= CACHED_ATIME;
    }
}

void gfs_cached_touch_mtime(struct ctx *c, struct inode *inode)
{
    touch_mtime(gofer_of(inode), domain_now(&c->s->d));
}

void gfs_cached_add_links(struct ctx *c, struct inode *inode, int delta)
{
    struct gofer_inode *gi = gofer_of(inode);
    gi->attr.links += (uint64_t)delta;
    gi->dirty |= CACHED_LINKS;
    touch_mtime(gi, domain_now(&c->s->d));
}

int gfs_cached_read(struct ctx *c, struct inode *inode, struct handle *fallback, int64_t off,
                    char *buf, size_t len, size_t *n)
{
    struct gofer_inode *gi = gofer_of(inode);
    if (len == 0 || off >= gi->attr.size) { /* the size as it was seen */
        *n = 0;
        return 0;
    }
    uint64_t rest = (uint64_t)(gi->attr.size - off);
    int r = gfs_handle_read(gi->read ? gi->read : fallback, off, buf,
                            len < rest ? len : (size_t)rest, n);
    if (r == 0) {
        gfs_cached_touch_atime(c, inode);
    }
    return r;
}

int gfs_cached_write(struct ctx *c, struct inode *inode, struct handle *fallback, int64_t off,
                     const char *buf, size_t len, size_t *n)
{
    struct gofer_inode *gi = gofer_of(inode);
    size_t done = 0;
    if (len > 0) {
        gfs_cached_touch_mtime(c, inode);
        int r = gfs_handle_write(gi->write ? gi->write : fallback, off, buf, len, &done);
        if (r) {
            return r;
        }
        int64_t end = off + (int64_t)done;
        if (end > gi->attr.size) {
            gi->attr.size = end;
            gi->dirty |= CACHED_SIZE;
        }
        if (end > gi->attr.usage) {
            gi->attr.usage = end;
        }
    }
    *n = done;
    return 0;
}

int gfs_cached_writeout(struct ctx *c, struct inode *inode)
{
    (void)c;
    struct gofer_inode *gi = gofer_of(inode);
    /* A size that grew was grown by the writes, one that shrank was sent at once. */
    gi->dirty &= ~(uint32_t)CACHED_SIZE;
    int r = push(inode, gi->dirty, &gi->attr);
    if (r) {
        return r;
    }
    gi->dirty = 0;
    return gi->write ? p9_fsync(&gi->write->file) : 0;
}
