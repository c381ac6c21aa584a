/* The file system object and its mounts (contract filesystems 7.1). */
#include "private.h"

static void destroy(struct mount_source *ms)
{
    mem_free(ms->priv);
}

static const struct mount_source_ops source_ops = {.destroy = destroy};

static int refuse_options(struct domain *d, const char *data, struct error *err)
{
    struct mount_options options = {.d = d};
    int rc = mount_options_parse(d, data, &options);
    if (!rc) {
        rc = mount_options_refuse_rest(&options, err);
    }
    mount_options_release(&options);
    return rc;
}

static int new_source(struct ctx *c, struct filesystem *fs, struct mount_flags flags,
                      struct mount_source **ret)
{
    struct proc_mount *mount = MEM_NEW(&c->s->d, struct proc_mount);
    if (!mount) {
        return CODE_FATE;
    }
    *mount = (struct proc_mount){fs->priv, domain_now(&c->s->d)};
    int rc = mount_source_new(c->s, &source_ops, fs, flags, mount, ret);
    if (rc) {
        mem_free(mount);
    }
    return rc;
}

static int mount(struct ctx *c, struct filesystem *fs, const char *device, struct mount_flags flags,
                 const char *data, struct inode **ret, struct error *err)
{
    (void)device;
    struct domain *d = &c->s->d;
    const struct kernel *k = fs->priv;
    int rc = refuse_options(d, data, err);
    if (rc) {
        return rc;
    }
    if (!k) {
        return error_set(d, err, -EINVAL, "procfs requires a kernel");
    }
    if (!k->pid_namespace) {
        return error_set(d, err, -EINVAL, "procfs requires a PID namespace");
    }
    struct mount_source *ms;
    rc = new_source(c, fs, flags, &ms);
    if (rc) {
        return rc;
    }
    rc = proc_new_node(ms, &proc_root_row, NULL, ret);
    mount_source_put(ms);
    return rc;
}

/* The static tree keeps its attributes and what was removed; what stands for tasks is looked up. */
static int load_inode(struct loader *ld, const struct saved_inode *in, struct mount_source *ms,
                      struct inode **ret)
{
    return loader_is_root(ld, in) ? ramfs_load_fixed(ld, in, ms, ret)
                                  : loader_made(ld, in, ms, ret);
}

const struct save_fs fs_proc_save = {
    .name = "proc",
    .remount = "",
    .save_inode = ramfs_save_fixed,
    .load_inode = load_inode,
};

int fs_proc_register(struct sentry *s, struct kernel *k)
{
    const struct filesystem fs = {
        .name = "proc",
        .allow_user_mount = true,
        .allow_user_list = true,
        .mount = mount,
        .priv = k,
    };
    return filesystem_register(s, &fs);
}
