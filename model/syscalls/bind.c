/* bind(2) of a UNIX socket on a path, and statfs(2) (contract filesystems 3.5, 11.6). */
#include "internal.h"

/* The directory that gets the name, with the limit of 10 links; whatever goes wrong is -ENOENT. */
static int find_directory(struct process *p, const char *path, struct dirent **ret, char **ret_name)
{
    struct ctx *c = &p->c;
    CLEANUP_MEM char *dir = NULL;
    char *name = NULL;
    int r = path[0] ? path_split_last(&c->s->d, path, &dir, &name) : -ENOENT;
    r = r ? r : mount_ns_find_inode(c, p->ns, c->root, p->cwd, dir, LINK_LIMIT_INTERNAL, ret);
    if (r) {
        mem_free(name);
        return r == CODE_FATE ? r : -ENOENT;
    }
    *ret_name = name;
    return 0;
}

/* FQ-29: neither permissions nor a read-only mount are looked at, and every failure to make the
 * node has one name. */
int sys_bind(struct process *p, const char *path)
{
    struct dirent *dir, *made = NULL;
    char *name;
    int r = find_directory(p, path, &dir, &name);
    if (r) {
        return r;
    }
    r = dirent_bind(&p->c, dir, p->c.root, name, 0400, &made);
    dirent_put(made);
    dirent_put(dir);
    mem_free(name);
    return r == 0 || r == CODE_FATE ? r : -EADDRINUSE;
}

int sys_statfs(struct process *p, const char *path, struct sys_statfs *ret)
{
    struct dirent *d;
    struct statfs_info info;
    int r = path_find(p, path, true, &d);
    if (r) {
        return sys_code(r);
    }
    r = inode_statfs(&p->c, d->inode, &info);
    if (r == 0) {
        *ret = (struct sys_statfs){
            .info = info,
            .block_size = d->inode->stable.block_size,
            .name_length = 4096, /* FQ-26 */
        };
    }
    dirent_put(d);
    return sys_code(r);
}
