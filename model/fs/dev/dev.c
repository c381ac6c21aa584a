/* devtmpfs: its table of nodes, its options (contract filesystems 4). */
#include "dev_private.h"
#include <simrun/fs/tmpfs.h>

struct dev_options {
    bool binder, ashmem;
};

/* A directory type of its own, so that nothing in it can be renamed (FQ-17). */
static const struct inode_ops root_ops = {
    RAMFS_SHARED_OPS,         RAMFS_DIRECTORY_OPS,    .release = ramfs_release_dir,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,   .truncate = ramfs_refuse_truncate,
    .open = ramfs_open,       .rename = ramfs_rename,
};

static int new_pts(struct mount_source *ms, struct inode **ret)
{
    return ramfs_new_dir(ms, &ramfs_dir_ops, NULL,
                         ramfs_stable(ms->s, INODE_DIRECTORY, DEVICE_DEVTMPFS), ramfs_root_owner(),
                         0555, ret);
}

static int new_shm(struct mount_source *ms, struct inode **ret)
{
    return tmpfs_new_dir(ms, ramfs_root_owner(), 0777, ret); /* FQ-30 */
}

enum node_option { ALWAYS, WITH_BINDER, WITH_ASHMEM };

/* In the order of inode numbers; the root comes after them. `shm` takes a number of tmpfs. */
static const struct {
    const char *name;
    const char *target; /* a symlink */
    dev_maker *make;    /* any other node */
    enum node_option when;
} nodes[] = {
    {"fd", "/proc/self/fd", NULL, ALWAYS},
    {"stdin", "/proc/self/fd/0", NULL, ALWAYS},
    {"stdout", "/proc/self/fd/1", NULL, ALWAYS},
    {"stderr", "/proc/self/fd/2", NULL, ALWAYS},
    {"null", NULL, dev_new_null, ALWAYS},
    {"zero", NULL, dev_new_zero, ALWAYS},
    {"full", NULL, dev_new_full, ALWAYS},
    {"random", NULL, dev_new_random, ALWAYS},
    {"urandom", NULL, dev_new_random, ALWAYS},
    {"shm", NULL, new_shm, ALWAYS},
    {"pts", NULL, new_pts, ALWAYS},
    {"ptmx", "pts/ptmx", NULL, ALWAYS},
    {"binder", NULL, dev_new_binder, WITH_BINDER},
    {"ashmem", NULL, dev_new_ashmem, WITH_ASHMEM},
};

static bool is_wanted(enum node_option when, struct dev_options options)
{
    return when == ALWAYS || (when == WITH_BINDER && options.binder) ||
           (when == WITH_ASHMEM && options.ashmem);
}

static int make_node(struct mount_source *ms, size_t i, struct inode **ret)
{
    if (nodes[i].make) {
        return nodes[i].make(ms, ret);
    }
    return ramfs_new_symlink(ms, &ramfs_symlink_ops,
                             ramfs_stable(ms->s, INODE_SYMLINK, DEVICE_DEVTMPFS),
                             ramfs_root_owner(), nodes[i].target, ret);
}

/* Failures are fates here: the ledger frees what was made before. */
static int new_tree(struct mount_source *ms, struct dev_options options, struct inode **ret)
{
    struct inode *made[ARRAY_LEN(nodes)] = {NULL};
    int rc = 0;
    for (size_t i = 0; !rc && i < ARRAY_LEN(nodes); i++) {
        if (is_wanted(nodes[i].when, options)) {
            rc = make_node(ms, i, &made[i]);
        }
    }
    struct inode *root = NULL;
    if (!rc) {
        rc = ramfs_new_dir(ms, &root_ops, NULL,
                           ramfs_stable(ms->s, INODE_DIRECTORY, DEVICE_DEVTMPFS),
                           ramfs_root_owner(), 0555, &root);
    }
    for (size_t i = 0; !rc && i < ARRAY_LEN(nodes); i++) {
        if (made[i]) {
            rc = ramfs_dir_add(root, nodes[i].name, made[i], false); /* FQ-05 */
        }
    }
    if (rc) {
        return rc;
    }
    *ret = root;
    return 0;
}

static int parse_switch(struct domain *d, struct mount_options *options, const char *key, bool *on,
                        struct error *err)
{
    CLEANUP_MEM char *value = mount_options_take(options, key);
    if (!value) {
        return 0;
    }
    if (go_parse_bool(d, value, on, err)) {
        return error_code(d, err, -EINVAL);
    }
    return 0;
}

static int parse_options(struct domain *d, const char *data, struct dev_options *ret,
                         struct error *err)
{
    struct mount_options options;
    int rc = mount_options_parse(d, data, &options);
    if (rc) {
        return rc;
    }
    *ret = (struct dev_options){false, false};
    rc = parse_switch(d, &options, "binder_enabled", &ret->binder, err);
    rc = rc ? rc : parse_switch(d, &options, "ashmem_enabled", &ret->ashmem, err);
    mount_options_release(&options);
    return rc;
}

static int dev_mount(struct ctx *c, struct filesystem *fs, const char *device,
                     struct mount_flags flags, const char *data, struct inode **ret,
                     struct error *err)
{
    (void)device;
    struct dev_options options;
    int rc = parse_options(&c->s->d, data, &options, err);
    if (rc) {
        return rc;
    }
    struct mount_source *ms;
    rc = mount_source_new(c->s, &mount_source_non_caching, fs, flags, NULL, &ms);
    if (rc) {
        return rc;
    }
    rc = new_tree(ms, options, ret);
    mount_source_put(ms);
    return rc;
}

/* What stands in shm, and shm itself, is of tmpfs. */
static int dev_save_inode(struct saver *sv, struct inode *inode, struct saved_inode *out)
{
    return tmpfs_is_node(inode) ? tmpfs_save.save_inode(sv, inode, out)
                                : ramfs_save_fixed(sv, inode, out);
}

static int dev_load_inode(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                          struct inode **ret)
{
    return strcmp(in->kind, "fixed") == 0 ? ramfs_load_fixed(ld, in, ms, ret)
                                          : tmpfs_save.load_inode(ld, in, ms, ret);
}

const struct save_fs fs_dev_save = {
    .name = "devtmpfs",
    .remount = "binder_enabled=1,ashmem_enabled=1", /* what was not there goes again */
    .save_inode = dev_save_inode,
    .load_inode = dev_load_inode,
};

int fs_dev_register(struct sentry *s)
{
    const struct filesystem fs = {
        .name = "devtmpfs",
        .allow_user_mount = true,
        .allow_user_list = true,
        .mount = dev_mount,
    };
    return filesystem_register(s, &fs);
}
