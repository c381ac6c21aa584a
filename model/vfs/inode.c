/* Inodes: life, and the dispatch between filesystem tables and overlays. */
#include "vfs_internal.h"
#include "watch.h"

#include <assert.h>

bool inode_is_directory(const struct inode *inode)
{
    return type_is_directory(inode->stable.type);
}

int inode_new(struct mount_source *ms, const struct inode_ops *ops, void *priv,
              struct stable_attr stable, struct inode **ret)
{
    struct inode *inode = MEM_NEW(&ms->s->d, struct inode);
    if (!inode) {
        return CODE_FATE;
    }
    inode->refs = 1;
    inode->s = ms->s;
    inode->ms = mount_source_get(ms);
    inode->ops = ops;
    inode->priv = priv;
    inode->stable = stable;
    *ret = inode;
    return 0;
}

struct unstable_attr inode_anonymous_attr(const struct ctx *c)
{
    int64_t now = domain_now(&c->s->d);
    return (struct unstable_attr){
        .perms = 0600,
        .uid = c->creds.euid,
        .gid = c->creds.egid,
        .atime = now,
        .mtime = now,
        .ctime = now,
        .links = 1,
    };
}

struct inode *inode_get(struct inode *inode)
{
    inode->refs++;
    return inode;
}

static void inode_release(struct job *job)
{
    struct inode *inode = container_of(job, struct inode, release_job);
    if (inode->ops && inode->ops->writeout) {
        /* The original only logs a failure, at debug level. */
        struct ctx c = {.s = inode->s, .creds = creds_root()};
        int r = inode->ops->writeout(&c, inode);
        if (r == CODE_FATE) {
            return;
        }
        if (r) {
            log_line(&inode->s->d, LOG_DEBUG, "Inode, failed to sync all metadata: %s",
                     code_text(r));
        }
    }
    if (inode->ops && inode->ops->release) {
        inode->ops->release(inode);
    }
    mount_source_put(inode->ms);
    mem_free(inode);
}

void inode_put(struct inode *inode)
{
    if (!inode || domain_dead(&inode->s->d)) {
        return;
    }
    assert(inode->refs > 0); /* VP-01 */
    if (--inode->refs > 0) {
        return;
    }
    if (inode->watches) {
        inode_end_watches(inode);
    }
    if (inode->overlay) {
        /* Both layers go now, then the source (contract vfs 2). */
        overlay_entry_free(inode->overlay);
        mount_source_put(inode->ms);
        mem_free(inode);
        return;
    }
    job_queue(&inode->s->d, &inode->release_job, inode_release);
}

int inode_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    CHECK_FATE(c);
    if (dir->overlay) {
        return overlay_lookup(c, dir, name, ret);
    }
    return dir->ops->lookup ? dir->ops->lookup(c, dir, name, ret) : -ENOTDIR;
}

int inode_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return inode_getattr(c, overlay_serving(inode), ret);
    }
    return inode->ops->getattr(c, inode, ret);
}

int inode_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
               struct file **ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return overlay_open(c, inode, d, flags, ret);
    }
    return inode->ops->open ? inode->ops->open(c, inode, d, flags, ret) : -EIO;
}

int inode_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return inode_readlink(c, overlay_serving(inode), ret);
    }
    return inode->ops->readlink ? inode->ops->readlink(c, inode, ret) : -ENOLINK;
}

int inode_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    CHECK_FATE(c);
    if (!inode->overlay) {
        return inode->ops->getlink ? inode->ops->getlink(c, inode, ret) : -ENOLINK;
    }
    struct dirent *target = NULL;
    int r = inode_getlink(c, overlay_serving(inode), &target);
    if (r) {
        return r;
    }
    /* Magic links do not work through an overlay (contract vfs 21.1). */
    char *name = NULL;
    bool reachable;
    r = dirent_full_name(target, NULL, &name, &reachable);
    dirent_put(target);
    char *quoted = r ? NULL : go_quote(&c->s->d, name);
    mem_free(name);
    if (!quoted) {
        return CODE_FATE;
    }
    log_line(&c->s->d, LOG_WARNING, "Getlink not supported in overlay for %s", quoted);
    mem_free(quoted);
    return -EACCES;
}

int inode_getxattr(struct ctx *c, struct inode *inode, const char *name, struct str *ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return overlay_getxattr(c, inode, name, ret);
    }
    return inode->ops->getxattr ? inode->ops->getxattr(c, inode, name, ret) : -EOPNOTSUPP;
}

int inode_setxattr(struct ctx *c, struct inode *inode, const char *name, const char *value,
                   size_t n)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return -EOPNOTSUPP; /* no path leads here in the original */
    }
    return inode->ops->setxattr ? inode->ops->setxattr(c, inode, name, value, n) : -EOPNOTSUPP;
}

int inode_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        return overlay_listxattr(c, inode, ret);
    }
    return inode->ops->listxattr ? inode->ops->listxattr(c, inode, ret) : -EOPNOTSUPP;
}

int inode_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret)
{
    CHECK_FATE(c);
    if (inode->overlay) {
        struct statfs_info info = {0};
        int r = inode_statfs(c, overlay_serving(inode), &info);
        if (r) {
            return r;
        }
        info.type = 0x794c7630;
        *ret = info;
        return 0;
    }
    return inode->ops->statfs ? inode->ops->statfs(c, inode, ret) : -ENOSYS;
}

bool inode_mappable(struct inode *inode)
{
    if (inode->overlay) {
        return inode_mappable(overlay_serving(inode));
    }
    return inode->ops->mappable && inode->ops->mappable(inode);
}

bool inode_is_virtual(const struct inode *inode)
{
    return !inode->overlay && inode->ops->is_virtual;
}
