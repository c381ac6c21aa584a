/* From a path to a dirent (contract vfs 17.1). */
#include "vfs_internal.h"

/* One resolution: what stays the same while it recurses through links. */
struct resolution {
    struct ctx *c;
    struct dirent *root;
    unsigned links; /* followed so far, bounded by LIMIT_LINKS_TOTAL */
};

static int find(struct resolution *res, struct dirent *wd, const char *path, unsigned limit,
                bool follow_last, struct dirent **ret);

/* Follow `node` if it is a link. Takes over the reference of `node`. VQ-21: `limit` bounds the
 * nesting only. */
static int resolve(struct resolution *res, struct dirent *node, unsigned limit, struct dirent **ret)
{
    struct ctx *c = res->c;
    struct dirent *target = NULL;
    int r = inode_getlink(c, node->inode, &target);
    if (r == -ENOLINK) {
        *ret = node;
        return 0;
    }
    if (r == 0 && limit == 0) {
        /* VQ-20: the original loses the reference of the target. */
        r = quirk_on(&c->s->d, VQ_20)
                ? domain_leak(&c->s->d, VQ_20, target, (void (*)(void *))dirent_put)
                : (dirent_put(target), 0);
        r = r ? r : -ELOOP;
    } else if (r == 0) {
        *ret = target;
    } else if (r == CODE_READLINK && (limit == 0 || ++res->links > LIMIT_LINKS_TOTAL)) {
        r = -ELOOP;
    } else if (r == CODE_READLINK) {
        CLEANUP_MEM char *text = NULL;
        r = inode_readlink(c, node->inode, &text);
        if (r == 0) {
            r = find(res, node->parent, text, limit - 1, true, ret);
        }
    }
    dirent_put(node);
    return r;
}

/* May one walk on from `d`? VQ-19: the root itself is not asked for execute permission. */
static int may_search(struct resolution *res, struct dirent *d)
{
    if (d == res->root) {
        return 0;
    }
    if (!inode_is_directory(d->inode)) {
        return -ENOTDIR;
    }
    return inode_check_permission(res->c, d->inode, ACCESS_EXECUTE);
}

/* One component from *current, which is replaced (its reference passes on). */
static int step(struct resolution *res, struct dirent **current, const char *name, bool last,
                unsigned limit, bool follow_last)
{
    struct dirent *next = NULL;
    int r = may_search(res, *current);
    if (r) {
        return r;
    }
    r = dirent_walk(res->c, *current, res->root, name, &next);
    if (r) {
        if (r != CODE_FATE) {
            dirent_maybe_cache(*current);
        }
        return r;
    }
    if (last) {
        dirent_maybe_cache(next);
    }
    if (!last || follow_last) {
        r = resolve(res, next, limit, &next);
        if (r) {
            return r;
        }
    }
    dirent_put(*current);
    *current = next;
    return 0;
}

static int find(struct resolution *res, struct dirent *wd, const char *path, unsigned limit,
                bool follow_last, struct dirent **ret)
{
    struct domain *d = &res->c->s->d;
    if (path[0] == '\0') { /* VP-06 */
        return quirk_on(d, VP_06) ? domain_panic(d, "MountNamespace.FindInode: path is empty")
                                  : -ENOENT;
    }
    CLEANUP_MEM char *copy = mem_dup(d, path);
    if (!copy) {
        return CODE_FATE;
    }
    char *rest = copy;
    struct dirent *current = dirent_get(wd ? wd : res->root);
    int r = 0;
    do {
        const char *first = path_cut_first(&rest);
        if (first[0] == '/') {
            dirent_put(current);
            current = dirent_get(res->root);
        } else {
            r = step(res, &current, first, rest[0] == '\0', limit, follow_last);
        }
    } while (r == 0 && rest[0]);
    if (r) {
        dirent_put(current);
        return r;
    }
    *ret = current;
    return 0;
}

static int find_checked(struct ctx *c, struct dirent *root, struct dirent *wd, const char *path,
                        unsigned limit, bool follow_last, struct dirent **ret)
{
    CHECK_FATE(c);
    if (!root) { /* VP-06 */
        struct domain *d = &c->s->d;
        return quirk_on(d, VP_06)
                   ? domain_panic(d, "MountNamespace.FindInode: root must not be nil")
                   : -EINVAL;
    }
    struct resolution res = {.c = c, .root = root};
    return find(&res, wd, path, limit, follow_last, ret);
}

int mount_ns_find_link(struct ctx *c, struct mount_ns *ns, struct dirent *root, struct dirent *wd,
                       const char *path, unsigned limit, struct dirent **ret)
{
    (void)ns;
    return find_checked(c, root, wd, path, limit, false, ret);
}

int mount_ns_find_inode(struct ctx *c, struct mount_ns *ns, struct dirent *root, struct dirent *wd,
                        const char *path, unsigned limit, struct dirent **ret)
{
    (void)ns;
    return find_checked(c, root, wd, path, limit, true, ret);
}
