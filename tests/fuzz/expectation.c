/*
 * Expectations of a result that the first bytes describe. As a result line: the look that does not
 * parse finds nothing equal that the close one does not, and the close one says what a comparison
 * of parsed lines says. Where the case has them, too: what --update writes is met by the result,
 * updating again changes nothing, and all else of the text stays byte for byte.
 */
#include "support/bytes.h"
#include "support/result.h"

#include "reader.h"
#include "update_fields.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 8 << 10 };

/* "s" is what zero bytes have below /a; "t" is nothing's. */
static const char subtrees_json[] =
    "{\"s\": [{\"path\": \"\", \"type\": \"dir\", \"mode\": \"0755\", \"uid\": 0, \"gid\": 0, "
    "\"nlink\": 1, \"fs\": \"9p\", \"flags\": \"\", \"mountpoint\": false, \"overlay\": false, "
    "\"readdir\": true}, {\"path\": \"/b\", \"type\": \"dir\", \"mode\": \"0755\", \"uid\": 0, "
    "\"gid\": 0, \"nlink\": 1, \"fs\": \"9p\", \"flags\": \"\", \"mountpoint\": false, "
    "\"overlay\": false, \"readdir\": true}], \"t\": [{\"path\": \"/x\"}, {}], \"n\": 1}";

static const char *const tokens[] = {
    " ",
    "\n\t",
    "\"*\"",
    "null",
    "\\u0061",
    "\\\"",
    "0",
    "1e0",
    "-",
    "[]",
    "{}",
    ",",
    "{\"path\":\"/a\",\"subtree\":\"s\"},",
    "{\"path\": \"/\", \"subtree\": \"t\"},",
    "{\"path\":\"/a\"},",
    "\"nodes\":[],",
    "\"ops\":0,",
    "\"error\":\"\",",
    "\"path\":\"/a\",",
    "\"uid\":0,",
    "\xc3\xa4",
    "\xff",
    "\"x\":1,",
    "true",
};

static char subtrees_path[64];

static void make_subtrees(void)
{
    int fd = memfd_create("subtrees", 0);
    CHECK(fd >= 0 && write(fd, subtrees_json, sizeof(subtrees_json) - 1) > 0);
    (void)snprintf(subtrees_path, sizeof(subtrees_path), "/proc/self/fd/%d", fd);
}

static struct subtrees subtrees_new(struct domain *d)
{
    return (struct subtrees){.d = d, .path = mem_dup(d, subtrees_path)};
}

/* The result that is there, and the one that the expectation was written for: the same bytes but
 * for some. */
struct input {
    struct bytes more;
    struct made_result got, wanted;
};

static void read_input(struct input *in, struct bytes b)
{
    uint8_t patched[RESULT_BYTES] = {0};
    struct bytes first = take_slice(&b, RESULT_BYTES);
    memcpy(patched, first.p, first.n);
    for (size_t n = take_below(&b, 6); n > 0; n--) {
        size_t at = take_below(&b, RESULT_BYTES);
        patched[at] = take_byte(&b);
    }
    make_result(&in->got, first);
    make_result(&in->wanted, (struct bytes){patched, sizeof(patched)});
    in->more = b;
}

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
            char whole[INPUT_MAX + 64];
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

/* ---- a line --------------------------------------------------------------------------------- */

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
    cJSON *trees = cJSON_Parse(subtrees_json);
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

static void run_line(struct domain *d, struct input *in)
{
    struct str text;
    str_init(&text, d);
    CHECK(sim_result_line(&in->wanted.r, &text) == 0);
    edit_text(&in->more, &text, tokens, ARRAY_LEN(tokens));
    check_line(d, &text, &in->got.r);
    check_update(d, &text, &in->got.r);
    str_release(&text);
}

static void run_raw(struct domain *d, struct input *in)
{
    struct str text;
    str_init(&text, d);
    str_addn(&text, (const char *)in->more.p, in->more.n);
    check_line(d, &text, &in->got.r);
    check_update(d, &text, &in->got.r);
    str_release(&text);
}

/* ---- in the case ---------------------------------------------------------------------------- */

static void drop_members(struct bytes *b, cJSON *list, const char *keep)
{
    cJSON *element;
    cJSON_ArrayForEach(element, list)
    {
        size_t without = take_byte(b), i = 0;
        for (cJSON *m = element->child, *next; m; m = next, i++) {
            next = m->next;
            if ((without >> i % 8 & 1) && strcmp(m->string, keep) != 0) {
                cJSON_DeleteItemFromObjectCaseSensitive(element, m->string);
            }
        }
    }
}

/* Some members of the line, and parts of its lists. */
static cJSON *make_expectation(struct domain *d, struct bytes *b, const struct sim_result *r)
{
    static const char *const fields[] = {"result",  "error", "compiled", "log",      "fds_left",
                                         "restore", "ops",   "nodes",    "host_diff"};
    struct str text;
    size_t with = take_u16(b);
    str_init(&text, d);
    CHECK(sim_result_line(r, &text) == 0);
    cJSON *line = cJSON_ParseWithLength(str_get(&text), text.n), *e = cJSON_CreateObject();
    CHECK(line && e);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        cJSON *m = with >> i & 1 ? cJSON_DetachItemFromObjectCaseSensitive(line, fields[i]) : NULL;
        CHECK(!m || cJSON_AddItemToObject(e, fields[i], m));
    }
    cJSON *some = cJSON_DetachItemFromObjectCaseSensitive(line, "nodes");
    if ((with & 1u << 12) && some) {
        drop_members(b, some, "path");
        CHECK(cJSON_AddItemToObject(e, "nodes_include", some));
        some = NULL;
    }
    cJSON_Delete(some);
    str_release(&text);
    str_init(&text, d);
    mounts_text(&text, r);
    cJSON *mounts = cJSON_ParseWithLength(str_get(&text), text.n);
    CHECK(mounts);
    if (with & 1u << 13) {
        drop_members(b, mounts, "destination");
        CHECK(cJSON_AddItemToObject(e, with & 1u << 14 ? "mounts" : "mounts_include", mounts));
        mounts = NULL;
    }
    cJSON_Delete(mounts);
    cJSON_Delete(line);
    str_release(&text);
    return e;
}

static char *print(cJSON *json, bool formatted)
{
    char *text = formatted ? cJSON_Print(json) : cJSON_PrintUnformatted(json);
    CHECK(text);
    cJSON_Delete(json);
    return text;
}

static void make_suite_line(struct domain *d, struct input *in, struct str *text)
{
    uint8_t how = take_byte(&in->more);
    char *e = print(make_expectation(d, &in->more, &in->wanted.r), how & 1);
    char *p = print(make_expectation(d, &in->more, &in->got.r), how & 2);
    str_add(text, how & 4 ? " { \"id\":\"c\" ,\"spec\" : {}" : "{\"id\": \"c\", \"spec\": {}");
    if (how & 8) {
        str_addf(text, ", \"expect\": %s", e);
    }
    if (how & 16) {
        str_addf(text, ",\"expect_profile\": {\"strict\":%s }", p);
    }
    str_add(text, how & 32 ? ", \"comment\": \"\\u0063\" } " : "}");
    cJSON_free(e);
    cJSON_free(p);
}

static void make_spec(struct domain *d, struct input *in, struct str *text)
{
    uint8_t how = take_byte(&in->more);
    char *e = print(make_expectation(d, &in->more, &in->wanted.r), how & 1);
    char *p = print(make_expectation(d, &in->more, &in->got.r), how & 2);
    str_add(text, "{\"ociVersion\": \"1.0.0\"");
    if (how & 4) {
        str_add(text, ", \"annotations\":{ \"k\":\"v\"");
        if (how & 8) {
            str_add(text, ",\n\"dev.simrun.expect\" : ");
            sim_json_text(text, e, strlen(e));
        }
        if (how & 16) {
            str_add(text, ", \"dev.simrun.expect-profile.strict\": ");
            sim_json_text(text, p, strlen(p));
        }
        str_add(text, " }");
    }
    str_add(text, " }\n");
    cJSON_free(e);
    cJSON_free(p);
}

static struct sim_case *read_case(struct domain *d, enum case_kind kind, const char *text, size_t n)
{
    struct case_options opt = CASE_OPTIONS_INIT;
    struct sim_case *c = NULL;
    struct error err = {0};
    opt.no_files = true;
    opt.sources = SOURCES_MADE_UP;
    int code = case_from_bytes(d, &opt, kind, "fuzz", text, n, &c, &err);
    CHECK(!code || err.text);
    error_release(&err);
    return code ? NULL : c;
}

static enum verdict_status judge(const struct expect_set *set, const struct sim_case *c,
                                 const struct sim_result *r)
{
    struct expect_reader *reader;
    struct verdict v;
    verdict_init(&v, c->d);
    CHECK(expect_reader_new(c->d, set, &reader) == 0 && expect_judge(reader, c, r, &v) == 0);
    enum verdict_status status = v.status;
    CHECK((status == VERDICT_FAIL) == (v.differences.n > 0));
    verdict_release(&v);
    expect_reader_free(reader);
    return status;
}

/* All that stands beside the expectation is as it was. */
static void check_rest(const struct sim_case *old, const struct sim_case *new)
{
    const struct json *to = new->doc.root->child;
    json_for_each(it, old->doc.root)
    {
        bool changes = strncmp(it->key, "expect", 6) == 0 || strcmp(it->key, "annotations") == 0;
        CHECK(to && strcmp(it->key, to->key) == 0);
        CHECK(changes || (to->end - to->start == it->end - it->start &&
                          memcmp(old->doc.bytes + it->start, new->doc.bytes + to->start,
                                 it->end - it->start) == 0));
        to = to->next;
    }
    CHECK(!to || !to->next);
    CHECK(old->doc.root->start == new->doc.root->start);
}

/* What --update would write in place of the case; 0: nothing, or why not. */
static int update_case(const struct expect_set *set, const struct sim_case *c,
                       const struct sim_result *r, struct str *ret)
{
    struct case_info info = {.name = c->name, .file = c->file, .kind = c->kind, .line = c->line};
    const struct expect_edit *edits;
    struct expect_update *u;
    struct error why = {0};
    CHECK(expect_update_new(c->d, set, false, &u) == 0);
    int code = expect_update_case(u, &info, c, r, &why);
    size_t n = expect_update_edits(u, &edits);
    CHECK(code < 0 ? why.text && n == 0 : (size_t)code == n);
    if (code == 1) {
        CHECK(edits->n_old == c->doc.n && memcmp(edits->old, c->doc.bytes, c->doc.n) == 0);
        str_addn(ret, edits->new, edits->n_new);
    }
    error_release(&why);
    expect_update_free(u);
    return code;
}

static void check_case(struct domain *d, const struct expect_set *set, enum case_kind kind,
                       const struct str *text, const struct sim_result *r, bool whole)
{
    struct sim_case *c = read_case(d, kind, str_get(text), text->n), *again;
    struct str once, twice;
    CHECK(c || !whole);
    /* files of the machine are not looked at */
    if (!c || strstr(str_get(text), "mtree")) {
        case_free(c);
        return;
    }
    str_init(&once, d);
    str_init(&twice, d);
    enum verdict_status before = judge(set, c, r);
    int code = update_case(set, c, r, &once);
    CHECK(code >= 0 || !whole);
    if (whole && r->outcome <= OUTCOME_ERROR) {
        CHECK(code == (before == VERDICT_FAIL));
    }
    if (code == 1) {
        again = read_case(d, kind, str_get(&once), once.n);
        CHECK(again);
        check_rest(c, again);
        enum verdict_status after = judge(set, again, r);
        CHECK(!whole || after == VERDICT_PASS);
        CHECK(update_case(set, again, r, &twice) == 0);
        case_free(again);
    }
    str_release(&once);
    str_release(&twice);
    case_free(c);
}

static void run_case(struct domain *d, struct input *in, enum case_kind kind, bool strict)
{
    struct suite suite = {.file = "fuzz", .subtrees = subtrees_path};
    struct expect_set set = {.d = d,
                             .profile = strict ? "strict" : profile_name(PROFILE_GVISOR_2018_08_14),
                             .suites = &suite,
                             .n = 1};
    struct str text;
    str_init(&text, d);
    if (kind == CASE_SUITE) {
        make_suite_line(d, in, &text);
    } else {
        make_spec(d, in, &text);
    }
    size_t before = text.n;
    struct bytes edits = in->more;
    bool whole = take_byte(&edits) == 0;
    edit_text(&in->more, &text, tokens, ARRAY_LEN(tokens));
    check_case(d, &set, kind, &text, &in->got.r, whole && before == text.n);
    str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    if (!subtrees_path[0]) {
        make_subtrees();
    }
    struct domain d;
    struct input in;
    struct bytes b = {data, size};
    uint8_t how = take_byte(&b);
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    read_input(&in, b);
    switch (how % 4) {
    case 0:
        run_line(&d, &in);
        break;
    case 1:
        run_case(&d, &in, CASE_SUITE, how & 4);
        break;
    case 2:
        run_case(&d, &in, CASE_SPEC, how & 4);
        break;
    default:
        run_raw(&d, &in);
    }
    CHECK(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
