/* The collection of cases: its life and its suites. */
#include "source.h"

#include "light.h"
#include "lines.h"

int source_note(struct case_source *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(s->arena, fmt, ap);
    va_end(ap);
    return text ? ptrvec_push(&s->notes, text) : CODE_FATE;
}

/* The id of a line that the light look could not tell: by a parse, whose errors are the right ones.
 */
static int hard_id(struct case_source *s, uint32_t file, const struct line *line, struct error *err)
{
    struct json_doc doc;
    const char *shown = s->files[file].shown, *id = "";
    int rc = json_parse(s->d, shown, (uint32_t)line->number, "", line->p, line->n, &doc, err);
    if (rc) {
        return rc;
    }
    const struct json *v = json_exact(doc.root, "id");
    rc = json_string(&doc, v, &id, err);
    if (!rc && !*id) {
        rc = json_fail(&doc, v ? v : doc.root, err, "a suite line needs an \"id\"");
    }
    if (!rc) {
        rc = source_add_case(s, id, strlen(id), file, line->number, line->offset, err);
    }
    json_release(&doc);
    return rc;
}

static int add_line(struct case_source *s, uint32_t file, const struct line *line,
                    struct error *err)
{
    const char *id;
    size_t n;
    if (light_id(line->p, line->n, &id, &n) == LIGHT_ID_HARD) {
        return hard_id(s, file, line, err);
    }
    return source_add_case(s, id, n, file, line->number, line->offset, err);
}

/* The first line decides: a case has a spec, a result line has not. */
static int check_suite(struct case_source *s, const char *shown, const struct line *line,
                       bool named, bool *is_suite, struct error *err)
{
    *is_suite = light_has(line->p, line->n, "spec");
    if (*is_suite) {
        return 0;
    }
    if (named && *line->p != '{') {
        *is_suite = true; /* broken: the parse tells how */
        return 0;
    }
    if (named) {
        struct json_doc doc;
        int rc = json_parse(s->d, shown, (uint32_t)line->number, "", line->p, line->n, &doc, err);
        if (rc) {
            return rc;
        }
        json_release(&doc);
        return error_set(s->d, err, -EINVAL, "%s: not a suite: line %llu has no \"spec\"", shown,
                         (unsigned long long)line->number);
    }
    return source_note(s, "%s: skipped: not a suite, line %llu has no \"spec\"", shown,
                       (unsigned long long)line->number);
}

int source_add_suite(struct case_source *s, const struct source_file *f, bool named,
                     struct error *err)
{
    struct lines *lines;
    struct line line;
    uint32_t file;
    int rc = lines_open(s->d, f->path, f->shown, &lines, err);
    if (rc) {
        return rc;
    }
    rc = source_add_file(s, f, &file);
    bool first = true, is_suite = true;
    while (!rc && is_suite && (rc = lines_next(lines, &line, s->d, err)) == 1) {
        rc = 0;
        if (first) {
            rc = check_suite(s, f->shown, &line, named, &is_suite, err);
            first = false;
        }
        if (!rc && is_suite) {
            rc = add_line(s, file, &line, err);
        }
    }
    lines_free(lines);
    if (!rc && first) {
        rc = source_note(s, "%s: no cases: the suite is empty", f->shown);
    }
    return rc;
}

static void source_release(struct case_source *s)
{
    owned_fd_free(s->spool);
    ptrvec_release(&s->notes);
    mem_free(s->table);
    mem_free(s->names);
    mem_free(s->cases);
    mem_free(s->files);
    arena_free(s->arena);
    mem_free(s);
}

int case_source_open(struct domain *d, const struct case_options *opt, const char *const *paths,
                     size_t n_paths, struct case_source **ret, struct error *err)
{
    struct case_source *s = MEM_NEW(d, struct case_source);
    if (!s) {
        return CODE_FATE;
    }
    s->d = d;
    s->opt = *opt;
    ptrvec_init(&s->notes, d);
    s->arena = arena_new(d);
    int rc = s->arena ? 0 : CODE_FATE;
    for (size_t i = 0; !rc && i < n_paths; i++) {
        rc = discover(s, paths[i], err);
    }
    if (rc) {
        source_release(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void case_source_free(struct case_source *s)
{
    if (s) {
        source_release(s);
    }
}

size_t case_source_count(const struct case_source *s)
{
    return s->n_cases;
}

void case_source_info(const struct case_source *s, size_t index, struct case_info *ret)
{
    const struct index_entry *e = &s->cases[index];
    const struct source_file *f = &s->files[e->file];
    const char *name = source_name(s, index);
    *ret = (struct case_info){name,    f->shown,  f->kind,
                              e->line, e->offset, xfail_match(f->xfail, name)};
}

size_t case_source_notes(const struct case_source *s, const char *const **ret)
{
    *ret = (const char *const *)(void *)s->notes.p;
    return s->notes.n;
}
