/* The writable overlay on the root and on bind mounts (contract pipeline 12.3). */
#include "boot_internal.h"
#include <simrun/fs/tmpfs.h>

static int over_directory(struct ctx *c, struct filesystem *tmpfs, struct inode *lower,
                          const char *name, struct mount_flags flags, struct inode **ret,
                          struct error *err)
{
    struct domain *d = &c->s->d;
    CLEANUP_MEM char *device = mem_join(d, name, "-upper", NULL);
    if (!device) {
        return CODE_FATE;
    }
    struct inode *upper = NULL;
    int r = tmpfs->mount(c, tmpfs, device, flags, "", &upper, err);
    if (r != 0) {
        return fail_with(d, err, r, "failed to create tmpfs overlay");
    }
    r = overlay_new_root(c, upper, lower, flags, ret, err);
    inode_put(upper);
    return r;
}

/* PQ-21: there is no upper inode; the first write copies the file up beside the mount point. */
static int over_file(struct ctx *c, struct inode *lower, struct mount_flags flags,
                     struct inode **ret, struct error *err)
{
    struct mount_source *ms = NULL;
    int r = tmpfs_new_source(c->s, flags, &ms);
    if (r != 0) {
        return r;
    }
    r = overlay_new_root_file(c, ms, lower, flags, ret, err);
    mount_source_put(ms);
    return r;
}

int overlay_add(struct ctx *c, struct inode **inode, const char *name, struct mount_flags flags,
                struct error *err)
{
    struct filesystem *tmpfs = NULL;
    struct inode *overlay = NULL;
    flags.read_only = false;
    int r = mount_find_filesystem(c, "tmpfs", &tmpfs, err);
    if (r != 0) {
        return r;
    }
    r = type_is_directory((*inode)->stable.type)
            ? over_directory(c, tmpfs, *inode, name, flags, &overlay, err)
            : over_file(c, *inode, flags, &overlay, err);
    if (r != 0) {
        return r;
    }
    inode_put(*inode); /* the overlay holds its own */
    *inode = overlay;
    return 0;
}
