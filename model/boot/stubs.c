/* Stub directories for mount points (contract pipeline 13). */
#include "boot_internal.h"
#include <simrun/fs/ramfs.h>

int stub_list(struct domain *d, const char *root, char *const *clean, size_t n, struct ptrvec *ret)
{
    CLEANUP_MEM char *above = path_clean(d, root);
    if (!above) {
        return CODE_FATE;
    }
    size_t len = strcmp(above, "/") == 0 ? 1 : strlen(above) + 1;
    for (size_t i = 0; i < n; i++) {
        if (path_is_below(clean[i], above) && ptrvec_push(ret, clean[i] + len) != 0) {
            return CODE_FATE;
        }
    }
    return 0;
}

int boot_subtargets(struct domain *d, const char *root, const char *const *destinations, size_t n,
                    struct ptrvec *ret)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP_MEM char *clean = path_clean(d, destinations[i]);
        struct ptrvec one;
        ptrvec_init(&one, d);
        int r = clean ? stub_list(d, root, &clean, 1, &one) : CODE_FATE;
        if (r == 0 && one.n > 0) {
            char *copy = mem_dup(d, one.p[0]);
            r = copy ? ptrvec_push(ret, copy) : CODE_FATE;
        }
        ptrvec_release(&one);
        if (r != 0) {
            return r;
        }
    }
    return 0;
}

static int build(struct ctx *c, struct inode *upper, const struct ptrvec *paths, struct inode **ret,
                 struct error *err)
{
    struct domain *d = &c->s->d;
    struct inode *tree = NULL;
    int r = ramfs_make_directory_tree(c, (const char *const *)paths->p, paths->n, &tree, err);
    if (r != 0) {
        return fail_with(d, err, r, "error creating mount tree");
    }
    r = overlay_new_root(c, upper, tree, (struct mount_flags){0}, ret, err);
    inode_put(tree);
    return r == 0 ? 0 : fail_with(d, err, r, "failed to make mount overlay");
}

int stub_overlay(struct ctx *c, struct inode **inode, const struct ptrvec *paths, struct error *err)
{
    struct inode *overlay = NULL;
    int r = build(c, *inode, paths, &overlay, err);
    if (r != 0) {
        return fail_with(&c->s->d, err, r, "error adding submount overlay");
    }
    inode_put(*inode); /* the overlay holds its own */
    *inode = overlay;
    return 0;
}
