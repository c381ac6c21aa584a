/* Inodes: life, attributes, and the operation table (contract ninep 10.6). */
#include "internal.h"

int gfs_inode_new(struct mount_source *ms, struct p9_file file, const struct answer *a,
                  struct inode **ret)
{
    struct session *ses = ms->priv;
    struct stable_attr stable;
    int r = gfs_attr_stable(ses, a, &stable);
    struct gofer_inode *gi = r ? NULL : MEM_NEW(&ms->s->d, struct gofer_inode);
    if (!gi) {
        return CODE_FATE;
    }
    *gi = (struct gofer_inode){
        .session = ses,
        .file = file,
        .rdev = a->attr.rdev,
        .attr = gfs_attr_unstable(ses, a),
    };
    dent_map_init(&gi->names, &ms->s->d);
    return inode_new(ms, &gfs_inode_ops, gi, stable, ret);
}

void gfs_inode_release(struct inode *inode)
{
    struct gofer_inode *gi = gofer_of(inode);
    (void)p9_clunk_later(&gi->file);
    gfs_handle_put(gi->shared);
    gfs_handle_put(gi->read);
    gfs_handle_put(gi->write);
    dent_map_release(&gi->names);
    mem_free(gi);
}

void gfs_forget_names(struct inode *dir)
{
    struct gofer_inode *gi = gofer_of(dir);
    dent_map_release(&gi->names);
    gi->has_names = false;
}

void gfs_dir_changed(struct ctx *c, struct inode *dir)
{
    if (gfs_policy_caches_attrs(dir)) {
        gfs_cached_touch_mtime(c, dir);
        gfs_forget_names(dir);
    }
}

static int gofer_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    struct gofer_inode *gi = gofer_of(inode);
    struct answer a;
    if (gfs_policy_caches_attrs(inode)) {
        *ret = gi->attr;
        return 0;
    }
    int r = gfs_attr_ask(&gi->file, &a);
    if (r) {
        return r;
    }
    *ret = gfs_attr_unstable(gi->session, &a);
    return 0;
}

static int gofer_chmod(struct ctx *c, struct inode *inode, uint16_t perms)
{
    if (gfs_policy_caches_attrs(inode)) {
        return gfs_cached_chmod(c, inode, perms);
    }
    struct p9_setattr sa = {.mode = perms};
    return p9_setattr(&gofer_of(inode)->file, P9_SETATTR_MODE, &sa);
}

static int gofer_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid)
{
    if (uid == NO_ID && gid == NO_ID) {
        return 0;
    }
    if (gfs_policy_caches_attrs(inode)) {
        return gfs_cached_chown(c, inode, uid, gid);
    }
    struct p9_setattr sa = {0};
    uint32_t valid = 0;
    if (uid != NO_ID) {
        valid |= P9_SETATTR_UID;
        sa.uid = uid;
    }
    if (gid != NO_ID) {
        valid |= P9_SETATTR_GID;
        sa.gid = gid;
    }
    return p9_setattr(&gofer_of(inode)->file, valid, &sa);
}

static int gofer_utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    if (t->atime_omit && t->mtime_omit) {
        return 0;
    }
    if (gfs_policy_caches_attrs(inode)) {
        return gfs_cached_utimes(c, inode, t);
    }
    /* The `_set` bits tell "now" from a value; they are there for an omitted time, too. */
    uint32_t valid =
        (t->atime_omit ? 0u : P9_SETATTR_ATIME) | (t->mtime_omit ? 0u : P9_SETATTR_MTIME) |
        (t->atime_now ? 0u : P9_SETATTR_ATIME_SET) | (t->mtime_now ? 0u : P9_SETATTR_MTIME_SET);
    struct p9_setattr sa = {0};
    gfs_attr_put_times(&sa, t->atime, t->mtime);
    return p9_setattr(&gofer_of(inode)->file, valid, &sa);
}

static int gofer_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    if (gfs_policy_uses_page_cache(inode)) {
        return gfs_cached_truncate(c, inode, size);
    }
    struct p9_setattr sa = {.size = (uint64_t)size};
    return p9_setattr(&gofer_of(inode)->file, P9_SETATTR_SIZE, &sa);
}

static int gofer_writeout(struct ctx *c, struct inode *inode)
{
    return gfs_policy_caches_attrs(inode) ? gfs_cached_writeout(c, inode) : 0;
}

static int gofer_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    (void)c;
    if (inode->stable.type != INODE_SYMLINK) {
        return -ENOLINK;
    }
    return p9_readlink(&gofer_of(inode)->file, ret);
}

static int gofer_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    (void)c, (void)ret;
    return inode->stable.type == INODE_SYMLINK ? CODE_READLINK : -ENOLINK;
}

static int gofer_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret)
{
    (void)c;
    struct p9_fsstat st;
    int r = p9_statfs(&gofer_of(inode)->file, &st);
    if (r) {
        return r;
    }
    *ret = (struct statfs_info){
        .type = 0x01021997, /* V9FS_MAGIC, whatever the server has */
        .total_blocks = st.blocks,
        .free_blocks = st.bavail ? st.bavail : st.bfree, /* */
        .total_files = st.files,
        .free_files = st.ffree,
    };
    return 0;
}

static bool gofer_mappable(struct inode *inode)
{
    return gfs_policy_uses_page_cache(inode);
}

const struct inode_ops gfs_inode_ops = {
    .release = gfs_inode_release,
    .lookup = gfs_lookup,
    .create = gfs_create,
    .mkdir = gfs_mkdir,
    .symlink = gfs_symlink,
    .link = gfs_link,
    .mkfifo = gfs_mkfifo,
    .bind = gfs_bind,
    .remove = gfs_remove,
    .rmdir = gfs_rmdir,
    .rename = gfs_rename,
    .open = gfs_open,
    .getattr = gofer_getattr,
    .chmod = gofer_chmod,
    .chown = gofer_chown,
    .utimes = gofer_utimes,
    .truncate = gofer_truncate,
    .writeout = gofer_writeout,
    .readlink = gofer_readlink,
    .getlink = gofer_getlink,
    .statfs = gofer_statfs,
    .mappable = gofer_mappable,
};
