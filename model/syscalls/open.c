/* open(2) (contract filesystems 11.1, 11.2). */
#include "internal.h"

#include <fcntl.h>
#include <simrun/inotify.h>

/* FQ-59: access mode 3 asks for nothing and gives both. */
static unsigned wanted_permissions(struct process *p, int flags)
{
    switch (flags & O_ACCMODE) {
    case O_RDONLY:
        return ACCESS_READ;
    case O_WRONLY:
        return ACCESS_WRITE;
    case O_RDWR:
        return ACCESS_READ | ACCESS_WRITE;
    default:
        return quirk_on(&p->c.s->d, FQ_59) ? 0 : ACCESS_READ | ACCESS_WRITE;
    }
}

static struct open_flags file_flags(int flags)
{
    int mode = flags & O_ACCMODE;
    return (struct open_flags){
        .read = mode != O_WRONLY,
        .write = mode != O_RDONLY,
        .append = flags & O_APPEND,
        .direct = flags & O_DIRECT,
        .nonblocking = flags & O_NONBLOCK,
        .sync = flags & O_SYNC,
        .directory = flags & O_DIRECTORY,
        .large_file = true,
    };
}

static int open_existing(struct process *p, const struct sys_path *path, int flags,
                         struct file **ret)
{
    struct ctx *c = &p->c;
    struct open_flags of = file_flags(flags);
    struct dirent *d;
    int r = path_find(p, path->text, true, &d);
    if (r) {
        return r;
    }
    r = inode_check_permission(c, d->inode, wanted_permissions(p, flags));
    if (r == 0 && dirent_is_dir(d)) {
        r = of.write ? -EISDIR : 0;
    } else if (r == 0 && (of.directory || path->dir)) {
        r = -ENOTDIR;
    } else if (r == 0 && of.write && (flags & O_TRUNC)) {
        r = inode_truncate(c, d, 0);
    }
    if (r == 0) {
        r = inode_open(c, d->inode, d, of, ret);
    }
    if (r == 0) {
        dirent_notify(d, IN_OPEN);
    }
    dirent_put(d);
    return r;
}

/* O_CREAT and the name is there. FQ-62: O_TRUNC needs no write permission here. */
static int open_found(struct process *p, struct dirent *d, int flags, struct file **ret)
{
    struct ctx *c = &p->c;
    if (flags & O_EXCL) {
        return -EEXIST;
    }
    unsigned mask = wanted_permissions(p, flags);
    if ((flags & O_TRUNC) && !quirk_on(&c->s->d, FQ_62)) {
        mask |= ACCESS_WRITE;
    }
    int r = inode_check_permission(c, d->inode, mask);
    if (r == 0 && (flags & O_TRUNC)) {
        r = inode_truncate(c, d, 0);
    }
    return r ? r : inode_open(c, d->inode, d, file_flags(flags), ret);
}

static int create_in(struct process *p, struct dirent *dir, const char *name, int flags,
                     unsigned mode, struct file **ret)
{
    struct ctx *c = &p->c;
    struct dirent *found;
    int r = mount_ns_find_inode(c, p->ns, c->root, dir, name, LINK_LIMIT_SYSCALL, &found);
    if (r == 0) {
        r = open_found(p, found, flags, ret);
        if (r == 0) {
            dirent_notify(found, IN_OPEN);
        }
        dirent_put(found);
        return r;
    }
    if (r == -EACCES || r == CODE_FATE) {
        return r;
    }
    r = inode_check_permission(c, dir->inode, ACCESS_WRITE | ACCESS_EXECUTE);
    uint16_t perms = (uint16_t)(mode & 07777 & ~(unsigned)c->umask);
    r = r ? r : dirent_create(c, dir, c->root, name, file_flags(flags), perms, ret);
    if (r == 0) {
        dirent_notify((*ret)->dirent, IN_OPEN);
    }
    return r;
}

int sys_open(struct process *p, const char *path, int flags, unsigned mode, struct file **ret)
{
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r) {
        return r;
    }
    if (!(flags & O_CREAT)) {
        return sys_code(open_existing(p, &sp, flags, ret));
    }
    if (sp.dir) {
        return -ENOENT;
    }
    struct dirent *dir;
    CLEANUP_MEM char *name = NULL;
    r = path_find_parent(p, sp.text, &dir, &name);
    if (r == 0) {
        r = create_in(p, dir, name, flags, mode, ret);
        dirent_put(dir);
    }
    return sys_code(r);
}
