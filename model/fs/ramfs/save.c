/* Nodes of the family as plain data, and back (contract vfs 24). */
#include "dir_private.h"

/* ------------------------------------------------------------------------------------ one node */

static int save_xattr(struct saver *sv, struct inode *inode, const char *name,
                      struct saved_xattr *out)
{
    struct str value;
    str_init(&value, &inode->s->d);
    int rc = ramfs_getxattr(sv->c, inode, name, &value);
    out->name = rc ? NULL : saver_dup(sv, name);
    out->value = out->name ? saver_alloc(sv, value.n) : NULL;
    out->n = value.n;
    if (out->value && value.n) {
        memcpy(out->value, value.p, value.n);
    }
    str_release(&value);
    return rc ? rc : out->value ? 0 : CODE_FATE;
}

static int save_xattrs(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    struct ptrvec names;
    ptrvec_init(&names, &inode->s->d);
    int rc = ramfs_listxattr(sv->c, inode, &names);
    out->xattrs = rc ? NULL : saver_alloc(sv, names.n * sizeof(*out->xattrs));
    rc = rc ? rc : out->xattrs ? 0 : CODE_FATE;
    for (size_t i = 0; i < names.n; i++) {
        rc = rc ? rc : save_xattr(sv, inode, names.p[i], &out->xattrs[i]);
        mem_free(names.p[i]);
    }
    out->n_xattrs = names.n;
    ptrvec_release(&names);
    return rc;
}

static bool is_directory(const struct inode *inode)
{
    return inode->ops->mkdir == ramfs_dir_mkdir;
}

static int emit_nothing(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg, (void)name, (void)attr;
    return 0;
}

/* Children that are made on demand are made now. Nobody can tell. */
static int complete(struct ctx *c, struct inode *dir)
{
    struct ramfs_entry *e = ramfs_entry_of(dir);
    const struct unstable_attr attr = e->attr;
    struct dir_ctx dc = {.emit = emit_nothing};
    int n = 0;
    int rc = e->node->readdir(c, dir, &dc, 0, &n);
    e->attr = attr; /* listing touches */
    return rc;
}

static int save_entries(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    int rc = complete(sv->c, inode);
    if (rc) {
        return rc;
    }
    const struct namemap *map = &ramfs_dir_of(inode)->children;
    struct saved_entry *entries = saver_alloc(sv, map->n * sizeof(*entries));
    if (!entries) {
        return CODE_FATE;
    }
    size_t n = 0;
    for (struct namenode *node = namemap_first(map); node; node = namenode_next(node), n++) {
        struct ramfs_child *child = container_of(node, struct ramfs_child, node);
        entries[n].name = saver_dup(sv, child->node.name);
        rc = entries[n].name ? saver_inode(sv, child->inode, &entries[n].inode) : CODE_FATE;
        if (rc) {
            return rc;
        }
    }
    out->entries = entries;
    out->n_entries = n;
    return 0;
}

int ramfs_save_node(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    out->attr = ramfs_entry_of(inode)->attr;
    int rc = save_xattrs(sv, inode, out);
    return rc || !is_directory(inode) ? rc : save_entries(sv, inode, out);
}

static int load_xattrs(struct loader *ld, const struct saved_inode *in, struct inode *inode)
{
    int rc = 0;
    for (size_t i = 0; i < in->n_xattrs && !rc; i++) {
        const struct saved_xattr *x = &in->xattrs[i];
        rc = ramfs_setxattr(ld->c, inode, x->name, x->value, x->n);
    }
    return rc;
}

int ramfs_load_node(struct loader *ld, const struct saved_inode *in, struct inode *inode)
{
    int rc = load_xattrs(ld, in, inode);
    for (size_t i = 0; i < in->n_entries && !rc; i++) {
        struct inode *child;
        rc = loader_inode(ld, in->entries[i].inode, &child);
        rc = rc ? rc : ramfs_dir_add(inode, in->entries[i].name, inode_get(child), false);
    }
    ramfs_entry_of(inode)->attr = in->attr;
    return rc;
}

/* -------------------------------------------------------------------------- plain ramfs, stubs */

static int save_inode(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    if (inode->ops != &ramfs_dir_ops) {
        return error_set(&sv->c->s->d, sv->err, -EINVAL, "a %s without filesystem cannot be saved",
                         inode_type_name(inode->stable.type));
    }
    out->kind = "stub";
    return ramfs_save_node(sv, inode, out);
}

static int load_inode(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                      struct inode **ret)
{
    struct inode *inode;
    int rc = ramfs_new_dir(ms, &ramfs_dir_ops, NULL, in->stable, ramfs_root_owner(), 0555, &inode);
    rc = rc ? rc : ramfs_load_node(ld, in, inode);
    if (rc) {
        return rc;
    }
    *ret = inode;
    return 0;
}

const struct save_fs ramfs_save = {
    .name = "",
    .save_inode = save_inode,
    .load_inode = load_inode,
};

/* ------------------------------------------------------------------------ trees made by a mount */

int ramfs_save_fixed(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    out->kind = "fixed";
    return ramfs_save_node(sv, inode, out);
}

static bool is_saved_name(const struct saved_inode *in, const char *name)
{
    for (size_t i = 0; i < in->n_entries; i++) {
        if (strcmp(in->entries[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void drop_child(struct inode *dir, struct ramfs_child *child)
{
    namemap_remove(&ramfs_dir_of(dir)->children, &child->node);
    ramfs_child_free(child);
}

/* Names that the mount made and the saved tree had not any more. */
static void drop_others(const struct saved_inode *in, struct inode *dir)
{
    struct namenode *next, *node = namemap_first(&ramfs_dir_of(dir)->children);
    for (; node; node = next) {
        next = namenode_next(node);
        if (!is_saved_name(in, node->name)) {
            drop_child(dir, container_of(node, struct ramfs_child, node));
        }
    }
}

static int apply(struct loader *ld, const struct saved_inode *in, struct inode *inode);

/* The node that the mount made under this name is the saved one. */
static int adopt_entry(struct loader *ld, const struct saved_entry *entry, struct inode *dir)
{
    const struct saved_inode *in = &ld->in->inodes[entry->inode];
    struct ramfs_child *child = ramfs_child_find(dir, entry->name);
    if (!child || strcmp(in->kind, "fixed") != 0 || ld->inodes[entry->inode]) {
        return 0;
    }
    loader_set(ld, entry->inode, inode_get(child->inode));
    return apply(ld, in, child->inode);
}

/* Anything else of that name: of another kind, or a second name of a node. */
static int add_entry(struct loader *ld, const struct saved_entry *entry, struct inode *dir)
{
    struct ramfs_child *child = ramfs_child_find(dir, entry->name);
    if (child && child->inode == ld->inodes[entry->inode]) {
        return 0;
    }
    if (child) {
        drop_child(dir, child);
    }
    struct inode *loaded;
    int rc = loader_inode(ld, entry->inode, &loaded);
    return rc ? rc : ramfs_dir_add(dir, entry->name, inode_get(loaded), false);
}

static int apply(struct loader *ld, const struct saved_inode *in, struct inode *inode)
{
    int rc = load_xattrs(ld, in, inode);
    if (!rc && is_directory(inode)) {
        rc = complete(ld->c, inode);
        drop_others(in, inode);
    }
    for (size_t i = 0; i < in->n_entries && !rc; i++) {
        rc = adopt_entry(ld, &in->entries[i], inode);
    }
    for (size_t i = 0; i < in->n_entries && !rc; i++) {
        rc = add_entry(ld, &in->entries[i], inode);
    }
    ramfs_entry_of(inode)->attr = in->attr;
    return rc;
}

int ramfs_load_fixed(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                     struct inode **ret)
{
    struct inode *root = loader_root(ld, in->source);
    /* Only the root is asked for: what is below comes with it. */
    if (!loader_is_root(ld, in)) {
        return error_set(&ms->s->d, ld->err, -EINVAL, "a node of %s lost the name it was made with",
                         ms->fs->name);
    }
    int rc = apply(ld, in, root);
    if (rc) {
        return rc;
    }
    *ret = inode_get(root);
    return 0;
}
