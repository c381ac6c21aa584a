/* From a name to an inode, and whether a known name is still what it was (contract
 * ninep 10.3, 10.6). */
#include "internal.h"

static int missing(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    return gfs_policy_caches_negative(session_of(dir)) ? dirent_new_negative(c->s, name, ret)
                                                       : -ENOENT;
}

int gfs_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    struct gofer_inode *gi = gofer_of(dir);
    struct answer a;
    struct p9_file file;
    struct inode *inode;
    if (gi->has_names && !dent_map_find(&gi->names, name)) {
        return missing(c, dir, name, ret);
    }
    int r = p9_walkgetattr(&gi->file, &name, 1, &a.qid, &a.valid, &a.attr, &file);
    if (r) {
        return r == -ENOENT ? missing(c, dir, name, ret) : r;
    }
    r = gfs_inode_new(dir->ms, file, &a, &inode); /* */
    return r ? r : dirent_new(inode, name, ret);
}

/* Does `name` still lead to the file of `child`? Then its attributes are taken over. */
static int ask_again(struct inode *dir, const char *name, struct inode *child, bool *stale)
{
    struct gofer_inode *gi = gofer_of(dir);
    struct answer a;
    struct p9_file file;
    struct stable_attr stable;
    int r = p9_walkgetattr(&gi->file, &name, 1, &a.qid, &a.valid, &a.attr, &file);
    if (r) {
        *stale = true; /* the lookup that follows has the last word */
        return r == CODE_FATE ? r : 0;
    }
    r = p9_clunk(&file);
    if (r != CODE_FATE) {
        r = gfs_attr_stable(gi->session, &a, &stable);
    }
    if (r) {
        return r;
    }
    *stale = stable.inode_id != child->stable.inode_id;
    if (!*stale) {
        gofer_of(child)->attr = gfs_attr_unstable(session_of(child), &a);
    }
    return 0;
}

int gfs_revalidate(struct ctx *c, struct mount_source *ms, struct inode *dir, const char *name,
                   struct inode *child, bool *stale)
{
    const struct session *ses = ms->priv;
    if (ses->cache != GOFER_CACHE_NONE && ses->cache != GOFER_CACHE_REVALIDATING) {
        *stale = false;
        return 0;
    }
    if (quirk_on(&c->s->d, VQ_09)) {
        *stale = true; /* nothing is compared, nothing is sent */
        return 0;
    }
    if (!is_gofer_inode(dir) || !is_gofer_inode(child)) {
        *stale = false; /* a layer that has no such directory cannot say otherwise */
        return 0;
    }
    return ask_again(dir, name, child, stale);
}
