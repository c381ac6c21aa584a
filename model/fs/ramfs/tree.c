/* Stub trees: the directories that the pipeline puts below every mount (contract filesystems 2.6,
 * pipeline 13). */
#include <simrun/fs/ramfs.h>

static int new_stub(struct mount_source *ms, struct inode **ret)
{
    return ramfs_new_dir(ms, &ramfs_dir_ops, NULL,
                         ramfs_stable(ms->s, INODE_DIRECTORY, DEVICE_PSEUDO), ramfs_root_owner(),
                         0555, ret);
}

/* The child `name` of `dir`, made when it is missing; borrowed. */
static int step(struct inode *dir, const char *name, struct inode **ret)
{
    struct inode *child = ramfs_dir_find(dir, name);
    if (!child) {
        int rc = new_stub(dir->ms, &child);
        if (!rc) {
            rc = ramfs_dir_add(dir, name, child, true);
        }
        if (rc) {
            return rc;
        }
    }
    *ret = child;
    return 0;
}

/* Make all parts of a clean path. FQ-22: ".." and "." at its front are parts like others. */
static int add_path(struct inode *root, char *path)
{
    struct inode *dir = root;
    char *rest = path, *part;
    while ((part = strsep(&rest, "/"))) {
        if (!*part) {
            continue;
        }
        int rc = step(dir, part, &dir);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int check_path(struct domain *d, const char *path, struct error *err)
{
    CLEANUP_MEM char *clean = path_clean(d, path);
    CLEANUP_MEM char *quoted = clean ? go_quote(d, path) : NULL;
    if (!quoted) {
        return CODE_FATE;
    }
    if (strcmp(clean, path) != 0) {
        return error_set(d, err, -EINVAL, "cannot add subdir at an unclean path: %s", quoted);
    }
    if (strcmp(path, "/") == 0) {
        return error_set(d, err, -EINVAL, "cannot add subdir at %s", quoted);
    }
    return 0;
}

int ramfs_make_directory_tree(struct ctx *c, const char *const *paths, size_t n, struct inode **ret,
                              struct error *err)
{
    struct domain *d = &c->s->d;
    struct mount_source *ms = NULL;
    int rc =
        mount_source_new(c->s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms);
    if (rc) {
        return rc;
    }
    struct inode *root = NULL;
    rc = new_stub(ms, &root);
    mount_source_put(ms);
    for (size_t i = 0; !rc && i < n; i++) {
        CLEANUP_MEM char *copy = mem_dup(d, paths[i]);
        rc = copy ? check_path(d, paths[i], err) : CODE_FATE;
        if (!rc) {
            rc = add_path(root, copy);
        }
    }
    if (rc) {
        inode_put(root);
        return rc;
    }
    *ret = root;
    return 0;
}
