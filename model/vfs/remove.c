/* Removing entries (contract vfs 13). */
#include "vfs_internal.h"
#include "watch.h"

int dirent_may_delete(struct ctx *c, struct dirent *d, struct dirent *root, const char *name)
{
    struct dirent *victim;
    int r = dirent_walk(c, d, root, name, &victim);
    if (r) {
        return r;
    }
    r = inode_check_permission(c, d->inode, ACCESS_WRITE | ACCESS_EXECUTE);
    if (r == 0) {
        r = dirent_check_sticky(c, d, victim);
    }
    dirent_put(victim);
    return r;
}

/* Steps 5 to 9 for a child that may go. */
static int remove_child(struct ctx *c, struct dirent *d, struct dirent *child, bool directory)
{
    bool busy;
    int r = dirent_busy(child, &busy);
    if (r || busy) {
        return r ? r : -EBUSY;
    }
    if (!quirk_on(&c->s->d, VQ_08) && dirent_contains_mounts(child)) {
        return -EBUSY;
    }
    r = inode_remove(c, d, child);
    if (r) {
        return r;
    }
    if (!directory) {
        inode_notify(child->inode, "", IN_ATTRIB, 0); /* the link count */
    }
    dirent_mark_deleted(child);
    dirent_cache_remove(child);
    child->inode->unlinked = true;
    dirent_unpin(child);
    inode_notify(d->inode, child->name, IN_DELETE | (directory ? IN_ISDIR : 0), 0);
    return 0;
}

static int remove_locked(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                         bool directory)
{
    if (d->frozen && !inode_is_virtual(d->inode)) {
        return -ENOENT;
    }
    if (directory && name[0] == '\0') {
        return -ENOENT; /* VP-12: the original waits for itself */
    }
    if (directory && strcmp(name, ".") == 0) {
        return -EINVAL;
    }
    if (directory && strcmp(name, "..") == 0) {
        return -ENOTEMPTY;
    }
    struct dirent *child;
    int r = dirent_walk_locked(c, d, root, name, false, &child);
    if (r) {
        return r;
    }
    if (inode_is_directory(child->inode) != directory) {
        r = directory ? -ENOTDIR : -EISDIR;
    } else {
        r = remove_child(c, d, child, directory);
    }
    dirent_put(child);
    return r;
}

static int remove_entry(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                        bool directory)
{
    CHECK_FATE(c);
    int r = dirent_lock_directory(d);
    if (r) {
        return r;
    }
    r = remove_locked(c, d, root, name, directory);
    dirent_unlock_directory(d);
    return r;
}

int dirent_remove(struct ctx *c, struct dirent *d, struct dirent *root, const char *name)
{
    return remove_entry(c, d, root, name, false);
}

int dirent_rmdir(struct ctx *c, struct dirent *d, struct dirent *root, const char *name)
{
    return remove_entry(c, d, root, name, true);
}
