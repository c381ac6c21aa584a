/* utimensat(2) (contract filesystems 11.6). */
#include "internal.h"

#include <sys/stat.h>

enum { NS_PER_S = 1000000000 };

static bool is_valid(const struct timespec *t)
{
    return t->tv_nsec == UTIME_NOW || t->tv_nsec == UTIME_OMIT ||
           (t->tv_nsec >= 0 && t->tv_nsec < NS_PER_S);
}

static int64_t nanoseconds(const struct timespec *t)
{
    return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

/* FQ-69: whether mtime is "now" is read from the entry of atime. The value that the kernel would
 * have ignored is stored then: seconds, and UTIME_NOW as nanoseconds. */
static struct set_times read_times(struct process *p, const struct timespec times[2])
{
    const struct timespec *a = &times[0], *m = &times[1];
    const struct timespec *now_of_m = quirk_on(&p->c.s->d, FQ_69) ? a : m;
    return (struct set_times){
        .atime_omit = a->tv_nsec == UTIME_OMIT,
        .atime_now = a->tv_nsec == UTIME_NOW,
        .atime = nanoseconds(a),
        .mtime_omit = m->tv_nsec == UTIME_OMIT,
        .mtime_now = now_of_m->tv_nsec == UTIME_NOW,
        .mtime = nanoseconds(m),
    };
}

/* The owner may do all; others only "now" for both, with write permission. */
static int may_set(struct process *p, struct inode *inode, const struct set_times *t)
{
    int r = check_ownership(p, inode);
    if (r != -EPERM) {
        return r;
    }
    bool both_now = !t->atime_omit && t->atime_now && !t->mtime_omit && t->mtime_now;
    return both_now ? inode_check_permission(&p->c, inode, ACCESS_WRITE) : -EPERM;
}

int sys_utimens(struct process *p, const char *path, const struct timespec times[2], bool follow)
{
    static const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    if (!times) {
        times = now;
    }
    if (!is_valid(&times[0]) || !is_valid(&times[1])) {
        return -EINVAL;
    }
    if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT) {
        return 0; /* not even a lookup */
    }
    struct set_times t = read_times(p, times);
    CLEANUP_PATH struct sys_path sp = {0};
    struct dirent *d;
    int r = path_read(p, path, &sp);
    r = r ? r : path_find(p, sp.text, follow, &d);
    if (r) {
        return sys_code(r);
    }
    r = may_set(p, d->inode, &t);
    r = r ? r : inode_utimes(&p->c, d, &t);
    dirent_put(d);
    return sys_code(r);
}
