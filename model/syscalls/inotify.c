/* inotify_init1(2), inotify_add_watch(2), inotify_rm_watch(2) (contract vfs 23, 26). */
#include "internal.h"

#include <simrun/inotify.h>

static const uint32_t known_bits = IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED |
                                   IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD |
                                   IN_ISDIR | IN_ONESHOT;

int sys_inotify_init(struct process *p, int flags, struct file **ret)
{
    if (flags & ~(IN_NONBLOCK | IN_CLOEXEC)) {
        return -EINVAL;
    }
    struct open_flags of = {.read = true, .write = true, .nonblocking = flags & IN_NONBLOCK};
    return sys_code(inotify_file_new(&p->c, of, ret));
}

int sys_inotify_add_watch(struct process *p, struct file *f, const char *path, uint32_t mask,
                          int32_t *wd)
{
    struct inotify *in = inotify_of(f);
    if (!(mask & known_bits) || !in) {
        return -EINVAL;
    }
    CLEANUP_PATH struct sys_path sp = {0};
    struct dirent *d;
    int r = path_read(p, path, &sp);
    r = r ? r : path_find(p, sp.text, !(mask & IN_DONT_FOLLOW), &d);
    if (r) {
        return sys_code(r);
    }
    if ((mask & IN_ONLYDIR) && !dirent_is_dir(d)) {
        r = -ENOTDIR;
    } else {
        r = inotify_watch_add(in, d, mask, wd);
    }
    dirent_put(d);
    return r;
}

int sys_inotify_rm_watch(struct process *p, struct file *f, int32_t wd)
{
    struct inotify *in = inotify_of(f);
    int r = in ? inotify_watch_remove(in, wd) : -EINVAL;
    jobs_drain(&p->c.s->d); /* the pins may have been the last references */
    return r;
}

int sys_fionread(struct process *p, struct file *f, size_t *n)
{
    (void)p;
    struct inotify *in = inotify_of(f);
    if (!in) {
        return -ENOTTY;
    }
    *n = in->pending;
    return 0;
}
