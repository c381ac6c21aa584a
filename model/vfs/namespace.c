/* The mount namespace: stacks of mounts, their ids, mount and unmount (contract vfs 17). */
#include "vfs_internal.h"

#include <assert.h>

struct mount_ns *mount_ns_alloc(struct ctx *c, struct dirent *root)
{
    struct mount_ns *ns = MEM_NEW(&c->s->d, struct mount_ns);
    if (!ns) {
        return NULL;
    }
    ns->refs = 1;
    ns->s = c->s;
    ns->root = root;
    list_init(&ns->mounts);
    ptrvec_init(&ns->detached, &c->s->d);
    ptrvec_init(&ns->frozen, &c->s->d);
    return ns;
}

int mount_ns_new(struct ctx *c, struct inode *root, struct mount_ns **ret)
{
    struct dirent *d;
    int r = dirent_new(root, "/", &d);
    struct mount_ns *ns = r ? NULL : mount_ns_alloc(c, d);
    if (!ns) {
        return CODE_FATE;
    }
    root->ms->id = 1;
    root->ms->root = d;
    ns->next_id = 2;
    *ret = ns;
    return 0;
}

static void mount_point_free(struct mount_point *mp)
{
    list_remove(&mp->link);
    mount_source_flush(mp->mounted->inode->ms);
    for (size_t i = 0; i < mp->n_covered; i++) {
        mount_source_flush(mp->covered[i]->inode->ms);
    }
    dirent_put(mp->mounted);
    for (size_t i = mp->n_covered; i-- > 0;) {
        dirent_put(mp->covered[i]);
    }
    mem_free(mp->covered);
    mem_free(mp);
}

void mount_ns_put(struct mount_ns *ns)
{
    if (!ns || domain_dead(&ns->s->d) || --ns->refs > 0) {
        return;
    }
    struct sentry *s = ns->s;
    for (size_t i = 0; i < ns->frozen.n; i++) {
        dirent_put(ns->frozen.p[i]);
    }
    ptrvec_release(&ns->frozen);
    mount_source_flush(ns->root->inode->ms);
    while (!list_empty(&ns->mounts)) {
        mount_point_free(container_of(ns->mounts.prev, struct mount_point, link));
    }
    for (size_t i = 0; i < ns->detached.n; i++) {
        mount_source_flush(ns->detached.p[i]);
        mount_source_put(ns->detached.p[i]);
    }
    ptrvec_release(&ns->detached);
    dirent_put(ns->root);
    mem_free(ns);
    jobs_drain(&s->d);
}

static struct mount_point *find_mount(struct mount_ns *ns, const struct dirent *mounted)
{
    list_for_each(it, &ns->mounts)
    {
        struct mount_point *mp = container_of(it, struct mount_point, link);
        if (mp->mounted == mounted) {
            return mp;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * locks */

/* In this order: namespace, renameMu for writing, the parent's dirMu and mu, the dirent's mu. EBUSY
 * without a parent. */
static int lock_mount_point(struct mount_ns *ns, struct dirent *d)
{
    struct domain *dom = &ns->s->d;
    int r = lock_write(dom, &ns->mu, "MountNamespace.mu");
    r = r ? r : lock_write(dom, &ns->s->rename_mu, "renameMu");
    if (r) {
        return r;
    }
    if (!d->parent) {
        unlock_write(dom, &ns->s->rename_mu);
        unlock_write(dom, &ns->mu);
        return -EBUSY;
    }
    r = lock_write(dom, &d->parent->dir_mu, "Dirent.dirMu");
    r = r ? r : lock_write(dom, &d->parent->mu, "Dirent.mu");
    return r ? r : lock_write(dom, &d->mu, "Dirent.mu");
}

/* `parent` as it was when the locks were taken. */
static void unlock_mount_point(struct mount_ns *ns, struct dirent *d, struct dirent *parent)
{
    struct domain *dom = &ns->s->d;
    unlock_write(dom, &d->mu);
    unlock_write(dom, &parent->mu);
    unlock_write(dom, &parent->dir_mu);
    unlock_write(dom, &ns->s->rename_mu);
    unlock_write(dom, &ns->mu);
}

/* ------------------------------------------------------------------------------------------------
 * mount */

static bool frozen_for_change(const struct dirent *parent)
{
    return parent->frozen && !inode_is_virtual(parent->inode);
}

/* The table entry for a mount over `d`; room for one more covered dirent is made before anything
 * changes. */
static int reserve_mount_point(struct mount_ns *ns, struct dirent *d, struct mount_point **ret)
{
    struct domain *dom = &ns->s->d;
    struct mount_point *mp = d->mounted ? find_mount(ns, d) : NULL;
    if (!mp) {
        mp = MEM_NEW(dom, struct mount_point);
        if (!mp) {
            return CODE_FATE;
        }
        list_init(&mp->link);
    }
    struct dirent **covered = mem_resize(dom, mp->covered, mp->n_covered, mp->n_covered + 1,
                                         sizeof(struct dirent *), "covered dirents");
    if (!covered) {
        return CODE_FATE;
    }
    mp->covered = covered;
    *ret = mp;
    return 0;
}

static void link_sources(struct mount_ns *ns, struct mount_source *child, struct dirent *root,
                         struct mount_source *parent)
{
    child->parent = parent;
    child->root = root;
    child->id = ns->next_id++;
    list_push_back(&parent->children, &child->child_link);
}

static int mount_locked(struct mount_ns *ns, struct dirent *d, struct inode *inode)
{
    struct domain *dom = &ns->s->d;
    struct dirent *parent = d->parent;
    if (d->deleted || frozen_for_change(parent)) {
        return inode->stable.type == INODE_SYMLINK && !d->deleted ? -EINVAL : -ENOENT;
    }
    if (inode->stable.type == INODE_SYMLINK) {
        return -EINVAL;
    }
    struct dirent *listed = dirent_child(parent, d->name);
    if (!listed) { /* VP-07 */
        return quirk_on(dom, VP_07) ? domain_panic(dom, "mount must mount over an existing dirent")
                                    : -ENOENT;
    }
    if (inode->ms == ns->root->inode->ms || !list_empty(&inode->ms->child_link)) {
        return -EBUSY; /* VQ-02: the source is mounted already */
    }
    struct mount_point *mp;
    int r = reserve_mount_point(ns, d, &mp);
    if (r) {
        return r;
    }
    struct dirent *root;
    r = dirent_new(inode, d->name, &root);
    if (r) {
        return r;
    }
    root->mounted = true;
    dirent_unhash(listed);
    dirent_hash(parent, root);
    link_sources(ns, inode->ms, root, d->inode->ms);

    /* A mount over a mount takes over its reference as the newest covered one; otherwise the table
     * takes one. */
    mp->covered[mp->n_covered++] = mp->mounted ? mp->mounted : dirent_get(d);
    mp->mounted = root;
    if (list_empty(&mp->link)) {
        list_push_back(&ns->mounts, &mp->link);
    }
    dirent_cache_remove(d);
    return 0;
}

int mount_ns_mount(struct ctx *c, struct mount_ns *ns, struct dirent *d, struct inode *inode)
{
    CHECK_FATE(c);
    struct dirent *parent = d->parent;
    int r = lock_mount_point(ns, d);
    if (r) {
        return r;
    }
    r = mount_locked(ns, d, inode);
    unlock_mount_point(ns, d, parent);
    jobs_drain(&c->s->d);
    return r;
}

/* ----------------------------------------------------------------------------------------------
 * unmount */

static int unmount_locked(struct mount_ns *ns, struct dirent *d, bool detach)
{
    struct mount_point *mp = find_mount(ns, d);
    if (!mp) {
        return -EINVAL;
    }
    struct mount_source *ms = d->inode->ms;
    bool gone = d->deleted || frozen_for_change(d->parent);
    if (gone && !quirk_on(&ns->s->d, VQ_23)) {
        return -ENOENT;
    }
    if (!detach) {
        mount_source_flush(ms);
        /* Exactly the namespace's and the caller's, besides none of its children's (VP-16 below
         * that). */
        assert(ms->dirent_refs >= 2);
        if (ms->dirent_refs > 2) {
            return -EBUSY;
        }
    } else {
        int r = ptrvec_push(&ns->detached, ms);
        if (r) {
            return r;
        }
        mount_source_get(ms);
    }
    list_remove(&ms->child_link);
    if (!quirk_on(&ns->s->d, VQ_23)) {
        ms->parent = NULL;
        ms->id = 0;
        ms->root = NULL;
    }
    if (gone) {
        return -ENOENT; /* VQ-23: the removal from the parent's children is not undone */
    }
    struct dirent *parent = d->parent;
    struct dirent *below = mp->covered[--mp->n_covered];
    struct dirent *below_parent =
        below->parent; /* it kept its reference on the parent while covered */
    dirent_unhash(d);
    d->mounted = false;
    struct dirent *listed = dirent_child(parent, below->name);
    if (listed) {
        dirent_unhash(listed); /* somebody mounted over a dirent that was covered already */
    }
    below->parent = NULL;
    dirent_hash(parent, below);
    dirent_put(below_parent);
    dirent_put(d); /* the table's reference */
    if (mp->n_covered > 0) {
        mp->mounted = below; /* takes over the covered one's reference */
        return 0;
    }
    list_remove(&mp->link);
    mem_free(mp->covered);
    mem_free(mp);
    dirent_put(below);
    return 0;
}

int mount_ns_unmount(struct ctx *c, struct mount_ns *ns, struct dirent *d, bool detach)
{
    CHECK_FATE(c);
    struct dirent *parent = d->parent ? dirent_get(d->parent) : NULL;
    int r = lock_mount_point(ns, d);
    if (r == 0) {
        r = unmount_locked(ns, d, detach);
        unlock_mount_point(ns, d, parent);
    }
    dirent_put(parent);
    jobs_drain(&c->s->d);
    return r;
}
