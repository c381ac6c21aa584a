/* Operations that a node refuses whatever is asked, one family for each answer (contract
 * filesystems 2.1, 5, 9). */
#include <simrun/fs/ramfs.h>

/* clang-format off */
#define REFUSE_NEW_NAMES(family, code)                                                             \
    int family##_create(struct ctx *c, struct inode *dir, const char *name,                        \
                        struct open_flags flags, uint16_t perms, struct file **ret)                \
    {                                                                                              \
        (void)c, (void)dir, (void)name, (void)flags, (void)perms, (void)ret;                       \
        return code;                                                                               \
    }                                                                                              \
    int family##_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)         \
    {                                                                                              \
        (void)c, (void)dir, (void)name, (void)perms;                                               \
        return code;                                                                               \
    }                                                                                              \
    int family##_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)   \
    {                                                                                              \
        (void)c, (void)dir, (void)target, (void)name;                                              \
        return code;                                                                               \
    }                                                                                              \
    int family##_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)    \
    {                                                                                              \
        (void)c, (void)dir, (void)target, (void)name;                                              \
        return code;                                                                               \
    }

#define REFUSE_BIND_AND_REMOVE(family, code)                                                       \
    int family##_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,          \
                      struct dirent **ret)                                                         \
    {                                                                                              \
        (void)c, (void)dir, (void)name, (void)perms, (void)ret;                                    \
        return code;                                                                               \
    }                                                                                              \
    int family##_remove(struct ctx *c, struct inode *dir, const char *name)                        \
    {                                                                                              \
        (void)c, (void)dir, (void)name;                                                            \
        return code;                                                                               \
    }
/* clang-format on */

REFUSE_NEW_NAMES(ramfs_refuse, ERR_INVALID_OP)
REFUSE_BIND_AND_REMOVE(ramfs_refuse, ERR_INVALID_OP)
REFUSE_NEW_NAMES(ramfs_deny, -EACCES)
REFUSE_BIND_AND_REMOVE(ramfs_forbid, -EPERM)

int ramfs_refuse_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    (void)dir;
    (void)name;
    (void)ret;
    return ERR_INVALID_OP;
}

int ramfs_refuse_rename(struct ctx *c, struct inode *moved, struct inode *old_dir,
                        const char *old_name, struct inode *new_dir, const char *new_name)
{
    (void)c;
    (void)moved;
    (void)old_dir;
    (void)old_name;
    (void)new_dir;
    (void)new_name;
    return -EINVAL;
}
