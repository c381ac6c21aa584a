/* Making, removing and moving names (contract filesystems 11.3 to 11.5). */
#include "internal.h"

#include <sys/stat.h>

/* The parent of a path, and its last name. Both owned by the holder. */
struct place {
    struct dirent *dir;
    char *name;
};

static void place_release(struct place *pl)
{
    dirent_put(pl->dir);
    mem_free(pl->name);
}
#define CLEANUP_PLACE __attribute__((cleanup(place_release)))

enum { TRAILING_SLASH_OK = 1 };

/* `path` as the place of a name; a trailing slash is -ENOENT unless allowed. */
static int find_place(struct process *p, const char *path, unsigned flags, struct place *ret)
{
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r == 0 && sp.dir && !(flags & TRAILING_SLASH_OK)) {
        r = -ENOENT;
    }
    return r ? r : path_find_parent(p, sp.text, &ret->dir, &ret->name);
}

static int may_change(struct process *p, const struct place *pl)
{
    return inode_check_permission(&p->c, pl->dir->inode, ACCESS_WRITE | ACCESS_EXECUTE);
}

static uint16_t new_perms(const struct process *p, unsigned mode)
{
    return (uint16_t)(mode & 07777 & ~(unsigned)p->c.umask);
}

int sys_mkdir(struct process *p, const char *path, unsigned mode)
{
    struct ctx *c = &p->c;
    CLEANUP_PLACE struct place pl = {0};
    int r = find_place(p, path, TRAILING_SLASH_OK, &pl);
    if (r) {
        return sys_code(r);
    }
    struct dirent *found;
    r = mount_ns_find_inode(c, p->ns, c->root, pl.dir, pl.name, LINK_LIMIT_SYSCALL, &found);
    if (r == 0) {
        dirent_put(found);
        return -EEXIST;
    }
    if (r == -EACCES || r == CODE_FATE) {
        return r;
    }
    r = may_change(p, &pl);
    return sys_code(r ? r : dirent_mkdir(c, pl.dir, c->root, pl.name, new_perms(p, mode)));
}

static int make_node(struct process *p, const struct place *pl, unsigned mode)
{
    struct ctx *c = &p->c;
    struct file *f;
    int r;
    switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
        r = dirent_create(c, pl->dir, c->root, pl->name,
                          (struct open_flags){.read = true, .write = true}, new_perms(p, mode), &f);
        if (r == 0) {
            file_put(f);
        }
        return r;
    case S_IFIFO:
        return dirent_mkfifo(c, pl->dir, c->root, pl->name, new_perms(p, mode));
    case S_IFSOCK:
        return -EOPNOTSUPP;
    case S_IFCHR:
    case S_IFBLK:
        return -EPERM;
    default:
        return -EINVAL;
    }
}

int sys_mknod(struct process *p, const char *path, unsigned mode)
{
    CLEANUP_PLACE struct place pl = {0};
    int r = find_place(p, path, 0, &pl);
    r = r ? r : may_change(p, &pl); /* before existence */
    return sys_code(r ? r : make_node(p, &pl, mode));
}

int sys_symlink(struct process *p, const char *target, const char *path)
{
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r || sp.dir || target[0] == '\0') {
        return r ? r : -ENOENT;
    }
    if (strlen(target) >= LIMIT_PATH) {
        return -ENAMETOOLONG;
    }
    CLEANUP_PLACE struct place pl = {0};
    r = path_find_parent(p, sp.text, &pl.dir, &pl.name);
    r = r ? r : may_change(p, &pl);
    return sys_code(r ? r : dirent_symlink(&p->c, pl.dir, p->c.root, target, pl.name));
}

/* FQ-63: any lack of right over the source is EPERM. */
static int may_link(struct process *p, struct inode *target)
{
    int r = check_ownership(p, target);
    if (r || type_is_directory(target->stable.type)) {
        return r ? r : -EPERM;
    }
    r = inode_check_permission(&p->c, target, ACCESS_READ | ACCESS_WRITE);
    return r && r != CODE_FATE ? -EPERM : r;
}

int sys_link(struct process *p, const char *old_path, const char *new_path)
{
    CLEANUP_PATH struct sys_path old = {0}, new = {0};
    int r = path_read(p, old_path, &old);
    r = r ? r : path_read(p, new_path, &new);
    if (r || new.dir) {
        return r ? r : -ENOENT;
    }
    struct dirent *target;
    r = path_find(p, old.text, false, &target);
    if (r) {
        return sys_code(r);
    }
    CLEANUP_PLACE struct place pl = {0};
    r = may_link(p, target->inode);
    r = r ? r : path_find_parent(p, new.text, &pl.dir, &pl.name);
    r = r ? r : may_change(p, &pl);
    r = r ? r : dirent_link(&p->c, pl.dir, p->c.root, target, pl.name);
    dirent_put(target);
    return sys_code(r);
}

int sys_unlink(struct process *p, const char *path)
{
    struct ctx *c = &p->c;
    CLEANUP_PLACE struct place pl = {0};
    int r = find_place(p, path, 0, &pl);
    r = r ? r : dirent_may_delete(c, pl.dir, c->root, pl.name);
    return sys_code(r ? r : dirent_remove(c, pl.dir, c->root, pl.name));
}

static bool ends_in_dot(const char *path)
{
    size_t n = strlen(path);
    return strcmp(path, ".") == 0 || (n >= 2 && strcmp(path + n - 2, "/.") == 0);
}

int sys_rmdir(struct process *p, const char *path)
{
    struct ctx *c = &p->c;
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r || ends_in_dot(sp.text)) {
        return r ? r : -EINVAL; /* before the parent is looked up */
    }
    CLEANUP_PLACE struct place pl = {0};
    r = path_find_parent(p, sp.text, &pl.dir, &pl.name);
    r = r ? r : dirent_may_delete(c, pl.dir, c->root, pl.name);
    return sys_code(r ? r : dirent_rmdir(c, pl.dir, c->root, pl.name));
}

/* `/` and `/.`, and what else leads to the root by "." */
static bool is_root_itself(const struct process *p, const struct place *pl)
{
    return pl->dir == p->c.root && strcmp(pl->name, ".") == 0;
}

/* FQ-65: trailing slashes are cut and forgotten. */
int sys_rename(struct process *p, const char *old_path, const char *new_path)
{
    CLEANUP_PATH struct sys_path old = {0}, new = {0};
    int r = path_read(p, old_path, &old);
    r = r ? r : path_read(p, new_path, &new);
    if (r) {
        return r;
    }
    CLEANUP_PLACE struct place from = {0}, to = {0};
    r = path_find_parent(p, old.text, &from.dir, &from.name);
    if (r || is_root_itself(p, &from)) {
        return r ? sys_code(r) : -EBUSY;
    }
    r = path_find_parent(p, new.text, &to.dir, &to.name);
    if (r || is_root_itself(p, &to)) {
        return r ? sys_code(r) : -EBUSY;
    }
    r = dirent_rename(&p->c, p->c.root, from.dir, from.name, to.dir, to.name);
    jobs_drain(&p->c.s->d);
    return sys_code(r);
}
