/* The node that all kinds of the family are made of: attributes, times and links (contract
 * filesystems 2.1). */
#include <simrun/fs/ramfs.h>

void ramfs_entry_init(struct ramfs_entry *e, struct sentry *s, const struct ramfs_node_ops *node,
                      struct ramfs_owner owner, uint16_t perms)
{
    int64_t now = domain_now(&s->d);
    *e = (struct ramfs_entry){
        .s = s,
        .node = node,
        .attr = {.perms = perms & 07777,
                 .uid = owner.uid,
                 .gid = owner.gid,
                 .atime = now,
                 .mtime = now,
                 .ctime = now},
    };
}

bool ramfs_is_node(const struct inode *inode)
{
    return inode->ops && inode->ops->add_links == ramfs_add_links;
}

void ramfs_touch_atime(struct inode *inode)
{
    struct ramfs_entry *e = ramfs_entry_of(inode);
    e->attr.atime = domain_now(&e->s->d);
}

void ramfs_touch_mtime(struct inode *inode)
{
    struct ramfs_entry *e = ramfs_entry_of(inode);
    e->attr.mtime = e->attr.ctime = domain_now(&e->s->d);
}

void ramfs_touch_ctime(struct inode *inode)
{
    struct ramfs_entry *e = ramfs_entry_of(inode);
    e->attr.ctime = domain_now(&e->s->d);
}

struct stable_attr ramfs_stable(struct sentry *s, enum inode_type type, enum device device)
{
    return (struct stable_attr){
        .type = type,
        .device_id = (uint64_t)device,
        .inode_id = device_next_inode(s, device),
        .block_size = 4096,
    };
}

int ramfs_new_node(struct mount_source *ms, const struct inode_ops *ops,
                   const struct ramfs_node_ops *node, struct stable_attr stable,
                   struct ramfs_owner owner, uint16_t perms, struct inode **ret)
{
    struct ramfs_entry *e = MEM_NEW(&ms->s->d, struct ramfs_entry);
    if (!e) {
        return CODE_FATE;
    }
    ramfs_entry_init(e, ms->s, node, owner, perms);
    int rc = inode_new(ms, ops, e, stable, ret);
    if (rc) {
        mem_free(e);
    }
    return rc;
}

void ramfs_release(struct inode *inode)
{
    ramfs_entry_release(ramfs_entry_of(inode));
    mem_free(inode->priv);
    inode->priv = NULL;
}

int ramfs_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    *ret = ramfs_entry_of(inode)->attr;
    return 0;
}

int ramfs_chmod(struct ctx *c, struct inode *inode, uint16_t perms)
{
    (void)c;
    ramfs_entry_of(inode)->attr.perms = perms & 07777;
    ramfs_touch_ctime(inode);
    return 0;
}

int ramfs_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid)
{
    (void)c;
    struct unstable_attr *attr = &ramfs_entry_of(inode)->attr;
    if (uid != NO_ID) {
        attr->uid = uid;
    }
    if (gid != NO_ID) {
        attr->gid = gid;
    }
    return 0; /* FQ-11: ctime stays */
}

int ramfs_utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    (void)c;
    struct ramfs_entry *e = ramfs_entry_of(inode);
    if (t->atime_omit && t->mtime_omit) {
        return 0;
    }
    int64_t now = domain_now(&e->s->d);
    if (!t->atime_omit) {
        e->attr.atime = t->atime_now ? now : t->atime;
    }
    if (!t->mtime_omit) {
        e->attr.mtime = t->mtime_now ? now : t->mtime;
    }
    e->attr.ctime = now;
    return 0;
}

int ramfs_refuse_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c;
    (void)inode;
    (void)size;
    return ERR_INVALID_OP;
}

void ramfs_add_links(struct inode *inode, int delta)
{
    struct ramfs_entry *e = ramfs_entry_of(inode);
    /* FQ-06: the original's counts are unsigned and not guarded. */
    if (delta < 0 && e->attr.links < (uint64_t)-delta && !quirk_on(&e->s->d, FQ_06)) {
        e->attr.links = 0;
        return;
    }
    e->attr.links += (uint64_t)(int64_t)delta;
}

void ramfs_status_changed(struct ctx *c, struct inode *inode)
{
    (void)c;
    ramfs_touch_ctime(inode);
}
