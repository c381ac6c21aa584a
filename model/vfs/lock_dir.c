/* What changes of a directory share: its locks, and the questions about a victim (contract vfs 9,
 * 12, 14). */
#include "vfs_internal.h"

#include <sys/stat.h>

/* renameMu for overlays (they may copy up), dirMu, mu. */
int dirent_lock_directory(struct dirent *d)
{
    struct domain *dom = &d->s->d;
    if (d->inode->overlay) {
        int r = lock_read(dom, &d->s->rename_mu, "renameMu");
        if (r) {
            return r;
        }
    }
    int r = lock_write(dom, &d->dir_mu, "Dirent.dirMu");
    return r ? r : lock_write(dom, &d->mu, "Dirent.mu");
}

void dirent_unlock_directory(struct dirent *d)
{
    struct domain *dom = &d->s->d;
    unlock_write(dom, &d->mu);
    unlock_write(dom, &d->dir_mu);
    if (d->inode->overlay) {
        unlock_read(dom, &d->s->rename_mu);
    }
}

int dirent_busy(struct dirent *d, bool *ret)
{
    struct domain *dom = &d->s->d;
    int r = lock_write(dom, &d->mu, "Dirent.mu");
    if (r) {
        return r;
    }
    *ret = d->mounted || !d->parent;
    unlock_write(dom, &d->mu);
    return 0;
}

bool dirent_contains_mounts(const struct dirent *d)
{
    if (d->mounted) {
        return true;
    }
    for (struct namenode *n = namemap_first(&d->children); n; n = namenode_next(n)) {
        if (dirent_contains_mounts(container_of(n, struct dirent, child_node))) {
            return true;
        }
    }
    return false;
}

int dirent_check_sticky(struct ctx *c, struct dirent *dir, struct dirent *victim)
{
    struct unstable_attr a, v;
    int r = inode_getattr(c, dir->inode, &a);
    if (r) {
        return r == CODE_FATE ? r : -EPERM;
    }
    if (!(a.perms & S_ISVTX) || a.uid == c->creds.euid) {
        return 0;
    }
    r = inode_getattr(c, victim->inode, &v);
    if (r) {
        return r == CODE_FATE ? r : -EPERM;
    }
    bool fowner = v.uid != NO_ID && (c->creds.caps >> CAP_BIT_FOWNER & 1);
    return v.uid == c->creds.euid || fowner ? 0 : -EPERM;
}

int dirent_flush(struct dirent *d)
{
    struct domain *dom = &d->s->d;
    int r = lock_write(dom, &d->mu, "Dirent.mu");
    if (r) {
        return r;
    }
    struct namenode *next;
    for (struct namenode *n = namemap_first(&d->children); n && r == 0; n = next) {
        struct dirent *child = container_of(n, struct dirent, child_node);
        if (!child->inode) {
            next = namenode_next(n);
            continue;
        }
        dirent_get(child); /* the cache may hold the last reference */
        r = dirent_flush(child);
        if (r == 0) {
            dirent_cache_remove(child);
        }
        next = namenode_next(n);
        dirent_put(child);
    }
    unlock_write(dom, &d->mu);
    return r;
}
