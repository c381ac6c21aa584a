/* What has to be written so that results are what is expected. */
#include "update.h"

#include "../input/input.h"

int expect_update_new(struct domain *d, const struct expect_set *set, bool all,
                      struct expect_update **ret)
{
    struct expect_update *u = MEM_NEW(d, struct expect_update);
    if (!u) {
        return CODE_FATE;
    }
    *u = (struct expect_update){.d = d, .set = set, .all = all, .arena = arena_new(d)};
    if (!u->arena || expect_reader_new(d, set, &u->reader)) {
        expect_update_free(u);
        return CODE_FATE;
    }
    *ret = u;
    return 0;
}

void expect_update_free(struct expect_update *u)
{
    if (u) {
        expect_reader_free(u->reader);
        arena_free(u->arena);
        mem_free(u->edits);
        mem_free(u);
    }
}

size_t expect_update_edits(const struct expect_update *u, const struct expect_edit **ret)
{
    *ret = u->edits;
    return u->n;
}

/* ---- edits ---------------------------------------------------------------------------------- */

static int refuse(struct updating *w, const char *why)
{
    return error_set(w->c->d, w->why, -EPERM, "%s", why);
}

/* 1: it is there already; -EPERM: it overlaps with one that wants something else; else 0. */
static int look_for_conflict(struct updating *w, const struct expect_edit *e)
{
    for (size_t i = 0; i < w->u->n; i++) {
        const struct expect_edit *other = &w->u->edits[i];
        if (e->append || other->append || e->line || other->line ||
            strcmp(e->file, other->file) != 0) {
            continue;
        }
        if (e->n_new == other->n_new && memcmp(e->new, other->new, e->n_new) == 0) {
            return 1;
        }
        return error_set(w->c->d, w->why, -EPERM, "%s: the case \"%s\" wants it in another way",
                         e->file, other->name);
    }
    return 0;
}

static int keep(struct expect_update *u, const struct expect_edit *e)
{
    if (u->n == u->cap) {
        size_t cap = u->cap ? 2 * u->cap : 16;
        struct expect_edit *v = mem_resize(u->d, u->edits, u->n, cap, sizeof(*v), "edits");
        if (!v) {
            return CODE_FATE;
        }
        u->edits = v;
        u->cap = cap;
    }
    struct expect_edit *to = &u->edits[u->n];
    *to = *e;
    to->name = arena_dup(u->arena, e->name, strlen(e->name));
    to->file = arena_dup(u->arena, e->file, strlen(e->file));
    to->old = arena_dup(u->arena, e->old ? e->old : "", e->n_old);
    to->new = arena_dup(u->arena, e->new, e->n_new);
    to->before = arena_dup(u->arena, e->before, strlen(e->before));
    to->after = arena_dup(u->arena, e->after, strlen(e->after));
    if (domain_dead(u->d)) {
        return CODE_FATE;
    }
    u->n++;
    return 1;
}

static bool is_packed(const char *file)
{
    size_t n = strlen(file);
    return n > 3 && strcmp(file + n - 3, ".gz") == 0;
}

int update_push(struct updating *w, const struct expect_edit *e)
{
    struct expect_update *u = w->u;
    if (is_packed(e->file)) {
        return error_set(w->c->d, w->why, -EPERM, "%s: packed: unpack it first", e->file);
    }
    u->bytes += e->n_old + e->n_new + strlen(e->before) + strlen(e->after);
    if (u->bytes > LIMIT_UPDATE_BYTES) {
        return error_set(w->c->d, w->why, -E2BIG,
                         "more than %d bytes to rewrite (LIMIT_UPDATE_BYTES): update in parts",
                         LIMIT_UPDATE_BYTES);
    }
    int code = look_for_conflict(w, e);
    return code ? code : keep(u, e);
}

/* ---- files beside the case ------------------------------------------------------------------ */

static void show_line(struct str *out, struct updating *w, const char *text, size_t n)
{
    struct json_doc doc;
    struct error ignored = {0};
    if (!json_parse(w->c->d, "", 1, "", text, n, &doc, &ignored)) {
        rewrite_show(out, &doc, doc.root);
        json_release(&doc);
    }
    error_release(&ignored);
}

static int push_line(struct updating *w, const char *file, const struct line *old,
                     const struct str *new)
{
    struct str before, after;
    str_init(&before, w->c->d);
    str_init(&after, w->c->d);
    if (old) {
        show_line(&before, w, old->p, old->n);
    }
    show_line(&after, w, str_get(new), new->n - (old ? 0 : 1));
    struct expect_edit e = {
        .name = w->c->name,
        .file = file,
        .line = old ? old->number : 1,
        .append = !old,
        .offset = old ? old->offset : 0,
        .old = old ? old->p : "",
        .n_old = old ? old->n : 0,
        .new = str_get(new),
        .n_new = new->n,
        .before = str_get(&before),
        .after = str_get(&after),
    };
    int code = domain_dead(w->c->d) ? CODE_FATE : update_push(w, &e);
    str_release(&before);
    str_release(&after);
    return code;
}

/* The case's line in the file of result lines. */
static int update_line(struct updating *w, const struct line *line)
{
    const char *file = w->u->reader->suite->expected->path;
    struct json_doc doc;
    struct str new;
    int code =
        json_parse(w->c->d, file, (uint32_t)line->number, "", line->p, line->n, &doc, w->why);
    if (code) {
        return code;
    }
    str_init(&new, w->c->d);
    str_addn(&new, line->p, doc.root->start);
    update_fields(&new, &w->fresh, &doc, doc.root, true);
    str_addn(&new, line->p + doc.root->end, line->n - doc.root->end);
    if (new.n != line->n || memcmp(str_get(&new), line->p, line->n) != 0) {
        code = push_line(w, file, line, &new);
    }
    str_release(&new);
    json_release(&doc);
    return code;
}

static int push_manifest(struct updating *w, const char *file, const char *old, size_t n_old,
                         const struct str *new)
{
    struct expect_edit e = {
        .name = w->c->name,
        .file = file,
        .append = !old,
        .old = old,
        .n_old = n_old,
        .new = str_get(new),
        .n_new = new->n,
        .before = old ? old : "",
        .after = str_get(new),
    };
    return domain_dead(w->c->d) ? CODE_FATE : update_push(w, &e);
}

static int update_manifest(struct updating *w, const char *file)
{
    struct domain *d = w->c->d;
    struct mtree m;
    struct str new;
    char *bytes;
    size_t n;
    int code = file_read(d, file, &bytes, &n, w->why);
    if (code) {
        return code;
    }
    str_init(&new, d);
    code = mtree_read(d, file, bytes, n, &m, w->why);
    if (code == 0) {
        code = update_mtree(&new, &m, w->fresh.r);
        mtree_release(&m);
    }
    if (code == 0 && (new.n != n || memcmp(str_get(&new), bytes, n) != 0)) {
        code = push_manifest(w, file, bytes, n, &new);
    }
    str_release(&new);
    mem_free(bytes);
    return code;
}

/* ---- cases without an expectation ----------------------------------------------------------- */

static char *new_line_file(const struct updating *w)
{
    const struct suite *s = w->u->reader->suite;
    const char *profile = w->u->set->profile, *file = w->c->file;
    bool is_default = strcmp(profile, profile_name(PROFILE_GVISOR_2018_08_14)) == 0;
    if (s && s->expected) {
        return mem_dup(w->c->d, s->expected->path);
    }
    size_t n = strlen(file);
    n -= is_packed(file) ? strlen(".jsonl.gz") : strlen(".jsonl");
    return mem_printf(w->c->d, "%.*s.expected%s%s.jsonl", (int)n, file, is_default ? "" : ".",
                      is_default ? "" : profile);
}

static int add_line(struct updating *w)
{
    struct str new;
    char *file = new_line_file(w);
    str_init(&new, w->c->d);
    int code = file ? sim_result_line(w->fresh.r, &new) : CODE_FATE;
    str_addc(&new, '\n');
    code = code ? code : push_line(w, file, NULL, &new);
    str_release(&new);
    mem_free(file);
    return code;
}

static int add_manifest(struct updating *w)
{
    struct str new;
    char *file = manifest_beside(w->c->d, w->c, w->u->set->profile);
    if (!file) {
        return domain_dead(w->c->d) ? CODE_FATE
                                    : refuse(w, "a manifest stands beside *.json, and it is none");
    }
    str_init(&new, w->c->d);
    int code = update_new_mtree(&new, w->fresh.r);
    if (code && code != CODE_FATE) {
        code = refuse(w, "its tree has no form as a manifest");
    }
    code = code ? code : push_manifest(w, file, NULL, 0, &new);
    str_release(&new);
    mem_free(file);
    return code;
}

static int add_expectation(struct updating *w)
{
    if (!w->u->all) {
        return 0;
    }
    if (w->c->kind == CASE_SUITE) {
        return add_line(w);
    }
    return w->fresh.r->has_nodes ? add_manifest(w) : update_in_case(w, true);
}

/* ---- one case ------------------------------------------------------------------------------- */

/* What must not become an expectation. */
static int may_update(struct updating *w, const struct sim_result *r)
{
    if (w->c->xfail) {
        return refuse(w, "xfail");
    }
    if (r->outcome > OUTCOME_HANG) {
        return error_set(w->c->d, w->why, -EPERM, "%s is no result to expect",
                         sim_outcome_name(r->outcome));
    }
    bool fault = r->ledger.n > 0;
    for (size_t i = 0; i < r->n_findings; i++) {
        fault |= strcmp(r->findings[i].severity, "error") == 0;
    }
    return fault ? refuse(w, "it fails whatever is expected") : 0;
}

/* Wherever its expectation stands. `line`: the file of result lines was asked. */
static int update_found(struct updating *w, const struct expectation *e)
{
    struct verdict v;
    verdict_init(&v, w->c->d);
    char *file = manifest_path(&v, e, w->c, w->u->set->profile);
    verdict_release(&v);
    const cJSON *result = expectation_member(e, "result");
    bool tree = w->fresh.r->has_nodes;
    bool in_case = e->base || e->over;
    /* Of a panic or a hang only what is said here counts: an expectation that named parts of a
     * result has to say it, or it would say nothing. */
    bool short_of_result = in_case && w->fresh.r->outcome > OUTCOME_ERROR;
    bool say = ((file && !tree) || short_of_result) && (!result || cJSON_IsNull(result));
    struct line line = {0};
    int code = in_case ? 0 : reader_line(w->u->reader, w->c->name, &line, w->why);
    if (code == 1) {
        code = update_line(w, &line);
    } else if (code == 0 && (in_case || say)) {
        code = update_in_case(w, say);
    } else if (code == 0 && !file) {
        code = add_expectation(w);
    }
    if (code >= 0 && file && tree) {
        int more = update_manifest(w, file);
        code = more ? more : code;
    }
    mem_free(file);
    return code;
}

int expect_update_case(struct expect_update *u, const struct case_info *info,
                       const struct sim_case *c, const struct sim_result *r, struct error *why)
{
    struct updating w = {.u = u, .info = info, .c = c, .why = why};
    struct expectation e = {
        .base = c->expect,
        .over = cJSON_GetObjectItemCaseSensitive(c->expect_profile, u->set->profile),
    };
    if (cJSON_IsNull(e.over)) {
        return 0;
    }
    int code = may_update(&w, r);
    code = code ? code : reader_enter(u->reader, c);
    code = code
               ? code
               : fresh_init(&w.fresh, c->d, r, u->reader->suite ? &u->reader->subtrees : NULL, why);
    if (code == 0) {
        code = update_found(&w, &e);
        fresh_release(&w.fresh);
    }
    return domain_dead(c->d) || domain_dead(u->d) ? CODE_FATE : code;
}
