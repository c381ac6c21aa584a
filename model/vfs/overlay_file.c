/* Open overlay inodes (contract vfs 21.5 to 21.7). */
#include "vfs_internal.h"

/* Handles on the layers; `upper` may come later, after a copy-up. */
struct overlay_file {
    struct file *upper, *lower;
};

/* A handle on one layer's inode, under a dirent of its own. */
int overlay_layer_open(struct ctx *c, struct inode *layer, struct open_flags flags,
                       struct file **ret)
{
    struct dirent *d;
    int r = dirent_new_transient(layer, &d);
    if (r) {
        return r;
    }
    r = inode_open(c, layer, d, flags, ret);
    dirent_put(d);
    return r;
}

/* ------------------------------------------------------------------------------------------
 * directories */

static int collect_emit(void *arg, const char *name, const struct dent_attr *attr)
{
    return dent_map_add(arg, name, *attr);
}

/* Every name of one layer, read completely through a fresh handle. */
static int collect_layer(struct ctx *c, struct inode *layer, struct dent_map *names)
{
    struct file *f;
    int r = overlay_layer_open(c, layer, (struct open_flags){.read = true}, &f);
    if (r) {
        return r;
    }
    struct dir_ctx dc = {.emit = collect_emit, .arg = names};
    int n;
    r = f->ops->iterate ? f->ops->iterate(c, f, &dc, 0, &n) : -ENOTDIR;
    file_put(f);
    return r;
}

/* A name of the lower: is it shown where the upper has none of that name? */
static int add_lower(struct ctx *c, const struct overlay_entry *entry, const struct dent *dent,
                     struct dent_map *merged)
{
    bool hidden;
    int r = overlay_whiteout(c, entry->upper, dent->name, &hidden);
    return r || hidden ? r : dent_map_add(merged, dent->name, dent->attr);
}

/* Both listings, name by name, into one; a name of both is the upper's. */
static int merge(struct ctx *c, const struct overlay_entry *entry, struct dent_map *upper,
                 struct dent_map *lower, struct dent_map *merged)
{
    const size_t n_upper = dent_map_settle(upper), n_lower = dent_map_settle(lower);
    size_t i = 0, k = 0;
    int r = 0;
    while ((i < n_upper || k < n_lower) && r == 0) {
        int order = i == n_upper   ? 1
                    : k == n_lower ? -1
                                   : strcmp(upper->v[i].name, lower->v[k].name);
        if (order > 0) {
            r = add_lower(c, entry, &lower->v[k], merged);
        } else {
            r = dent_map_add(merged, upper->v[i].name, upper->v[i].attr);
        }
        i += order <= 0;
        k += order >= 0;
    }
    return r;
}

/* `names` are the upper's, to which come the lower's that the upper neither has nor hides. */
static int merge_lower(struct ctx *c, const struct overlay_entry *entry, struct dent_map *names)
{
    struct dent_map lower, merged;
    dent_map_init(&lower, &c->s->d);
    int r = collect_layer(c, entry->lower, &lower);
    if (r == 0 && lower.n > 0) {
        dent_map_init(&merged, &c->s->d);
        r = merge(c, entry, names, &lower, &merged);
        dent_map_release(names);
        *names = merged;
    }
    dent_map_release(&lower);
    return r;
}

int overlay_collect(struct ctx *c, struct inode *dir, struct dent_map *names)
{
    struct domain *d = &c->s->d;
    struct overlay_entry *entry = dir->overlay;
    int r = lock_read(d, &entry->copy_mu, "overlay copyMu");
    if (r) {
        return r;
    }
    r = collect_layer(c, entry->upper ? entry->upper : entry->lower, names);
    if (r == 0 && entry->upper && entry->lower) {
        r = merge_lower(c, entry, names);
    }
    unlock_read(d, &entry->copy_mu);
    return r;
}

static int overlay_iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset,
                           int *n)
{
    (void)offset; /* the name cursor decides */
    struct dent_map names;
    dent_map_init(&names, &c->s->d);
    int r = overlay_collect(c, f->dirent->inode, &names);
    if (r == 0) {
        r = dent_map_emit(&names, dc, n);
    }
    dent_map_release(&names);
    return r;
}

/* ------------------------------------------------------------------------------------------------
 * files */

/* Files opened before a copy-up get their upper handle at the first read after it. */
static int ensure_upper(struct ctx *c, struct file *f, struct overlay_file *of)
{
    struct inode *upper = f->dirent->inode->overlay->upper;
    if (!upper || of->upper) {
        return 0;
    }
    int r = overlay_layer_open(c, upper, f->flags, &of->upper);
    if (r == 0 || r == CODE_FATE) {
        return r;
    }
    const struct open_flags *fl = &f->flags;
    const bool shown[] = {fl->direct,    fl->nonblocking, fl->sync,      fl->append,
                          fl->read,      fl->write,       fl->pread,     fl->pwrite,
                          fl->directory, false,           fl->large_file};
    char text[ARRAY_LEN(shown) * 6 + 1], *at = text;
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        at = stpcpy(at, shown[i] ? " true" : " false");
    }
    log_line(&c->s->d, LOG_WARNING, "failed to acquire handle with flags {%s}: %s", text + 1,
             code_text(r));
    return -EIO;
}

static int overlay_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len,
                        size_t *n)
{
    struct overlay_file *of = f->priv;
    int r = ensure_upper(c, f, of);
    return r ? r : file_pread(c, of->upper ? of->upper : of->lower, off, buf, len, n);
}

static int overlay_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                         size_t *n)
{
    struct overlay_file *of = f->priv;
    return file_write_at(c, of->upper, off, buf, len, n); /* always there for writable files */
}

typedef int (*sync_fn)(struct ctx *c, struct file *f);

/* Both handles; VQ-38: the lower's result replaces the upper's. */
static int sync_both(struct ctx *c, struct overlay_file *of, sync_fn upper, sync_fn lower)
{
    int r = of->upper && upper ? upper(c, of->upper) : 0;
    if (r == CODE_FATE || !of->lower || !lower) {
        return r;
    }
    int lower_r = lower(c, of->lower);
    return r && !quirk_on(&c->s->d, VQ_38) ? r : lower_r;
}

static int overlay_fsync(struct ctx *c, struct file *f)
{
    struct overlay_file *of = f->priv;
    return sync_both(c, of, of->upper ? of->upper->ops->fsync : NULL,
                     of->lower ? of->lower->ops->fsync : NULL);
}

static int overlay_flush(struct ctx *c, struct file *f)
{
    struct overlay_file *of = f->priv;
    return sync_both(c, of, of->upper ? of->upper->ops->flush : NULL,
                     of->lower ? of->lower->ops->flush : NULL);
}

static void overlay_release(struct file *f)
{
    struct overlay_file *of = f->priv;
    file_put(of->upper);
    file_put(of->lower);
    mem_free(of);
}

static const struct file_ops overlay_dir_ops = {
    .release = overlay_release,
    .iterate = overlay_iterate,
    .fsync = overlay_fsync,
    .flush = overlay_flush,
};

static const struct file_ops overlay_file_ops = {
    .release = overlay_release,
    .read = overlay_read,
    .write = overlay_write,
    .fsync = overlay_fsync,
    .flush = overlay_flush,
};

static const struct file_ops *ops_of(const struct inode *inode)
{
    return inode_is_directory(inode) ? &overlay_dir_ops : &overlay_file_ops;
}

int overlay_file_wrap(struct ctx *c, struct dirent *d, struct open_flags flags, struct file *upper,
                      struct file **ret)
{
    struct overlay_file *of = MEM_NEW(&c->s->d, struct overlay_file);
    if (!of) {
        return CODE_FATE;
    }
    of->upper = upper;
    return file_new(c, d, flags, ops_of(d->inode), of, ret);
}

int overlay_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                 struct file **ret)
{
    if (flags.write) {
        int r = overlay_copy_up(c, d);
        if (r) {
            return r;
        }
    }
    struct overlay_file *of = MEM_NEW(&c->s->d, struct overlay_file);
    if (!of) {
        return CODE_FATE;
    }
    struct overlay_entry *entry = inode->overlay;
    int r = entry->upper ? overlay_layer_open(c, entry->upper, flags, &of->upper)
                         : overlay_layer_open(c, entry->lower, flags, &of->lower);
    if (r) {
        mem_free(of);
        return r;
    }
    return file_new(c, d, flags, ops_of(inode), of, ret);
}
