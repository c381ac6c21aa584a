/* Dirents: life, names, the tree. */
#include "vfs_internal.h"

#include <assert.h>

/* `room`: for a name behind the struct. */
static struct dirent *dirent_alloc(struct sentry *s, struct inode *inode, size_t room)
{
    struct dirent *d = mem_new(&s->d, sizeof(*d) + room, "struct dirent");
    if (!d) {
        return NULL;
    }
    d->refs = 1;
    d->s = s;
    d->inode = inode;
    list_init(&d->cache_link);
    if (inode) {
        inode->ms->dirent_refs++;
    }
    return d;
}

static int dirent_make(struct sentry *s, struct inode *inode, const char *name, struct dirent **ret)
{
    size_t n = strlen(name) + 1;
    struct dirent *d = dirent_alloc(s, inode, n);
    if (!d) {
        return CODE_FATE;
    }
    d->name = d->child_node.name = memcpy(d + 1, name, n);
    *ret = d;
    return 0;
}

int dirent_new(struct inode *inode, const char *name, struct dirent **ret)
{
    return dirent_make(inode->s, inode, name, ret);
}

int dirent_new_negative(struct sentry *s, const char *name, struct dirent **ret)
{
    return dirent_make(s, NULL, name, ret);
}

int dirent_new_transient(struct inode *inode, struct dirent **ret)
{
    struct dirent *d = dirent_alloc(inode->s, inode_get(inode), 0);
    if (!d) {
        return CODE_FATE;
    }
    d->name = d->child_node.name = "transient";
    *ret = d;
    return 0;
}

struct dirent *dirent_get(struct dirent *d)
{
    d->refs++;
    if (d->inode) {
        d->inode->ms->dirent_refs++;
    }
    return d;
}

/* Frees a dirent without references; returns the parent whose reference it held, or NULL. */
static struct dirent *dirent_destroy(struct dirent *d)
{
    /* Live positive children hold a reference on d, so only negative ones can be left. */
    for (struct namenode *n; (n = namemap_first(&d->children));) {
        dirent_unhash(container_of(n, struct dirent, child_node));
    }
    struct dirent *parent = d->parent;
    if (d->hashed) {
        namemap_remove(&parent->children, &d->child_node);
    }
    if (d->deleted) {
        list_remove(&d->deleted_link);
    }
    bool positive = d->inode != NULL;
    inode_put(d->inode);
    mem_free(d->new_name);
    mem_free(d);
    return positive ? parent : NULL;
}

void dirent_put(struct dirent *d)
{
    while (d && !domain_dead(&d->s->d)) {
        assert(d->refs > 0); /* VP-01 */
        if (d->inode) {
            d->inode->ms->dirent_refs--;
        }
        if (--d->refs > 0) {
            return;
        }
        d = dirent_destroy(d);
    }
}

void dirent_hash(struct dirent *parent, struct dirent *child)
{
    assert(!child->parent && !child->hashed);
    child->parent = child->inode ? dirent_get(parent) : parent;
    child->frozen = parent->frozen;
    child->hashed = true;
    namemap_insert(&parent->children, &child->child_node);
}

void dirent_unhash(struct dirent *child)
{
    if (!child->hashed) {
        return;
    }
    namemap_remove(&child->parent->children, &child->child_node);
    child->hashed = false;
    if (!child->inode) {
        child->parent = NULL;
        dirent_put(child);
    }
}

void dirent_mark_deleted(struct dirent *d)
{
    dirent_unhash(d);
    if (!d->deleted) {
        d->deleted = true;
        list_push_back(&d->s->deleted, &d->deleted_link);
    }
}

struct dirent *dirent_child(struct dirent *parent, const char *name)
{
    struct namenode *n = namemap_find(&parent->children, name);
    return n ? container_of(n, struct dirent, child_node) : NULL;
}

/* Each deleted level says " (deleted)"; a name is one clean element (contract vfs 9). Returns
 * whether `root` is at or above `d`. */
static bool add_full_name(struct str *s, const struct dirent *d, const struct dirent *root)
{
    if (d == root || !d->parent) {
        str_add(s, d == root ? "/" : d->name);
        return d == root || !root;
    }
    bool reachable = add_full_name(s, d->parent, root);
    if (s->n > 0 && s->p[s->n - 1] != '/') {
        str_addc(s, '/');
    }
    str_add(s, d->name);
    if (d->deleted) {
        str_add(s, " (deleted)");
    }
    return reachable;
}

int dirent_full_name(struct dirent *d, struct dirent *root, char **ret, bool *reachable)
{
    struct str s;
    str_init(&s, &d->s->d);
    bool below = add_full_name(&s, d, root);
    char *name = str_take(&s);
    if (!name) {
        return CODE_FATE;
    }
    *ret = name;
    *reachable = below;
    return 0;
}

struct dirent *dirent_mount_root(struct dirent *d)
{
    while (!d->mounted && d->parent) {
        d = d->parent;
    }
    return dirent_get(d);
}
