/* Trees from manifests, on every backend, and copy-on-write trees. */
#include <stdio.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "mem.h"

static const char *const type_names[] = {
    [HOST_DIR] = "dir",           [HOST_FILE] = "file", [HOST_SYMLINK] = "symlink",
    [HOST_HARDLINK] = "hardlink", [HOST_FIFO] = "fifo", [HOST_SOCK] = "sock",
    [HOST_CHR] = "chr",           [HOST_BLK] = "blk",
};

const char *host_type_name(enum host_type type)
{
    return (size_t)type < ARRAY_LEN(type_names) ? type_names[type] : "unknown";
}

int host_type_parse(const char *name, enum host_type *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(type_names); i++) {
        if (strcmp(type_names[i], name) == 0) {
            *ret = (enum host_type)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* -------------------------------------------------------------------- making nodes */

static int put_content(struct host_file *f, const struct host_entry *e)
{
    const uint8_t *p = e->content;
    size_t at = 0;
    while (at < e->content_n) {
        size_t put;
        int rc = host_pwrite(f, p + at, e->content_n - at, (int64_t)at, &put);
        if (rc < 0) {
            return rc;
        }
        at += put;
    }
    return 0;
}

static int put_xattrs(struct host_file *f, const struct host_entry *e)
{
    for (size_t i = 0; f->fd && i < e->xattr_n; i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd->fd);
        if (setxattr(path, e->xattr[i].name, e->xattr[i].value, e->xattr[i].n, 0) < 0 &&
            errno != ENOTSUP && errno != EPERM) {
            return sys_error();
        }
    }
    return 0;
}

static int put_attributes(struct host_file *f, const struct host_entry *e)
{
    uint32_t mode = e->has_mode ? e->mode & 07777 : e->type == HOST_DIR ? 0755 : 0644;
    struct stat st;
    int rc = host_fstat(f, &st);
    uint32_t uid = e->has_uid ? e->uid : 0;
    uint32_t gid = e->has_gid ? e->gid : 0;
    if (rc == 0 && (st.st_uid != uid || st.st_gid != gid)) {
        rc = host_fchown(f, uid, gid);
        if (rc == -EPERM && !e->has_uid && !e->has_gid) {
            rc = 0; /* without privilege a tree of one's own files will do */
        }
    }
    if (rc == 0) {
        rc = put_xattrs(f, e);
    }
    if (rc == 0 && e->type != HOST_SYMLINK && (st.st_mode & 07777) != mode) {
        rc = f->host->ops->fchmod(f, mode); /* special files too, which are held with O_PATH */
    }
    return rc;
}

static int make_other(struct host_file *dir, const char *name, const struct host_entry *e)
{
    switch (e->type) {
    case HOST_SYMLINK:
        return e->target ? host_symlinkat(dir, name, e->target) : -EINVAL;
    case HOST_FIFO:
        return host_mknodat(dir, name, S_IFIFO | 0600, 0);
    case HOST_SOCK:
        return host_mknodat(dir, name, S_IFSOCK | 0600, 0);
    case HOST_CHR:
        return host_mknodat(dir, name, S_IFCHR | 0600, makedev(e->major, e->minor));
    case HOST_BLK:
        return host_mknodat(dir, name, S_IFBLK | 0600, makedev(e->major, e->minor));
    default:
        return -EINVAL;
    }
}

static int make_node(struct host_file *dir, const char *name, const struct host_entry *e,
                     struct host_file **ret)
{
    int rc;
    switch (e->type) {
    case HOST_FILE:
        rc = host_openat(dir, name, O_RDWR | O_CREAT | O_EXCL, 0600, ret);
        if (rc == 0) {
            rc = put_content(*ret, e);
            if (rc < 0) {
                host_file_put(*ret);
            }
        }
        return rc;
    case HOST_DIR:
        rc = host_mkdirat(dir, name, 0700);
        return rc < 0 && rc != -EEXIST ? rc : host_openat(dir, name, O_DIRECTORY, 0, ret);
    default:
        rc = make_other(dir, name, e);
        return rc < 0 ? rc : host_openat(dir, name, O_PATH, 0, ret);
    }
}

/* ------------------------------------------------------------------------- parents */

/*
 * Open the directory that holds the last component of `path` below `top`, making what is missing.
 * Links in between are not followed
 * (-ENOTDIR). `ret_name` points into `path`.
 */
static int open_parents(struct host_file *top, const char *path, struct host_file **ret,
                        const char **ret_name)
{
    char name[HOST_NAME_LIMIT + 1];
    struct host_file *dir = host_file_get(top);
    int rc = 0;
    for (const char *slash; rc == 0 && (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        size_t n = (size_t)(slash - path);
        if (n > HOST_NAME_LIMIT) {
            rc = -ENAMETOOLONG;
            break;
        }
        memcpy(name, path, n);
        name[n] = '\0';
        struct host_file *next = NULL;
        rc = host_openat(dir, name, O_DIRECTORY, 0, &next);
        if (rc == -ENOENT) {
            static const struct host_entry plain = {.type = HOST_DIR};
            rc = make_node(dir, name, &plain, &next);
            if (rc == 0) {
                rc = put_attributes(next, &plain);
            }
        }
        host_file_put(dir);
        dir = next;
    }
    if (rc < 0) {
        host_file_put(dir);
        return rc;
    }
    *ret = dir;
    *ret_name = path;
    return 0;
}

static int make_hard_link(struct host_file *top, struct host_file *dir, const char *name,
                          const struct host_entry *e)
{
    if (!e->target) {
        return -EINVAL;
    }
    struct host_file *from, *target;
    const char *target_name;
    int rc = open_parents(top, e->target, &from, &target_name);
    if (rc < 0) {
        return rc;
    }
    rc = host_openat(from, target_name, O_PATH, 0, &target);
    if (rc == 0) {
        rc = host_linkat(target, dir, name);
        host_file_put(target);
    }
    host_file_put(from);
    return rc;
}

static bool is_root(const struct host_entry *e)
{
    return !e->path || e->path[0] == '\0' || strcmp(e->path, ".") == 0;
}

/* Entries below `top`; for the root itself `top` gets the attributes. */
static int add_entry(struct host_file *top, const struct host_entry *e)
{
    if (is_root(e)) {
        return e->type == HOST_DIR ? put_attributes(top, e) : -EINVAL;
    }
    struct host_file *dir, *made;
    const char *name;
    int rc = open_parents(top, e->path, &dir, &name);
    if (rc < 0) {
        return rc;
    }
    if (e->type == HOST_HARDLINK) {
        rc = make_hard_link(top, dir, name, e);
    } else {
        rc = make_node(dir, name, e, &made);
        if (rc == 0) {
            rc = put_attributes(made, e);
            host_file_put(made);
        }
    }
    host_file_put(dir);
    return rc;
}

/* Where a tree goes: the parent directory, made if missing, and the name in it. */
static int open_place(struct host *h, const char *path, struct host_file **ret,
                      const char **ret_name)
{
    if (path[0] != '/' || path[1] == '\0') {
        return -EINVAL;
    }
    struct host_file *root;
    int rc = host_open(h, h->d, "/", O_DIRECTORY, &root);
    if (rc < 0) {
        return rc;
    }
    rc = open_parents(root, path + 1, ret, ret_name);
    host_file_put(root);
    return rc;
}

static int add_tree(struct host_file *dir, const char *name, const struct host_manifest *m)
{
    static const struct host_entry plain = {.type = HOST_DIR};
    const struct host_entry *first = m->n == 1 && is_root(m->entries) ? m->entries : &plain;
    struct stat st;
    int rc = host_fstatat(dir, name, &st);
    if (rc != -ENOENT) {
        return rc < 0 ? rc : -EEXIST;
    }
    struct host_file *top;
    rc = make_node(dir, name, first, &top);
    if (rc < 0) {
        return rc;
    }
    rc = put_attributes(top, first);
    for (size_t i = 0; rc == 0 && first == &plain && i < m->n; i++) {
        rc = add_entry(top, &m->entries[i]);
    }
    host_file_put(top);
    return rc;
}

int host_add_tree(struct host *h, const char *path, const struct host_manifest *m)
{
    if (m->n > HOST_MAX_MANIFEST) {
        return -E2BIG;
    }
    struct host_file *dir;
    const char *name;
    int rc = open_place(h, path, &dir, &name);
    if (rc < 0) {
        return rc;
    }
    rc = add_tree(dir, name, m);
    host_file_put(dir);
    return rc;
}

int host_add_lower(struct host *h, const char *path, int fd)
{
    struct stat st;
    if (!host_is_mem(h)) {
        return -EINVAL;
    }
    if (fstat(fd, &st) < 0) {
        return sys_error();
    }
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
        return -EINVAL;
    }
    struct host_file *dir;
    const char *name;
    int rc = open_place(h, path, &dir, &name);
    if (rc < 0) {
        return rc;
    }
    struct mem_dentry *de;
    rc = name_is_safe(name) ? mem_create(mem_of(h), dir->node, name, st.st_mode & S_IFMT, 0755, &de)
                            : -EINVAL;
    if (rc == 0) {
        rc = cow_attach(mem_of(h), de->inode, fd, &st);
    }
    host_file_put(dir);
    return rc == CODE_FATE ? domain_oom(h->d) : rc;
}
