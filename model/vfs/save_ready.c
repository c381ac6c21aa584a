/* What comes before a save: nothing cached, nothing deleted in use, nothing unwritten (contract
 * vfs 24). */
#include "vfs_internal.h"

#include <simrun/save.h>

static int refuse_deleted(struct ctx *c, struct error *err)
{
    struct domain *d = &c->s->d;
    if (list_empty(&c->s->deleted)) {
        return 0;
    }
    struct dirent *deleted = container_of(c->s->deleted.next, struct dirent, deleted_link);
    CLEANUP_MEM char *name = NULL;
    bool reachable;
    int r = dirent_full_name(deleted, NULL, &name, &reachable);
    CLEANUP_MEM char *q = r ? NULL : go_quote(d, name);
    return !q ? CODE_FATE
              : error_set(d, err, -EINVAL,
                          "save rejected due to unsupported file system state: deleted file %s "
                          "still has open fds",
                          q);
}

/* SyncAll: parents first, names that are missing and mounts that are read-only left out. */
static int sync_dirent(struct ctx *c, struct dirent *d)
{
    struct inode *inode = d->inode->overlay ? d->inode->overlay->upper : d->inode;
    int r = 0;
    if (inode && inode->ops->writeout && !d->inode->ms->flags.read_only) {
        r = inode->ops->writeout(c, inode);
    }
    for (struct namenode *n = namemap_first(&d->children); n && r == 0; n = namenode_next(n)) {
        struct dirent *child = container_of(n, struct dirent, child_node);
        r = child->inode ? sync_dirent(c, child) : 0;
    }
    return r;
}

static int sync_all(struct ctx *c, struct mount_ns *ns, struct error *err)
{
    struct domain *d = &c->s->d;
    int r = sync_dirent(c, ns->root);
    switch (r == CODE_FATE ? 0 : code_errno(r)) {
    case 0:
        return r;
    case EBADF:
    case EINVAL:
    case EROFS:
    case ENOSYS:
    case EPERM:
        log_line(d, LOG_INFO, "failed to sync during save: %s", code_text(r));
        return 0;
    default:
        return error_set(d, err, r, "failed to sync: %s, data loss may occur", code_text(r));
    }
}

int mount_ns_ready(struct ctx *c, struct mount_ns *ns, struct error *err)
{
    mount_ns_flush(ns);
    jobs_drain(&c->s->d);
    int r = refuse_deleted(c, err);
    return r ? r : sync_all(c, ns, err);
}
