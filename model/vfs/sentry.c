/* The world: opened empty, closed with an empty ledger. */
#include "vfs_internal.h"

static int overlay_mount_refused(struct ctx *c, struct filesystem *fs, const char *device,
                                 struct mount_flags flags, const char *data, struct inode **ret,
                                 struct error *err)
{
    (void)fs, (void)device, (void)flags, (void)data, (void)ret;
    /* VP-17: not in the registry, so nobody can get here by name. */
    return error_set(&c->s->d, err, -EINVAL, "overlayFilesystem.Mount should not be called!");
}

void sentry_init(struct sentry *s, const char *name, enum profile profile)
{
    memset(s, 0, sizeof(*s));
    domain_init(&s->d, name, profile);
    list_init(&s->deleted);
    s->overlayfs = MEM_NEW(&s->d, struct filesystem);
    if (s->overlayfs) {
        *s->overlayfs = (struct filesystem){
            .name = "overlayfs",
            .allow_user_list = true,
            .mount = overlay_mount_refused,
        };
    }
}

static void device_keys_free(struct sentry *s)
{
    for (struct namenode *n; (n = namemap_first(&s->device_keys));) {
        namemap_remove(&s->device_keys, n);
        mem_free(n); /* the node is the first member of its element, device.c */
    }
}

size_t sentry_close(struct sentry *s, void (*report)(void *arg, const char *kind, size_t size),
                    void *arg)
{
    if (!domain_dead(&s->d)) {
        jobs_drain(&s->d);
        domain_release_leaks(&s->d);
        jobs_drain(&s->d);
        while (s->filesystems) {
            struct filesystem *fs = s->filesystems;
            s->filesystems = fs->next;
            if (fs->release) {
                fs->release(fs);
            }
            mem_free(fs);
        }
        mem_free(s->overlayfs);
        device_keys_free(s);
    }
    return domain_close(&s->d, report, arg);
}
