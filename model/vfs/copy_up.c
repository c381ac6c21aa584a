/* Copying lower inodes into the upper layer (contract vfs 22). */
#include "vfs_internal.h"

enum { COPY_UP_PIECE = 32768 }; /* bytes copied at a time */

static int failed(struct ctx *c, int r, const char *what)
{
    if (r == CODE_FATE) {
        return r;
    }
    log_line(&c->s->d, LOG_WARNING, "copy up failed to %s: %s", what, code_text(r));
    return -EIO;
}

/* ------------------------------------------------------------------------------ b. make the upper
 * inode */

static int lookup_upper(struct ctx *c, struct inode *dir, const char *name, struct inode **ret)
{
    struct dirent *d = NULL;
    int r = inode_lookup(c, dir, name, &d);
    if (r) {
        return r;
    }
    r = d->inode ? 0 : -ENOENT;
    if (r == 0) {
        *ret = inode_get(d->inode);
    }
    dirent_put(d);
    return r;
}

/* VP-14: the original uses Remove also for directories, and aborts when that fails. */
static int cleanup(struct ctx *c, struct inode *dir, const char *name, bool directory, int r)
{
    if (r == CODE_FATE) {
        return r;
    }
    bool as_original = quirk_on(&c->s->d, VP_14);
    int (*op)(struct ctx *, struct inode *, const char *) =
        directory && !as_original ? dir->ops->rmdir : dir->ops->remove;
    int removed = op ? op(c, dir, name) : -ENOTDIR;
    if (removed == CODE_FATE || removed == 0 || !as_original) {
        return removed == CODE_FATE ? removed : r;
    }
    char *quoted = go_quote(&c->s->d, name);
    return quoted ? domain_panic(&c->s->d,
                                 "overlay filesystem is in an inconsistent state: failed to remove "
                                 "%s from upper filesystem: %s",
                                 quoted, code_text(removed))
                  : CODE_FATE;
}

static int make_file(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                     struct inode **ret)
{
    struct file *f;
    int r = dir->ops->create
                ? dir->ops->create(c, dir, name, (struct open_flags){.read = true, .write = true},
                                   perms, &f)
                : -ENOTDIR;
    if (r) {
        return failed(c, r, "create file");
    }
    *ret = inode_get(f->dirent->inode);
    file_put(f);
    return 0;
}

static int make_directory(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                          struct inode **ret)
{
    int r = dir->ops->mkdir ? dir->ops->mkdir(c, dir, name, perms) : -ENOTDIR;
    if (r) {
        return failed(c, r, "create directory");
    }
    r = lookup_upper(c, dir, name, ret);
    return r ? cleanup(c, dir, name, true, failed(c, r, "lookup directory")) : 0;
}

static int make_symlink(struct ctx *c, struct inode *dir, const char *name, struct inode *lower,
                        struct inode **ret)
{
    CLEANUP_MEM char *target = NULL;
    int r = inode_readlink(c, lower, &target);
    if (r) {
        return failed(c, r, "read symlink value");
    }
    r = dir->ops->symlink ? dir->ops->symlink(c, dir, target, name) : -ENOTDIR;
    if (r) {
        return failed(c, r, "create symlink");
    }
    r = lookup_upper(c, dir, name, ret);
    return r ? cleanup(c, dir, name, false, failed(c, r, "lookup symlink")) : 0;
}

static int make_upper(struct ctx *c, struct inode *dir, const char *name, struct inode *lower,
                      const struct unstable_attr *attr, struct inode **ret)
{
    switch (lower->stable.type) {
    case INODE_REGULAR:
        return make_file(c, dir, name, attr->perms, ret);
    case INODE_DIRECTORY:
        return make_directory(c, dir, name, attr->perms, ret);
    case INODE_SYMLINK:
        return make_symlink(c, dir, name, lower, ret);
    default:
        return -EINVAL;
    }
}

/* ------------------------------------------------------------------------------------- c. its
 * attributes */

static int copy_xattrs(struct ctx *c, struct inode *lower, struct inode *upper)
{
    struct ptrvec names;
    ptrvec_init(&names, &c->s->d);
    int r = inode_listxattr(c, lower, &names);
    if (r == -EOPNOTSUPP) {
        r = 0;
    }
    for (size_t i = 0; i < names.n; i++) {
        const char *name = names.p[i];
        if (r == 0 && strncmp(name, OVERLAY_XATTR_PREFIX, strlen(OVERLAY_XATTR_PREFIX)) != 0) {
            struct str value;
            str_init(&value, &c->s->d);
            r = inode_getxattr(c, lower, name, &value);
            if (r == 0) {
                r = inode_setxattr(c, upper, name, str_get(&value), value.n);
            }
            str_release(&value);
        }
        mem_free(names.p[i]);
    }
    ptrvec_release(&names);
    return r;
}

static int copy_times(struct ctx *c, const struct unstable_attr *attr, struct inode *upper)
{
    struct set_times times = {.atime = attr->atime, .mtime = attr->mtime};
    return upper->ops->utimes ? upper->ops->utimes(c, upper, &times) : -EINVAL;
}

static int copy_attributes(struct ctx *c, const struct unstable_attr *attr, struct inode *lower,
                           struct inode *upper)
{
    int r = upper->ops->chown ? upper->ops->chown(c, upper, attr->uid, attr->gid) : -EINVAL;
    if (r == 0) {
        r = copy_times(c, attr, upper); /* VQ-39: before the content */
    }
    return r ? r : copy_xattrs(c, lower, upper);
}

/* ---------------------------------------------------------------------------------------- d. its
 * content */

static int copy_pieces(struct ctx *c, struct file *from, struct file *to, int64_t size)
{
    CLEANUP_MEM char *buf = mem_new(&c->s->d, COPY_UP_PIECE, "copy-up buffer");
    if (!buf) {
        return CODE_FATE;
    }
    int64_t off = 0;
    for (;;) {
        size_t n = 0, written = 0;
        int r = file_pread(c, from, off, buf, COPY_UP_PIECE, &n);
        if (r || n == 0) {
            if (r == 0 && off != size) { /* VP-13 */
                return quirk_on(&c->s->d, VP_13)
                           ? domain_panic(&c->s->d,
                                          "filesystem is in an inconsistent state: wrote only %lld "
                                          "bytes of %lld sized file",
                                          (long long)off, (long long)size)
                           : -EIO;
            }
            return r;
        }
        r = file_write_at(c, to, off, buf, n, &written);
        if (r || written != n) {
            return r ? r : -EIO;
        }
        off += (int64_t)n;
    }
}

static int copy_content(struct ctx *c, struct inode *lower, struct inode *upper, int64_t size)
{
    if (size == 0) {
        return 0;
    }
    struct file *from = NULL, *to = NULL;
    int r = overlay_layer_open(c, lower, (struct open_flags){.read = true}, &from);
    if (r == 0) {
        r = overlay_layer_open(c, upper, (struct open_flags){.write = true}, &to);
    }
    if (r == 0) {
        r = copy_pieces(c, from, to, size);
    }
    file_put(to);
    file_put(from);
    return r;
}

/* -------------------------------------------------------------------------------------------- one
 * inode */

static int fill_upper(struct ctx *c, struct inode *lower, const struct unstable_attr *attr,
                      struct inode *upper)
{
    int r = copy_attributes(c, attr, lower, upper);
    if (r) {
        return failed(c, r, "copy up attributes");
    }
    if (lower->stable.type == INODE_REGULAR) {
        r = copy_content(c, lower, upper, attr->size);
        if (r) {
            return failed(c, r, "copy up contents");
        }
        if (!quirk_on(&c->s->d, VQ_39) && (r = copy_times(c, attr, upper))) {
            return failed(c, r, "copy up attributes");
        }
    }
    if (inode_mappable(lower) && !inode_mappable(upper)) {
        log_line(&c->s->d, LOG_WARNING, "copy up failed: cannot ensure memory mapping coherence");
        return -EIO;
    }
    return 0;
}

static int copy_up_one(struct ctx *c, struct dirent *d)
{
    struct overlay_entry *entry = d->inode->overlay;
    struct inode *parent = d->parent ? d->parent->inode : NULL;
    if (!parent || !parent->overlay) { /* a file root below a plain directory: VP-15 */
        return quirk_on(&c->s->d, VP_15)
                   ? domain_panic(
                         &c->s->d,
                         "runtime error: invalid memory address or nil pointer dereference")
                   : -EIO;
    }
    struct inode *dir = parent->overlay->upper, *lower = entry->lower, *upper = NULL;
    struct unstable_attr attr;
    int r = inode_getattr(c, lower, &attr);
    if (r) {
        return failed(c, r, "get lower attributes");
    }
    r = make_upper(c, dir, d->name, lower, &attr, &upper);
    if (r || !upper) {
        return r ? r : -EIO;
    }
    r = fill_upper(c, lower, &attr, upper);
    if (r) {
        r = cleanup(c, dir, d->name, inode_is_directory(lower), r);
        inode_put(upper);
        return r;
    }
    entry->upper = upper;
    return 0;
}

int overlay_copy_up_locked(struct ctx *c, struct dirent *d)
{
    while (!d->inode->overlay->upper) {
        struct dirent *next = d;
        while (next->parent && next->parent->inode->overlay &&
               !next->parent->inode->overlay->upper) {
            next = next->parent;
        }
        struct overlay_entry *entry = next->inode->overlay;
        int r = lock_write(&c->s->d, &entry->copy_mu, "overlay copyMu");
        if (r) {
            return r;
        }
        r = copy_up_one(c, next);
        unlock_write(&c->s->d, &entry->copy_mu);
        if (r) {
            return r;
        }
    }
    return 0;
}

int overlay_copy_up(struct ctx *c, struct dirent *d)
{
    struct domain *dom = &c->s->d;
    int r = lock_read(dom, &c->s->rename_mu, "renameMu");
    if (r) {
        return r;
    }
    r = overlay_copy_up_locked(c, d);
    unlock_read(dom, &c->s->rename_mu);
    return r;
}
