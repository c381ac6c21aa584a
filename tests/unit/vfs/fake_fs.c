#include "fake_fs.h"

static struct fake *fake_of(const struct inode *inode)
{
    return inode->ms->priv;
}

static void fake_release(struct inode *inode)
{
    fake_of(inode)->releases++;
}

static int fake_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    *ret = (struct unstable_attr){.perms = 0755, .links = inode->stable.type == INODE_DIRECTORY};
    return 0;
}

static int fake_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    (void)c;
    struct fake *f = fake_of(inode);
    if (inode->stable.type != INODE_SYMLINK || !f->magic) {
        return -ENOLINK;
    }
    *ret = dirent_get(f->target);
    return 0;
}

static int fake_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    static const struct file_ops none;
    (void)inode;
    return file_new(c, d, flags, &none, NULL, ret);
}

static int fake_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
static int fake_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                       uint16_t perms, struct file **ret);
static int fake_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    (void)c, (void)name, (void)perms;
    return fake_of(dir)->op_err;
}
static int fake_remove(struct ctx *c, struct inode *dir, const char *name)
{
    (void)c, (void)name;
    return fake_of(dir)->op_err;
}
static int fake_rename(struct ctx *c, struct inode *moved, struct inode *old_dir,
                       const char *old_name, struct inode *new_dir, const char *new_name)
{
    (void)c, (void)moved, (void)old_name, (void)new_dir, (void)new_name;
    return fake_of(old_dir)->op_err;
}

static const struct inode_ops fake_ops = {
    .release = fake_release,
    .lookup = fake_lookup,
    .create = fake_create,
    .mkdir = fake_mkdir,
    .remove = fake_remove,
    .rmdir = fake_remove,
    .rename = fake_rename,
    .open = fake_open,
    .getattr = fake_getattr,
    .getlink = fake_getlink,
};

static int new_node(struct mount_source *ms, enum inode_type type, uint64_t id, struct inode **ret)
{
    return inode_new(ms, &fake_ops, NULL, (struct stable_attr){.type = type, .inode_id = id}, ret);
}

static int new_child(struct inode *dir, const char *name, struct dirent **ret)
{
    struct fake *f = fake_of(dir);
    struct inode *inode;
    int r = new_node(dir->ms, f->magic ? INODE_SYMLINK : f->child_type, (uint64_t)name[0], &inode);
    return r ? r : dirent_new(inode, f->wrong ? "wrong" : name, ret);
}

static int fake_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    struct fake *f = fake_of(dir);
    f->lookups++;
    if (f->lookup_err) {
        return f->lookup_err;
    }
    if (f->missing) {
        return f->negative ? dirent_new_negative(c->s, name, ret) : -ENOENT;
    }
    return new_child(dir, name, ret);
}

static int fake_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                       uint16_t perms, struct file **ret)
{
    (void)perms;
    struct fake *f = fake_of(dir);
    if (f->op_err) {
        return f->op_err;
    }
    struct dirent *d;
    int r = new_child(dir, name, &d);
    if (r) {
        return r;
    }
    f->missing = false;
    r = fake_open(c, d->inode, d, flags, ret);
    dirent_put(d);
    return r;
}

static int fake_revalidate(struct ctx *c, struct mount_source *ms, struct inode *dir,
                           const char *name, struct inode *child, bool *stale)
{
    (void)c, (void)dir, (void)name, (void)child;
    *stale = ((const struct fake *)ms->priv)->stale;
    return 0;
}

static bool fake_keep(struct mount_source *ms, struct dirent *d)
{
    (void)d;
    return ((const struct fake *)ms->priv)->keep;
}

struct inode *fake_new(struct test_world *w, struct fake *f)
{
    f->ops = (struct mount_source_ops){.revalidate = fake_revalidate, .keep = fake_keep};
    struct mount_source *ms;
    OK(mount_source_new(&w->s, &f->ops, NULL, (struct mount_flags){0}, f, &ms));
    struct inode *root;
    OK(new_node(ms, INODE_DIRECTORY, 1, &root));
    mount_source_put(ms);
    return root;
}
