/* Making entries (contract vfs 12). */
#include "vfs_internal.h"
#include "watch.h"

/* -EEXIST if the name is there; any error of the walk counts as "not there" (VQ-05). A cached "does
 * not exist" goes. */
static int must_not_exist(struct ctx *c, struct dirent *d, struct dirent *root, const char *name)
{
    struct dirent *found = NULL;
    int r = dirent_walk_locked(c, d, root, name, false, &found);
    if (r == 0) {
        dirent_put(found);
        return -EEXIST;
    }
    if (r == CODE_FATE) {
        return r;
    }
    if (d->frozen && !inode_is_virtual(d->inode)) {
        return -ENOENT;
    }
    struct dirent *negative = dirent_child(d, name);
    if (negative && !negative->inode) {
        dirent_unhash(negative);
    }
    return 0;
}

/* Lock, and see that the name is free. On failure nothing is locked. */
static int begin(struct ctx *c, struct dirent *d, struct dirent *root, const char *name)
{
    int r = domain_check(&c->s->d);
    r = r ? r : dirent_lock_directory(d);
    if (r) {
        return r;
    }
    r = must_not_exist(c, d, root, name);
    if (r) {
        dirent_unlock_directory(d);
    }
    return r;
}

/* After a success `events` tell the directory of the new name. */
static int end(struct dirent *d, int r, const char *name, uint32_t events)
{
    if (r == 0) {
        inode_notify(d->inode, name, events, 0);
    }
    dirent_unlock_directory(d);
    return r;
}

/* A new dirent of the filesystem joins the tree. VP-05: it must be what was asked for. */
static int adopt(struct dirent *d, struct dirent *child, const char *name)
{
    if (!child->inode || strcmp(child->name, name) != 0 || dirent_child(d, name)) {
        log_line(&d->s->d, LOG_WARNING, "creation of %s returned unexpected name %s", name,
                 child->name);
        return -EIO;
    }
    dirent_hash(d, child);
    dirent_maybe_cache(child);
    return 0;
}

int dirent_create(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                  struct open_flags flags, uint16_t perms, struct file **ret)
{
    int r = begin(c, d, root, name);
    if (r) {
        return r;
    }
    struct file *f = NULL;
    r = inode_create(c, d, name, flags, perms, &f);
    if (r == 0) {
        r = adopt(d, f->dirent, name);
        if (r) {
            file_put(f);
        } else {
            *ret = f;
        }
    }
    return end(d, r, name, IN_CREATE);
}

int dirent_mkdir(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                 uint16_t perms)
{
    int r = begin(c, d, root, name);
    return r ? r : end(d, inode_mkdir(c, d, name, perms), name, IN_ISDIR | IN_CREATE);
}

int dirent_symlink(struct ctx *c, struct dirent *d, struct dirent *root, const char *target,
                   const char *name)
{
    int r = begin(c, d, root, name);
    return r ? r : end(d, inode_symlink(c, d, target, name), name, IN_CREATE);
}

int dirent_mkfifo(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                  uint16_t perms)
{
    int r = begin(c, d, root, name);
    return r ? r : end(d, inode_mkfifo(c, d, name, perms), name, IN_CREATE);
}

int dirent_link(struct ctx *c, struct dirent *d, struct dirent *root, struct dirent *target,
                const char *name)
{
    if (d->inode->ms != target->inode->ms) {
        return -EXDEV;
    }
    int r = begin(c, d, root, name);
    if (r) {
        return r;
    }
    r = inode_link(c, d, target, name);
    if (r == 0) {
        inode_notify(target->inode, "", IN_ATTRIB, 0);
    }
    return end(d, r, name, IN_CREATE);
}

int dirent_bind(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                uint16_t perms, struct dirent **ret)
{
    int r = begin(c, d, root, name);
    if (r) {
        return r == -EEXIST ? -EADDRINUSE : r;
    }
    struct dirent *child = NULL;
    r = inode_bind(c, d, name, perms, &child);
    if (r == 0) {
        r = adopt(d, child, name);
        if (r) {
            dirent_put(child);
        } else {
            *ret = child;
        }
    }
    return end(d, r == -EEXIST ? -EADDRINUSE : r, name, IN_CREATE);
}
