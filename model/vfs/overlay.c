/* Building overlays, their mount source, and which layer serves what (contract vfs 19, 21.1, 21.9).
 */
#include "vfs_internal.h"

/* ---------------------------------------------------------------------------------------- mount
 * source */

static struct overlay_sources *sources_of(const struct mount_source *ms)
{
    return ms->ops == &overlay_source_ops ? ms->priv : NULL;
}

struct mount_source *overlay_upper_source(struct mount_source *ms)
{
    struct overlay_sources *src = sources_of(ms);
    return src ? src->upper : NULL;
}

struct mount_source *overlay_lower_source(struct mount_source *ms)
{
    struct overlay_sources *src = sources_of(ms);
    return src ? src->lower : NULL;
}

/* Ask one layer's source about the child's inode of that layer. */
static int layer_stale(struct ctx *c, struct mount_source *source, struct inode *dir,
                       const char *name, struct inode *child, bool *stale)
{
    *stale = false;
    if (!source || !child || !source->ops->revalidate) {
        return 0;
    }
    return source->ops->revalidate(c, source, dir, name, child, stale);
}

/*
 * VQ-09 on: a lower that says "stale" is a panic (VP-08b), then the upper decides. Off (the later
 * revision): each layer is asked together with the parent's inode of that layer.
 */
static int overlay_revalidate(struct ctx *c, struct mount_source *ms, struct inode *dir,
                              const char *name, struct inode *child, bool *stale)
{
    struct overlay_sources *src = sources_of(ms);
    const struct overlay_entry *entry = child->overlay;
    const struct overlay_entry *parent = dir ? dir->overlay : NULL;
    if (!entry) {
        return domain_panic(&c->s->d, "overlay cannot revalidate inode that is not an overlay");
    }
    struct inode *parent_lower = parent ? parent->lower : NULL;
    struct inode *parent_upper = parent ? parent->upper : NULL;
    bool lower_stale;
    int r = layer_stale(c, src->lower, parent_lower, name, entry->lower, &lower_stale);
    if (r) {
        return r;
    }
    if (lower_stale) {
        if (!quirk_on(&c->s->d, VP_08b)) {
            return -EINVAL;
        }
        return domain_panic(&c->s->d,
                            "an overlay cannot revalidate file objects from the lower fs");
    }
    return layer_stale(c, src->upper, parent_upper, name, entry->upper, stale);
}

static bool overlay_keep(struct mount_source *ms, struct dirent *d)
{
    struct mount_source *upper = sources_of(ms)->upper;
    return upper->ops->keep && upper->ops->keep(upper, d);
}

static void overlay_source_destroy(struct mount_source *ms)
{
    struct overlay_sources *src = ms->priv;
    mount_source_put(src->upper);
    mount_source_put(src->lower);
    mem_free(src);
}

const struct mount_source_ops overlay_source_ops = {
    .revalidate = overlay_revalidate,
    .keep = overlay_keep,
    .destroy = overlay_source_destroy,
};

int overlay_source_new(struct ctx *c, struct mount_source *upper, struct mount_source *lower,
                       struct mount_flags flags, struct mount_source **ret)
{
    struct overlay_sources *src = MEM_NEW(&c->s->d, struct overlay_sources);
    if (!src) {
        return CODE_FATE;
    }
    src->upper = mount_source_get(upper);
    src->lower = lower ? mount_source_get(lower) : NULL;
    return mount_source_new(c->s, &overlay_source_ops, c->s->overlayfs, flags, src, ret);
}

/* ---------------------------------------------------------------------------------------------
 * entries */

void overlay_entry_free(struct overlay_entry *e)
{
    inode_put(e->upper);
    inode_put(e->lower);
    mem_free(e);
}

static bool lower_is_supported(enum inode_type t)
{
    return t == INODE_REGULAR || t == INODE_DIRECTORY || t == INODE_SYMLINK || t == INODE_SOCKET;
}

int overlay_inode_new(struct mount_source *ms, struct inode *upper, struct inode *lower,
                      bool lower_exists, struct inode **ret)
{
    struct domain *d = &ms->s->d;
    if ((!upper && !lower) || (upper && upper->overlay)) {
        return -EINVAL; /* VP-17 */
    }
    if (lower && !lower_is_supported(lower->stable.type)) { /* VQ-28 */
        log_line(d, LOG_WARNING, "%s not supported in lower filesytem",
                 inode_type_name(lower->stable.type));
        return -EINVAL;
    }
    struct overlay_entry *entry = MEM_NEW(d, struct overlay_entry);
    if (!entry) {
        return CODE_FATE;
    }
    struct inode *inode;
    const struct inode *shown = upper ? upper : lower;
    if (inode_new(ms, NULL, NULL, shown->stable, &inode)) {
        return CODE_FATE;
    }
    entry->upper = upper ? inode_get(upper) : NULL;
    entry->lower = lower ? inode_get(lower) : NULL;
    entry->lower_exists = lower_exists;
    inode->overlay = entry;
    *ret = inode;
    return 0;
}

/* VP-08b off: a lower that never trusts what it said is refused at once. With VQ-09 off it is asked
 * at each walk, and mostly says "not stale". */
static int check_lower_source(struct ctx *c, struct inode *lower, struct error *err)
{
    struct domain *d = &c->s->d;
    struct mount_source *ms = lower->ms;
    if (!ms->ops->revalidate || quirk_on(d, VP_08b) || !quirk_on(d, VQ_09)) {
        return 0;
    }
    bool stale = false;
    int r = ms->ops->revalidate(c, ms, lower, "", lower, &stale);
    if (r || stale) {
        return r ? error_code(d, err, r)
                 : error_set(d, err, -EINVAL, "lower Inode needs revalidation");
    }
    return 0;
}

int overlay_new_root(struct ctx *c, struct inode *upper, struct inode *lower,
                     struct mount_flags flags, struct inode **ret, struct error *err)
{
    struct domain *d = &c->s->d;
    if (!inode_is_directory(upper)) {
        return error_set(d, err, -EINVAL, "upper Inode is not a directory");
    }
    if (!inode_is_directory(lower)) {
        return error_set(d, err, -EINVAL, "lower Inode is not a directory");
    }
    if (upper->overlay) {
        return error_set(d, err, -EINVAL, "cannot nest overlay in upper file of another overlay");
    }
    int r = check_lower_source(c, lower, err);
    if (r) {
        return r;
    }
    struct mount_source *ms;
    r = overlay_source_new(c, upper->ms, lower->ms, flags, &ms);
    if (r) {
        return r;
    }
    r = overlay_inode_new(ms, upper, lower, true, ret);
    mount_source_put(ms);
    return r ? error_code(d, err, r) : 0;
}

int overlay_new_root_file(struct ctx *c, struct mount_source *upper_ms, struct inode *lower,
                          struct mount_flags flags, struct inode **ret, struct error *err)
{
    struct domain *d = &c->s->d;
    if (lower->stable.type != INODE_REGULAR) {
        return error_set(d, err, -EINVAL, "lower Inode is not a regular file");
    }
    int r = check_lower_source(c, lower, err);
    if (r) {
        return r;
    }
    struct mount_source *ms;
    r = overlay_source_new(c, upper_ms, lower->ms, flags, &ms);
    if (r) {
        return r;
    }
    r = overlay_inode_new(ms, NULL, lower, true, ret);
    mount_source_put(ms);
    return r ? error_code(d, err, r) : 0;
}

/* ------------------------------------------------------------------------------------------ who
 * serves */

struct inode *overlay_serving(const struct inode *inode)
{
    return inode->overlay->upper ? inode->overlay->upper : inode->overlay->lower;
}

int overlay_check(struct ctx *c, struct inode *inode, unsigned mask)
{
    const struct overlay_entry *entry = inode->overlay;
    if (entry->upper) {
        return inode_check(c, entry->upper, mask);
    }
    if ((mask & ACCESS_WRITE) && quirk_on(&c->s->d, VQ_30)) {
        mask = (mask & ~(unsigned)ACCESS_WRITE) | ACCESS_READ;
    }
    return inode_check(c, entry->lower, mask);
}

/* Is this attribute kept from outside? VQ-29: the original tests the prefix the wrong way round. */
static bool xattr_is_private(struct domain *d, const char *name)
{
    size_t n = strlen(name), prefix_n = strlen(OVERLAY_XATTR_PREFIX);
    if (quirk_on(d, VQ_29)) {
        return n <= prefix_n && strncmp(OVERLAY_XATTR_PREFIX, name, n) == 0;
    }
    return strncmp(name, OVERLAY_XATTR_PREFIX, prefix_n) == 0;
}

int overlay_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret)
{
    if (xattr_is_private(&c->s->d, name)) {
        return -ENODATA;
    }
    return inode_getxattr(c, overlay_serving(inode), name, ret);
}

int overlay_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret)
{
    struct ptrvec all;
    ptrvec_init(&all, &c->s->d);
    int r = inode_listxattr(c, overlay_serving(inode), &all);
    for (size_t i = 0; i < all.n; i++) {
        if (r || xattr_is_private(&c->s->d, all.p[i]) || (r = ptrvec_push(ret, all.p[i]))) {
            mem_free(all.p[i]);
        }
    }
    ptrvec_release(&all);
    return r;
}
