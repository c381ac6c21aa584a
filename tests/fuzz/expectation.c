/*
 * A result line that is expected, of a result that the first bytes describe: the look that does not
 * parse finds nothing equal that the close one does not, and the close one says what a comparison
 * of parsed lines says. What an update writes is met by the result, updating again changes nothing,
 * and what holds stays byte for byte.
 */
#include "support/expected.h"

#include "reader.h"
#include "update_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- lines compared by what they parse to --------------------------------------------------- */

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* The wanted nodes by path, subtrees in their places; NULL: they cannot be. */
static cJSON *nodes_by_path(const cJSON *want, const cJSON *trees)
{
    cJSON *all = cJSON_CreateObject();
    const cJSON *element, *inner;
    CHECK(all);
    cJSON_ArrayForEach(element, want)
    {
        const char *path = cJSON_GetStringValue(member(element, "path"));
        const char *name = cJSON_GetStringValue(member(element, "subtree"));
        const cJSON *tree = name ? member(trees, name) : NULL;
        if (!path || (name && !cJSON_IsArray(tree))) {
            cJSON_Delete(all);
            return NULL;
        }
        cJSON one = {.type = cJSON_Array, .child = (cJSON *)(uintptr_t)element};
        for (inner = name ? tree->child : one.child; inner; inner = name ? inner->next : NULL) {
            char whole[EXPECTED_MAX + 64];
            const char *below = name ? cJSON_GetStringValue(member(inner, "path")) : "";
            (void)snprintf(whole, sizeof(whole), "%s%s", path, below ? below : "");
            cJSON *copy = cJSON_Duplicate(inner, true);
            cJSON_DeleteItemFromObjectCaseSensitive(copy, "path");
            cJSON_DeleteItemFromObjectCaseSensitive(all, whole);
            CHECK(cJSON_AddItemToObject(all, whole, copy));
        }
    }
    return all;
}

static bool nodes_agree(const cJSON *want, const cJSON *got, const cJSON *trees)
{
    if (!value_is_empty(want) && !cJSON_IsArray(want)) {
        return false;
    }
    cJSON *w = nodes_by_path(want, trees), *g = nodes_by_path(got, trees);
    bool same = w && g && cJSON_Compare(w, g, true);
    cJSON_Delete(w);
    cJSON_Delete(g);
    return same;
}

static bool ops_agree(const cJSON *want, const cJSON *got)
{
    if (!value_is_empty(want) && !cJSON_IsArray(want)) {
        return false;
    }
    const cJSON *w = want ? want->child : NULL, *g = got ? got->child : NULL;
    for (; w && g; w = w->next, g = g->next) {
        const char *value = cJSON_GetStringValue(member(w, "value"));
        bool any = value && strcmp(value, "*") == 0 && cJSON_IsString(member(g, "value"));
        cJSON *a = cJSON_Duplicate(w, true), *b = cJSON_Duplicate(g, true);
        if (any) {
            cJSON_DeleteItemFromObjectCaseSensitive(a, "value");
            cJSON_DeleteItemFromObjectCaseSensitive(b, "value");
        }
        bool same = cJSON_Compare(a, b, true);
        cJSON_Delete(a);
        cJSON_Delete(b);
        if (!same) {
            return false;
        }
    }
    return !w && !g;
}

static bool lines_agree(const cJSON *want, const cJSON *got, const cJSON *trees)
{
    static const char *const fields[] = {"result",   "error",   "compiled", "log",
                                         "fds_left", "restore", "host_diff"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const cJSON *w = member(want, fields[i]), *g = member(got, fields[i]);
        if (!(value_is_empty(w) && value_is_empty(g)) && !cJSON_Compare(w, g, true)) {
            return false;
        }
    }
    return ops_agree(member(want, "ops"), member(got, "ops")) &&
           nodes_agree(member(want, "nodes"), member(got, "nodes"), trees);
}

/* cJSON takes two numbers for equal that differ in their last bits. */
static bool is_plain(const cJSON *v)
{
    for (const cJSON *m = v->child; m; m = m->next) {
        if (!is_plain(m)) {
            return false;
        }
    }
    return !cJSON_IsNumber(v) ||
           (v->valuedouble >= -4294967296.0 && v->valuedouble <= 4294967296.0 &&
            v->valuedouble * 4 >= (double)(int64_t)(v->valuedouble * 4) &&
            v->valuedouble * 4 <= (double)(int64_t)(v->valuedouble * 4));
}

/* ---- the line ------------------------------------------------------------------------------- */

static struct subtrees subtrees_new(struct domain *d)
{
    return (struct subtrees){.d = d, .path = mem_dup(d, expected_subtrees())};
}

static size_t differences(struct domain *d, const cJSON *want, const struct sim_result *r)
{
    struct verdict v;
    struct subtrees s = subtrees_new(d);
    struct expectation e = {.base = want, .whole = true, .subtrees = &s};
    verdict_init(&v, d);
    compare_result(&v, &e, r);
    size_t n = v.differences.n + v.more;
    for (size_t i = 0; i < v.differences.n; i++) {
        CHECK(((const char *)v.differences.p[i])[0]);
    }
    verdict_release(&v);
    subtrees_release(&s);
    return n;
}

static bool quick(struct domain *d, const struct str *text, const struct sim_result *r)
{
    struct subtrees s = subtrees_new(d);
    struct verdict v;
    verdict_init(&v, d);
    (void)subtrees_find(&s, "s", &v); /* asked for before: only then the quick look knows them */
    bool same = line_is_result(d, str_get(text), text->n, r, &s);
    verdict_release(&v);
    subtrees_release(&s);
    return same;
}

/* NULL: it is no object. */
static cJSON *parse_line(struct domain *d, const struct str *text)
{
    struct error err = {0};
    cJSON *json = NULL;
    int code = expected_object(d, "fuzz", 1, str_get(text), text->n, &json, &err);
    CHECK(!code || strncmp(err.text, "fuzz:", 5) == 0);
    error_release(&err);
    return json;
}

static void check_line(struct domain *d, const struct str *text, const struct sim_result *r)
{
    struct str line;
    cJSON *want = parse_line(d, text);
    cJSON *trees = cJSON_Parse(expected_subtrees_json);
    bool same = quick(d, text, r);
    CHECK(!same || want);
    if (want) {
        size_t n = differences(d, want, r);
        CHECK(!same || n == 0);
        str_init(&line, d);
        CHECK(sim_result_line(r, &line) == 0);
        cJSON *got = cJSON_ParseWithLength(str_get(&line), line.n);
        CHECK(got);
        if (r->outcome <= OUTCOME_ERROR && is_plain(want)) {
            CHECK(lines_agree(want, got, trees) == (n == 0));
        }
        cJSON_Delete(got);
        str_release(&line);
    }
    cJSON_Delete(trees);
    cJSON_Delete(want);
}

/* Members that both texts have and that say the same stand there with the same bytes. */
static void check_kept(const struct json_doc *old_doc, const struct json *old,
                       const struct json_doc *new_doc, const struct json *new)
{
    json_for_each(it, old)
    {
        const struct json *to = json_exact(new, it->key);
        if (!it->shadowed && to && json_equal(it, to)) {
            CHECK(to->end - to->start == it->end - it->start &&
                  memcmp(old_doc->bytes + it->start, new_doc->bytes + to->start,
                         it->end - it->start) == 0);
        }
    }
}

/* The line as an update writes it, appended to `out`. False: it is not JSON as we read it. */
static bool updated(struct domain *d, const char *text, size_t n, const struct sim_result *r,
                    struct str *out)
{
    struct json_doc doc, new;
    struct error err = {0};
    struct subtrees s = subtrees_new(d);
    struct fresh f;
    bool usable = json_parse(d, "fuzz", 1, "", text, n, &doc, &err) == 0;
    if (usable && doc.root->type == JSON_OBJECT) {
        CHECK(fresh_init(&f, d, r, &s, &err) == 0);
        str_addn(out, text, doc.root->start);
        update_fields(out, &f, &doc, doc.root, true);
        str_addn(out, text + doc.root->end, n - doc.root->end);
        fresh_release(&f);
        CHECK(json_parse(d, "new", 1, "", str_get(out), out->n, &new, &err) == 0);
        check_kept(&doc, doc.root, &new, new.root);
        json_release(&new);
    }
    bool is_object = usable && doc.root->type == JSON_OBJECT;
    if (usable) {
        json_release(&doc);
    }
    subtrees_release(&s);
    error_release(&err);
    return is_object;
}

static void check_update(struct domain *d, const struct str *text, const struct sim_result *r)
{
    struct str once, twice;
    str_init(&once, d);
    str_init(&twice, d);
    if (updated(d, str_get(text), text->n, r, &once)) {
        cJSON *new = parse_line(d, &once);
        CHECK(new);
        CHECK(differences(d, new, r) == 0);
        CHECK(updated(d, str_get(&once), once.n, r, &twice));
        CHECK(once.n == twice.n && memcmp(str_get(&once), str_get(&twice), once.n) == 0);
        cJSON_Delete(new);
    }
    str_release(&once);
    str_release(&twice);
}

/* The line of the wanted result, edited, or (`raw`) any bytes. */
static void run(struct domain *d, struct expected_input *in, bool raw)
{
    struct str text;
    str_init(&text, d);
    if (raw) {
        str_addn(&text, (const char *)in->more.p, in->more.n);
    } else {
        CHECK(sim_result_line(&in->wanted.r, &text) == 0);
        expected_edit(in, &text);
    }
    check_line(d, &text, &in->got.r);
    check_update(d, &text, &in->got.r);
    str_release(&text);
}

static void run_as(struct domain *d, struct expected_input *in, uint8_t how)
{
    run(d, in, how & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return expected_run(data, size, run_as);
}
