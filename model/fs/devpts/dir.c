/* The directory of devpts: its names are ptmx and the live slaves, and nobody else makes or takes
 * them. */
#include "devpts_private.h"

struct pts_root {
    struct ramfs_entry e; /* links stay 0 */
    struct devpts *pts;   /* one reference */
};

static struct devpts *pts_of(struct inode *inode)
{
    return ((struct pts_root *)inode->priv)->pts;
}

/* FQ-31: any spelling that the number parser takes finds the slave. */
static int canonical(struct domain *d, const char *name, char **ret)
{
    struct error err = {0};
    uint64_t index = 0;
    int rc = go_parse_uint(d, "ParseUint", name, 10, 32, &index, &err);
    error_release(&err);
    if (rc) {
        return rc == CODE_FATE ? rc : -ENOENT;
    }
    char *text = mem_printf(d, "%llu", (unsigned long long)index);
    if (!text) {
        return CODE_FATE;
    }
    *ret = text;
    return 0;
}

static int root_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    struct domain *d = &c->s->d;
    CLEANUP_MEM char *key = NULL;
    if (strcmp(name, "ptmx") != 0) {
        int rc = canonical(d, name, &key);
        if (rc) {
            return rc;
        }
    }
    struct inode *inode = devpts_find(pts_of(dir), key ? key : name);
    return inode ? dirent_new(inode_get(inode), name, ret) : -ENOENT;
}

int devpts_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret)
{
    (void)c;
    (void)inode;
    *ret = (struct statfs_info){.type = DEVPTS_MAGIC};
    return 0;
}

/* --------------------------------------------------------------------------- the open directory */

/* "ptmx" sorts behind all numbers, so the map's order is that of the listing. */
static int collect(struct devpts *pts, struct dent_map *out)
{
    for (struct namenode *n = namemap_first(&pts->names); n; n = namenode_next(n)) {
        const struct inode *inode = devpts_find(pts, n->name);
        int rc = dent_map_add(out, n->name,
                              (struct dent_attr){inode->stable.type, inode->stable.inode_id});
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int root_iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n)
{
    (void)offset;
    struct dent_map names;
    dent_map_init(&names, &c->s->d);
    int rc = collect(pts_of(f->priv), &names);
    rc = rc ? rc : dent_map_emit(&names, dc, n);
    dent_map_release(&names);
    return rc;
}

static void root_close(struct file *f)
{
    inode_put(f->priv);
    f->priv = NULL;
}

#define ROOT_FILE_OPS .release = root_close, .iterate = root_iterate, .fsync = file_refuse_fsync

static const struct file_ops rewindable_ops = {ROOT_FILE_OPS};
static const struct file_ops keeping_ops = {ROOT_FILE_OPS, .keeps_cursor = true};

static int root_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    const struct file_ops *ops = quirk_on(&c->s->d, FQ_32) ? &keeping_ops : &rewindable_ops;
    int rc = file_new(c, d, flags, ops, inode_get(inode), ret);
    if (rc) {
        inode_put(inode);
    }
    return rc;
}

static void root_release(struct inode *inode)
{
    struct pts_root *root = inode->priv;
    devpts_close(root->pts); /* FP-13: live terminals lose their names */
    devpts_put(root->pts);
    ramfs_entry_release(&root->e);
    mem_free(root);
    inode->priv = NULL;
}

static const struct inode_ops root_ops = {
    .is_virtual = true,
    .release = root_release,
    .lookup = root_lookup,
    .create = ramfs_deny_create,
    .mkdir = ramfs_deny_mkdir,
    .symlink = ramfs_deny_symlink,
    .link = ramfs_deny_link,
    .mkfifo = ramfs_deny_mkdir,
    .bind = ramfs_forbid_bind,
    .remove = ramfs_forbid_remove,
    .rmdir = ramfs_forbid_remove,
    .rename = ramfs_refuse_rename,
    .open = root_open,
    .getattr = ramfs_getattr,
    .chmod = ramfs_chmod,
    .chown = ramfs_chown,
    .utimes = ramfs_utimes,
    .statfs = devpts_statfs,
};

int devpts_new_root(struct mount_source *ms, struct devpts *pts, struct inode **ret)
{
    struct pts_root *root = MEM_NEW(&ms->s->d, struct pts_root);
    if (!root) {
        return CODE_FATE;
    }
    ramfs_entry_init(&root->e, ms->s, NULL, ramfs_root_owner(), 0555);
    root->pts = devpts_get(pts);
    int rc =
        inode_new(ms, &root_ops, root, ramfs_stable(ms->s, INODE_DIRECTORY, DEVICE_DEVPTS), ret);
    if (rc) {
        devpts_put(pts);
        mem_free(root);
    }
    return rc;
}
