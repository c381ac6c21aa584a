/* Freezing a tree: its dirents learn no new names (contract vfs 15). */
#include "vfs_internal.h"

/* A negative child is no child to keep: it holds nothing and only says that a name is missing. */
static int freeze_child(struct dirent *child, struct ptrvec *held)
{
    if (!child->inode) {
        return 0;
    }
    int r = ptrvec_push(held, child);
    if (r) {
        return r;
    }
    dirent_get(child);
    return dirent_freeze(child, held);
}

int dirent_freeze(struct dirent *d, struct ptrvec *held)
{
    struct domain *dom = &d->s->d;
    int r = lock_write(dom, &d->mu, "Dirent.mu");
    if (r) {
        return r;
    }
    d->frozen = true;
    for (struct namenode *n = namemap_first(&d->children); n && r == 0; n = namenode_next(n)) {
        r = freeze_child(container_of(n, struct dirent, child_node), held);
    }
    unlock_write(dom, &d->mu);
    return r;
}

void mount_ns_flush(struct mount_ns *ns)
{
    list_for_each(it, &ns->mounts)
    {
        struct mount_point *mp = container_of(it, struct mount_point, link);
        mount_source_flush(mp->mounted->inode->ms);
        for (size_t i = 0; i < mp->n_covered; i++) {
            mount_source_flush(mp->covered[i]->inode->ms);
        }
    }
    for (size_t i = 0; i < ns->detached.n; i++) {
        mount_source_flush(ns->detached.p[i]);
    }
    mount_source_flush(ns->root->inode->ms);
}

int mount_ns_freeze(struct ctx *c, struct mount_ns *ns)
{
    CHECK_FATE(c);
    struct domain *dom = &c->s->d;
    int r = lock_write(dom, &ns->mu, "MountNamespace.mu");
    if (r) {
        return r;
    }
    mount_ns_flush(ns);
    r = dirent_freeze(ns->root, &ns->frozen);
    unlock_write(dom, &ns->mu);
    jobs_drain(dom);
    return r;
}
