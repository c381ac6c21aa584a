/* Creating, linking, renaming and removing (contract ninep 9.5, 9.6). A read-only point refuses
 * first. */
#include "gofer_impl.h"

static int may_change(struct gofer_file *dir, const char *name)
{
    if (dir->point->ro_mount) {
        return -EBADF;
    }
    return name_is_safe(name) ? 0 : -EINVAL;
}

static char *join(struct gofer_file *dir, const char *name)
{
    return mem_join(file_domain(dir), strcmp(dir->path, "/") == 0 ? "" : dir->path, "/", name,
                    NULL);
}

/* Owner and attributes of what was just made; what fails is removed again (Q-48 fixed, 9.5). */
static int finish(struct gofer_file *dir, const char *name, int rmflags, struct host_file *made,
                  uint32_t uid, uint32_t gid, struct stat *ret)
{
    int rc = host_fchown(made, uid, gid);
    if (rc == 0) {
        rc = host_fstat(made, ret);
    }
    if (rc < 0) {
        host_file_put(made);
        (void)host_unlinkat(dir->control, name, rmflags); /* the first error counts */
    }
    return rc;
}

int served_create(struct p9_node *node, const char *name, uint32_t flags, uint32_t mode,
                  uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                  struct owned_fd **ret_fd, struct p9_node **ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir, name);
    if (rc < 0) {
        return rc;
    }
    int access = flags == P9_OPEN_WRITE ? O_RDWR : (int)(flags & P9_OPEN_ACCESS);
    struct host_file *made;
    rc =
        host_openat(dir->control, name, O_NOFOLLOW | O_CREAT | O_EXCL | access, mode & 0777, &made);
    if (rc < 0) {
        return rc;
    }
    struct stat st;
    rc = finish(dir, name, 0, made, uid, gid, &st);
    if (rc < 0) {
        return rc;
    }
    char *path = join(dir, name);
    if (!path) {
        return CODE_FATE;
    }
    struct gofer_file *f;
    rc = served_new(dir->point, made, S_IFREG, path, &f);
    if (rc < 0) {
        return rc;
    }
    f->opened = host_file_get(made);
    f->mode = flags;
    rc = served_donate(made, S_IFREG, ret_fd);
    if (rc < 0) {
        return rc;
    }
    *ret_qid = served_qid(dir->point, &st);
    *ret_iounit = 0;
    *ret = &f->node;
    return 0;
}

/* Open again by name what was just made, give it its owner, take its qid. */
static int made_node(struct gofer_file *dir, const char *name, int flags, int rmflags, uint32_t uid,
                     uint32_t gid, struct p9_qid *ret)
{
    struct host_file *made;
    int rc = host_openat(dir->control, name, flags | O_NOFOLLOW, 0, &made);
    if (rc < 0) {
        (void)host_unlinkat(dir->control, name, rmflags); /* the first error counts */
        return rc;
    }
    struct stat st;
    rc = finish(dir, name, rmflags, made, uid, gid, &st);
    if (rc < 0) {
        return rc;
    }
    host_file_put(made);
    *ret = served_qid(dir->point, &st);
    return 0;
}

int served_mkdir(struct p9_node *node, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
                 struct p9_qid *ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir, name);
    if (rc == 0) {
        rc = host_mkdirat(dir->control, name, mode & 0777);
    }
    if (rc < 0) {
        return rc;
    }
    return made_node(dir, name, O_DIRECTORY | O_RDONLY, AT_REMOVEDIR, uid, gid, ret);
}

int served_symlink(struct p9_node *node, const char *name, const char *target, uint32_t uid,
                   uint32_t gid, struct p9_qid *ret)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir, name);
    if (rc == 0) {
        rc = host_symlinkat(dir->control, name, target);
    }
    return rc < 0 ? rc : made_node(dir, name, O_PATH, 0, uid, gid, ret);
}

int served_link(struct p9_node *node, struct p9_node *target, const char *name)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir, name);
    return rc < 0 ? rc : host_linkat(gofer_file_of(target)->control, dir->control, name);
}

int served_rename(struct p9_node *node, struct p9_node *to, const char *name)
{
    struct gofer_file *f = gofer_file_of(node);
    struct gofer_file *dir = gofer_file_of(to);
    struct gofer *g = f->point->g;
    int rc = may_change(f, name);
    if (rc < 0) {
        return rc;
    }
    CLEANUP_MEM char *from = NULL;
    CLEANUP_MEM char *to_dir = NULL;
    char *path = join(dir, name);
    if (!path) {
        return CODE_FATE;
    }
    rc = served_path(f, Q_49, &from);
    if (rc == 0) {
        rc = served_path(dir, Q_49, &to_dir);
    }
    CLEANUP_MEM char *target =
        rc == 0 ? mem_join(g->d, strcmp(to_dir, "/") == 0 ? "" : to_dir, "/", name, NULL) : NULL;
    if (rc == 0) {
        rc = target ? host_rename(g->h, g->d, from, target) : CODE_FATE;
    }
    if (rc < 0) {
        mem_free(path);
        return rc;
    }
    mem_free(f->path); /* only this object learns its new path */
    f->path = path;
    return 0;
}

int served_unlinkat(struct p9_node *node, const char *name, uint32_t flags)
{
    struct gofer_file *dir = gofer_file_of(node);
    int rc = may_change(dir, name);
    return rc < 0 ? rc : host_unlinkat(dir->control, name, (int)flags);
}
