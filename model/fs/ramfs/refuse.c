/* Directory operations of nodes that are no directories: "invalid operation" each (contract
 * filesystems 2.1). */
#include <simrun/fs/ramfs.h>

int ramfs_refuse_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    (void)dir;
    (void)name;
    (void)ret;
    return ERR_INVALID_OP;
}

int ramfs_refuse_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                        uint16_t perms, struct file **ret)
{
    (void)c;
    (void)dir;
    (void)name;
    (void)flags;
    (void)perms;
    (void)ret;
    return ERR_INVALID_OP;
}

int ramfs_refuse_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    (void)c;
    (void)dir;
    (void)name;
    (void)perms;
    return ERR_INVALID_OP;
}

int ramfs_refuse_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)
{
    (void)c;
    (void)dir;
    (void)target;
    (void)name;
    return ERR_INVALID_OP;
}

int ramfs_refuse_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
{
    (void)c;
    (void)dir;
    (void)target;
    (void)name;
    return ERR_INVALID_OP;
}

int ramfs_refuse_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                      struct dirent **ret)
{
    (void)c;
    (void)dir;
    (void)name;
    (void)perms;
    (void)ret;
    return ERR_INVALID_OP;
}

int ramfs_refuse_remove(struct ctx *c, struct inode *dir, const char *name)
{
    (void)c;
    (void)dir;
    (void)name;
    return ERR_INVALID_OP;
}
