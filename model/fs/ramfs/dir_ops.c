/* What a directory does with names: lookup, making, linking, removing (contract filesystems 2.2).
 */
#include "dir_private.h"

enum { NAME_LENGTH_LINUX = 255 };

int ramfs_dir_admit(struct inode *dir, const char *name)
{
    struct domain *d = &dir->s->d;
    if (strlen(name) > NAME_LENGTH_LINUX && !quirk_on(d, FQ_12)) {
        return -ENAMETOOLONG;
    }
    if (ramfs_dir_of(dir)->removed && !quirk_on(d, FQ_16)) {
        return -ENOENT;
    }
    return 0;
}

int ramfs_dir_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    ramfs_touch_atime(dir); /* FQ-13: on a miss too */
    struct inode *inode = ramfs_dir_find(dir, name);
    if (!inode) {
        return -ENOENT;
    }
    return dirent_new(inode_get(inode), name, ret);
}

/* What each making does before and after the node is made. */
static int make_check(struct inode *dir, const char *name, bool possible)
{
    if (!possible) {
        return ERR_DENIED;
    }
    int rc = ramfs_dir_admit(dir, name);
    if (rc) {
        return rc;
    }
    return ramfs_dir_find(dir, name) ? -EEXIST : 0;
}

static int make_add(struct inode *dir, const char *name, struct inode *made)
{
    int rc = ramfs_dir_add(dir, name, made, true);
    if (rc) {
        return rc;
    }
    ramfs_touch_mtime(dir);
    return 0;
}

int ramfs_dir_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                     uint16_t perms, struct file **ret)
{
    const struct ramfs_create_ops *create = ramfs_dir_of(dir)->create;
    int rc = make_check(dir, name, create && create->file);
    if (rc) {
        return rc;
    }
    struct inode *made = NULL;
    rc = create->file(c, dir, perms, &made);
    if (rc) {
        return rc;
    }
    rc = make_add(dir, name, made);
    if (rc) {
        return rc;
    }
    struct dirent *d = NULL;
    rc = dirent_new(inode_get(made), name, &d);
    if (rc) {
        return rc;
    }
    rc = made->ops->open(c, made, d, flags, ret);
    dirent_put(d);
    return rc;
}

int ramfs_dir_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    const struct ramfs_create_ops *create = ramfs_dir_of(dir)->create;
    int rc = make_check(dir, name, create && create->directory);
    if (rc) {
        return rc;
    }
    struct inode *made = NULL;
    rc = create->directory(c, dir, perms, &made);
    return rc ? rc : make_add(dir, name, made);
}

int ramfs_dir_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)
{
    const struct ramfs_create_ops *create = ramfs_dir_of(dir)->create;
    int rc = make_check(dir, name, create && create->symlink);
    if (rc) {
        return rc;
    }
    struct inode *made = NULL;
    rc = create->symlink(c, dir, target, &made);
    return rc ? rc : make_add(dir, name, made);
}

int ramfs_dir_mkfifo(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    const struct ramfs_create_ops *create = ramfs_dir_of(dir)->create;
    int rc = make_check(dir, name, create && create->fifo);
    if (rc) {
        return rc;
    }
    struct inode *made = NULL;
    rc = create->fifo(c, dir, perms, &made);
    return rc ? rc : make_add(dir, name, made);
}

int ramfs_dir_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                   struct dirent **ret)
{
    const struct ramfs_create_ops *create = ramfs_dir_of(dir)->create;
    int rc = make_check(dir, name, create && create->socket);
    if (rc) {
        return rc == -EEXIST ? -EADDRINUSE : rc;
    }
    struct inode *made = NULL;
    rc = create->socket(c, dir, perms, &made);
    if (rc) {
        return rc;
    }
    rc = make_add(dir, name, made);
    return rc ? rc : dirent_new(inode_get(made), name, ret);
}

int ramfs_dir_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
{
    /* FQ-14: no creation function is asked for, so links can be made in /dev and /proc. */
    int rc = ramfs_dir_admit(dir, name);
    if (rc) {
        return rc;
    }
    if (ramfs_dir_find(dir, name)) {
        return -EEXIST; /* FP-16: the original relies on the core's check and would overwrite */
    }
    rc = make_add(dir, name, inode_get(target));
    if (rc) {
        return rc;
    }
    if (target->ops && target->ops->status_changed) {
        target->ops->status_changed(c, target);
    }
    return 0;
}

int ramfs_dir_remove(struct ctx *c, struct inode *dir, const char *name)
{
    /* FQ-15: removal needs no creation functions. No look at the type at this level. */
    struct ramfs_child *child = ramfs_child_find(dir, name);
    if (!child) {
        return ERR_NOT_FOUND;
    }
    ramfs_child_detach(c, dir, child);
    ramfs_child_free(child);
    return 0;
}

int ramfs_dir_rmdir(struct ctx *c, struct inode *dir, const char *name)
{
    ramfs_touch_atime(dir); /* it looks the name up */
    struct ramfs_child *child = ramfs_child_find(dir, name);
    if (!child) {
        return -ENOENT;
    }
    struct inode *inode = child->inode;
    int rc = ramfs_check_empty(c, inode);
    if (rc) {
        return rc;
    }
    ramfs_child_detach(c, dir, child);
    ramfs_mark_removed(inode);
    ramfs_child_free(child);
    return 0;
}

const struct inode_ops ramfs_dir_ops = {
    RAMFS_SHARED_OPS,         RAMFS_DIRECTORY_OPS,    .release = ramfs_release_dir,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,   .truncate = ramfs_refuse_truncate,
    .open = ramfs_open,       .rename = ramfs_rename,
};
