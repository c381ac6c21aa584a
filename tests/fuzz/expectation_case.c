/*
 * Expectations that stand in a case, as JSON in its suite line or in annotations of its spec: some
 * members of a result, edited. What --update writes in place of the case is a case that the result
 * meets, updating again changes nothing, and all else of the text stays byte for byte.
 */
#include "support/expected.h"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void make_suite_line(struct domain *d, struct expected_input *in, struct str *text)
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

static void make_spec(struct domain *d, struct expected_input *in, struct str *text)
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

static void run(struct domain *d, struct expected_input *in, enum case_kind kind, bool strict)
{
    char *subtrees = mem_dup(d, expected_subtrees());
    struct suite suite = {.file = "fuzz", .subtrees = subtrees};
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
    expected_edit(in, &text);
    check_case(d, &set, kind, &text, &in->got.r, whole && before == text.n);
    str_release(&text);
    mem_free(subtrees);
}

static void run_as(struct domain *d, struct expected_input *in, uint8_t how)
{
    run(d, in, how & 1 ? CASE_SUITE : CASE_SPEC, how & 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return expected_run(data, size, run_as);
}
