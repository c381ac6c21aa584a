/* A directory's map of children, its listing and its link counts (contract
 * filesystems 1.6, 2.2, 2.5). */
#include "dir_private.h"

static struct ramfs_child *child_of(struct namenode *node)
{
    return container_of(node, struct ramfs_child, node);
}

void ramfs_dir_init(struct ramfs_dir *dir, struct sentry *s, const struct ramfs_create_ops *create,
                    struct ramfs_owner owner, uint16_t perms)
{
    *dir = (struct ramfs_dir){.create = create};
    ramfs_entry_init(&dir->e, s, &ramfs_dir_node_ops, owner, perms);
    dir->e.attr.links = 1;
}

void ramfs_child_free(struct ramfs_child *child)
{
    if (!child) {
        return;
    }
    inode_put(child->inode);
    mem_free(child->new_name);
    mem_free(child);
}

void ramfs_dir_release(struct ramfs_dir *dir)
{
    struct namenode *node;
    while ((node = namemap_first(&dir->children))) {
        namemap_remove(&dir->children, node);
        ramfs_child_free(child_of(node));
    }
    ramfs_entry_release(&dir->e);
}

void ramfs_release_dir(struct inode *inode)
{
    ramfs_dir_release(ramfs_dir_of(inode));
    mem_free(inode->priv);
    inode->priv = NULL;
}

int ramfs_new_dir(struct mount_source *ms, const struct inode_ops *ops,
                  const struct ramfs_create_ops *create, struct stable_attr stable,
                  struct ramfs_owner owner, uint16_t perms, struct inode **ret)
{
    struct ramfs_dir *dir = MEM_NEW(&ms->s->d, struct ramfs_dir);
    if (!dir) {
        return CODE_FATE;
    }
    ramfs_dir_init(dir, ms->s, create, owner, perms);
    int rc = inode_new(ms, ops, dir, stable, ret);
    if (rc) {
        mem_free(dir);
    }
    return rc;
}

struct ramfs_child *ramfs_child_find(struct inode *dir, const char *name)
{
    struct namenode *node = namemap_find(&ramfs_dir_of(dir)->children, name);
    return node ? child_of(node) : NULL;
}

struct inode *ramfs_dir_find(struct inode *dir, const char *name)
{
    struct ramfs_child *child = ramfs_child_find(dir, name);
    return child ? child->inode : NULL;
}

void ramfs_child_count(struct inode *dir, struct inode *child, int delta)
{
    if (type_is_directory(child->stable.type)) {
        ramfs_add_links(dir, delta);
    }
    if (child->ops && child->ops->add_links) {
        child->ops->add_links(child, delta);
    }
}

int ramfs_dir_add(struct inode *dir, const char *name, struct inode *inode, bool counted)
{
    size_t n = strlen(name) + 1;
    struct ramfs_child *child = mem_new(&dir->s->d, sizeof(*child) + n, "struct ramfs_child");
    if (!child) {
        inode_put(inode);
        return CODE_FATE;
    }
    child->node.name = memcpy(child + 1, name, n);
    child->inode = inode;
    namemap_insert(&ramfs_dir_of(dir)->children, &child->node);
    if (counted) {
        ramfs_child_count(dir, inode, +1);
    }
    return 0;
}

void ramfs_child_detach(struct ctx *c, struct inode *dir, struct ramfs_child *child)
{
    namemap_remove(&ramfs_dir_of(dir)->children, &child->node);
    ramfs_touch_mtime(dir);
    struct inode *inode = child->inode;
    if (inode->ops && inode->ops->status_changed) {
        inode->ops->status_changed(c, inode);
    }
    ramfs_child_count(dir, inode, -1);
}

void ramfs_mark_removed(struct inode *inode)
{
    if (ramfs_is_node(inode) && inode->ops->mkdir == ramfs_dir_mkdir) {
        ramfs_dir_of(inode)->removed = true;
    }
}

static bool is_listed(const char *name)
{
    return name[0] && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Leaves *cursor as it was on failure. */
static int move_cursor(struct domain *d, char **cursor, const char *name)
{
    if (!cursor) {
        return 0;
    }
    char *copy = mem_dup(d, name);
    if (!copy) {
        return CODE_FATE;
    }
    mem_free(*cursor);
    *cursor = copy;
    return 0;
}

int ramfs_dir_emit(struct inode *dir, struct dir_ctx *dc, int *n)
{
    const struct namemap *map = &ramfs_dir_of(dir)->children;
    int count = 0, rc = 0;
    const char *last = NULL;
    struct namenode *node = namemap_after(map, dc->cursor ? *dc->cursor : NULL);
    for (; node; node = namenode_next(node)) {
        if (!is_listed(node->name)) {
            continue;
        }
        const struct stable_attr *stable = &child_of(node)->inode->stable;
        struct dent_attr attr = {.type = stable->type, .inode_id = stable->inode_id};
        rc = dir_ctx_emit(dc, node->name, &attr);
        if (rc) {
            break;
        }
        count++;
        last = node->name;
    }
    *n = count;
    int moved = last ? move_cursor(&dir->s->d, dc->cursor, last) : 0;
    return rc ? rc : moved;
}

int ramfs_dir_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset, int *n)
{
    (void)c;
    (void)offset;
    ramfs_touch_atime(dir);
    return ramfs_dir_emit(dir, dc, n);
}

int ramfs_dir_read(struct ctx *c, struct inode *dir, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)dir;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return ERR_IS_DIRECTORY;
}

int ramfs_dir_write(struct ctx *c, struct inode *dir, int64_t off, const char *buf, size_t len,
                    size_t *n)
{
    (void)c;
    (void)dir;
    (void)off;
    (void)buf;
    (void)len;
    (void)n;
    return ERR_IS_DIRECTORY;
}

const struct ramfs_node_ops ramfs_dir_node_ops = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = ramfs_dir_readdir,
};

static int emit_nothing(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg;
    (void)name;
    (void)attr;
    return 0;
}

int ramfs_check_empty(struct ctx *c, struct inode *inode)
{
    if (!ramfs_is_node(inode)) {
        /* FP-09: the original aborts on a directory of another kind; by type here. */
        return type_is_directory(inode->stable.type) ? ERR_NOT_EMPTY : ERR_NOT_DIRECTORY;
    }
    const struct ramfs_node_ops *node = ramfs_entry_of(inode)->node;
    if (!node || !node->readdir) {
        return ERR_NOT_DIRECTORY;
    }
    struct dir_ctx dc = {.emit = emit_nothing};
    int n = 0;
    int rc = node->readdir(c, inode, &dc, 0, &n);
    if (rc) {
        return rc;
    }
    return n ? ERR_NOT_EMPTY : 0;
}
