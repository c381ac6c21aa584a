/* Saving: from the live objects of a namespace to plain data (contract vfs 24). */
#include "vfs_internal.h"

#include <simrun/save.h>

/* -------------------------------------------------------------------------------- what was seen */

static size_t slot_of(const struct saver *sv, const void *key)
{
    size_t mask = sv->seen.cap - 1;
    size_t at = (size_t)((uintptr_t)key * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (sv->seen.key[at] && sv->seen.key[at] != key) {
        at = (at + 1) & mask;
    }
    return at;
}

static bool seen(const struct saver *sv, const void *key, size_t *ret)
{
    if (sv->seen.cap == 0) {
        return false;
    }
    size_t at = slot_of(sv, key);
    if (!sv->seen.key[at]) {
        return false;
    }
    *ret = sv->seen.index[at];
    return true;
}

static void seen_release(struct saver *sv)
{
    mem_free(sv->seen.key);
    mem_free(sv->seen.index);
}

static int seen_grow(struct saver *sv)
{
    struct saver old = *sv;
    size_t cap = old.seen.cap ? 2 * old.seen.cap : 256;
    struct domain *d = sv->out->d;
    sv->seen.key = mem_resize(d, NULL, 0, cap, sizeof(*sv->seen.key), "saved objects");
    sv->seen.index = mem_resize(d, NULL, 0, cap, sizeof(*sv->seen.index), "saved objects");
    if (!sv->seen.key || !sv->seen.index) {
        return CODE_FATE;
    }
    sv->seen.cap = cap;
    for (size_t i = 0; i < old.seen.cap; i++) {
        if (old.seen.key[i]) {
            size_t at = slot_of(sv, old.seen.key[i]);
            sv->seen.key[at] = old.seen.key[i];
            sv->seen.index[at] = old.seen.index[i];
        }
    }
    seen_release(&old);
    return 0;
}

static int see(struct saver *sv, const void *key, size_t index)
{
    int r = 2 * (sv->seen.n + 1) > sv->seen.cap ? seen_grow(sv) : 0;
    if (r == 0) {
        size_t at = slot_of(sv, key);
        sv->seen.key[at] = key;
        sv->seen.index[at] = index;
        sv->seen.n++;
    }
    return r;
}

/* Room for one more element of one of the arrays. */
static int grow(struct saver *sv, void **array, size_t n, size_t *cap, size_t elem)
{
    if (n < *cap) {
        return 0;
    }
    size_t bigger = *cap ? 2 * *cap : 64;
    void *p = mem_resize(sv->out->d, *array, *cap, bigger, elem, "saved data");
    if (!p) {
        return CODE_FATE;
    }
    *array = p;
    *cap = bigger;
    return 0;
}
#define GROW(sv, name)                                                                             \
    grow((sv), (void **)&(sv)->out->name, (sv)->out->n_##name, &(sv)->out->cap_##name,             \
         sizeof(*(sv)->out->name))

static const char *fs_name(const struct mount_source *ms)
{
    return ms->fs ? ms->fs->name : "";
}

static int find_fs(struct saver *sv, const struct mount_source *ms, const struct save_fs **ret)
{
    for (size_t i = 0; i < sv->n_fs; i++) {
        if (strcmp(sv->fs[i]->name, fs_name(ms)) == 0) {
            *ret = sv->fs[i];
            return 0;
        }
    }
    CLEANUP_MEM char *q = go_quote(&sv->c->s->d, fs_name(ms));
    return q ? error_set(&sv->c->s->d, sv->err, -EINVAL, "filesystem %s cannot be saved", q)
             : CODE_FATE;
}

/* ------------------------------------------------------------------------------- mount sources */

static int save_source(struct saver *sv, struct mount_source *ms, size_t *ret);

static int save_layers(struct saver *sv, struct mount_source *ms, struct saved_source *out)
{
    struct mount_source *lower = overlay_lower_source(ms);
    int r = save_source(sv, overlay_upper_source(ms), &out->upper);
    return r || !lower ? r : save_source(sv, lower, &out->lower);
}

static int fill_source(struct saver *sv, struct mount_source *ms, struct saved_source *out)
{
    *out = (struct saved_source){
        .fs = saver_dup(sv, fs_name(ms)),
        .flags = ms->flags,
        .caching = ms->ops == &mount_source_caching,
        .upper = SAVED_NONE,
        .lower = SAVED_NONE,
        .id = ms->id,
        .parent = SAVED_NONE,
        .root = SAVED_NONE,
        .top = SAVED_NONE,
        .linked = !list_empty(&ms->child_link),
    };
    if (!out->fs) {
        return CODE_FATE;
    }
    if (ms->ops == &overlay_source_ops) {
        return save_layers(sv, ms, out);
    }
    const struct save_fs *fs;
    int r = find_fs(sv, ms, &fs);
    return r || !fs->save_source ? r : fs->save_source(sv, ms, out);
}

static int save_source(struct saver *sv, struct mount_source *ms, size_t *ret)
{
    if (seen(sv, ms, ret)) {
        return 0;
    }
    int r = GROW(sv, sources);
    size_t index = sv->out->n_sources;
    r = r ? r : see(sv, ms, index);
    r = r ? r : ptrvec_push(&sv->sources, ms);
    if (r) {
        return r;
    }
    sv->out->n_sources++;
    struct saved_source out;
    r = fill_source(sv, ms, &out);
    if (r == 0) {
        sv->out->sources[index] = out;
        *ret = index;
    }
    return r;
}

/* --------------------------------------------------------------------------------------- inodes */

static int save_entry(struct saver *sv, const struct overlay_entry *e, struct saved_inode *out)
{
    out->kind = "overlay";
    out->lower_exists = e->lower_exists;
    int r = e->upper ? saver_inode(sv, e->upper, &out->upper) : 0;
    return r || !e->lower ? r : saver_inode(sv, e->lower, &out->lower);
}

static int fill_inode(struct saver *sv, struct inode *inode, size_t index, struct saved_inode *out)
{
    *out = (struct saved_inode){
        .stable = inode->stable,
        .unlinked = inode->unlinked,
        .upper = SAVED_NONE,
        .lower = SAVED_NONE,
    };
    int r = save_source(sv, inode->ms, &out->source);
    if (r) {
        return r;
    }
    struct saved_source *source = &sv->out->sources[out->source];
    source->top = source->top == SAVED_NONE ? index : source->top;
    if (inode->overlay) {
        return save_entry(sv, inode->overlay, out);
    }
    const struct save_fs *fs;
    r = find_fs(sv, inode->ms, &fs);
    return r ? r : fs->save_inode(sv, inode, out);
}

int saver_inode(struct saver *sv, struct inode *inode, size_t *ret)
{
    if (seen(sv, inode, ret)) {
        return 0;
    }
    int r = GROW(sv, inodes);
    size_t index = sv->out->n_inodes;
    r = r ? r : see(sv, inode, index);
    if (r) {
        return r;
    }
    sv->out->n_inodes++;
    struct saved_inode out;
    r = fill_inode(sv, inode, index, &out);
    if (r == 0) {
        sv->out->inodes[index] = out;
        *ret = index;
    }
    return r;
}

int saver_made(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    (void)sv, (void)inode;
    out->kind = "made";
    return 0;
}

/* -------------------------------------------------------------------------------------- dirents */

/* SaveInodeMapping: an overlay passes the path on to the layers that it has. */
static void map_path(struct saver *sv, size_t index, char *path)
{
    struct saved_inode *inode = &sv->out->inodes[index];
    if (!inode->path) {
        inode->path = path;
    }
    if (inode->upper != SAVED_NONE) {
        map_path(sv, inode->upper, path);
    }
    if (inode->lower != SAVED_NONE) {
        map_path(sv, inode->lower, path);
    }
}

static int save_path(struct saver *sv, struct dirent *d, size_t inode)
{
    struct dirent *top = dirent_mount_root(d);
    CLEANUP_MEM char *name = NULL;
    bool reachable;
    int r = dirent_full_name(d, top, &name, &reachable);
    dirent_put(top);
    char *copy = r ? NULL : saver_dup(sv, name);
    if (!copy) {
        return CODE_FATE;
    }
    map_path(sv, inode, copy);
    return 0;
}

int saver_dirent(struct saver *sv, struct dirent *d, size_t *ret)
{
    if (seen(sv, d, ret)) {
        return 0;
    }
    struct saved_dirent out = {
        .parent = SAVED_NONE, .hashed = d->hashed, .mounted = d->mounted, .frozen = d->frozen};
    int r = d->parent ? saver_dirent(sv, d->parent, &out.parent) : 0;
    r = r ? r : saver_inode(sv, d->inode, &out.inode);
    r = r ? r : save_path(sv, d, out.inode);
    out.name = r ? NULL : saver_dup(sv, d->name);
    if (!out.name) {
        return r ? r : CODE_FATE;
    }
    r = GROW(sv, dirents);
    r = r ? r : see(sv, d, sv->out->n_dirents);
    if (r == 0) {
        *ret = sv->out->n_dirents;
        sv->out->dirents[sv->out->n_dirents++] = out;
    }
    return r;
}

static int save_mount(struct saver *sv, const struct mount_point *mp, struct saved_mount *out)
{
    int r = saver_dirent(sv, mp->mounted, &out->mounted);
    out->covered = saver_alloc(sv, mp->n_covered * sizeof(*out->covered));
    out->n_covered = mp->n_covered;
    if (!out->covered) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < mp->n_covered && r == 0; i++) {
        r = saver_dirent(sv, mp->covered[i], &out->covered[i]);
    }
    return r;
}

static int save_mounts(struct saver *sv, struct mount_ns *ns)
{
    size_t n = 0;
    list_for_each(it, &ns->mounts)
    {
        n++;
    }
    struct saved_mount *v = saver_alloc(sv, n * sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    sv->out->mounts = v;
    list_for_each(it, &ns->mounts)
    {
        int r = save_mount(sv, container_of(it, struct mount_point, link), v++);
        if (r) {
            return r;
        }
        sv->out->n_mounts++;
    }
    return 0;
}

/* What sources say of dirents and of each other, once all mounts are there. */
static int save_links(struct saver *sv, size_t index)
{
    struct mount_source *ms = sv->sources.p[index];
    struct saved_source out = sv->out->sources[index];
    size_t other;
    int r = 0;
    out.parent = ms->parent && seen(sv, ms->parent, &other) ? other : SAVED_NONE;
    out.root = ms->root && seen(sv, ms->root, &other) ? other : SAVED_NONE;
    if (ms->ops != &overlay_source_ops) {
        const struct save_fs *fs;
        r = find_fs(sv, ms, &fs);
        r = r || !fs->save_held ? r : fs->save_held(sv, ms, &out);
    }
    sv->out->sources[index] = out;
    return r;
}

static int save_all(struct saver *sv, struct mount_ns *ns)
{
    struct sentry *s = sv->c->s;
    struct saved_ns *out = sv->out;
    size_t root;
    int r = saver_dirent(sv, ns->root, &root);
    r = r ? r : save_mounts(sv, ns);
    if (r) {
        return r;
    }
    for (size_t i = 0; i < sv->sources.n && r == 0; i++) {
        r = save_links(sv, i);
    }
    if (r) {
        return r;
    }
    out->next_mount_id = ns->next_id;
    out->last_cookie = s->last_cookie;
    memcpy(out->last_inode, s->last_inode, sizeof(out->last_inode));
    return 0;
}

int mount_ns_save(struct ctx *c, struct mount_ns *ns, const struct save_fs *const *fs, size_t n_fs,
                  struct saved_ns *ret, struct error *err)
{
    CHECK_FATE(c);
    int r = mount_ns_ready(c, ns, err);
    if (r) {
        return r;
    }
    struct saver sv = {.c = c, .out = ret, .fs = fs, .n_fs = n_fs, .err = err};
    ptrvec_init(&sv.sources, ret->d);
    r = save_all(&sv, ns);
    ptrvec_release(&sv.sources);
    seen_release(&sv);
    return r;
}
