/* mount(2) and umount2(2) (contract filesystems 11.8). */
#include "internal.h"

#include <sys/mount.h>

enum { UMOUNT_NOFOLLOW_BIT = 8 };

static const uint64_t refused_flags = MS_REMOUNT | MS_BIND | MS_SHARED | MS_PRIVATE | MS_SLAVE |
                                      MS_UNBINDABLE | MS_MOVE | MS_NODEV | MS_NOEXEC |
                                      MS_NODIRATIME | MS_STRICTATIME;

/* FQ-72: the filesystem is made before the target is looked up. */
static int make_filesystem(struct process *p, const char *source, const char *type, uint64_t flags,
                           const char *data, struct inode **ret)
{
    struct domain *d = &p->c.s->d;
    if ((flags & 0xffff0000) == 0xc0ed0000) {
        flags &= 0xffff; /* the old magic */
    }
    if (!has_capability(p, CAP_BIT_SYS_ADMIN)) {
        return -EPERM;
    }
    if (flags & refused_flags) {
        return -EINVAL;
    }
    struct filesystem *fs = filesystem_find(p->c.s, type);
    if (!fs || !fs->allow_user_mount) {
        return fs ? -EPERM : -ENODEV;
    }
    struct mount_flags mf = {.read_only = flags & MS_RDONLY, .no_atime = flags & MS_NOATIME};
    struct error err = {0};
    int r = fs->mount(&p->c, fs, source, mf, data, ret, &err);
    error_release(&err);
    return r && r != CODE_FATE ? -EINVAL : (domain_dead(d) ? CODE_FATE : r);
}

int sys_mount(struct process *p, const char *source, const char *target, const char *type,
              uint64_t flags, const char *data)
{
    struct inode *inode;
    int r = make_filesystem(p, source, type, flags, data, &inode);
    if (r) {
        return r;
    }
    CLEANUP_PATH struct sys_path sp = {0};
    struct dirent *d;
    r = path_read(p, target, &sp);
    r = r ? r : path_find(p, sp.text, true, &d);
    if (r == 0) {
        r = mount_ns_mount(&p->c, p->ns, d, inode);
        dirent_put(d);
    }
    if (r) {
        inode_put(inode);
    }
    jobs_drain(&p->c.s->d);
    return sys_code(r);
}

int sys_umount(struct process *p, const char *target, unsigned flags)
{
    if (flags & (MNT_FORCE | MNT_EXPIRE)) {
        return -EINVAL;
    }
    if (!has_capability(p, CAP_BIT_SYS_ADMIN)) {
        return -EPERM;
    }
    CLEANUP_PATH struct sys_path sp = {0};
    struct dirent *d;
    int r = path_read(p, target, &sp);
    r = r ? r : path_find(p, sp.text, !(flags & UMOUNT_NOFOLLOW_BIT), &d);
    if (r) {
        return sys_code(r);
    }
    r = mount_ns_unmount(&p->c, p->ns, d, flags & MNT_DETACH);
    dirent_put(d);
    jobs_drain(&p->c.s->d);
    return sys_code(r);
}
