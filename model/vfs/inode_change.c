/* Operations that change: an overlay inode is copied up first and then acts on its upper (contract
 * vfs 7, 21.1, 21.2). */
#include "vfs_internal.h"

/* The inode of one layer that a change of `d` goes to. Borrowed. */
static int target_of(struct ctx *c, struct dirent *d, struct inode **ret)
{
    int r = domain_check(&c->s->d);
    if (r == 0 && d->inode->overlay) {
        r = overlay_copy_up(c, d);
    }
    if (r == 0) {
        *ret = d->inode->overlay ? d->inode->overlay->upper : d->inode;
    }
    return r;
}

/* The same for a directory whose locks are held. */
static int locked_target_of(struct ctx *c, struct dirent *d, struct inode **ret)
{
    int r = domain_check(&c->s->d);
    if (r == 0 && d->inode->overlay) {
        r = overlay_copy_up_locked(c, d);
    }
    if (r == 0) {
        *ret = d->inode->overlay ? d->inode->overlay->upper : d->inode;
    }
    return r;
}

int inode_chmod(struct ctx *c, struct dirent *d, uint16_t perms)
{
    struct inode *inode;
    int r = target_of(c, d, &inode);
    return r ? r : inode->ops->chmod ? inode->ops->chmod(c, inode, perms) : -EPERM;
}

int inode_chown(struct ctx *c, struct dirent *d, uint32_t uid, uint32_t gid)
{
    struct inode *inode;
    int r = target_of(c, d, &inode);
    return r ? r : inode->ops->chown ? inode->ops->chown(c, inode, uid, gid) : -EINVAL;
}

int inode_utimes(struct ctx *c, struct dirent *d, const struct set_times *t)
{
    struct inode *inode;
    int r = target_of(c, d, &inode);
    return r ? r : inode->ops->utimes ? inode->ops->utimes(c, inode, t) : -EINVAL;
}

int inode_truncate(struct ctx *c, struct dirent *d, int64_t size)
{
    struct inode *inode;
    int r = target_of(c, d, &inode);
    return r ? r : inode->ops->truncate ? inode->ops->truncate(c, inode, size) : -EINVAL;
}

int inode_create(struct ctx *c, struct dirent *d, const char *name, struct open_flags flags,
                 uint16_t perms, struct file **ret)
{
    CHECK_FATE(c);
    struct inode *inode = d->inode;
    if (inode->overlay) {
        return overlay_create(c, d, name, flags, perms, ret);
    }
    return inode->ops->create ? inode->ops->create(c, inode, name, flags, perms, ret) : -ENOTDIR;
}

int inode_mkdir(struct ctx *c, struct dirent *d, const char *name, uint16_t perms)
{
    struct inode *inode;
    int r = locked_target_of(c, d, &inode);
    return r ? r : inode->ops->mkdir ? inode->ops->mkdir(c, inode, name, perms) : -ENOTDIR;
}

int inode_symlink(struct ctx *c, struct dirent *d, const char *target, const char *name)
{
    struct inode *inode;
    int r = locked_target_of(c, d, &inode);
    return r ? r : inode->ops->symlink ? inode->ops->symlink(c, inode, target, name) : -ENOTDIR;
}

int inode_mkfifo(struct ctx *c, struct dirent *d, const char *name, uint16_t perms)
{
    struct inode *inode;
    int r = locked_target_of(c, d, &inode);
    return r ? r : inode->ops->mkfifo ? inode->ops->mkfifo(c, inode, name, perms) : -ENOTDIR;
}

int inode_link(struct ctx *c, struct dirent *d, struct dirent *target, const char *name)
{
    CHECK_FATE(c);
    struct inode *inode = d->inode;
    if (inode->overlay) {
        return overlay_link(c, d, target, name);
    }
    return inode->ops->link ? inode->ops->link(c, inode, target->inode, name) : -ENOTDIR;
}

int inode_bind(struct ctx *c, struct dirent *d, const char *name, uint16_t perms,
               struct dirent **ret)
{
    CHECK_FATE(c);
    struct inode *inode = d->inode;
    if (inode->overlay) {
        return overlay_bind(c, d, name, perms, ret);
    }
    return inode->ops->bind ? inode->ops->bind(c, inode, name, perms, ret) : -ENOTDIR;
}

int inode_remove(struct ctx *c, struct dirent *d, struct dirent *child)
{
    CHECK_FATE(c);
    struct inode *inode = d->inode;
    if (inode->overlay) {
        return overlay_remove(c, d, child);
    }
    int (*op)(struct ctx *, struct inode *, const char *) =
        inode_is_directory(child->inode) ? inode->ops->rmdir : inode->ops->remove;
    return op ? op(c, inode, child->name) : -ENOTDIR;
}

int inode_rename(struct ctx *c, struct dirent *renamed, struct dirent *old_parent,
                 struct dirent *new_parent, const char *new_name)
{
    CHECK_FATE(c);
    struct inode *moved = renamed->inode;
    if (moved->overlay) {
        return overlay_rename(c, renamed, old_parent, new_parent, new_name);
    }
    if (old_parent->inode->overlay || new_parent->inode->overlay || !moved->ops->rename) {
        return -EXDEV;
    }
    return moved->ops->rename(c, moved, old_parent->inode, renamed->name, new_parent->inode,
                              new_name);
}
