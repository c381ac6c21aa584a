/* Changes through an overlay: they go to the upper layer, whiteouts hide the lower one (contract
 * vfs 21.2 to 21.4). */
#include "vfs_internal.h"

static int set_whiteout(struct ctx *c, struct inode *upper, const char *name)
{
    CLEANUP_MEM char *key = mem_printf(&c->s->d, OVERLAY_WHITEOUT_PREFIX "%s", name);
    return key ? inode_setxattr(c, upper, key, "y", 1) : CODE_FATE;
}

/* ----------------------------------------------------------------------------------------------
 * creating */

/* An overlay dirent and file around a file that was just created in the upper directory. */
static int wrap_created(struct ctx *c, struct dirent *d, const char *name, struct open_flags flags,
                        struct file *upper, struct file **ret)
{
    struct inode *layer = upper->dirent->inode, *inode;
    struct dirent *transient, *child;
    int r = overlay_inode_new(d->inode->ms, layer, NULL, false, &inode);
    r = r ? r : dirent_new_transient(layer, &transient);
    if (r) {
        return r;
    }
    dirent_put(upper->dirent);
    upper->dirent = transient;
    r = dirent_new(inode, name, &child);
    if (r) {
        return r;
    }
    flags.pread = upper->flags.pread;
    flags.pwrite = upper->flags.pwrite;
    r = overlay_file_wrap(c, child, flags, upper, ret);
    dirent_put(child); /* held only by the file */
    return r;
}

int overlay_create(struct ctx *c, struct dirent *d, const char *name, struct open_flags flags,
                   uint16_t perms, struct file **ret)
{
    int r = overlay_copy_up_locked(c, d);
    if (r) {
        return r;
    }
    struct inode *dir = d->inode->overlay->upper;
    struct file *upper;
    r = dir->ops->create ? dir->ops->create(c, dir, name, flags, perms, &upper) : -ENOTDIR;
    return r ? r : wrap_created(c, d, name, flags, upper, ret);
}

int overlay_link(struct ctx *c, struct dirent *d, struct dirent *target, const char *name)
{
    int r = overlay_copy_up_locked(c, d);
    if (r == 0 && target->inode->overlay) {
        r = overlay_copy_up_locked(c, target);
    }
    if (r) {
        return r;
    }
    struct inode *dir = d->inode->overlay->upper;
    struct inode *upper = target->inode->overlay ? target->inode->overlay->upper : target->inode;
    return dir->ops->link ? dir->ops->link(c, dir, upper, name) : -ENOTDIR;
}

int overlay_bind(struct ctx *c, struct dirent *d, const char *name, uint16_t perms,
                 struct dirent **ret)
{
    struct inode *dir = d->inode->overlay->upper, *inode;
    if (!dir) {
        return -EOPNOTSUPP;
    }
    struct dirent *bound;
    int r = dir->ops->bind ? dir->ops->bind(c, dir, name, perms, &bound) : -ENOTDIR;
    if (r) {
        return r;
    }
    /* VQ-31: the original puts the socket on the upper's mount source, which is no overlay's. */
    struct mount_source *ms = quirk_on(&c->s->d, VQ_31) ? bound->inode->ms : d->inode->ms;
    r = overlay_inode_new(ms, bound->inode, NULL, false, &inode);
    dirent_put(bound);
    return r ? r : dirent_new(inode, name, ret);
}

/* ----------------------------------------------------------------------------------------------
 * removing */

/* Does the merged directory list anything? */
static int merged_is_empty(struct ctx *c, struct inode *dir, bool *ret)
{
    struct dent_map names;
    dent_map_init(&names, &c->s->d);
    int r = overlay_collect(c, dir, &names);
    if (r == 0) {
        *ret = dent_map_settle(&names) == 0;
    }
    dent_map_release(&names);
    return r;
}

/* What strict asks before anything is removed. */
static int may_remove(struct ctx *c, struct inode *dir, struct dirent *child)
{
    struct domain *d = &c->s->d;
    if (!quirk_on(d, VQ_32) && inode_is_directory(child->inode)) {
        bool empty = true;
        int r = merged_is_empty(c, child->inode, &empty);
        if (r || !empty) {
            return r ? r : -ENOTEMPTY;
        }
    }
    if (!quirk_on(d, VQ_33) && child->inode->overlay->lower_exists && !dir->ops->setxattr) {
        return -EOPNOTSUPP;
    }
    return 0;
}

static int remove_upper(struct ctx *c, struct inode *dir, struct dirent *child)
{
    const struct inode *upper = child->inode->overlay->upper;
    if (!upper) {
        return 0;
    }
    int (*op)(struct ctx *, struct inode *, const char *) =
        upper->stable.type == INODE_DIRECTORY ? dir->ops->rmdir : dir->ops->remove;
    return op ? op(c, dir, child->name) : -ENOTDIR;
}

int overlay_remove(struct ctx *c, struct dirent *d, struct dirent *child)
{
    int r = overlay_copy_up_locked(c, d);
    if (r) {
        return r;
    }
    struct inode *dir = d->inode->overlay->upper;
    if (!child->inode->overlay) {
        return -EXDEV; /* only a mount stands so in an overlay, and that is busy */
    }
    r = may_remove(c, dir, child);
    r = r ? r : remove_upper(c, dir, child);
    if (r || !child->inode->overlay->lower_exists) {
        return r;
    }
    return set_whiteout(c, dir, child->name);
}

/* ----------------------------------------------------------------------------------------------
 * renaming */

/* What the new name leads to, looked up afresh. VQ-34: the original never lets go of this dirent.
 */
static int check_new_name(struct ctx *c, struct dirent *new_parent, const char *new_name)
{
    struct dirent *found;
    int r = inode_lookup(c, new_parent->inode, new_name, &found);
    if (r) {
        return r == -ENOENT ? 0 : r;
    }
    if (!found->inode) {
        dirent_put(found);
        return 0;
    }
    bool empty = true;
    if (inode_is_directory(found->inode)) {
        r = merged_is_empty(c, found->inode, &empty);
    }
    int leak = 0;
    if (quirk_on(&c->s->d, VQ_34)) {
        leak = domain_leak(&c->s->d, VQ_34, found, (void (*)(void *))dirent_put);
    } else {
        dirent_put(found);
    }
    return r ? r : leak ? leak : empty ? 0 : -ENOTEMPTY;
}

/* Does the lower side of a directory have this name? */
static int lower_has(struct ctx *c, const struct overlay_entry *dir, const char *name, bool *ret)
{
    struct dirent *found = NULL;
    int r = dir->lower ? inode_lookup(c, dir->lower, name, &found) : -ENOENT;
    if (r && r != -ENOENT) {
        return r;
    }
    *ret = found && found->inode;
    dirent_put(found);
    return 0;
}

/* VQ-36 off: nothing of the lower layer may show through a directory that took a new place. */
static int hide_lower(struct ctx *c, struct dirent *renamed, struct dirent *new_parent,
                      const char *new_name)
{
    const struct overlay_entry *parent = new_parent->inode->overlay;
    bool below = false;
    if (quirk_on(&c->s->d, VQ_36) || !inode_is_directory(renamed->inode)) {
        return 0;
    }
    int r = lower_has(c, parent, new_name, &below);
    return r || !below ? r : set_whiteout(c, parent->upper, new_name);
}

/* VQ-37 off: whether a whiteout will be needed is decided by the new place. */
static int renew_lower_exists(struct ctx *c, struct dirent *renamed, struct dirent *new_parent,
                              const char *new_name)
{
    struct overlay_entry *entry = renamed->inode->overlay;
    const struct overlay_entry *parent = new_parent->inode->overlay;
    if (quirk_on(&c->s->d, VQ_37)) {
        return 0;
    }
    return lower_has(c, parent, new_name, &entry->lower_exists);
}

int overlay_rename(struct ctx *c, struct dirent *renamed, struct dirent *old_parent,
                   struct dirent *new_parent, const char *new_name)
{
    if (!old_parent->inode->overlay || !new_parent->inode->overlay) {
        return -EXDEV;
    }
    int r = check_new_name(c, new_parent, new_name);
    if (r) {
        return r;
    }
    struct overlay_entry *entry = renamed->inode->overlay;
    if (!quirk_on(&c->s->d, VQ_35) && inode_is_directory(renamed->inode) && entry->lower) {
        return -EXDEV;
    }
    r = overlay_copy_up_locked(c, renamed);
    r = r ? r : overlay_copy_up_locked(c, new_parent);
    if (r) {
        return r;
    }
    struct inode *moved = entry->upper;
    struct inode *from = old_parent->inode->overlay->upper;
    struct inode *to = new_parent->inode->overlay->upper;
    r = moved->ops->rename ? moved->ops->rename(c, moved, from, renamed->name, to, new_name)
                           : -EXDEV;
    if (r == 0 && entry->lower_exists) {
        r = set_whiteout(c, from, renamed->name);
    }
    r = r ? r : hide_lower(c, renamed, new_parent, new_name);
    return r ? r : renew_lower_exists(c, renamed, new_parent, new_name);
}
