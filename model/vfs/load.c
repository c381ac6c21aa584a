/* Loading: from what was saved to a namespace in a fresh world (contract vfs 24). */
#include "vfs_internal.h"

#include <simrun/save.h>

static int find_fs(struct loader *ld, const char *name, const struct save_fs **ret)
{
    for (size_t i = 0; i < ld->n_fs; i++) {
        if (strcmp(ld->fs[i]->name, name) == 0) {
            *ret = ld->fs[i];
            return 0;
        }
    }
    return error_set(&ld->c->s->d, ld->err, -EINVAL, "filesystem \"%s\" cannot be restored", name);
}

static int find_registered(struct loader *ld, const char *name, struct filesystem **ret)
{
    struct filesystem *fs = filesystem_find(ld->c->s, name);
    if (!fs) {
        return error_set(&ld->c->s->d, ld->err, -ENODEV, "filesystem \"%s\" is not registered",
                         name);
    }
    *ret = fs;
    return 0;
}

int loader_corrupt(struct loader *ld, const char *fmt, ...)
{
    struct domain *d = &ld->c->s->d;
    va_list ap;
    va_start(ap, fmt);
    CLEANUP_MEM char *text = mem_vprintf(d, fmt, ap);
    va_end(ap);
    return text ? error_set(d, ld->err, -EINVAL,
                            "restore failed due to external file system state in corruption: %s",
                            text)
                : CODE_FATE;
}

/* -------------------------------------------------------------------------------- mount sources */

static int load_overlay_source(struct loader *ld, const struct saved_source *in,
                               struct mount_source **ret)
{
    struct mount_source *upper, *lower = NULL;
    int r = loader_source(ld, in->upper, &upper);
    if (r == 0 && in->lower != SAVED_NONE) {
        r = loader_source(ld, in->lower, &lower);
    }
    return r ? r : overlay_source_new(ld->c, upper, lower, in->flags, ret);
}

static int load_plain_source(struct loader *ld, const struct saved_source *in,
                             struct mount_source **ret)
{
    struct filesystem *fs = NULL; /* the source of a stub tree is of none */
    int r = in->fs[0] ? find_registered(ld, in->fs, &fs) : 0;
    return r ? r
             : mount_source_new(ld->c->s,
                                in->caching ? &mount_source_caching : &mount_source_non_caching, fs,
                                in->flags, NULL, ret);
}

/* By a mount of its own: the filesystem makes the whole tree again. */
static int remount_source(struct loader *ld, size_t index, const char *data,
                          struct mount_source **ret)
{
    const struct saved_source *in = &ld->in->sources[index];
    struct filesystem *fs = NULL;
    struct inode *root;
    int r = find_registered(ld, in->fs, &fs);
    r = r ? r : fs->mount(ld->c, fs, "none", in->flags, data, &root, ld->err);
    if (r == 0) {
        ld->roots[index] = root;
        *ret = mount_source_get(root->ms);
    }
    return r;
}

static int make_source(struct loader *ld, size_t index, struct mount_source **ret)
{
    const struct saved_source *in = &ld->in->sources[index];
    if (in->upper != SAVED_NONE) {
        return load_overlay_source(ld, in, ret);
    }
    const struct save_fs *fs;
    int r = find_fs(ld, in->fs, &fs);
    if (r) {
        return r;
    }
    if (fs->remount) {
        return remount_source(ld, index, fs->remount, ret);
    }
    return fs->load_source ? fs->load_source(ld, in, ret) : load_plain_source(ld, in, ret);
}

int loader_source(struct loader *ld, size_t index, struct mount_source **ret)
{
    if (!ld->sources[index]) {
        struct mount_source *ms = NULL;
        int r = make_source(ld, index, &ms);
        if (r) {
            return r;
        }
        ld->sources[index] = ms;
        ms->id = ld->in->sources[index].id;
    }
    *ret = ld->sources[index];
    return 0;
}

bool loader_is_root(const struct loader *ld, const struct saved_inode *in)
{
    return in == &ld->in->inodes[ld->in->sources[in->source].top];
}

struct inode *loader_root(const struct loader *ld, size_t source)
{
    return ld->roots[source];
}

/* --------------------------------------------------------------------------------------- inodes */

static int load_overlay_inode(struct loader *ld, const struct saved_inode *in,
                              struct mount_source *ms, struct inode **ret)
{
    struct inode *upper = NULL, *lower = NULL;
    int r = in->upper != SAVED_NONE ? loader_inode(ld, in->upper, &upper) : 0;
    if (r == 0 && in->lower != SAVED_NONE) {
        r = loader_inode(ld, in->lower, &lower);
    }
    return r ? r : overlay_inode_new(ms, upper, lower, in->lower_exists, ret);
}

static int make_inode(struct loader *ld, const struct saved_inode *in, struct inode **ret)
{
    struct mount_source *ms;
    int r = loader_source(ld, in->source, &ms);
    if (r) {
        return r;
    }
    if (in->upper != SAVED_NONE || in->lower != SAVED_NONE) {
        return load_overlay_inode(ld, in, ms, ret);
    }
    const struct save_fs *fs;
    r = find_fs(ld, ld->in->sources[in->source].fs, &fs);
    return r ? r : fs->load_inode(ld, in, ms, ret);
}

void loader_set(struct loader *ld, size_t index, struct inode *inode)
{
    const struct saved_inode *in = &ld->in->inodes[index];
    inode->stable = in->stable;
    inode->unlinked = in->unlinked;
    ld->inodes[index] = inode;
}

int loader_inode(struct loader *ld, size_t index, struct inode **ret)
{
    if (!ld->inodes[index]) {
        const struct saved_inode *in = &ld->in->inodes[index];
        struct inode *inode = NULL;
        int r = make_inode(ld, in, &inode);
        if (r) {
            return r;
        }
        loader_set(ld, index, inode);
    }
    *ret = ld->inodes[index];
    return 0;
}

/* One step down from `*inode`, whose reference is exchanged for the child's. */
static int step_down(struct loader *ld, struct inode **inode, const char *name)
{
    struct dirent *d = NULL;
    int r = inode_lookup(ld->c, *inode, name, &d);
    if (r == 0 && !d->inode) {
        dirent_put(d);
        r = -ENOENT;
    }
    if (r) {
        return r;
    }
    inode_put(*inode);
    *inode = inode_get(d->inode);
    dirent_put(d);
    return 0;
}

int loader_made(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                struct inode **ret)
{
    (void)ms;
    struct domain *d = &ld->c->s->d;
    CLEANUP_MEM char *path = mem_dup(d, in->path && !loader_is_root(ld, in) ? in->path : "/");
    if (!path) {
        return CODE_FATE;
    }
    struct inode *inode = inode_get(loader_root(ld, in->source));
    int r = 0;
    char *rest = path, *name;
    while (r == 0 && (name = strsep(&rest, "/"))) {
        r = name[0] ? step_down(ld, &inode, name) : 0;
    }
    if (r) {
        inode_put(inode);
        return error_set(d, ld->err, r, "failed to walk to %s: %s", in->path, code_text(r));
    }
    *ret = inode;
    return 0;
}

/* -------------------------------------------------------------------------------------- dirents */

static int load_dirent(struct loader *ld, size_t index)
{
    const struct saved_dirent *in = &ld->in->dirents[index];
    struct inode *inode;
    struct dirent *d;
    int r = loader_inode(ld, in->inode, &inode);
    r = r ? r : dirent_new(inode_get(inode), in->name, &d);
    if (r) {
        return r;
    }
    ld->dirents[index] = d;
    d->mounted = in->mounted;
    if (in->parent != SAVED_NONE && in->hashed) {
        dirent_hash(ld->dirents[in->parent], d);
    } else if (in->parent != SAVED_NONE) {
        d->parent = dirent_get(ld->dirents[in->parent]); /* covered: not listed by its parent */
    }
    d->frozen = in->frozen;
    return 0;
}

static int load_mount(struct loader *ld, const struct saved_mount *in, struct mount_ns *ns)
{
    struct domain *d = &ld->c->s->d;
    struct mount_point *mp = MEM_NEW(d, struct mount_point);
    struct dirent **covered =
        mem_resize(d, NULL, 0, in->n_covered, sizeof(struct dirent *), "covered dirents");
    if (!mp || !covered) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < in->n_covered; i++) {
        covered[i] = dirent_get(ld->dirents[in->covered[i]]);
    }
    mp->mounted = dirent_get(ld->dirents[in->mounted]);
    mp->covered = covered;
    mp->n_covered = in->n_covered;
    list_push_back(&ns->mounts, &mp->link);
    return 0;
}

/* Children in the order of their ids, which is that of mounting. */
static void link_children(struct loader *ld, struct mount_source *parent, size_t index)
{
    for (;;) {
        struct mount_source *next = NULL;
        for (size_t i = 0; i < ld->in->n_sources; i++) {
            const struct saved_source *in = &ld->in->sources[i];
            struct mount_source *ms = ld->sources[i];
            if (ms && in->linked && in->parent == index && list_empty(&ms->child_link) &&
                (!next || ms->id < next->id)) {
                next = ms;
            }
        }
        if (!next) {
            return;
        }
        list_push_back(&parent->children, &next->child_link);
    }
}

static void link_sources(struct loader *ld)
{
    for (size_t i = 0; i < ld->in->n_sources; i++) {
        const struct saved_source *in = &ld->in->sources[i];
        struct mount_source *ms = ld->sources[i];
        if (!ms) {
            continue;
        }
        ms->parent = in->parent == SAVED_NONE ? NULL : ld->sources[in->parent];
        ms->root = in->root == SAVED_NONE ? NULL : ld->dirents[in->root];
        link_children(ld, ms, i);
    }
}

static int load_held(struct loader *ld)
{
    int r = 0;
    for (size_t i = 0; i < ld->in->n_sources && r == 0; i++) {
        const struct saved_source *in = &ld->in->sources[i];
        const struct save_fs *fs = NULL;
        if (in->n_held && ld->sources[i]) {
            r = find_fs(ld, in->fs, &fs);
            r = r ? r : fs->load_held(ld, in, ld->sources[i]);
        }
    }
    return r;
}

static int load_all(struct loader *ld, struct mount_ns **ret)
{
    const struct saved_ns *in = ld->in;
    struct sentry *s = ld->c->s;
    int r = 0;
    for (size_t i = 0; i < in->n_dirents && r == 0; i++) {
        r = load_dirent(ld, i);
    }
    r = r ? r : load_held(ld);
    struct mount_ns *ns = r ? NULL : mount_ns_alloc(ld->c, dirent_get(ld->dirents[0]));
    if (!ns) {
        return r ? r : CODE_FATE;
    }
    for (size_t i = 0; i < in->n_mounts && r == 0; i++) {
        r = load_mount(ld, &in->mounts[i], ns);
    }
    if (r) {
        return r; /* a fate */
    }
    link_sources(ld);
    ns->next_id = in->next_mount_id;
    s->last_cookie = in->last_cookie;
    memcpy(s->last_inode, in->last_inode, sizeof(s->last_inode));
    *ret = ns;
    return 0;
}

static int loader_begin(struct loader *ld)
{
    struct domain *d = &ld->c->s->d;
    const struct saved_ns *in = ld->in;
    ld->sources = mem_resize(d, NULL, 0, in->n_sources + 1, sizeof(void *), "loaded");
    ld->roots = mem_resize(d, NULL, 0, in->n_sources + 1, sizeof(void *), "loaded");
    ld->inodes = mem_resize(d, NULL, 0, in->n_inodes + 1, sizeof(void *), "loaded");
    ld->dirents = mem_resize(d, NULL, 0, in->n_dirents + 1, sizeof(void *), "loaded");
    return ld->sources && ld->roots && ld->inodes && ld->dirents ? 0 : CODE_FATE;
}

/* The loader's own references. What the namespace did not take over ends here. */
static void loader_end(struct loader *ld)
{
    const struct saved_ns *in = ld->in;
    if (domain_dead(&ld->c->s->d)) {
        return;
    }
    for (size_t i = in->n_dirents; i-- > 0;) {
        dirent_put(ld->dirents[i]);
    }
    for (size_t i = 0; i < in->n_inodes; i++) {
        inode_put(ld->inodes[i]);
    }
    for (size_t i = 0; i < in->n_sources; i++) {
        inode_put(ld->roots[i]);
        mount_source_put(ld->sources[i]);
    }
    mem_free(ld->sources);
    mem_free(ld->roots);
    mem_free(ld->inodes);
    mem_free(ld->dirents);
    jobs_drain(&ld->c->s->d);
}

int mount_ns_load(struct ctx *c, const struct saved_ns *in, const struct save_fs *const *fs,
                  size_t n_fs, const struct load_env *env, struct mount_ns **ret, struct error *err)
{
    CHECK_FATE(c);
    static const struct load_env nothing;
    struct loader ld = {
        .c = c, .in = in, .fs = fs, .n_fs = n_fs, .env = env ? env : &nothing, .err = err};
    int r = loader_begin(&ld);
    r = r ? r : load_all(&ld, ret);
    loader_end(&ld);
    return r;
}
