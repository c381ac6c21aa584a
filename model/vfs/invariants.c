/*
 * The invariants of contract vfs 27 that a tree at rest can show. Nothing here changes the tree,
 * asks a filesystem or allocates, so it may run after every case.
 */
#include "vfs_internal.h"

#include <stdio.h>

struct check {
    struct mount_ns *ns;
    unsigned flags;
    vfs_broken_fn broken;
    void *arg;
    size_t n;                                        /* violations */
    void (*each)(struct check *k, struct dirent *d); /* of visit_all */
};

static void SIMRUN_PRINTF(3, 4) report(struct check *k, const char *rule, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    k->n++;
    if (k->broken) {
        k->broken(k->arg, rule, text);
    }
}

/* Visit `d` and all that is hashed below it, parents first. */
static void visit(struct check *k, struct dirent *d, void (*fn)(struct check *, struct dirent *))
{
    fn(k, d);
    for (struct namenode *n = namemap_first(&d->children); n; n = namenode_next(n)) {
        visit(k, container_of(n, struct dirent, child_node), fn);
    }
}

/*
 * A region is a tree that nobody lists: the namespace's, and each dirent at or above one of the
 * table that is not hashed: what a mount covers, what revalidation or a removal has cut off with a
 * mount in it. `check_seen` keeps each from being met twice.
 */
static void regions_above(struct check *k, struct dirent *d, bool seen,
                          void (*fn)(struct check *, struct dirent *))
{
    for (; d; d = d->parent) {
        if (!d->hashed && d->check_seen != seen) {
            d->check_seen = seen;
            if (fn) {
                fn(k, d);
            }
        }
    }
}

static void regions_pass(struct check *k, bool seen, void (*fn)(struct check *, struct dirent *))
{
    regions_above(k, k->ns->root, seen, fn);
    list_for_each(it, &k->ns->mounts)
    {
        const struct mount_point *mp = container_of(it, struct mount_point, link);
        regions_above(k, mp->mounted, seen, fn);
        for (size_t i = 0; i < mp->n_covered; i++) {
            regions_above(k, mp->covered[i], seen, fn);
        }
    }
}

static void each_region(struct check *k, void (*fn)(struct check *, struct dirent *))
{
    regions_pass(k, true, fn);
    regions_pass(k, false, NULL);
}

static void visit_region(struct check *k, struct dirent *region)
{
    visit(k, region, k->each);
}

/* Everything alive that can be found from the namespace. */
static void visit_all(struct check *k, void (*fn)(struct check *, struct dirent *))
{
    k->each = fn;
    each_region(k, visit_region);
}

/* ------------------------------------------------------------------------------------- one dirent
 */

static size_t positive_children(const struct dirent *d)
{
    size_t count = 0;
    for (struct namenode *n = namemap_first(&d->children); n; n = namenode_next(n)) {
        count += container_of(n, struct dirent, child_node)->inode != NULL;
    }
    return count;
}

/* References that the namespace's table has on `d`. */
static size_t table_references(const struct mount_ns *ns, const struct dirent *d)
{
    size_t count = d == ns->root;
    list_for_each(it, &ns->mounts)
    {
        const struct mount_point *mp = container_of(it, struct mount_point, link);
        count += mp->mounted == d;
        for (size_t i = 0; i < mp->n_covered; i++) {
            count += mp->covered[i] == d;
        }
    }
    return count;
}

/* An unlisted dirent keeps its reference on its parent. */
static void forget_unlisted(struct check *k, struct dirent *d)
{
    (void)k;
    d->check_unlisted = 0;
}

static void add_unlisted(struct check *k, struct dirent *region)
{
    (void)k;
    if (region->parent && region->inode) {
        region->parent->check_unlisted++;
    }
}

/* VI-01, VI-03: `d` has at least the references that are seen from here; flushed, exactly those. */
static void check_references(struct check *k, const struct dirent *d)
{
    size_t seen = positive_children(d) + d->check_unlisted + !list_empty(&d->cache_link);
    if (d->mounted || !d->hashed) { /* only these can stand in the table */
        seen += table_references(k->ns, d);
    }
    if (d->refs < seen) {
        report(k, "VI-01", "%s has %zu references, %zu are seen", d->name, d->refs, seen);
    }
    if (!(k->flags & VFS_CHECK_FLUSHED)) {
        return;
    }
    if (!list_empty(&d->cache_link) || seen == 0) {
        report(k, "VI-03", "%s is alive after a flush", d->name);
    }
    if (d->refs > seen) {
        report(k, "VI-03", "%s has %zu references after a flush, not %zu", d->name, d->refs, seen);
    }
}

static void check_negative(struct check *k, const struct dirent *d)
{
    if (d->refs != 1 || d->mounted || namemap_first(&d->children)) {
        report(k, "VI-01", "negative %s has %zu references, children or a mount", d->name, d->refs);
    }
}

/* VI-02, VI-05: the entries of one directory. */
static void check_children(struct check *k, struct dirent *d)
{
    const char *before = NULL;
    for (struct namenode *n = namemap_first(&d->children); n; n = namenode_next(n)) {
        const struct dirent *child = container_of(n, struct dirent, child_node);
        if (n->name != child->name || !child->hashed) {
            report(k, "VI-02", "%s is listed under another name in %s", child->name, d->name);
        }
        if (child->parent != d) {
            report(k, "VI-02", "%s is listed in %s, not its parent", child->name, d->name);
        }
        if (before && name_compare(before, n->name) >= 0) {
            report(k, "VI-02", "%s follows %s in %s", n->name, before, d->name);
        }
        if (!name_is_safe(child->name)) {
            report(k, "VI-05", "%s in %s is no name that a path leads to", child->name, d->name);
        }
        before = n->name;
    }
}

/* A directory is a directory, special or not. */
static bool is_same_kind(enum inode_type a, enum inode_type b)
{
    return a == b || (type_is_directory(a) && type_is_directory(b));
}

/* VI-10, VI-12: the layers of an overlay inode. */
static void check_layers(struct check *k, const struct dirent *d)
{
    const struct overlay_entry *e = d->inode->overlay;
    if (!e->upper && !e->lower) {
        report(k, "VI-10", "%s has no layer", d->name);
        return;
    }
    if (e->upper && e->upper->overlay) {
        report(k, "VI-10", "the upper of %s is an overlay", d->name);
    }
    if (e->upper && e->lower && !is_same_kind(e->upper->stable.type, e->lower->stable.type)) {
        report(k, "VI-12", "the layers of %s are of different types", d->name);
    }
    if (!is_same_kind(d->inode->stable.type, overlay_serving(d->inode)->stable.type)) {
        report(k, "VI-12", "%s shows another type than its layer", d->name);
    }
}

/* VI-18: at rest nothing is locked. */
static void check_locks(struct check *k, const struct dirent *d)
{
    const struct overlay_entry *e = d->inode->overlay;
    const struct lockword *words[] = {&d->mu, &d->dir_mu, e ? &e->copy_mu : &d->mu};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (words[i]->writer || words[i]->readers) {
            report(k, "VI-18", "%s is locked", d->name);
            return;
        }
    }
}

static void check_dirent(struct check *k, struct dirent *d)
{
    if (!d->inode) {
        check_negative(k, d);
        return;
    }
    check_references(k, d);
    check_children(k, d);
    check_locks(k, d);
    if (d->inode->overlay) {
        check_layers(k, d);
    }
}

/* ------------------------------------------------------------------------------------ the sources
 */

static void forget_sum(struct check *k, struct dirent *d)
{
    (void)k;
    if (d->inode) {
        d->inode->ms->check_refs = 0;
    }
}

static void add_sum(struct check *k, struct dirent *d)
{
    (void)k;
    if (d->inode) {
        d->inode->ms->check_refs += d->refs;
    }
}

#define SOURCE_CHECKED SIZE_MAX

/* VI-04 */
static void check_cache(struct check *k, const struct mount_source *ms)
{
    const struct dirent_cache *cache = &ms->cache;
    size_t n = 0;
    list_for_each(it, &cache->lru)
    {
        const struct dirent *d = container_of(it, struct dirent, cache_link);
        if (it->next->prev != it || ++n > cache->n) {
            break;
        }
        if (!d->inode || d->inode->ms != ms || d->refs == 0) {
            report(k, "VI-04", "%s is in the cache of a foreign source", d->name);
        }
    }
    if (n != cache->n || n > DIRENT_CACHE_LIMIT || n > cache->limit) {
        report(k, "VI-04", "the cache of source %llu holds %zu, not %zu",
               (unsigned long long)ms->id, n, cache->n);
    }
}

/* VI-06: the sources mounted on this one. */
static void check_submounts(struct check *k, const struct mount_source *ms)
{
    uint64_t last = 0;
    list_for_each(it, &ms->children)
    {
        const struct mount_source *child = container_of(it, struct mount_source, child_link);
        if (child->parent != ms) {
            report(k, "VI-06", "source %llu has another parent", (unsigned long long)child->id);
        }
        if (child->id <= last) {
            report(k, "VI-06", "mount %llu comes after %llu", (unsigned long long)child->id,
                   (unsigned long long)last);
        }
        last = child->id;
    }
}

/* Each source once: the first dirent of it that is met. */
static void check_source_of(struct check *k, struct dirent *d)
{
    if (!d->inode || d->inode->ms->check_refs == SOURCE_CHECKED) {
        return;
    }
    struct mount_source *ms = d->inode->ms;
    bool exact = k->flags & VFS_CHECK_FLUSHED;
    if (ms->check_refs > ms->dirent_refs || (exact && ms->check_refs != ms->dirent_refs)) {
        report(k, exact ? "VI-03" : "VI-01", "source %llu counts %zu references, %zu are seen",
               (unsigned long long)ms->id, ms->dirent_refs, ms->check_refs);
    }
    ms->check_refs = SOURCE_CHECKED;
    check_cache(k, ms);
    check_submounts(k, ms);
}

/* -------------------------------------------------------------------------------------- the mounts
 */

/* VI-07: one stack. */
static void check_stack(struct check *k, const struct mount_point *mp)
{
    const struct dirent *top = mp->mounted;
    if (!top->mounted || mp->n_covered == 0) {
        report(k, "VI-07", "%s is no mount, or covers nothing", top->name);
    }
    for (size_t i = 0; i < mp->n_covered; i++) {
        const struct dirent *covered = mp->covered[i];
        if (strcmp(covered->name, top->name) != 0 || (i > 0 && !covered->mounted)) {
            report(k, "VI-07", "%s covers %s", top->name, covered->name);
        }
    }
}

/* VI-06: a number of its own, smaller than the next one. */
static void check_id(struct check *k, const struct mount_point *mp)
{
    const struct mount_source *ms = mp->mounted->inode->ms;
    if (ms->id < 2 || ms->id >= k->ns->next_id) {
        report(k, "VI-06", "mount id %llu, the next is %llu", (unsigned long long)ms->id,
               (unsigned long long)k->ns->next_id);
    }
    if (ms->root != mp->mounted) {
        report(k, "VI-06", "mount %llu has another root", (unsigned long long)ms->id);
    }
    for (struct list *it = mp->link.next; it != &k->ns->mounts; it = it->next) {
        const struct mount_point *other = container_of(it, struct mount_point, link);
        if (other->mounted == mp->mounted || other->mounted->inode->ms->id == ms->id) {
            report(k, "VI-06", "mount %llu stands twice", (unsigned long long)ms->id);
        }
    }
}

/* VI-07: nobody but the roots of mounts is marked. */
static void check_mark(struct check *k, struct dirent *d)
{
    if (d->mounted && table_references(k->ns, d) == 0) {
        report(k, "VI-07", "%s is marked as a mount and is none", d->name);
    }
}

static void check_namespace(struct check *k)
{
    const struct mount_ns *ns = k->ns;
    const struct dirent *root = ns->root;
    if (root->parent || root->mounted || root->hashed || !root->inode) {
        report(k, "VI-07", "the root is mounted over or below something");
    }
    if (ns->mu.writer || ns->mu.readers || ns->s->rename_mu.writer || ns->s->rename_mu.readers) {
        report(k, "VI-18", "the namespace is locked");
    }
    list_for_each(it, &ns->mounts)
    {
        const struct mount_point *mp = container_of(it, struct mount_point, link);
        check_stack(k, mp);
        check_id(k, mp);
    }
}

size_t vfs_check_invariants(struct mount_ns *ns, unsigned flags, vfs_broken_fn broken, void *arg)
{
    struct check k = {.ns = ns, .flags = flags, .broken = broken, .arg = arg};
    if (domain_dead(&ns->s->d)) {
        return 0; /* abandoned: nothing of it is meant to hold */
    }
    check_namespace(&k);
    visit_all(&k, forget_unlisted);
    each_region(&k, add_unlisted);
    visit_all(&k, check_dirent);
    visit_all(&k, check_mark);
    visit_all(&k, forget_sum);
    visit_all(&k, add_sum);
    visit_all(&k, check_source_of);
    return k.n;
}
