/* From a directory to its child (contract vfs 10). */
#include "vfs_internal.h"
#include "watch.h"

/* "..": stops at `root` and at the top. Takes rename_mu for reading, so a rename in progress waits
 * for itself (VP-10). */
static int walk_up(struct dirent *d, struct dirent *root, struct dirent **ret)
{
    struct sentry *s = d->s;
    if (d == root || !d->parent) {
        *ret = dirent_get(d);
        return 0;
    }
    int r = lock_read(&s->d, &s->rename_mu, "renameMu");
    if (r) {
        return r;
    }
    *ret = dirent_get(d->parent);
    unlock_read(&s->d, &s->rename_mu);
    return 0;
}

/*
 * A child that the tree already knows: 0 and a reference, -ENOENT for a negative one (VQ-04: never
 * asked again), or 1 if there is none (any more) and the filesystem must be asked.
 */
static int walk_known(struct ctx *c, struct dirent *d, const char *name, struct dirent **ret)
{
    struct dirent *child = dirent_child(d, name);
    if (!child) {
        return 1;
    }
    if (!child->inode) {
        return -ENOENT;
    }
    struct mount_source *ms = child->inode->ms;
    bool stale = false;
    if (!child->mounted && ms->ops->revalidate) {
        int r = ms->ops->revalidate(c, ms, d->inode, name, child->inode, &stale);
        if (r) {
            return r;
        }
    }
    if (stale) {
        /* VQ-06: it lives on for those who hold it. A watch is none of them. */
        dirent_unhash(child);
        dirent_unpin(child);
        return 1;
    }
    *ret = dirent_get(child);
    return 0;
}

static int walk_ask(struct ctx *c, struct dirent *d, const char *name, bool may_unlock,
                    struct dirent **ret)
{
    struct sentry *s = d->s;
    if (!may_unlock) {
        return inode_lookup(c, d->inode, name, ret);
    }
    unlock_write(&s->d, &d->mu);
    int r = lock_read(&s->d, &s->rename_mu, "renameMu");
    if (r) {
        return r;
    }
    r = inode_lookup(c, d->inode, name, ret);
    if (r == CODE_FATE) {
        return r;
    }
    int locked = lock_write(&s->d, &d->mu, "Dirent.mu");
    unlock_read(&s->d, &s->rename_mu);
    if (locked && r == 0) {
        dirent_put(*ret);
    }
    return locked ? locked : r;
}

int dirent_walk_locked(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                       bool may_unlock, struct dirent **ret)
{
    if (!inode_is_directory(d->inode)) {
        return -ENOTDIR;
    }
    if (name[0] == '\0' || strcmp(name, ".") == 0) {
        *ret = dirent_get(d);
        return 0;
    }
    if (strcmp(name, "..") == 0) {
        return walk_up(d, root, ret);
    }
    int r = walk_known(c, d, name, ret);
    if (r <= 0) {
        return r;
    }
    if (d->frozen && !inode_is_virtual(d->inode)) {
        return -ENOENT;
    }
    struct dirent *found = NULL;
    r = walk_ask(c, d, name, may_unlock, &found);
    if (r) {
        return r;
    }
    if (strcmp(found->name, name) != 0) { /* VP-05: the original panics */
        log_line(&d->s->d, LOG_WARNING, "lookup of %s returned unexpected name %s", name,
                 found->name);
        dirent_put(found);
        return -EIO;
    }
    dirent_hash(d, found);
    if (!found->inode) {
        return -ENOENT; /* the entry keeps the only reference */
    }
    *ret = found;
    return 0;
}

int dirent_walk(struct ctx *c, struct dirent *d, struct dirent *root, const char *name,
                struct dirent **ret)
{
    struct domain *dom = &c->s->d;
    CHECK_FATE(c);
    int r = lock_read(dom, &d->dir_mu, "Dirent.dirMu");
    if (r) {
        return r;
    }
    r = lock_write(dom, &d->mu, "Dirent.mu");
    if (r == 0) {
        r = dirent_walk_locked(c, d, root, name, true, ret);
        unlock_write(dom, &d->mu);
    }
    unlock_read(dom, &d->dir_mu);
    return r;
}
