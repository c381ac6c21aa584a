/* What the files of syscalls share: paths as the system calls read them. */
#ifndef SIMRUN_SYSCALLS_INTERNAL_H
#define SIMRUN_SYSCALLS_INTERNAL_H

#include <simrun/syscalls.h>

/* A path without its trailing slashes. `dir` says that some were cut. */
struct sys_path {
    char *text; /* owned */
    bool dir;
};

/* -ENOENT for an empty one, -ENAMETOOLONG past 4095 bytes. */
int path_read(struct process *p, const char *path, struct sys_path *ret);
static inline void path_release(struct sys_path *path)
{
    mem_free(path->text);
}
#define CLEANUP_PATH __attribute__((cleanup(path_release)))

/* The dirent of a whole path (limit of 40 links); the last link is followed if `follow`. */
int path_find(struct process *p, const char *path, bool follow, struct dirent **ret);
/*
 * The directory and the last name of a path, for operations on names. "/" and "." as directory are
 * taken without a walk. Not a directory: -ENOTDIR.
 */
int path_find_parent(struct process *p, const char *path, struct dirent **ret_dir, char **ret_name);

/* The plain -errno of any code; CODE_FATE stays. */
static inline int sys_code(int code)
{
    return code == 0 || code == CODE_FATE ? code : -code_errno(code);
}

static inline bool dirent_is_dir(const struct dirent *d)
{
    return type_is_directory(d->inode->stable.type);
}

/* Owner of the inode, or CAP_FOWNER over it: else -EPERM. */
int check_ownership(struct process *p, struct inode *inode);
bool has_capability(const struct process *p, enum capability cap);

#endif
