/* Backend dir: a snapshot is a list of lines by path; the difference is a merge of two such lists.
 */
#include "dir.h"

static int line_order(const void *a, const void *b)
{
    const struct diff_line *x = *(struct diff_line *const *)a;
    const struct diff_line *y = *(struct diff_line *const *)b;
    return strcmp(x->path, y->path);
}

static void lines_release(struct ptrvec *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        struct diff_line *line = lines->p[i];
        mem_free(line->path);
        mem_free(line->text);
        mem_free(line);
    }
    ptrvec_release(lines);
}

static int add_line(struct ptrvec *lines, const char *path, const struct diff_node *n)
{
    struct diff_line *line = MEM_NEW(lines->d, struct diff_line);
    if (!line) {
        return CODE_FATE;
    }
    line->path = mem_dup(lines->d, path);
    line->text = diff_text(lines->d, n);
    return line->path && line->text ? ptrvec_push(lines, line) : CODE_FATE;
}

static int read_head(struct host_file *f, struct diff_node *n)
{
    struct host_file *open;
    int rc = host_reopen(f, O_RDONLY, &open);
    if (rc < 0) {
        return rc;
    }
    rc = host_pread(open, n->head, sizeof(n->head), 0, &n->head_n);
    host_file_put(open);
    return rc;
}

static int walk(struct ptrvec *lines, struct host_file *f, const char *path);

static int walk_children(struct ptrvec *lines, struct host_file *f, const char *path)
{
    struct host_file *dir;
    struct host_names names;
    int rc = host_reopen(f, O_RDONLY, &dir);
    if (rc < 0) {
        return rc;
    }
    rc = host_readdir(dir, &names);
    for (size_t i = 0; rc == 0 && i < names.n; i++) {
        struct host_file *child;
        CLEANUP_MEM char *name = diff_child_path(lines->d, path, names.v[i].name);
        rc = name ? host_openat(dir, names.v[i].name, O_PATH, 0, &child) : CODE_FATE;
        if (rc == 0) {
            rc = walk(lines, child, name);
            host_file_put(child);
        } else if (rc == -ENOENT) {
            rc = 0; /* gone since the listing */
        }
    }
    if (rc == 0) {
        host_names_release(&names);
    }
    host_file_put(dir);
    return rc;
}

static int walk(struct ptrvec *lines, struct host_file *f, const char *path)
{
    struct stat st;
    int rc = host_fstat(f, &st);
    if (rc < 0) {
        return rc;
    }
    struct diff_node n = {.mode = st.st_mode, .uid = st.st_uid, .gid = st.st_gid};
    CLEANUP_MEM char *target = NULL;
    if (S_ISREG(st.st_mode)) {
        n.size = (uint64_t)st.st_size;
        rc = read_head(f, &n);
    } else if (S_ISLNK(st.st_mode)) {
        rc = host_readlink(f, &target);
        n.target = target;
    }
    if (rc == 0) {
        rc = add_line(lines, path, &n);
    }
    return rc == 0 && S_ISDIR(st.st_mode) ? walk_children(lines, f, path) : rc;
}

static int collect(struct host_snapshot *s, struct ptrvec *lines)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < s->n; i++) {
        struct host_file *f;
        rc = host_open(s->host, lines->d, s->labels[i].path, O_PATH | O_NOFOLLOW, &f);
        if (rc == -ENOENT || rc == -ENOTDIR) {
            rc = 0;
        } else if (rc == 0) {
            rc = walk(lines, f, s->labels[i].label);
            host_file_put(f);
        }
    }
    if (rc == 0 && lines->n > 1) {
        qsort(lines->p, lines->n, sizeof(lines->p[0]), line_order);
    }
    return rc;
}

int dir_snapshot(struct host_snapshot *s)
{
    return collect(s, &s->lines);
}

void dir_snapshot_drop(struct host_snapshot *s)
{
    lines_release(&s->lines);
}

int dir_diff(struct host_snapshot *s, struct ptrvec *ret)
{
    struct ptrvec now;
    ptrvec_init(&now, ret->d);
    int rc = collect(s, &now);
    size_t i = 0, j = 0;
    while (rc == 0 && (i < s->lines.n || j < now.n)) {
        bool old = i < s->lines.n, new = j < now.n;
        const struct diff_line *x = old ? s->lines.p[i] : NULL;
        const struct diff_line *y = new ? now.p[j] : NULL;
        int order = !old ? 1 : !new ? -1 : strcmp(x->path, y->path);
        if (order < 0) {
            rc = diff_add(ret, '-', x->path, NULL);
        } else if (order > 0) {
            rc = diff_add(ret, '+', y->path, y->text);
        } else if (strcmp(x->text, y->text) != 0) {
            rc = diff_add(ret, '~', y->path, y->text);
        }
        i += order <= 0;
        j += order >= 0;
    }
    lines_release(&now);
    return rc;
}
