/* What other 9P2000.L peers expect of changes (contract ninep 13): making, naming, removing,
 * attributes. */
#include <sys/sysmacros.h>

#include "gofer_impl.h"

/* A read-only point refuses with what a client of Linux knows (Q-53 is the original's). */
static int may_change(const struct gofer_file *f)
{
    return f->point->ro_mount ? -EROFS : 0;
}

/*
 * The group that the request names (I-31), then the bits that giving it away took. A server without
 * privilege keeps its own group, as otherwise nobody could create anything.
 */
static int give(struct host_file *made, uint32_t mode, uint32_t uid, uint32_t gid)
{
    int rc = uid == P9_NOUID && gid == P9_NOUID ? 0 : host_fchown(made, uid, gid);
    if (rc == -EPERM) {
        rc = 0;
    }
    if (rc == 0 && mode & 06000) {
        rc = host_chmod(made, mode);
    }
    return rc;
}

/* Look at what was just made under `name`, give it its owner and take its qid; what cannot be
 * finished is removed again. */
static int finish(struct gofer_file *dir, const char *name, int rmflags, uint32_t mode,
                  uint32_t uid, uint32_t gid, struct p9_qid *ret)
{
    struct host_file *made;
    struct stat st;
    int rc = host_openat(dir->control, name, O_PATH | O_NOFOLLOW, 0, &made);
    if (rc < 0) {
        return rc;
    }
    rc = give(made, mode, uid, gid);
    if (rc == 0) {
        rc = host_fstat(made, &st);
    }
    host_file_put(made);
    if (rc < 0) {
        (void)host_unlinkat(dir->control, name, rmflags); /* the first error counts */
        return rc;
    }
    *ret = std_qid(dir->point, &st);
    return 0;
}

/* ------------------------------------------------------------------------------- creating */

/* I-15: exclusive only if asked. *ret_made tells whether it was there before. */
static int open_or_create(struct gofer_file *dir, const char *name, uint32_t flags, uint32_t mode,
                          struct host_file **ret, bool *ret_made)
{
    enum { TRIES = 8 }; /* somebody else may remove and create the name meanwhile */
    int access = (int)(flags & P9_OPEN_ACCESS);
    int rc = 0;
    for (int i = 0; i < TRIES; i++) {
        *ret_made = true;
        rc = host_openat(dir->control, name, O_CREAT | O_EXCL | O_NOFOLLOW | access, mode, ret);
        if (rc != -EEXIST || flags & P9_OPEN_EXCL) {
            return rc;
        }
        *ret_made = false;
        rc = host_openat(dir->control, name, O_NOFOLLOW | access, 0, ret);
        if (rc != -ENOENT) {
            break;
        }
    }
    return rc == HOST_BLOCKS ? -ENXIO : rc;
}

/* Owner of a new file, contents of an old one. */
static int prepare(struct host_file *opened, bool made, uint32_t flags, uint32_t mode, uint32_t uid,
                   uint32_t gid, struct stat *ret)
{
    int rc = host_fstat(opened, ret);
    if (rc == 0 && made) {
        rc = give(opened, mode, uid, gid);
    } else if (rc == 0 && !S_ISREG(ret->st_mode)) {
        rc = S_ISDIR(ret->st_mode) ? -EISDIR : -ENXIO;
    } else if (rc == 0 && flags & P9_OPEN_TRUNC) {
        rc = host_ftruncate(opened, 0);
    }
    return rc;
}

int std_create(struct p9_node *node, const char *name, uint32_t flags, uint32_t mode, uint32_t uid,
               uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit, struct owned_fd **ret_fd,
               struct p9_node **ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    struct host_file *opened = NULL;
    struct host_file *control = NULL;
    struct gofer_file *f;
    struct stat st;
    bool made;
    (void)ret_fd;
    int rc = (flags & P9_OPEN_ACCESS) == P9_OPEN_ACCESS ? -EINVAL : may_change(dir);
    if (rc == 0) {
        rc = open_or_create(dir, name, flags, mode & 07777, &opened, &made);
    }
    if (rc < 0) {
        return rc;
    }
    rc = prepare(opened, made, flags, mode & 07777, uid, gid, &st);
    if (rc == 0) {
        rc = host_reopen(opened, O_PATH, &control);
    }
    if (rc < 0) {
        host_file_put(opened);
        if (made) {
            (void)host_unlinkat(dir->control, name, 0); /* the first error counts */
        }
        return rc;
    }
    rc = std_new(dir->point, control, S_IFREG, &f);
    if (rc < 0) {
        return rc;
    }
    f->opened = opened;
    f->mode = flags;
    *ret_qid = std_qid(dir->point, &st);
    *ret_iounit = 0;
    *ret = &f->node;
    return 0;
}

int std_mkdir(struct p9_node *node, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
              struct p9_qid *ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir);
    if (rc == 0) {
        rc = host_mkdirat(dir->control, name, mode & 07777);
    }
    return rc < 0 ? rc : finish(dir, name, AT_REMOVEDIR, mode & 07777, uid, gid, ret);
}

int std_symlink(struct p9_node *node, const char *name, const char *target, uint32_t uid,
                uint32_t gid, struct p9_qid *ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir);
    if (rc == 0) {
        rc = host_symlinkat(dir->control, name, target);
    }
    return rc < 0 ? rc : finish(dir, name, 0, 0, uid, gid, ret);
}

/* I-17: whoever can name a device through a server could reach the server's own. */
int std_mknod(struct p9_node *node, const char *name, uint32_t mode, uint32_t major, uint32_t minor,
              uint32_t uid, uint32_t gid, struct p9_qid *ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    uint32_t type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
    (void)major, (void)minor;
    int rc = may_change(dir);
    if (rc < 0) {
        return rc;
    }
    if (type == S_IFCHR || type == S_IFBLK) {
        return -EPERM;
    }
    if (type != S_IFREG && type != S_IFIFO && type != S_IFSOCK) {
        return -EINVAL;
    }
    rc = host_mknodat(dir->control, name, type | (mode & 07777), 0);
    return rc < 0 ? rc : finish(dir, name, 0, mode & 07777, uid, gid, ret);
}

/* ---------------------------------------------------------------------------------- names */

int std_link(struct p9_node *node, struct p9_node *target, const char *name)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir);
    return rc < 0 ? rc : host_linkat(gofer_file_of(target)->control, dir->control, name);
}

int std_renameat(struct p9_node *old_dir, const char *old_name, struct p9_node *new_dir,
                 const char *new_name)
{
    struct gofer_file *from = gofer_file_of(old_dir);
    int rc = may_change(from);
    return rc < 0
               ? rc
               : host_renameat(from->control, old_name, gofer_file_of(new_dir)->control, new_name);
}

int std_unlinkat(struct p9_node *node, const char *name, uint32_t flags)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir);
    return rc < 0 ? rc : host_unlinkat(dir->control, name, (int)flags);
}

/* The directory that holds a file now, and its name there. Its tree may change at any time: what is
 * found is made sure of, and all that follows goes by the directory's descriptor. */
static int find_name(struct gofer_file *f, struct host_file **ret_dir, char **ret_name)
{
    struct gofer_point *p = f->point;
    struct gofer *g = p->g;
    CLEANUP_MEM char *below = NULL;
    struct host_file *dir;
    struct stat here, there;
    int rc = point_path(p, f->control, &below);
    if (rc < 0) {
        return rc;
    }
    if (below[0] == '\0') {
        return -EBUSY; /* the top itself */
    }
    char *slash = strrchr(below, '/');
    CLEANUP_MEM char *name = mem_dup(g->d, slash + 1);
    *slash = '\0';
    CLEANUP_MEM char *path = path_join(g->d, p->prefix, below[0] ? below : "/");
    if (!name || !path) {
        return CODE_FATE;
    }
    rc = host_open(g->h, g->d, path, O_PATH | O_DIRECTORY, &dir);
    if (rc < 0) {
        return rc;
    }
    rc = host_fstat(f->control, &here);
    if (rc == 0) {
        rc = host_fstatat(dir, name, &there);
    }
    if (rc == 0 && (here.st_dev != there.st_dev || here.st_ino != there.st_ino)) {
        rc = -ESTALE;
    }
    if (rc < 0) {
        host_file_put(dir);
        return rc;
    }
    *ret_dir = dir;
    *ret_name = name;
    name = NULL;
    return 0;
}

int std_rename(struct p9_node *node, struct p9_node *to, const char *name)
{
    struct gofer_file *f = gofer_file_of(node);
    CLEANUP_MEM char *old_name = NULL;
    struct host_file *dir;
    int rc = may_change(f);
    if (rc == 0) {
        rc = find_name(f, &dir, &old_name);
    }
    if (rc == 0) {
        rc = host_renameat(dir, old_name, gofer_file_of(to)->control, name);
        host_file_put(dir);
    }
    return rc;
}

/* I-24: files and empty directories. */
int std_remove(struct p9_node *node)
{
    struct gofer_file *f = gofer_file_of(node);
    CLEANUP_MEM char *name = NULL;
    struct host_file *dir;
    int rc = may_change(f);
    if (rc == 0) {
        rc = find_name(f, &dir, &name);
    }
    if (rc == 0) {
        rc = host_unlinkat(dir, name, f->type == S_IFDIR ? AT_REMOVEDIR : 0);
        host_file_put(dir);
    }
    return rc;
}

/* ----------------------------------------------------------------------------- attributes */

/* The owner first, as giving a file away clears set-id bits; the times last, as all else sets them.
 * The ctime bit asks for what happens anyway (I-18). */
int std_setattr(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr)
{
    struct gofer_file *f = gofer_file_of(node);
    struct timespec times[2];
    int rc = may_change(f);
    if (rc == 0 && valid & (P9_SETATTR_UID | P9_SETATTR_GID)) {
        rc = host_fchown(f->control, valid & P9_SETATTR_UID ? attr->uid : P9_NOUID,
                         valid & P9_SETATTR_GID ? attr->gid : P9_NOUID);
    }
    if (rc == 0 && valid & P9_SETATTR_MODE) {
        rc = host_chmod(f->control, attr->mode & 07777);
    }
    if (rc == 0 && valid & P9_SETATTR_SIZE) {
        rc = std_truncate(f, attr->size);
    }
    if (rc == 0 && valid & (P9_SETATTR_ATIME | P9_SETATTR_MTIME)) {
        setattr_times(valid, attr, times);
        rc = host_utimens(f->control, times);
    }
    return rc;
}
