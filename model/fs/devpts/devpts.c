/* devpts: registration, mounting, and the names of an instance (contract filesystems 5). */
#include "devpts_private.h"

struct entry {
    struct namenode node;
    char *name;          /* owned */
    struct inode *inode; /* one reference */
};

static struct entry *entry_of(struct namenode *node)
{
    return container_of(node, struct entry, node);
}

static void entry_free(struct entry *e)
{
    inode_put(e->inode);
    mem_free(e->name);
    mem_free(e);
}

int devpts_new(struct sentry *s, struct devpts **ret)
{
    struct devpts *pts = MEM_NEW(&s->d, struct devpts);
    if (!pts) {
        return CODE_FATE;
    }
    *pts = (struct devpts){.refs = 1, .s = s};
    *ret = pts;
    return 0;
}

struct devpts *devpts_get(struct devpts *pts)
{
    pts->refs++;
    return pts;
}

void devpts_put(struct devpts *pts)
{
    if (pts && --pts->refs == 0) {
        mem_free(pts);
    }
}

int devpts_add(struct devpts *pts, const char *name, struct inode *inode)
{
    struct domain *d = &pts->s->d;
    struct entry *e = MEM_NEW(d, struct entry);
    char *copy = e ? mem_dup(d, name) : NULL;
    if (!copy) {
        mem_free(e);
        inode_put(inode);
        return CODE_FATE;
    }
    e->name = copy;
    e->node.name = copy;
    e->inode = inode;
    namemap_insert(&pts->names, &e->node);
    return 0;
}

struct inode *devpts_find(const struct devpts *pts, const char *name)
{
    struct namenode *node = namemap_find(&pts->names, name);
    return node ? entry_of(node)->inode : NULL;
}

void devpts_del(struct devpts *pts, const char *name)
{
    struct namenode *node = namemap_find(&pts->names, name);
    if (node) {
        namemap_remove(&pts->names, node);
        entry_free(entry_of(node));
    }
}

void devpts_close(struct devpts *pts)
{
    pts->closed = true;
    struct namenode *node;
    while ((node = namemap_first(&pts->names))) {
        namemap_remove(&pts->names, node);
        entry_free(entry_of(node));
    }
}

/* Every walk looks up again; the inodes stay. */
static int revalidate(struct ctx *c, struct mount_source *ms, struct inode *dir, const char *name,
                      struct inode *child, bool *stale)
{
    (void)c;
    (void)ms;
    (void)dir;
    (void)name;
    (void)child;
    *stale = true;
    return 0;
}

static const struct mount_source_ops source_ops = {.revalidate = revalidate};

/* Inode numbers: ptmx first, then the root. */
static int new_tree(struct mount_source *ms, struct inode **ret)
{
    struct devpts *pts;
    int rc = devpts_new(ms->s, &pts);
    if (rc) {
        return rc;
    }
    struct inode *ptmx;
    rc = devpts_new_ptmx(ms, pts, &ptmx);
    rc = rc ? rc : devpts_add(pts, "ptmx", ptmx);
    rc = rc ? rc : devpts_new_root(ms, pts, ret);
    devpts_put(pts);
    return rc;
}

static int devpts_mount(struct ctx *c, struct filesystem *fs, const char *device,
                        struct mount_flags flags, const char *data, struct inode **ret,
                        struct error *err)
{
    (void)device;
    if (*data) {
        return error_code(&c->s->d, err, -EINVAL);
    }
    struct mount_source *ms;
    int rc = mount_source_new(c->s, &source_ops, fs, flags, NULL, &ms);
    if (rc) {
        return rc;
    }
    rc = new_tree(ms, ret);
    mount_source_put(ms);
    return rc;
}

/* Terminals live as long as their handles, which are not saved. */
const struct save_fs fs_devpts_save = {
    .name = "devpts",
    .remount = "",
    .save_inode = saver_made,
    .load_inode = loader_made,
};

int fs_devpts_register(struct sentry *s)
{
    const struct filesystem fs = {
        .name = "devpts",
        .allow_user_mount = false,
        .allow_user_list = true,
        .mount = devpts_mount,
    };
    return filesystem_register(s, &fs);
}
