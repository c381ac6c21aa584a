/* The cache policies (contract ninep 10.3) and the mount source that follows them. */
#include "internal.h"

static bool caches(const struct session *ses)
{
    return ses->cache == GOFER_CACHE_FSCACHE || ses->cache == GOFER_CACHE_WRITETHROUGH;
}

bool gfs_policy_caches_attrs(const struct inode *inode)
{
    enum inode_type t = inode->stable.type;
    return (type_is_file(t) || type_is_directory(t)) && caches(session_of(inode));
}

bool gfs_policy_uses_page_cache(const struct inode *inode)
{
    return type_is_file(inode->stable.type) && session_of(inode)->cache != GOFER_CACHE_NONE;
}

bool gfs_policy_writes_through(const struct inode *inode)
{
    return type_is_file(inode->stable.type) && session_of(inode)->cache == GOFER_CACHE_WRITETHROUGH;
}

bool gfs_policy_caches_listings(const struct session *ses)
{
    return caches(ses);
}

bool gfs_policy_caches_negative(const struct session *ses)
{
    return caches(ses);
}

/*
 * a walk alone keeps nothing; what asks here is a create, or the end of a path resolution
 * (contract vfs 11), of a bare mount as well as of an overlay on top.
 */
static bool gofer_keep(struct mount_source *ms, struct dirent *d)
{
    const struct session *ses = ms->priv;
    enum inode_type t = d->inode->stable.type;
    return ses->cache != GOFER_CACHE_NONE &&
           (type_is_file(t) || type_is_directory(t) || t == INODE_SYMLINK);
}

static void gofer_source_destroy(struct mount_source *ms)
{
    gfs_session_end(ms->priv);
}

const struct mount_source_ops gfs_source_ops = {
    .revalidate = gfs_revalidate,
    .keep = gofer_keep,
    .destroy = gofer_source_destroy,
};
