/* rename between directories of the family (contract filesystems 2.3). */
#include "dir_private.h"

/*
 * Take the node that is in the way out of the directory. FQ-19: the original overwrites the entry,
 * so neither the node's link count nor the directory's goes down. Its lost reference is nobody's to
 * see and is dropped here.
 */
static void replace(struct inode *dir, struct ramfs_child *child, struct inode *moved)
{
    struct domain *d = &dir->s->d;
    bool keep_counts = child->inode == moved ? quirk_on(d, FQ_20) : quirk_on(d, FQ_19);
    namemap_remove(&ramfs_dir_of(dir)->children, &child->node);
    if (!keep_counts) {
        ramfs_child_count(dir, child->inode, -1);
    }
    ramfs_mark_removed(child->inode);
    ramfs_child_free(child);
}

/* The old name is not in the map: the core walked there by "..". */
static int name_vanished(struct domain *d)
{
    if (quirk_on(d, FP_03)) {
        return domain_panic(d, "runtime error: invalid memory address or nil pointer dereference");
    }
    return -EBUSY;
}

/* Put the record, its name changed to `name`, into the directory. */
static int put_back(struct inode *dir, struct ramfs_child *child, char *name)
{
    mem_free(child->new_name);
    child->new_name = name;
    child->node = (struct namenode){.name = name};
    namemap_insert(&ramfs_dir_of(dir)->children, &child->node);
    ramfs_child_count(dir, child->inode, +1);
    return 0;
}

int ramfs_rename_within(struct ctx *c, const struct inode_ops *exact, struct inode *moved,
                        struct inode *old_dir, const char *old_name, struct inode *new_dir,
                        const char *new_name)
{
    struct domain *d = &moved->s->d;
    if (old_dir->ops != exact || new_dir->ops != exact) {
        return ERR_CROSS_DEVICE; /* FQ-17: exactly this type, not one that is made of it */
    }
    int rc = ramfs_dir_admit(new_dir, new_name);
    if (rc) {
        return rc;
    }
    struct ramfs_child *replaced = ramfs_child_find(new_dir, new_name);
    if (replaced && type_is_directory(replaced->inode->stable.type)) {
        rc = ramfs_check_empty(c, replaced->inode);
        if (rc) {
            return rc;
        }
    }
    struct ramfs_child *child = ramfs_child_find(old_dir, old_name);
    if (!child) {
        return name_vanished(d);
    }
    if (child == replaced) {
        return 0; /* the core has answered this already (VQ-10) */
    }
    char *name = mem_dup(d, new_name);
    if (!name) {
        return CODE_FATE;
    }
    ramfs_child_detach(c, old_dir, child); /* FQ-18: only the old parent's times */
    if (replaced) {
        replace(new_dir, replaced, moved);
    }
    put_back(new_dir, child, name);
    ramfs_touch_ctime(moved);
    return 0;
}

int ramfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
                 struct inode *new_dir, const char *new_name)
{
    return ramfs_rename_within(c, &ramfs_dir_ops, moved, old_dir, old_name, new_dir, new_name);
}
