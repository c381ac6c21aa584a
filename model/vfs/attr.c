/* Inode types and credentials as data. */
#include "vfs_internal.h"

#include <sys/stat.h>

static const struct {
    const char *name;
    mode_t mode;
} types[] = {
    [INODE_REGULAR] = {"file", S_IFREG},
    [INODE_SPECIAL_FILE] = {"file", S_IFREG},
    [INODE_DIRECTORY] = {"directory", S_IFDIR},
    [INODE_SPECIAL_DIRECTORY] = {"directory", S_IFDIR},
    [INODE_SYMLINK] = {"symlink", S_IFLNK},
    [INODE_PIPE] = {"pipe", S_IFIFO},
    [INODE_SOCKET] = {"socket", S_IFSOCK},
    [INODE_CHARDEV] = {"character-device", S_IFCHR},
    [INODE_BLOCKDEV] = {"block-device", S_IFBLK},
    [INODE_ANONYMOUS] = {"anonymous", 0},
};

const char *inode_type_name(enum inode_type t)
{
    return (size_t)t < ARRAY_LEN(types) ? types[t].name : "unknown";
}

mode_t inode_type_mode(enum inode_type t)
{
    return (size_t)t < ARRAY_LEN(types) ? types[t].mode : 0;
}

struct creds creds_root(void)
{
    return (struct creds){.caps = UINT64_MAX};
}
