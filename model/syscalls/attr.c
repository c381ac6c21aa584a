/* Attributes (contract filesystems 11.6). */
#include "internal.h"

#include <simrun/inotify.h>

#include <sys/stat.h>

/* The dirent of a path argument; *dir tells of trailing slashes. */
static int find(struct process *p, const char *path, bool follow, bool *dir, struct dirent **ret)
{
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r == 0 && dir) {
        *dir = sp.dir;
    }
    return r ? r : path_find(p, sp.text, follow, ret);
}

static uint32_t shown_id(uint32_t id)
{
    return id == NO_ID ? 65534 : id;
}

int sys_stat(struct process *p, const char *path, bool follow, struct sys_stat *ret)
{
    struct dirent *d;
    bool dir;
    int r = find(p, path, follow, &dir, &d);
    if (r) {
        return sys_code(r);
    }
    struct unstable_attr a;
    r = dir && !dirent_is_dir(d) ? -ENOTDIR : inode_getattr(&p->c, d->inode, &a);
    if (r == 0) {
        enum inode_type type = d->inode->stable.type;
        *ret = (struct sys_stat){
            .mode = (unsigned)inode_type_mode(type) | a.perms,
            .uid = shown_id(a.uid),
            .gid = shown_id(a.gid),
            .nlink = a.links,
            .size = a.size,
            .type = type,
        };
    }
    dirent_put(d);
    return sys_code(r);
}

int sys_access(struct process *p, const char *path, unsigned mode)
{
    if (mode > 7) {
        return -EINVAL;
    }
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r) {
        return sys_code(r);
    }
    struct ctx real = p->c;
    real.creds.euid = real.creds.uid;
    real.creds.egid = real.creds.gid;
    if (real.creds.uid != 0) {
        real.creds.caps = 0;
    }
    r = inode_check_permission(&real, d->inode, mode);
    dirent_put(d);
    return sys_code(r);
}

int sys_chdir(struct process *p, const char *path)
{
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r) {
        return sys_code(r);
    }
    r = dirent_is_dir(d) ? inode_check_permission(&p->c, d->inode, ACCESS_EXECUTE) : -ENOTDIR;
    if (r) {
        dirent_put(d);
        return sys_code(r);
    }
    dirent_put(p->cwd);
    p->cwd = d;
    return 0;
}

int sys_chmod(struct process *p, const char *path, unsigned mode)
{
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r) {
        return sys_code(r);
    }
    r = check_ownership(p, d->inode);
    if (r == 0) {
        r = inode_chmod(&p->c, d, (uint16_t)(mode & 07777));
        r = r && r != CODE_FATE ? -EPERM : r;
    }
    if (r == 0) {
        dirent_notify(d, IN_ATTRIB);
    }
    dirent_put(d);
    return r;
}

/* CAP_CHOWN, or the owner who changes nothing or only the group, to one of his. */
static int may_chown(struct process *p, struct inode *inode, uint32_t uid, uint32_t gid)
{
    struct unstable_attr a;
    int r = inode_getattr(&p->c, inode, &a);
    if (r || has_capability(p, CAP_BIT_CHOWN)) {
        return r;
    }
    const struct creds *creds = &p->c.creds;
    bool owner = a.uid == creds->euid, member = gid == creds->egid;
    for (size_t i = 0; i < creds->n_groups; i++) {
        member |= creds->groups[i] == gid;
    }
    bool uid_ok = uid == NO_ID || (owner && uid == a.uid);
    bool gid_ok = gid == NO_ID || (owner && (gid == a.gid || member));
    return uid_ok && gid_ok ? 0 : -EPERM;
}

int sys_chown(struct process *p, const char *path, uint32_t uid, uint32_t gid, bool follow)
{
    struct dirent *d;
    int r = find(p, path, follow, NULL, &d);
    if (r) {
        return sys_code(r);
    }
    r = may_chown(p, d->inode, uid, gid);
    r = r ? r : inode_chown(&p->c, d, uid, gid); /* VQ-42: told to nobody */
    dirent_put(d);
    return sys_code(r);
}

int sys_truncate(struct process *p, const char *path, int64_t size)
{
    if (size < 0) {
        return -EINVAL;
    }
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r || sp.dir) {
        return r ? r : -EINVAL;
    }
    struct dirent *d;
    r = path_find(p, sp.text, true, &d);
    if (r) {
        return sys_code(r);
    }
    if (dirent_is_dir(d)) {
        r = -EISDIR;
    } else if (!type_is_file(d->inode->stable.type)) {
        r = -EINVAL;
    } else {
        r = inode_check_permission(&p->c, d->inode, ACCESS_WRITE);
        r = r ? r : inode_truncate(&p->c, d, size);
        if (r == 0) {
            dirent_notify(d, IN_MODIFY);
        }
    }
    dirent_put(d);
    return sys_code(r);
}

int sys_readlink(struct process *p, const char *path, char **ret)
{
    CLEANUP_PATH struct sys_path sp = {0};
    int r = path_read(p, path, &sp);
    if (r || sp.dir) {
        return r ? r : -ENOENT;
    }
    struct dirent *d;
    r = path_find(p, sp.text, false, &d);
    if (r) {
        return sys_code(r);
    }
    r = inode_check_permission(&p->c, d->inode, ACCESS_READ);
    r = r ? r : inode_readlink(&p->c, d->inode, ret);
    dirent_put(d);
    return r == -ENOLINK ? -EINVAL : sys_code(r);
}

int sys_getxattr(struct process *p, const char *path, const char *name, struct str *ret)
{
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r == 0) {
        r = inode_getxattr(&p->c, d->inode, name, ret);
        dirent_put(d);
    }
    return sys_code(r);
}

int sys_listxattr(struct process *p, const char *path, struct ptrvec *ret)
{
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r == 0) {
        r = inode_listxattr(&p->c, d->inode, ret);
        dirent_put(d);
    }
    return sys_code(r);
}

int sys_setxattr(struct process *p, const char *path, const char *name, const char *value)
{
    struct dirent *d;
    int r = find(p, path, true, NULL, &d);
    if (r == 0) {
        r = inode_setxattr(&p->c, d->inode, name, value, strlen(value));
        dirent_put(d);
    }
    return sys_code(r);
}
