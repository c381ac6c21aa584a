/* Paths as arguments (contract filesystems 10). */
#include "internal.h"

int path_read(struct process *p, const char *path, struct sys_path *ret)
{
    size_t n = strlen(path);
    if (n == 0) {
        return -ENOENT;
    }
    if (n >= LIMIT_PATH) {
        return -ENAMETOOLONG;
    }
    size_t kept = n;
    while (kept > 1 && path[kept - 1] == '/') {
        kept--;
    }
    char *text = mem_dupn(&p->c.s->d, path, kept);
    if (!text) {
        return CODE_FATE;
    }
    ret->text = text;
    ret->dir = kept != n;
    return 0;
}

int path_find(struct process *p, const char *path, bool follow, struct dirent **ret)
{
    return follow
               ? mount_ns_find_inode(&p->c, p->ns, p->c.root, p->cwd, path, LINK_LIMIT_SYSCALL, ret)
               : mount_ns_find_link(&p->c, p->ns, p->c.root, p->cwd, path, LINK_LIMIT_SYSCALL, ret);
}

int path_find_parent(struct process *p, const char *path, struct dirent **ret_dir, char **ret_name)
{
    CLEANUP_MEM char *dir_path = NULL;
    char *name = NULL;
    int r = path_split_last(&p->c.s->d, path, &dir_path, &name);
    if (r) {
        return r;
    }
    struct dirent *dir = NULL;
    if (strcmp(dir_path, "/") == 0) {
        dir = dirent_get(p->c.root);
    } else if (strcmp(dir_path, ".") == 0) {
        dir = dirent_get(p->cwd);
    } else {
        r = path_find(p, dir_path, true, &dir);
    }
    if (r == 0 && !dirent_is_dir(dir)) {
        dirent_put(dir);
        r = -ENOTDIR;
    }
    if (r) {
        mem_free(name);
        return r;
    }
    *ret_dir = dir;
    *ret_name = name;
    return 0;
}
