/* Case number n, and cases from memory. */
#include "lines.h"
#include "source.h"

struct case_reader {
    struct domain *d;
    const struct case_source *s;
    struct rootfs_cache rootfs;
    struct lines *lines; /* the suite that was read last, or NULL */
    uint32_t file;       /* its number */
    size_t next;         /* for case_source_next */
};

int case_reader_new(struct domain *d, const struct case_source *s, struct case_reader **ret,
                    struct error *err)
{
    struct case_reader *r = MEM_NEW(d, struct case_reader);
    if (!r) {
        return CODE_FATE;
    }
    r->d = d;
    r->s = s;
    r->rootfs = (struct rootfs_cache){.d = d, .no_files = s->opt.no_files};
    if (s->opt.rootfs) {
        const struct rootfs *shared;
        int rc = rootfs_get(&r->rootfs, s->opt.rootfs, d, &shared, err);
        if (rc) {
            mem_free(r);
            return rc;
        }
    }
    *ret = r;
    return 0;
}

void case_reader_free(struct case_reader *r)
{
    if (r) {
        lines_free(r->lines);
        rootfs_cache_release(&r->rootfs);
        mem_free(r);
    }
}

static int open_suite(struct case_reader *r, uint32_t file, struct domain *ed, struct error *err)
{
    if (r->lines && r->file == file) {
        return 0;
    }
    const struct source_file *f = &r->s->files[file];
    struct error inner = {0};
    lines_free(r->lines);
    r->lines = NULL;
    int rc = lines_open(r->d, f->path, f->shown, &r->lines, &inner);
    r->file = file;
    if (rc == CODE_FATE) {
        return ed == r->d ? rc : domain_oom(ed);
    }
    if (rc) {
        rc = error_set(ed, err, rc, "%s", inner.text);
    }
    error_release(&inner);
    return rc;
}

static int read_line(struct case_reader *r, struct case_context *cx, const struct index_entry *e,
                     const char *name, struct sim_case **ret)
{
    struct line line;
    const char *shown = r->s->files[e->file].shown;
    struct sim_case *c;
    int rc = open_suite(r, e->file, cx->d, cx->err);
    if (rc || (rc = lines_seek(r->lines, e->offset, e->line, cx->d, cx->err)) ||
        (rc = lines_next(r->lines, &line, cx->d, cx->err)) < 0) {
        return rc;
    }
    rc = rc ? case_from_line(cx, shown, e->line, line.p, line.n, &c) : -ESTALE;
    if (!rc && strcmp(c->name, name) != 0) {
        case_free(c);
        rc = -ESTALE;
    }
    if (rc == -ESTALE) {
        rc = error_set(cx->d, cx->err, rc, "%s:%u: the suite has changed: case \"%s\" is gone",
                       shown, e->line, name);
        return rc ? rc : -ESTALE;
    }
    if (!rc) {
        *ret = c;
    }
    return rc;
}

static int read_spec(struct case_context *cx, const struct source_file *f, const char *name,
                     struct sim_case **ret)
{
    char *bytes;
    size_t n;
    int rc = file_read(cx->d, f->path, &bytes, &n, cx->err);
    if (rc) {
        return rc;
    }
    rc = case_from_spec(cx, f->kind, name, f->shown, f->dir, bytes, n, ret);
    mem_free(bytes);
    return rc;
}

int case_read(struct case_reader *r, size_t index, struct domain *d, struct sim_case **ret,
              struct error *err)
{
    const struct index_entry *e = &r->s->cases[index];
    const struct source_file *f = &r->s->files[e->file];
    const char *name = source_name(r->s, index);
    struct case_context cx = {&r->s->opt, &r->rootfs, d, err};
    struct sim_case *c = NULL;
    int rc = f->kind == CASE_SUITE ? read_line(r, &cx, e, name, &c) : read_spec(&cx, f, name, &c);
    if (rc) {
        return rc;
    }
    c->index = index;
    if (!c->xfail) {
        c->xfail = xfail_match(f->xfail, name);
    }
    *ret = c;
    return 0;
}

int case_source_next(struct case_reader *r, struct domain *d, struct sim_case **ret,
                     struct error *err)
{
    if (r->next >= r->s->n_cases) {
        return 0;
    }
    int rc = case_read(r, r->next++, d, ret, err);
    return rc ? rc : 1;
}

int case_from_bytes(struct domain *d, const struct case_options *opt, enum case_kind kind,
                    const char *name, const char *bytes, size_t n, struct sim_case **ret,
                    struct error *err)
{
    /* The manifest of the case must live as long as the case: here each has its own. */
    struct rootfs_cache cache = {.d = d, .no_files = opt->no_files};
    struct case_context cx = {opt, &cache, d, err};
    struct sim_case *c;
    int rc = kind == CASE_SUITE ? case_from_line(&cx, name, 1, bytes, n, &c)
                                : case_from_spec(&cx, CASE_SPEC, name, name, NULL, bytes, n, &c);
    if (rc) {
        rootfs_cache_release(&cache);
        return rc;
    }
    c->own_rootfs = cache.list;
    *ret = c;
    return 0;
}
