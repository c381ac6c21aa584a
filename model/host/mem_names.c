/* Making, removing and renaming in backend mem. Each change saves the old self of what it changes
 * first (mem_touch). */
#include "mem.h"

/* A name that is free in a directory that still exists. */
static int want_free(struct mem_host *h, struct mem_node *dir, const char *name)
{
    struct mem_dentry *de;
    int rc = mem_lookup(h, dir, name, &de);
    if (rc < 0) {
        return rc;
    }
    if (de) {
        return -EEXIST;
    }
    return mem_dir_dead(h, dir) ? -ENOENT : 0;
}

static int want_name(struct mem_host *h, struct mem_node *dir, const char *name,
                     struct mem_dentry **ret)
{
    int rc = mem_lookup(h, dir, name, ret);
    if (rc < 0) {
        return rc;
    }
    return *ret ? 0 : -ENOENT;
}

int mem_create(struct mem_host *h, struct mem_node *dir, const char *name, uint32_t type,
               uint32_t mode, struct mem_dentry **ret)
{
    int rc = want_free(h, dir, name);
    if (rc < 0) {
        return rc;
    }
    struct mem_node *n;
    rc = mem_node_new(h, type, mode, &n);
    if (rc < 0) {
        return rc;
    }
    if (dir->mode & S_ISGID) {
        n->gid = dir->gid;
        n->mode |= type == S_IFDIR ? S_ISGID : 0;
    }
    rc = mem_touch_children(h, dir);
    if (rc < 0) {
        return rc;
    }
    rc = mem_link(h, dir, name, n, ret);
    if (rc == 0) {
        mem_touch_mtime(h, dir);
    }
    return rc;
}

int mem_mkdirat(struct host_file *dir, const char *name, uint32_t mode)
{
    struct mem_dentry *de;
    return mem_create(mem_of(dir->host), dir->node, name, S_IFDIR, mode, &de);
}

int mem_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev)
{
    struct mem_dentry *de;
    int rc = mem_create(mem_of(dir->host), dir->node, name, mode & S_IFMT, mode & 07777, &de);
    if (rc == 0) {
        de->inode->rdev = rdev;
    }
    return rc;
}

int mem_symlinkat(struct host_file *dir, const char *name, const char *target)
{
    struct mem_host *h = mem_of(dir->host);
    int rc = want_free(h, dir->node, name);
    if (rc < 0) {
        return rc;
    }
    char *copy = mem_dup(h->base.d, target);
    if (!copy) {
        return CODE_FATE;
    }
    struct mem_dentry *de;
    rc = mem_create(h, dir->node, name, S_IFLNK, 0777, &de);
    if (rc < 0) {
        mem_free(copy);
        return rc;
    }
    de->inode->target = copy;
    return 0;
}

int mem_linkat(struct host_file *f, struct host_file *dir, const char *name)
{
    struct mem_host *h = mem_of(dir->host);
    int rc = want_free(h, dir->node, name);
    if (rc < 0) {
        return rc;
    }
    if (f->type == S_IFDIR) {
        return -EPERM;
    }
    if (list_empty(&f->node->names)) {
        return -ENOENT;
    }
    rc = mem_touch_children(h, dir->node);
    if (rc < 0) {
        return rc;
    }
    struct mem_dentry *de;
    rc = mem_link(h, dir->node, name, f->node, &de);
    if (rc == 0) {
        f->node->ctime = mem_now(h);
        mem_touch_mtime(h, dir->node);
    }
    return rc;
}

/* Is the directory empty? Asks the lower when it was never read. */
static int dir_empty(struct mem_host *h, struct mem_node *dir, bool *ret)
{
    if (dir->unread) {
        int rc = cow_populate(h, dir);
        if (rc < 0) {
            return rc;
        }
    }
    *ret = dir->children.n == 0;
    return 0;
}

static int remove_name(struct mem_host *h, struct mem_dentry *de)
{
    struct mem_node *n = de->inode;
    struct mem_node *dir = de->parent;
    int rc = mem_touch_children(h, dir);
    if (rc == 0) {
        rc = mem_touch(h, n);
    }
    if (rc < 0) {
        return rc;
    }
    mem_unlink(h, de);
    if (n->type == S_IFDIR) {
        n->nlink = 0;
    }
    n->ctime = mem_now(h);
    mem_touch_mtime(h, dir);
    mem_node_gone(n);
    return 0;
}

int mem_unlinkat(struct host_file *dir, const char *name, int flags)
{
    struct mem_host *h = mem_of(dir->host);
    struct mem_dentry *de;
    int rc = want_name(h, dir->node, name, &de);
    if (rc < 0) {
        return rc;
    }
    bool is_dir = de->inode->type == S_IFDIR;
    if (flags & AT_REMOVEDIR) {
        if (!is_dir) {
            return -ENOTDIR;
        }
        bool empty;
        rc = dir_empty(h, de->inode, &empty);
        if (rc < 0) {
            return rc;
        }
        if (!empty) {
            return -ENOTEMPTY;
        }
    } else if (is_dir) {
        return -EISDIR;
    }
    return remove_name(h, de);
}

static bool is_below(struct mem_host *h, struct mem_node *n, const struct mem_node *top)
{
    while (n != top && n != h->root) {
        n = mem_parent(h, n);
    }
    return n == top;
}

/* The checks of rename(2), in the order of Linux. */
static int rename_check(struct mem_host *h, struct mem_dentry *old, struct mem_node *to,
                        struct mem_dentry *target)
{
    bool old_is_dir = old->inode->type == S_IFDIR;
    if (old_is_dir && is_below(h, to, old->inode)) {
        return -EINVAL;
    }
    if (!target) {
        return mem_dir_dead(h, to) ? -ENOENT : 0;
    }
    if (target->inode->type == S_IFDIR && is_below(h, old->parent, target->inode)) {
        return -ENOTEMPTY;
    }
    if (target->inode == old->inode) {
        return 0;
    }
    if (old_is_dir != (target->inode->type == S_IFDIR)) {
        return old_is_dir ? -ENOTDIR : -EISDIR;
    }
    bool empty = true;
    int rc = old_is_dir ? dir_empty(h, target->inode, &empty) : 0;
    if (rc < 0) {
        return rc;
    }
    return empty ? 0 : -ENOTEMPTY;
}

int mem_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                 const char *new_name)
{
    struct mem_host *h = mem_of(from->host);
    struct mem_dentry *old, *target, *made;
    int rc = want_name(h, from->node, old_name, &old);
    if (rc == 0) {
        rc = mem_lookup(h, to->node, new_name, &target);
    }
    if (rc == 0) {
        rc = rename_check(h, old, to->node, target);
    }
    if (rc < 0 || (target && target->inode == old->inode)) {
        return rc; /* two names of one file: nothing happens */
    }
    struct mem_node *n = old->inode;
    rc = target ? remove_name(h, target) : 0;
    if (rc == 0) {
        rc = mem_touch_children(h, from->node);
    }
    if (rc == 0) {
        rc = mem_touch_children(h, to->node);
    }
    if (rc < 0) {
        return rc;
    }
    mem_unlink(h, old);
    rc = mem_link(h, to->node, new_name, n, &made);
    if (rc < 0) {
        return rc;
    }
    old->moved = made;
    n->ctime = mem_now(h);
    mem_touch_mtime(h, from->node);
    mem_touch_mtime(h, to->node);
    return 0;
}
