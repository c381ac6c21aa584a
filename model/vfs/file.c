/* Open handles, and reading a directory through one (contract vfs 16, 18). */
#include "vfs_internal.h"

#include <assert.h>

int file_new(struct ctx *c, struct dirent *d, struct open_flags flags, const struct file_ops *ops,
             void *priv, struct file **ret)
{
    struct file *f = MEM_NEW(&c->s->d, struct file);
    if (!f) {
        return CODE_FATE;
    }
    *f = (struct file){
        .refs = 1,
        .id = ++c->s->last_file_id,
        .s = c->s,
        .dirent = dirent_get(d),
        .flags = flags,
        .ops = ops,
        .priv = priv,
    };
    *ret = f;
    return 0;
}

struct file *file_get(struct file *f)
{
    f->refs++;
    return f;
}

void file_put(struct file *f)
{
    if (!f || domain_dead(&f->s->d)) {
        return;
    }
    assert(f->refs > 0); /* VP-01 */
    if (--f->refs > 0) {
        return;
    }
    if (f->ops->release) {
        f->ops->release(f);
    }
    dirent_put(f->dirent);
    mem_free(f->cursor);
    mem_free(f);
}

int file_refuse_fsync(struct ctx *c, struct file *f)
{
    (void)c, (void)f;
    return -EINVAL;
}

int file_pread(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    CHECK_FATE(c);
    return f->ops->read ? f->ops->read(c, f, off, buf, len, n) : -EISDIR;
}

int file_write_at(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                  size_t *n)
{
    CHECK_FATE(c);
    return f->ops->write ? f->ops->write(c, f, off, buf, len, n) : -EISDIR;
}

/* Where a write goes that was asked for at `off`: an append handle's to the end. */
static int write_offset(struct ctx *c, struct file *f, int64_t off, int64_t *ret)
{
    if (!f->flags.append) {
        *ret = off;
        return 0;
    }
    struct unstable_attr a;
    int r = inode_getattr(c, f->dirent->inode, &a);
    if (r) {
        log_line(&c->s->d, LOG_WARNING, "Failed to check write of inode: %s", code_text(r));
        return r == CODE_FATE ? r : -EIO;
    }
    *ret = a.size;
    return 0;
}

int file_pwrite(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len, size_t *n)
{
    int r = write_offset(c, f, off, &off); /* VQ-25 */
    return r ? r : file_write_at(c, f, off, buf, len, n);
}

int file_writev(struct ctx *c, struct file *f, const char *buf, size_t len, size_t *n)
{
    int64_t off;
    int r = write_offset(c, f, f->offset, &off);
    r = r ? r : file_write_at(c, f, off, buf, len, n);
    if (r == 0) {
        f->offset = off + (int64_t)*n; /* VQ-24: also when nothing was written */
    }
    return r;
}

static struct dent_attr dent_of(const struct dirent *d)
{
    return (struct dent_attr){d->inode->stable.type, d->inode->stable.inode_id};
}

static bool is_ancestor_or_self(const struct dirent *above, const struct dirent *d)
{
    while (d && d != above) {
        d = d->parent;
    }
    return d != NULL;
}

/* What ".." shows: the parent, if the root of the reader is at or above `d` (VQ-18 at the root
 * itself). */
static struct dent_attr dotdot_of(struct ctx *c, const struct dirent *d)
{
    bool up = d->parent && is_ancestor_or_self(c->root, d);
    if (up && d == c->root && !quirk_on(&c->s->d, VQ_18)) {
        up = false;
    }
    return dent_of(up ? d->parent : d);
}

/* A frozen directory: the names alive, with the dots sorted in; the offset is an index into that
 * list. */
static int readdir_frozen(struct ctx *c, struct file *f, struct dir_ctx *dc)
{
    struct dirent *d = f->dirent;
    struct dent_map names;
    dent_map_init(&names, &c->s->d);
    int r = dent_map_add(&names, ".", dent_of(d));
    r = r ? r : dent_map_add(&names, "..", dotdot_of(c, d));
    for (struct namenode *n = namemap_first(&d->children); n && r == 0; n = namenode_next(n)) {
        struct dirent *child = container_of(n, struct dirent, child_node);
        if (child->inode) {
            r = dent_map_add(&names, child->name, dent_of(child));
        }
    }
    int64_t last = (int64_t)dent_map_settle(&names);
    for (int64_t i = f->offset > 0 ? f->offset : 0; i < last && r == 0; i++) {
        r = dir_ctx_emit(dc, names.v[i].name, &names.v[i].attr);
        f->offset += r == 0;
    }
    dent_map_release(&names);
    return r == CODE_FATE || dc->written == 0 ? r : 0;
}

static int readdir_dots(struct ctx *c, struct file *f, struct dir_ctx *dc)
{
    const struct dent_attr dots[] = {dent_of(f->dirent), dotdot_of(c, f->dirent)};
    while (f->offset < 2) {
        int r = dir_ctx_emit(dc, f->offset == 0 ? "." : "..", &dots[f->offset]);
        if (r) {
            return r;
        }
        f->offset++;
    }
    return 0;
}

int file_readdir(struct ctx *c, struct file *f, struct dir_ctx *dc)
{
    CHECK_FATE(c);
    if (!dc->emit) {
        return -EINVAL; /* VP-18; without a root the directory itself is one, FP-14 */
    }
    struct dirent *d = f->dirent;
    dc->cursor = &f->cursor;
    dc->written = 0;
    if (d->frozen) {
        return readdir_frozen(c, f, dc); /* VQ-16: also for virtual directories */
    }
    if (!inode_is_directory(d->inode)) {
        f->offset = 0; /* VQ-17 */
        return -ENOTDIR;
    }
    int r = readdir_dots(c, f, dc);
    if (r == 0) {
        int n = 0;
        r = f->ops->iterate ? f->ops->iterate(c, f, dc, f->offset - 2, &n) : -ENOTDIR;
        f->offset += n;
    }
    return r == CODE_FATE || dc->written == 0 ? r : 0;
}
