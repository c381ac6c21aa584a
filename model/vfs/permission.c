/* Who may do what with an inode (contract vfs 6.1, 7). */
#include "vfs_internal.h"

static bool in_group(const struct creds *creds, uint32_t gid)
{
    if (creds->egid == gid) {
        return true;
    }
    for (size_t i = 0; i < creds->n_groups; i++) {
        if (creds->groups[i] == gid) {
            return true;
        }
    }
    return false;
}

/* Every id maps into the one user namespace of the model, except "no id". */
static bool has_cap(const struct creds *creds, const struct unstable_attr *a, enum capability cap)
{
    return a->uid != NO_ID && a->gid != NO_ID && (creds->caps >> cap & 1);
}

int inode_generic_check(struct ctx *c, struct inode *inode, unsigned mask)
{
    struct unstable_attr a;
    int r = inode_getattr(c, inode, &a);
    if (r) {
        return r == CODE_FATE ? r : -EACCES;
    }
    unsigned class_bits = a.perms;
    if (a.uid == c->creds.euid) {
        class_bits >>= 6;
    } else if (in_group(&c->creds, a.gid)) {
        class_bits >>= 3;
    }
    if ((class_bits & mask) == mask) {
        return 0;
    }
    bool override = has_cap(&c->creds, &a, CAP_BIT_DAC_OVERRIDE);
    bool read_search = has_cap(&c->creds, &a, CAP_BIT_DAC_READ_SEARCH);
    if (inode_is_directory(inode)) {
        if (override || (read_search && !(mask & ACCESS_WRITE))) {
            return 0;
        }
    }
    if ((!(mask & ACCESS_EXECUTE) || (a.perms & 0111)) && override) {
        return 0;
    }
    return mask == ACCESS_READ && read_search ? 0 : -EACCES;
}

int inode_check(struct ctx *c, struct inode *inode, unsigned mask)
{
    if (inode->overlay) {
        return overlay_check(c, inode, mask);
    }
    return inode->ops->check ? inode->ops->check(c, inode, mask)
                             : inode_generic_check(c, inode, mask);
}

int inode_check_permission(struct ctx *c, struct inode *inode, unsigned mask)
{
    CHECK_FATE(c);
    if (mask & ACCESS_WRITE) {
        /* VQ-03: also for devices, pipes and sockets. */
        if (inode->ms->flags.read_only) {
            return -EROFS;
        }
        struct mount_source *upper = inode->overlay ? overlay_upper_source(inode->ms) : NULL;
        if (inode->overlay && !upper) { /* VP-08: a bound socket of VQ-31 */
            return domain_panic(&c->s->d, "interface conversion: fs.MountSourceOperations is not "
                                          "*fs.overlayMountSourceOperations");
        }
        if (upper && upper->flags.read_only) {
            return -EROFS;
        }
    }
    return inode_check(c, inode, mask);
}
