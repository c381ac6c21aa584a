/* Extended attributes: on every node, unlimited. The overlay keeps its whiteouts here (contract vfs
 * 19). */
#include <simrun/fs/ramfs.h>

struct xattr {
    struct namenode node;
    char *name;  /* owned */
    char *value; /* owned, `n` bytes */
    size_t n;
};

static struct xattr *xattr_of(struct namenode *node)
{
    return container_of(node, struct xattr, node);
}

static void xattr_free(struct xattr *x)
{
    if (!x) {
        return;
    }
    mem_free(x->name);
    mem_free(x->value);
    mem_free(x);
}

void ramfs_entry_release(struct ramfs_entry *e)
{
    struct namenode *node;
    while ((node = namemap_first(&e->xattrs))) {
        namemap_remove(&e->xattrs, node);
        xattr_free(xattr_of(node));
    }
}

int ramfs_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret)
{
    (void)c;
    struct ramfs_entry *e = ramfs_entry_of(inode);
    struct namenode *node = namemap_find(&e->xattrs, name);
    if (!node) {
        return -ENODATA;
    }
    str_addn(ret, xattr_of(node)->value, xattr_of(node)->n);
    return domain_dead(&e->s->d) ? CODE_FATE : 0;
}

static int xattr_add(struct ramfs_entry *e, const char *name, char *value, size_t n)
{
    struct xattr *x = MEM_NEW(&e->s->d, struct xattr);
    if (!x) {
        return CODE_FATE;
    }
    x->name = mem_dup(&e->s->d, name);
    if (!x->name) {
        xattr_free(x);
        return CODE_FATE;
    }
    x->value = value;
    x->n = n;
    x->node.name = x->name;
    namemap_insert(&e->xattrs, &x->node);
    return 0;
}

int ramfs_setxattr(struct ctx *c, struct inode *inode, const char *name, const char *value,
                   size_t n)
{
    (void)c;
    struct ramfs_entry *e = ramfs_entry_of(inode);
    char *copy = mem_dupn(&e->s->d, value, n);
    if (!copy) {
        return CODE_FATE;
    }
    struct namenode *node = namemap_find(&e->xattrs, name);
    if (!node) {
        int rc = xattr_add(e, name, copy, n);
        if (rc) {
            mem_free(copy);
        }
        return rc;
    }
    struct xattr *x = xattr_of(node);
    mem_free(x->value);
    x->value = copy;
    x->n = n;
    return 0;
}

int ramfs_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret)
{
    (void)c;
    struct ramfs_entry *e = ramfs_entry_of(inode);
    for (struct namenode *node = namemap_first(&e->xattrs); node; node = namenode_next(node)) {
        char *name = mem_dup(&e->s->d, node->name);
        if (!name || ptrvec_push(ret, name)) {
            mem_free(name);
            return CODE_FATE;
        }
    }
    return 0;
}
