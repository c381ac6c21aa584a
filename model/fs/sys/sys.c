/* sysfs (contract filesystems 6). */
#include <simrun/fs/ramfs.h>
#include <simrun/fs/sys.h>

/* A directory type of its own, so that rename finds no plain ramfs directory here (FQ-17). */
static const struct inode_ops sys_dir_ops = {
    RAMFS_SHARED_OPS,         RAMFS_DIRECTORY_OPS,    .release = ramfs_release_dir,
    .getattr = ramfs_getattr, .chmod = ramfs_chmod,   .truncate = ramfs_refuse_truncate,
    .open = ramfs_open,       .rename = ramfs_rename,
};

/* In the order of their inode numbers; the root comes last. */
static const char *const names[] = {
    "block", "bus", "class", "dev", "devices", "firmware", "fs", "kernel", "module", "power",
};

static int new_dir(struct mount_source *ms, struct inode **ret)
{
    return ramfs_new_dir(ms, &sys_dir_ops, NULL,
                         ramfs_stable(ms->s, INODE_SPECIAL_DIRECTORY, DEVICE_SYSFS),
                         ramfs_root_owner(), 0555, ret);
}

static int new_tree(struct mount_source *ms, struct inode **ret)
{
    struct inode *children[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        int rc = new_dir(ms, &children[i]);
        if (rc) {
            return rc; /* a fate: the ledger frees the ones before */
        }
    }
    struct inode *root;
    int rc = new_dir(ms, &root);
    for (size_t i = 0; !rc && i < ARRAY_LEN(names); i++) {
        rc = ramfs_dir_add(root, names[i], children[i], false);
    }
    if (rc) {
        return rc;
    }
    *ret = root;
    return 0;
}

static int sys_mount(struct ctx *c, struct filesystem *fs, const char *device,
                     struct mount_flags flags, const char *data, struct inode **ret,
                     struct error *err)
{
    (void)device;
    (void)data;
    (void)err;
    struct mount_source *ms;
    int rc = mount_source_new(c->s, &mount_source_non_caching, fs, flags, NULL, &ms);
    if (rc) {
        return rc;
    }
    rc = new_tree(ms, ret);
    mount_source_put(ms);
    return rc;
}

const struct save_fs fs_sys_save = {
    .name = "sysfs",
    .remount = "",
    .save_inode = ramfs_save_fixed,
    .load_inode = ramfs_load_fixed,
};

int fs_sys_register(struct sentry *s)
{
    const struct filesystem fs = {
        .name = "sysfs",
        .allow_user_mount = true,
        .allow_user_list = true,
        .mount = sys_mount,
    };
    return filesystem_register(s, &fs);
}
