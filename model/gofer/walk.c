/* Walking (contract ninep 9.2, 9.3). */
#include "gofer_impl.h"

/* Modes are tried in order; nobody is refused for lack of permission, as the last one needs none
 * (9.2). */
static int open_child(struct gofer_point *p, struct host_file *dir, const char *name,
                      struct host_file **ret)
{
    static const int modes[] = {O_RDWR, O_RDONLY, O_PATH};
    size_t first = p->ro_mount || p->lazy ? 1 : 0;
    int rc = 0;
    for (size_t i = first; i < ARRAY_LEN(modes); i++) {
        rc = served_blocked(p->g, host_openat(dir, name, modes[i] | O_NOFOLLOW, 0, ret));
        if (rc == 0 || rc == -ENOENT || rc == CODE_FATE) {
            return rc;
        }
        if (rc == -ELOOP) {
            return host_openat(dir, name, O_PATH | O_NOFOLLOW, 0, ret);
        }
    }
    return rc;
}

/* One step: the child and its attributes, or EINVAL for what is not served. */
static int step(struct gofer_point *p, struct host_file *dir, const char *name,
                struct host_file **ret, struct stat *ret_st)
{
    if (!name_is_safe(name)) {
        return -EINVAL;
    }
    struct host_file *child;
    int rc = open_child(p, dir, name, &child);
    if (rc < 0) {
        return rc;
    }
    rc = host_fstat(child, ret_st);
    if (rc == 0 && !S_ISREG(ret_st->st_mode) && !S_ISDIR(ret_st->st_mode) &&
        !S_ISLNK(ret_st->st_mode)) {
        rc = -EINVAL;
    }
    if (rc < 0) {
        host_file_put(child);
        return rc;
    }
    *ret = child;
    return 0;
}

static int clone(struct gofer_file *f, struct p9_qid *qids, size_t *ret_nqids, struct stat *ret_st,
                 struct p9_node **ret)
{
    struct domain *d = file_domain(f);
    int rc = host_fstat(f->control, ret_st);
    if (rc < 0) {
        return rc;
    }
    char *path = mem_dup(d, f->path);
    if (!path) {
        return CODE_FATE;
    }
    uint32_t type = f->type;
    if (type != S_IFREG && quirk_on(d, Q_42)) {
        type = S_IFREG;
    }
    struct gofer_file *made;
    rc = served_new(f->point, host_file_get(f->control), type, path, &made);
    if (rc < 0) {
        return rc;
    }
    *ret_nqids = 0;
    if (quirk_on(d, Q_41)) {
        qids[0] = served_qid(f->point, ret_st);
        *ret_nqids = 1;
    }
    *ret = &made->node;
    return 0;
}

/* The host path of what the names lead to: no rule of cleaning applies, as every name is one
 * component. */
static char *child_path(struct domain *d, const char *parent, const char *const *names, size_t n)
{
    struct str s;
    str_init(&s, d);
    str_add(&s, strcmp(parent, "/") == 0 ? "" : parent);
    for (size_t i = 0; i < n; i++) {
        str_addc(&s, '/');
        str_add(&s, names[i]);
    }
    char *path = domain_dead(d) ? NULL : str_take(&s);
    str_release(&s);
    return path;
}

/* All or nothing: a failure anywhere is the result of the whole walk. */
static int walk(struct gofer_file *f, const char *const *names, size_t n, struct p9_qid *qids,
                size_t *ret_nqids, struct stat *ret_st, struct p9_node **ret)
{
    if (n == 0) {
        return clone(f, qids, ret_nqids, ret_st, ret);
    }
    struct host_file *at = host_file_get(f->control);
    for (size_t i = 0; i < n; i++) {
        struct host_file *next;
        int rc = step(f->point, at, names[i], &next, ret_st);
        host_file_put(at);
        if (rc < 0) {
            return rc;
        }
        at = next;
        qids[i] = served_qid(f->point, ret_st);
    }
    char *path = child_path(file_domain(f), f->path, names, n);
    if (!path) {
        return CODE_FATE;
    }
    struct gofer_file *made;
    int rc = served_new(f->point, at, ret_st->st_mode & S_IFMT, path, &made);
    if (rc == 0) {
        *ret_nqids = n;
        *ret = &made->node;
    }
    return rc;
}

int served_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                size_t *ret_nqids, struct p9_node **ret)
{
    struct stat st;
    return walk(gofer_file_of(node), names, n, qids, ret_nqids, &st, ret);
}

int served_walkgetattr(struct p9_node *node, const char *const *names, size_t n,
                       struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                       struct p9_attr *ret_attr, struct p9_node **ret)
{
    struct stat st;
    int rc = walk(gofer_file_of(node), names, n, qids, ret_nqids, &st, ret);
    if (rc == 0) {
        *ret_valid = P9_ATTR_STAT;
        served_attr(&st, ret_attr);
    }
    return rc;
}
