/* From 9P attributes to the sentry's (contract ninep 10.4). */
#include "internal.h"

#include <sys/stat.h>

enum {
    NS_PER_SEC = 1000000000,
    DEFAULT_BLOCK_SIZE = 4096,
    VERSION_FULL_DIRECTORY_MODES = 6, /* contract ninep 3 */
};

enum inode_type gfs_attr_type(const struct answer *a)
{
    if (!(a->valid & P9_ATTR_MODE)) {
        return INODE_REGULAR;
    }
    switch (a->attr.mode & S_IFMT) {
    case S_IFIFO:
        return INODE_PIPE;
    case S_IFDIR:
        return INODE_DIRECTORY;
    case S_IFLNK:
        return INODE_SYMLINK;
    case S_IFCHR:
        return INODE_CHARDEV;
    case S_IFBLK:
        return INODE_BLOCKDEV;
    case S_IFSOCK:
        return INODE_SOCKET;
    default:
        return INODE_REGULAR;
    }
}

static int64_t clamp_size(uint64_t n)
{
    return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

int gfs_attr_stable(struct session *ses, const struct answer *a, struct stable_attr *ret)
{
    uint64_t id;
    int r = device_map_inode(ses->s, DEVICE_GOFER, a->attr.rdev, ses->conn_id, a->qid.path, &id);
    if (r) {
        return r;
    }
    uint64_t block = a->attr.blksize;
    *ret = (struct stable_attr){
        .type = gfs_endpoint_known(ses, id) ? INODE_SOCKET : gfs_attr_type(a),
        .device_id = DEVICE_GOFER,
        .inode_id = id,
        .block_size = block ? clamp_size(block) : DEFAULT_BLOCK_SIZE,
    };
    return 0;
}

/* Older servers give directories that they make up only "other" bits. */
static uint16_t attr_perms(const struct session *ses, const struct answer *a)
{
    unsigned mode = a->attr.mode & 07777;
    if (gfs_attr_type(a) == INODE_DIRECTORY && ses->version < VERSION_FULL_DIRECTORY_MODES &&
        !(mode & 0770)) {
        mode |= (mode & 7) << 6 | (mode & 7) << 3;
    }
    return (uint16_t)mode;
}

/* Saturates: a peer may say anything. */
static int64_t time_of(uint64_t sec, uint64_t nsec)
{
    int64_t s = (int64_t)sec, t;
    if (__builtin_mul_overflow(s, (int64_t)NS_PER_SEC, &t) ||
        __builtin_add_overflow(t, clamp_size(nsec), &t)) {
        return s < 0 ? INT64_MIN : INT64_MAX;
    }
    return t;
}

struct unstable_attr gfs_attr_unstable(struct session *ses, const struct answer *a)
{
    const struct p9_attr *p = &a->attr;
    struct unstable_attr u = {
        .size = clamp_size(p->size),
        .usage = clamp_size(p->size), /* */
        .perms = attr_perms(ses, a),
        .uid = a->valid & P9_ATTR_UID ? p->uid : ses->uid,
        .gid = a->valid & P9_ATTR_GID ? p->gid : ses->gid,
        .links = p->nlink,
    };
    u.atime =
        a->valid & P9_ATTR_ATIME ? time_of(p->atime_sec, p->atime_nsec) : domain_now(&ses->s->d);
    u.mtime =
        a->valid & P9_ATTR_MTIME ? time_of(p->mtime_sec, p->mtime_nsec) : domain_now(&ses->s->d);
    u.ctime = a->valid & P9_ATTR_CTIME ? time_of(p->ctime_sec, p->ctime_nsec) : u.mtime;
    if (!(a->valid & P9_ATTR_NLINK)) {
        u.links = gfs_attr_type(a) == INODE_DIRECTORY ? 2 : 1;
    }
    return u;
}

int gfs_attr_ask(const struct p9_file *f, struct answer *ret)
{
    const uint64_t needed = P9_ATTR_MODE | P9_ATTR_SIZE | P9_ATTR_RDEV;
    struct answer a = {0};
    int r = p9_getattr(f, P9_ATTR_ALL, &a.qid, &a.valid, &a.attr);
    if (r) {
        return r;
    }
    if ((a.valid & needed) != needed) {
        return -EIO;
    }
    *ret = a;
    return 0;
}

/* Rounded down, so that the nanoseconds of times before the epoch stay positive. */
static void split_time(int64_t t, uint64_t *sec, uint64_t *nsec)
{
    int64_t rest = t % NS_PER_SEC;
    if (rest < 0) {
        rest += NS_PER_SEC;
    }
    *sec = (uint64_t)(t / NS_PER_SEC - (t % NS_PER_SEC < 0));
    *nsec = (uint64_t)rest;
}

void gfs_attr_put_times(struct p9_setattr *sa, int64_t atime, int64_t mtime)
{
    split_time(atime, &sa->atime_sec, &sa->atime_nsec);
    split_time(mtime, &sa->mtime_sec, &sa->mtime_nsec);
}
