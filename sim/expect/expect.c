/* Where expectations come from. */
#include "reader.h"

/* ----------------------------------------------------------------------------------------- set */

static bool cut_suffix(char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    bool found = n > m && strcmp(text + n - m, suffix) == 0;
    if (found) {
        text[n - m] = '\0';
    }
    return found;
}

/* The expected file of `base` (a suite's path without its suffix), packed or not. */
static int open_expected(struct expect_set *set, const char *base, struct expected_file **ret,
                         struct error *err)
{
    bool is_default = strcmp(set->profile, profile_name(PROFILE_GVISOR_2018_08_14)) == 0;
    static const char *const suffixes[] = {".jsonl", ".jsonl.gz"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char *path = mem_printf(set->d, "%s.expected%s%s%s", base, is_default ? "" : ".",
                                is_default ? "" : set->profile, suffixes[i]);
        int code = path ? expected_file_open(set->d, path, ret, err) : CODE_FATE;
        mem_free(path);
        if (code != -ENOENT) {
            return code;
        }
    }
    return 0;
}

static int fill_suite(struct expect_set *set, struct suite *s, struct error *err)
{
    char *base = mem_dup(set->d, s->file);
    if (!base) {
        return CODE_FATE;
    }
    const char *slash = strrchr(s->file, '/');
    int folder = slash ? (int)(slash - s->file) + 1 : 0;
    s->subtrees = mem_printf(set->d, "%.*ssubtrees.json", folder, s->file);
    int code = s->subtrees ? 0 : CODE_FATE;
    if (!code && (cut_suffix(base, ".jsonl.gz") || cut_suffix(base, ".jsonl"))) {
        code = open_expected(set, base, &s->expected, err);
    }
    mem_free(base);
    return code;
}

static int add_suite(struct expect_set *set, const char *file, struct error *err)
{
    if (set->n == set->cap) {
        size_t cap = set->cap ? 2 * set->cap : 16;
        struct suite *v = mem_resize(set->d, set->suites, set->n, cap, sizeof(*v), "suites");
        if (!v) {
            return CODE_FATE;
        }
        set->suites = v;
        set->cap = cap;
    }
    set->suites[set->n] = (struct suite){.file = file};
    return fill_suite(set, &set->suites[set->n++], err);
}

int expect_open(struct domain *d, const struct case_source *s, const char *profile,
                struct expect_set **ret, struct error *err)
{
    struct expect_set *set = MEM_NEW(d, struct expect_set);
    if (!set) {
        return CODE_FATE;
    }
    set->d = d;
    set->profile = profile;
    int code = 0;
    const char *last = NULL;
    for (size_t i = 0; code == 0 && i < case_source_count(s); i++) {
        struct case_info info;
        case_source_info(s, i, &info);
        if (info.kind == CASE_SUITE && info.file != last) {
            code = add_suite(set, info.file, err);
            last = info.file;
        }
    }
    if (code) {
        expect_free(set);
        return code;
    }
    *ret = set;
    return 0;
}

void expect_free(struct expect_set *set)
{
    if (!set) {
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        expected_file_free(set->suites[i].expected);
        mem_free(set->suites[i].subtrees);
    }
    mem_free(set->suites);
    mem_free(set);
}

/* -------------------------------------------------------------------------------------- reader */

int expect_reader_new(struct domain *d, const struct expect_set *set, struct expect_reader **ret)
{
    struct expect_reader *r = MEM_NEW(d, struct expect_reader);
    if (!r) {
        return CODE_FATE;
    }
    r->d = d;
    r->set = set;
    r->subtrees.d = d;
    *ret = r;
    return 0;
}

static void leave_suite(struct expect_reader *r)
{
    lines_free(r->lines);
    r->lines = NULL;
    subtrees_release(&r->subtrees);
    r->subtrees = (struct subtrees){.d = r->d};
    r->suite = NULL;
}

void expect_reader_free(struct expect_reader *r)
{
    if (r) {
        leave_suite(r);
        mem_free(r);
    }
}

/* The suite of a case becomes the open one; NULL when it comes from no suite. */
int reader_enter(struct expect_reader *r, const struct sim_case *c)
{
    if (r->suite && strcmp(r->suite->file, c->file) == 0) {
        return 0;
    }
    leave_suite(r);
    for (size_t i = 0; c->kind == CASE_SUITE && i < r->set->n; i++) {
        const struct suite *s = &r->set->suites[i];
        if (strcmp(s->file, c->file) == 0) {
            r->suite = s;
            r->subtrees.path = mem_dup(r->d, s->subtrees);
            return r->subtrees.path ? 0 : CODE_FATE;
        }
    }
    return 0;
}

int reader_line(struct expect_reader *r, const char *id, struct line *ret, struct error *err)
{
    const struct expected_file *f = r->suite ? r->suite->expected : NULL;
    const struct expected_line *at = f ? expected_file_find(f, id) : NULL;
    if (!at) {
        return 0;
    }
    int code = r->lines ? 0 : lines_open(r->d, f->path, f->path, &r->lines, err);
    code = code ? code : lines_seek(r->lines, at->offset, at->number, r->d, err);
    code = code ? code : lines_next(r->lines, ret, r->d, err);
    return code ? code : error_set(r->d, err, -ESTALE, "%s: the file has changed", f->path);
}

/* The expected line of a case: 1, or 0 when there is none or after a difference. */
static int read_line(struct expect_reader *r, const char *id, struct line *ret, struct verdict *v)
{
    struct error err = {0};
    int code = reader_line(r, id, ret, &err);
    if (code < 0) {
        verdict_add(v, "expected: %s", err.text ? err.text : "out of memory");
    }
    error_release(&err);
    return code == 1;
}

static bool compare_line(struct expect_reader *r, const struct line *line,
                         struct subtrees *subtrees, const struct sim_result *result,
                         struct verdict *v)
{
    if (line_is_result(v->d, line->p, line->n, result, subtrees)) {
        return true;
    }
    cJSON *json;
    struct error err = {0};
    if (expected_object(v->d, r->suite->expected->path, line->number, line->p, line->n, &json,
                        &err)) {
        verdict_add(v, "expected: %s", err.text ? err.text : "out of memory");
        error_release(&err);
        return false;
    }
    struct expectation e = {.base = json, .whole = true, .subtrees = subtrees};
    compare_result(v, &e, result);
    cJSON_Delete(json);
    return true;
}

/* Compares with what was found; false = nothing is expected. */
static bool compare(struct expect_reader *r, const struct sim_case *c,
                    const struct sim_result *result, struct verdict *v)
{
    struct expectation e = {
        .base = c->expect,
        .over = cJSON_GetObjectItemCaseSensitive(c->expect_profile, r->set->profile),
        .subtrees = r->suite ? &r->subtrees : NULL,
    };
    if (cJSON_IsNull(e.over)) {
        return false;
    }
    struct line line = {0};
    if (!e.over && !e.base && read_line(r, c->name, &line, v) &&
        compare_line(r, &line, e.subtrees, result, v)) {
        return true;
    }
    bool found = e.over || e.base;
    if (found) {
        compare_result(v, &e, result);
    }
    return compare_manifest(v, &e, c, r->set->profile, result) || found;
}

int expect_judge(struct expect_reader *r, const struct sim_case *c, const struct sim_result *result,
                 struct verdict *v)
{
    if (reader_enter(r, c)) {
        return CODE_FATE;
    }
    bool judged = compare(r, c, result, v);
    const char *xfail = c->xfail;
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct sim_finding *f = &result->findings[i];
        if (strcmp(f->severity, "error") == 0) {
            verdict_add(v, "%s: %s", f->code, f->text);
        }
    }
    for (size_t i = 0; i < result->ledger.n; i++) {
        verdict_add(v, "ledger: left behind: %s", result->ledger.v[i]);
        xfail = NULL; /* a leak of ours is never expected */
    }
    return verdict_settle(v, judged, xfail);
}
