/* Renaming (contract vfs 14). */
#include "vfs_internal.h"
#include "watch.h"

struct renaming {
    struct ctx *c;
    struct dirent *root;
    struct dirent *old_parent, *new_parent;
    const char *old_name, *new_name;
    struct dirent *renamed, *replaced; /* one reference each, or NULL */
};

static bool is_dot(const char *name)
{
    return name[0] == '\0' || strcmp(name, ".") == 0;
}

static bool is_dotdot(const char *name)
{
    return strcmp(name, "..") == 0;
}

/* Names that hang or crash the original: EBUSY where their row is off. With all three off no name
 * of dots is taken any more. */
static bool dots_are_refused(struct domain *d, bool same_parent, const char *from, const char *to)
{
    bool dot = is_dot(from) || is_dot(to), dotdot = is_dotdot(from) || is_dotdot(to);
    if (!dot && !dotdot) {
        return false;
    }
    bool vp_09 = quirk_on(d, VP_09), vp_10 = quirk_on(d, VP_10), fp_03 = quirk_on(d, FP_03);
    if (!vp_09 && !vp_10 && !fp_03) {
        return true;
    }
    if (same_parent) {
        return is_dotdot(from) && !fp_03;
    }
    return (dot && !vp_09) || (dotdot && !vp_10);
}

/* ------------------------------------------------------------------------------------------------
 * locks */

/* The child of `above` on the way down to `d`, or NULL if `above` is no ancestor of `d`. */
static struct dirent *child_towards(struct dirent *above, struct dirent *d)
{
    for (struct dirent *it = d; it->parent; it = it->parent) {
        if (it->parent == above) {
            return it;
        }
    }
    return NULL;
}

static int lock_parents(struct renaming *rn)
{
    struct domain *d = &rn->c->s->d;
    if (rn->old_parent == rn->new_parent) {
        return lock_write(d, &rn->old_parent->mu, "Dirent.mu");
    }
    int r = lock_write(d, &rn->c->s->rename_mu, "renameMu");
    if (r) {
        return r;
    }
    struct dirent *towards = child_towards(rn->old_parent, rn->new_parent);
    if (towards && strcmp(towards->name, rn->old_name) == 0) {
        unlock_write(d, &rn->c->s->rename_mu);
        return -EINVAL; /* a directory into itself */
    }
    struct dirent *first = towards ? rn->old_parent : rn->new_parent;
    struct dirent *second = towards ? rn->new_parent : rn->old_parent;
    r = lock_write(d, &first->mu, "Dirent.mu");
    return r ? r : lock_write(d, &second->mu, "Dirent.mu");
}

static void unlock_parents(struct renaming *rn)
{
    struct domain *d = &rn->c->s->d;
    unlock_write(d, &rn->old_parent->mu);
    if (rn->old_parent != rn->new_parent) {
        unlock_write(d, &rn->new_parent->mu);
        unlock_write(d, &rn->c->s->rename_mu);
    }
}

/* ----------------------------------------------------------------------------------------------
 * the steps */

static bool frozen_for_change(const struct dirent *d)
{
    return d->frozen && !inode_is_virtual(d->inode);
}

/* Steps 2 to 7: what is renamed, and whether it may be. */
static int check_renamed(struct renaming *rn)
{
    struct ctx *c = rn->c;
    if (frozen_for_change(rn->old_parent) || frozen_for_change(rn->new_parent)) {
        return -ENOENT;
    }
    int r = dirent_walk_locked(c, rn->old_parent, rn->root, rn->old_name, false, &rn->renamed);
    if (r) {
        return r;
    }
    unsigned change = ACCESS_WRITE | ACCESS_EXECUTE;
    r = inode_check_permission(c, rn->old_parent->inode, change);
    r = r ? r : dirent_check_sticky(c, rn->old_parent, rn->renamed);
    if (r == 0 && rn->old_parent != rn->new_parent) {
        r = inode_check_permission(c, rn->new_parent->inode, change);
    }
    if (r) {
        return r;
    }
    if (rn->renamed == rn->new_parent) {
        return -EINVAL;
    }
    bool busy;
    r = dirent_busy(rn->renamed, &busy);
    if (r || busy) {
        return r ? r : -EBUSY;
    }
    return inode_is_directory(rn->renamed->inode)
               ? inode_check_permission(c, rn->renamed->inode, ACCESS_WRITE)
               : 0;
}

static bool is_ancestor(const struct dirent *above, const struct dirent *d)
{
    for (d = d->parent; d; d = d->parent) {
        if (d == above) {
            return true;
        }
    }
    return false;
}

/* Step 8: what would be replaced. Any error of the walk means "nothing". */
static int check_replaced(struct renaming *rn)
{
    struct ctx *c = rn->c;
    int r = dirent_walk_locked(c, rn->new_parent, rn->root, rn->new_name, false, &rn->replaced);
    if (r) {
        rn->replaced = NULL;
        return r == CODE_FATE ? r : 0;
    }
    if (rn->replaced == rn->old_parent) {
        return -ENOTEMPTY;
    }
    if (!quirk_on(&c->s->d, VP_11) && is_ancestor(rn->replaced, rn->old_parent)) {
        return -ENOTEMPTY;
    }
    bool busy;
    r = dirent_busy(rn->replaced, &busy);
    if (r || busy) {
        return r ? r : -EBUSY;
    }
    bool from_dir = inode_is_directory(rn->renamed->inode);
    bool to_dir = inode_is_directory(rn->replaced->inode);
    if (from_dir != to_dir) {
        return from_dir ? -ENOTDIR : -EISDIR;
    }
    if (!quirk_on(&c->s->d, VQ_11)) {
        r = dirent_check_sticky(c, rn->new_parent, rn->replaced);
        if (r) {
            return r;
        }
    }
    dirent_cache_remove(rn->replaced);
    dirent_unpin(rn->replaced);
    return dirent_flush(rn->replaced);
}

/* Step 11: both directories, then what moved. */
static void notify_moved(struct renaming *rn)
{
    struct inode *moved = rn->renamed->inode;
    uint32_t dir = inode_is_directory(moved) ? IN_ISDIR : 0;
    uint32_t cookie = ++rn->c->s->last_cookie;
    inode_notify(rn->old_parent->inode, rn->old_name, IN_MOVED_FROM | dir, cookie);
    inode_notify(rn->new_parent->inode, rn->new_name, IN_MOVED_TO | dir, cookie);
    inode_notify(moved, "", IN_MOVE_SELF, 0);
}

/* Steps 10 to 12: the dirent moves. */
static int move_dirent(struct renaming *rn)
{
    struct dirent *d = rn->renamed;
    char *name = mem_dup(&rn->c->s->d, rn->new_name);
    if (!name) {
        return CODE_FATE;
    }
    if (rn->replaced) {
        if (!quirk_on(&rn->c->s->d, VQ_12)) {
            dirent_mark_deleted(rn->replaced);
            rn->replaced->inode->unlinked = true;
        }
        dirent_unhash(rn->replaced);
    }
    struct dirent *negative = dirent_child(rn->new_parent, rn->new_name);
    if (negative) {
        dirent_unhash(negative); /* VQ-15 */
    }
    dirent_unhash(d);
    struct dirent *old_parent = d->parent;
    mem_free(d->new_name);
    d->name = d->child_node.name = d->new_name = name;
    d->parent = NULL;
    dirent_hash(rn->new_parent, d);
    notify_moved(rn);
    dirent_put(old_parent);
    dirent_cache_remove(d);
    return dirent_flush(d);
}

/* Two names of one file? An overlay's file is that of the layer that serves it. */
static bool is_same_file(const struct inode *a, const struct inode *b)
{
    a = a->overlay ? overlay_serving(a) : a;
    b = b->overlay ? overlay_serving(b) : b;
    return a == b || (a->ms == b->ms && a->stable.device_id == b->stable.device_id &&
                      a->stable.inode_id == b->stable.inode_id);
}

static int rename_locked(struct renaming *rn)
{
    struct domain *d = &rn->c->s->d;
    int r = check_renamed(rn);
    r = r ? r : check_replaced(rn);
    if (r) {
        return r;
    }
    if (!quirk_on(d, VQ_13) && rn->renamed->inode->ms != rn->new_parent->inode->ms) {
        return -EXDEV;
    }
    if (rn->replaced && is_same_file(rn->renamed->inode, rn->replaced->inode) &&
        !quirk_on(d, VQ_14)) {
        return 0;
    }
    r = inode_rename(rn->c, rn->renamed, rn->old_parent, rn->new_parent, rn->new_name);
    return r ? r : move_dirent(rn);
}

int dirent_rename(struct ctx *c, struct dirent *root, struct dirent *old_parent,
                  const char *old_name, struct dirent *new_parent, const char *new_name)
{
    CHECK_FATE(c);
    struct domain *d = &c->s->d;
    if (dots_are_refused(d, old_parent == new_parent, old_name, new_name)) {
        return -EBUSY;
    }
    if (old_parent == new_parent && strcmp(old_name, new_name) == 0) {
        return 0; /* VQ-10: even if it does not exist */
    }
    struct renaming rn = {
        .c = c,
        .root = root,
        .old_parent = old_parent,
        .new_parent = new_parent,
        .old_name = old_name,
        .new_name = new_name,
    };
    int r = lock_parents(&rn);
    if (r) {
        return r;
    }
    r = rename_locked(&rn);
    unlock_parents(&rn);
    dirent_put(rn.renamed);
    dirent_put(rn.replaced);
    return r;
}
