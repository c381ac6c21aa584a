/* tmpfs as a file system: registration, mounting, its mount sources. */
#include "tmpfs_private.h"

static int new_source(struct sentry *s, struct filesystem *fs, struct mount_flags flags,
                      struct mount_source **ret)
{
    return mount_source_new(s, &mount_source_caching, fs, flags, NULL, ret);
}

int tmpfs_new_source(struct sentry *s, struct mount_flags flags, struct mount_source **ret)
{
    struct filesystem *fs = filesystem_find(s, "tmpfs");
    return fs ? new_source(s, fs, flags, ret) : -ENODEV;
}

static int tmpfs_mount(struct ctx *c, struct filesystem *fs, const char *device,
                       struct mount_flags flags, const char *data, struct inode **ret,
                       struct error *err)
{
    (void)device;
    struct tmpfs_options options;
    int rc = tmpfs_parse_options(&c->s->d, data, ramfs_caller(c), &options, err);
    if (rc) {
        return rc;
    }
    struct mount_source *ms;
    rc = new_source(c->s, fs, flags, &ms);
    if (rc) {
        return rc;
    }
    rc = tmpfs_new_dir(ms, options.owner, options.perms, ret);
    mount_source_put(ms);
    return rc;
}

int fs_tmpfs_register(struct sentry *s)
{
    const struct filesystem fs = {
        .name = "tmpfs",
        .allow_user_mount = true,
        .allow_user_list = true,
        .mount = tmpfs_mount,
    };
    return filesystem_register(s, &fs);
}
