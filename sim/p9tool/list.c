/* ls, stat and tree. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tool.h"

/* --------------------------------------------------------------------- a whole directory */

struct listing {
    struct entry *v; /* owned */
    size_t n, cap;
};

static int listing_add(struct remote *r, struct listing *l, const struct p9_dirent *e)
{
    if (l->n == P9TOOL_ENTRIES_MAX) {
        return -EFBIG;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 64;
        struct entry *grown = mem_resize(r->d, l->v, l->cap, cap, sizeof(*grown), "entries");
        if (!grown) {
            return CODE_FATE;
        }
        l->v = grown;
        l->cap = cap;
    }
    char *name = mem_dupn(r->d, e->name.p, e->name.n);
    if (!name) {
        return CODE_FATE;
    }
    l->v[l->n++] = (struct entry){.name = name, .qid = e->qid};
    return 0;
}

/* What a hostile server may send is no name of a directory entry (15.2). */
static int take_entry(struct remote *r, struct listing *l, const struct p9_dirent *e)
{
    bool dot = (e->name.n == 1 && e->name.p[0] == '.') ||
               (e->name.n == 2 && memcmp(e->name.p, "..", 2) == 0);
    if (dot) {
        return 0; /* I-20 */
    }
    if (e->name.n == 0 || memchr(e->name.p, '\0', e->name.n) || memchr(e->name.p, '/', e->name.n)) {
        return -EIO;
    }
    return listing_add(r, l, e);
}

static int read_piece(struct remote *r, const struct p9_file *dir, uint64_t *offset,
                      struct listing *l, bool *ret_end)
{
    enum { COUNT = 65536 };
    const uint8_t *data;
    size_t n, cursor = 0;
    struct p9_dirent e;
    uint64_t last = *offset;
    int rc = p9_readdir(dir, *offset, COUNT, &data, &n);
    bool any = false;
    while (rc == 0 && p9_dirent_next(data, n, &cursor, &e)) {
        any = true;
        last = e.offset;
        rc = take_entry(r, l, &e);
    }
    if (rc == 0 && any && last == *offset) {
        rc = -EIO; /* it would never end */
    }
    *offset = last;
    *ret_end = !any;
    return rc;
}

static int entry_order(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

void entries_free(struct entry *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_free(v[i].name);
    }
    mem_free(v);
}

int read_entries(struct remote *r, const struct p9_file *dir, struct entry **ret, size_t *ret_n)
{
    struct p9_file open_dir;
    struct listing l = {0};
    uint64_t offset = 0;
    bool end = false;
    int rc = p9_walk(dir, NULL, 0, NULL, &open_dir);
    if (rc < 0) {
        return rc;
    }
    rc = p9_lopen(&open_dir, P9_OPEN_READ | (remote_is_std(r) ? P9_OPEN_DIRECTORY : 0), NULL, NULL,
                  NULL);
    while (rc == 0 && !end) {
        rc = read_piece(r, &open_dir, &offset, &l, &end);
    }
    if (rc != CODE_FATE && p9_clunk(&open_dir) == CODE_FATE) {
        rc = CODE_FATE;
    }
    if (rc < 0) {
        entries_free(l.v, l.n);
        return rc;
    }
    if (l.n > 0) {
        qsort(l.v, l.n, sizeof(*l.v), entry_order);
    }
    *ret = l.v;
    *ret_n = l.n;
    return 0;
}

/* ------------------------------------------------------------------------------------ ls */

static int put_target(struct remote *r, const struct p9_file *f)
{
    char *target;
    int rc = p9_readlink(f, &target);
    if (rc == 0) {
        fputs(" -> ", r->env->out);
        put_name(r->env->out, target);
        mem_free(target);
    }
    return rc == CODE_FATE ? rc : 0;
}

static int put_long(struct remote *r, const struct p9_file *f, const char *name)
{
    FILE *out = r->env->out;
    struct p9_attr a;
    char mode[11], when[32];
    int rc = remote_stat(r, f, &a);
    if (rc < 0) {
        return rc;
    }
    mode_text(a.mode, mode);
    time_text(a.mtime_sec, when);
    fprintf(out, "%s %3llu %5u %5u %10llu %s ", mode, (unsigned long long)a.nlink, a.uid, a.gid,
            (unsigned long long)a.size, when);
    put_name(out, name);
    rc = S_ISLNK(a.mode) ? put_target(r, f) : 0;
    putc('\n', out);
    return rc;
}

/* A child that is gone meanwhile, or cannot be looked up, is shown by its name alone. */
static int put_child(struct remote *r, const struct p9_file *dir, const struct entry *e)
{
    struct p9_file f;
    const char *names[] = {e->name};
    int rc = p9_walk(dir, names, 1, NULL, &f);
    if (rc == 0) {
        rc = put_long(r, &f, e->name);
        if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
            rc = CODE_FATE;
        }
    }
    if (rc < 0 && rc != CODE_FATE && !p9_client_info(r->client).dead) {
        fprintf(r->env->out, "?????????? (%s) ", code_text(rc));
        put_name(r->env->out, e->name);
        putc('\n', r->env->out);
        rc = 0;
    }
    return rc;
}

static int list_directory(struct remote *r, const struct p9_file *dir)
{
    struct entry *v;
    size_t n;
    int rc = read_entries(r, dir, &v, &n);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (r->o->long_format) {
            rc = put_child(r, dir, &v[i]);
            continue;
        }
        put_name(r->env->out, v[i].name);
        fputs(v[i].qid.type & P9_QTDIR ? "/\n" : "\n", r->env->out);
    }
    entries_free(v, n);
    return rc;
}

/* Walk to the path of the command line, act on it, and let it go. */
static int with_file(struct remote *r, int (*act)(struct remote *r, const struct p9_file *f),
                     struct error *err)
{
    struct p9_file f;
    int rc = remote_walk(r, r->o->path, &f, err);
    if (rc < 0) {
        return rc;
    }
    rc = act(r, &f);
    if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
        rc = CODE_FATE;
    }
    return rc < 0 ? remote_error(r, err, r->o->path, rc) : 0;
}

static int ls(struct remote *r, const struct p9_file *f)
{
    struct p9_attr a;
    int rc = remote_stat(r, f, &a);
    if (rc < 0) {
        return rc;
    }
    if (S_ISDIR(a.mode)) {
        return list_directory(r, f);
    }
    if (r->o->long_format) {
        return put_long(r, f, r->o->path);
    }
    put_name(r->env->out, r->o->path);
    putc('\n', r->env->out);
    return 0;
}

int action_ls(struct remote *r, struct error *err)
{
    return with_file(r, ls, err);
}

/* ---------------------------------------------------------------------------------- stat */

static int show_stat(struct remote *r, const struct p9_file *f)
{
    FILE *out = r->env->out;
    struct p9_attr a;
    struct p9_qid qid;
    uint64_t valid;
    char mode[11], when[32];
    int rc = p9_getattr(f, P9_ATTR_ALL, &qid, &valid, &a);
    if (rc < 0) {
        return rc;
    }
    const struct {
        const char *name;
        uint64_t sec, nsec;
    } times[] = {{"atime", a.atime_sec, a.atime_nsec},
                 {"mtime", a.mtime_sec, a.mtime_nsec},
                 {"ctime", a.ctime_sec, a.ctime_nsec}};
    mode_text(a.mode, mode);
    fprintf(out, "mode   %07o %s\nowner  %u:%u\nlinks  %llu\nsize   %llu\nblocks %llu of %llu\n",
            a.mode, mode, a.uid, a.gid, (unsigned long long)a.nlink, (unsigned long long)a.size,
            (unsigned long long)a.blocks, (unsigned long long)a.blksize);
    fprintf(out, "device %u:%u\nqid    type %02x version %u path %llu\nvalid  %llx\n",
            major(a.rdev), minor(a.rdev), qid.type, qid.version, (unsigned long long)qid.path,
            (unsigned long long)valid);
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        time_text(times[i].sec, when);
        fprintf(out, "%s  %s.%09llu\n", times[i].name, when, (unsigned long long)times[i].nsec);
    }
    if (S_ISLNK(a.mode)) {
        fputs("target", out);
        rc = put_target(r, f);
        putc('\n', out);
    }
    return rc;
}

int action_stat(struct remote *r, struct error *err)
{
    return with_file(r, show_stat, err);
}

/* ---------------------------------------------------------------------------------- tree */

static int put_tree(struct remote *r, const struct p9_file *dir, unsigned depth);

static int put_branch(struct remote *r, const struct p9_file *dir, const struct entry *e,
                      unsigned depth)
{
    struct p9_file f;
    const char *names[] = {e->name};
    fprintf(r->env->out, "%*s", (int)(2 * depth), "");
    put_name(r->env->out, e->name);
    fputs(e->qid.type & P9_QTDIR ? "/\n" : "\n", r->env->out);
    if (!(e->qid.type & P9_QTDIR)) {
        return 0;
    }
    int rc = p9_walk(dir, names, 1, NULL, &f);
    if (rc == 0) {
        rc = put_tree(r, &f, depth + 1);
        if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
            rc = CODE_FATE;
        }
    }
    if (rc < 0 && rc != CODE_FATE && rc != -ELOOP && !p9_client_info(r->client).dead) {
        fprintf(r->env->out, "%*s(%s)\n", (int)(2 * depth + 2), "", code_text(rc));
        rc = 0;
    }
    return rc;
}

static int put_tree(struct remote *r, const struct p9_file *dir, unsigned depth)
{
    struct entry *v;
    size_t n;
    if (depth == P9TOOL_DEPTH_MAX) {
        return -ELOOP;
    }
    int rc = read_entries(r, dir, &v, &n);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = put_branch(r, dir, &v[i], depth);
    }
    entries_free(v, n);
    return rc;
}

static int tree(struct remote *r, const struct p9_file *f)
{
    put_name(r->env->out, r->o->path);
    putc('\n', r->env->out);
    return put_tree(r, f, 1);
}

int action_tree(struct remote *r, struct error *err)
{
    return with_file(r, tree, err);
}
