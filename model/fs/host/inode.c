/* What a process does with names and attributes of host files (contract filesystems 8.3, 8.4). */
#include "private.h"

enum {
    HOST_UID = 0, /* effective ids of the sandbox process on the host; no other groups */
    HOST_GID = 0,
    OVERFLOW_ID = 65534,
};

static bool is_host_dir(const struct inode *inode)
{
    return inode->ops == &host_inode_ops && inode->stable.type == INODE_DIRECTORY;
}

struct host_file *fs_host_file(const struct inode *inode)
{
    return inode->ops == &host_inode_ops ? host_file_of(inode) : NULL;
}

static void release(struct inode *inode)
{
    host_file_put(inode->priv);
    inode->priv = NULL;
}

/* -----------------------------------------------------------------------------------------------
 * names */

static int lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    if (!is_host_dir(dir)) {
        return -ENOTDIR;
    }
    struct host_file *file;
    int rc = host_open_any(c->s, NULL, host_file_of(dir), name, &file);
    if (rc) {
        return rc;
    }
    struct inode *inode;
    rc = host_inode_new(dir->ms, file, &inode);
    return rc ? rc : dirent_new(inode, name, ret);
}

/* Always for reading and writing: a later open may want more than this one. */
static int create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                  uint16_t perms, struct file **ret)
{
    struct host_file *file;
    int rc = host_code(c->s, host_openat(host_file_of(dir), name,
                                         O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, perms, &file));
    if (rc) {
        return rc;
    }
    struct inode *inode;
    rc = host_inode_new(dir->ms, file, &inode);
    if (rc) {
        return rc;
    }
    struct dirent *d;
    rc = dirent_new(inode, name, &d);
    if (rc) {
        return rc;
    }
    rc = host_inode_open(c, inode, d, flags, ret);
    dirent_put(d);
    return rc;
}

static int make_directory(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    return host_code(c->s, host_mkdirat(host_file_of(dir), name, perms));
}

static int make_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)
{
    return host_code(c->s, host_symlinkat(host_file_of(dir), name, target));
}

static int refuse_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
{
    (void)c, (void)dir, (void)target, (void)name;
    return -EPERM;
}

static int refuse_fifo(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    (void)c, (void)dir, (void)name, (void)perms;
    return -EOPNOTSUPP;
}

static int refuse_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
                       struct dirent **ret)
{
    (void)c, (void)dir, (void)name, (void)perms, (void)ret;
    return -EOPNOTSUPP;
}

static int remove_file(struct ctx *c, struct inode *dir, const char *name)
{
    return host_code(c->s, host_unlinkat(host_file_of(dir), name, 0));
}

static int remove_directory(struct ctx *c, struct inode *dir, const char *name)
{
    return host_code(c->s, host_unlinkat(host_file_of(dir), name, AT_REMOVEDIR));
}

/* FQ-53: any two mounts of this file system stand on one host. */
static int rename_child(struct ctx *c, struct inode *moved, struct inode *old_dir,
                        const char *old_name, struct inode *new_dir, const char *new_name)
{
    (void)moved;
    if (!is_host_dir(old_dir) || !is_host_dir(new_dir)) {
        return -EXDEV;
    }
    return host_code(
        c->s, host_renameat(host_file_of(old_dir), old_name, host_file_of(new_dir), new_name));
}

/* ------------------------------------------------------------------------------------------
 * attributes */

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    struct stat st;
    int rc = host_code(c->s, host_fstat(host_file_of(inode), &st));
    if (rc) {
        return rc;
    }
    const struct host_mount *mount = host_mount_of(inode);
    *ret = (struct unstable_attr){
        .size = st.st_size,
        .usage = (int64_t)st.st_blocks * 512,
        .perms = (uint16_t)(st.st_mode & 07777),
        .uid = st.st_uid,
        .gid = st.st_gid,
        .atime = nanoseconds(st.st_atim),
        .mtime = nanoseconds(st.st_mtim),
        .ctime = nanoseconds(st.st_ctim),
        .links = st.st_nlink,
    };
    if (!mount->dont_translate) {
        ret->uid = st.st_uid == HOST_UID ? mount->uid : OVERFLOW_ID;
        ret->gid = st.st_gid == HOST_GID ? mount->gid : OVERFLOW_ID;
    }
    return 0;
}

static int chmod_file(struct ctx *c, struct inode *inode, uint16_t perms)
{
    int rc = host_code(c->s, host_fchmod(host_file_of(inode), perms));
    return rc && rc != CODE_FATE ? -EPERM : rc;
}

static int refuse_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid)
{
    (void)c, (void)inode, (void)uid, (void)gid;
    return -EPERM; /* also for ids that would not change */
}

static struct timespec host_time(bool omit, bool now, int64_t ns)
{
    if (omit || now) {
        return (struct timespec){0, omit ? UTIME_OMIT : UTIME_NOW};
    }
    int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
    if (rest < 0) {
        rest += 1000000000;
        seconds--;
    }
    return (struct timespec){(time_t)seconds, (long)rest};
}

static int utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    if (t->atime_omit && t->mtime_omit) {
        return 0;
    }
    const struct timespec times[2] = {
        host_time(t->atime_omit, t->atime_now, t->atime),
        host_time(t->mtime_omit, t->mtime_now, t->mtime),
    };
    return host_code(c->s, host_futimens(host_file_of(inode), times));
}

static int truncate_file(struct ctx *c, struct inode *inode, int64_t size)
{
    return host_code(c->s, host_ftruncate(host_file_of(inode), size));
}

/* -----------------------------------------------------------------------------------------------
 * links */

/* FQ-54: ENOENT for what is no link. The string comes from the domain of the file, which is the
 * world's. */
static int readlink_file(struct ctx *c, struct inode *inode, char **ret)
{
    return host_code(c->s, host_readlink(host_file_of(inode), ret));
}

static int getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    (void)c, (void)ret;
    return inode->stable.type == INODE_SYMLINK ? CODE_READLINK : -ENOLINK;
}

static bool mappable(struct inode *inode)
{
    return inode->stable.type == INODE_REGULAR;
}

const struct inode_ops host_inode_ops = {
    .release = release,
    .lookup = lookup,
    .create = create,
    .mkdir = make_directory,
    .symlink = make_symlink,
    .link = refuse_link,
    .mkfifo = refuse_fifo,
    .bind = refuse_bind,
    .remove = remove_file,
    .rmdir = remove_directory,
    .rename = rename_child,
    .open = host_inode_open,
    .getattr = getattr,
    .chmod = chmod_file,
    .chown = refuse_chown,
    .utimes = utimes,
    .truncate = truncate_file,
    .readlink = readlink_file,
    .getlink = getlink,
    .mappable = mappable,
};
