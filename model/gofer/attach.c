/* Attach rules (contract ninep 8). */
#include "gofer_impl.h"

/* Absolute and in its clean form; everything else is the original's "invalid path", EIO on the
 * wire. */
static int check_aname(struct domain *d, const char *aname)
{
    if (aname[0] != '/') {
        return -EIO;
    }
    if (strcmp(aname, "/") == 0) {
        return 0;
    }
    CLEANUP_MEM char *clean = path_clean(d, aname);
    if (!clean) {
        return CODE_FATE;
    }
    return strcmp(clean, aname) == 0 ? 0 : -EIO;
}

int point_path(struct gofer_point *p, struct host_file *f, char **ret)
{
    struct host_file *top;
    int rc = host_open(p->g->h, p->g->d, p->prefix, O_PATH, &top);
    if (rc < 0) {
        return rc;
    }
    CLEANUP_MEM char *top_path = NULL;
    CLEANUP_MEM char *path = NULL;
    rc = host_file_path(top, &top_path);
    if (rc == 0) {
        rc = host_file_path(f, &path);
    }
    host_file_put(top);
    if (rc != 0) {
        return rc;
    }
    size_t n = strcmp(top_path, "/") == 0 ? 0 : strlen(top_path);
    if (strncmp(path, top_path, n) != 0 || (path[n] != '/' && path[n] != '\0')) {
        return -EIO;
    }
    char *below = mem_dup(p->g->d, strcmp(path + n, "/") == 0 ? "" : path + n);
    if (!below) {
        return CODE_FATE;
    }
    *ret = below;
    return 0;
}

/* links in the prefix are followed, but none inside of the attach name leads out of the
 * prefix. */
static int check_inside(struct gofer_point *p, struct host_file *f)
{
    CLEANUP_MEM char *below = NULL;
    return point_path(p, f, &below);
}

/* Steps 3 to 5: what the path means, and a descriptor of it. */
static int open_root(struct gofer_point *p, const char *path, bool plain, struct host_file **ret,
                     struct stat *ret_st)
{
    struct gofer *g = p->g;
    struct stat st;
    int rc = host_stat(g->h, g->d, path, &st);
    if (rc != 0) {
        return rc;
    }
    /* a lazy attach point opens a file read/write all the same */
    int flags = p->ro_mount || S_ISDIR(st.st_mode) ? O_RDONLY : O_RDWR;
    struct host_file *f;
    rc = served_blocked(g, host_open(g->h, g->d, path, flags | O_NOFOLLOW, &f));
    if (rc != 0) {
        return rc == CODE_FATE ? rc : -EIO;
    }
    rc = plain ? 0 : check_inside(p, f);
    if (rc == 0) {
        rc = host_fstat(f, ret_st);
    }
    if (rc != 0) {
        host_file_put(f);
        return rc == CODE_FATE ? rc : -EIO;
    }
    *ret = f;
    return 0;
}

static bool type_is_served(uint32_t type)
{
    return type == S_IFREG || type == S_IFDIR || type == S_IFLNK;
}

int served_attach_hook(void *point, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid)
{
    struct gofer_point *p = point;
    struct domain *d = p->g->d;
    int rc = check_aname(d, aname);
    if (rc < 0) {
        return rc;
    }
    char *path = path_join(d, p->prefix, aname);
    if (!path) {
        return CODE_FATE;
    }
    struct host_file *control = NULL;
    struct stat st;
    rc = open_root(p, path, strcmp(aname, "/") == 0, &control, &st);
    if (rc == 0 && p->attached && quirk_on(d, Q_36)) {
        rc = -EIO;
    }
    if (rc == 0) {
        p->attached = true; /* a refused type uses it up as well */
        rc = type_is_served(st.st_mode & S_IFMT) ? 0 : -EINVAL;
    }
    if (rc != 0) {
        host_file_put(control);
        mem_free(path);
        return rc;
    }
    struct gofer_file *f;
    rc = served_new(p, control, st.st_mode & S_IFMT, path, &f);
    if (rc < 0) {
        return rc;
    }
    *ret = &f->node;
    *ret_qid = served_qid(p, &st);
    return 0;
}
