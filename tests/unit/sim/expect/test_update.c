/* update.c and update_case.c: where an expectation is written. */
#include "fixture.h"

#include <stdio.h>

#define DEFAULT "gvisor-2018-08-14"
#define CASE(id, more)                                                                             \
    "{'id':'" id "','spec':{'ociVersion':'1.0.0','root':{'path':'@rootfs'}}," more "'rootfs':[]}"

/* What was found for the first case of a file. */
struct found {
    int code; /* of expect_update_case */
    char why[256], file[256], new[4096];
    size_t n, line, offset;
    bool append;
};

static void keep(struct fixture *f, struct found *ret, const struct expect_update *u)
{
    const struct expect_edit *edits;
    ret->n = expect_update_edits(u, &edits);
    if (ret->n) {
        const struct expect_edit *e = &edits[0];
        size_t folder = strlen(f->dir) + 1;
        (void)snprintf(ret->file, sizeof(ret->file), "%s", e->file + folder);
        (void)snprintf(ret->new, sizeof(ret->new), "%.*s", (int)e->n_new, e->new);
        ret->line = e->line;
        ret->offset = e->offset;
        ret->append = e->append;
    }
}

static struct found update(struct fixture *f, const char *name, const char *text,
                           const char *profile, bool all)
{
    struct case_options opt = CASE_OPTIONS_INIT;
    struct found ret = {0};
    struct case_source *source;
    struct case_reader *reader;
    struct expect_set *set;
    struct expect_update *u;
    struct sim_case *c;
    struct case_info info;
    char path[256];
    (void)snprintf(path, sizeof(path), "%s", write_file(f, name, text));
    const char *paths[] = {path};
    assert_int_equal(case_source_open(&f->d, &opt, paths, 1, &source, &f->err), 0);
    assert_int_equal(expect_open(&f->d, source, profile, &set, &f->err), 0);
    assert_int_equal(case_reader_new(&f->d, source, &reader, &f->err), 0);
    assert_int_equal(expect_update_new(&f->d, set, all, &u), 0);
    assert_int_equal(case_read(reader, case_source_count(source) - 1, &f->d, &c, &f->err), 0);
    case_source_info(source, case_source_count(source) - 1, &info);
    if (!f->r) {
        (void)small_result(f);
    }
    ret.code = expect_update_case(u, &info, c, f->r, &f->err);
    (void)snprintf(ret.why, sizeof(ret.why), "%s", f->err.text ? f->err.text : "");
    error_release(&f->err);
    keep(f, &ret, u);
    case_free(c);
    expect_update_free(u);
    case_reader_free(reader);
    expect_free(set);
    case_source_free(source);
    return ret;
}

static char *quotes(char *text)
{
    for (char *p = text; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    return text;
}
#define assert_new(found, text)                                                                    \
    do {                                                                                           \
        char want_[] = text;                                                                       \
        assert_string_equal((found).new, quotes(want_));                                           \
    } while (0)

static void in_the_line_of_a_suite(void **state)
{
    struct fixture *f = *state;
    struct found r =
        update(f, "s.jsonl", CASE("b", "") "\n  " CASE("a", "'expect':{'result' : 'hang'} ,"),
               DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_int_equal(r.n, 1);
    assert_string_equal(r.file, "s.jsonl");
    assert_int_equal(r.line, 2);
    assert_int_equal(r.offset, strlen(CASE("b", "")) + 1);
    assert_new(r, "  " CASE("a", "'expect':{'result' : 'ok'} ,"));
}

static void nothing_to_do(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        update(f, "s.jsonl", CASE("a", "'expect':{'result':'ok'},"), DEFAULT, true).code, 0);
    assert_int_equal(update(f, "s.jsonl", CASE("a", ""), DEFAULT, false).code, 0);
    assert_int_equal(
        update(f, "s.jsonl", CASE("a", "'expect_profile':{'strict':null},"), "strict", true).code,
        0);
}

/* Of a panic only result and error count: without them the expectation would hold of anything. */
static void parts_of_what_is_a_panic_now(void **state)
{
    struct fixture *f = *state;
    f->r = sim_result_new(&f->d, "a");
    assert_int_equal(sim_result_outcome(f->r, OUTCOME_PANIC, "why"), 0);
    struct found r = update(
        f, "s.jsonl", CASE("a", "'expect':{'nodes_include':[], 'result':null},"), DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_new(r, CASE("a", "'expect':{'result': 'panic', 'error': 'why'},"));
    r = update(f, "s.jsonl", CASE("a", "'expect':{'log':[]},'expect_profile':{'strict':{}},"),
               "strict", false);
    assert_new(r, CASE("a", "'expect':{'log':[]},'expect_profile':{'strict':{'result': 'panic', "
                            "'error': 'why'}},"));
}

static void in_the_overrides_of_a_profile(void **state)
{
    struct fixture *f = *state;
    struct found r =
        update(f, "s.jsonl", CASE("a", "'expect':{'fds_left':9,'result':'ok'},"), "strict", false);
    assert_int_equal(r.code, 1);
    assert_new(r, "{'id':'a','spec':{'ociVersion':'1.0.0','root':{'path':'@rootfs'}},"
                  "'expect':{'fds_left':9,'result':'ok'},'rootfs':[],"
                  "'expect_profile': {'strict': {'fds_left': 0}}}");
    r = update(
        f, "s.jsonl",
        CASE("a", "'expect':{'fds_left':9},'expect_profile':{'x':{},'strict':{'result':'ok'}},"),
        "strict", false);
    assert_new(r,
               CASE("a", "'expect':{'fds_left':9},'expect_profile':{'x':{},'strict':{'result':'ok'"
                         ", 'fds_left': 0}},"));
    r = update(f, "s.jsonl", CASE("a", "'expect_profile':{'" DEFAULT "':{'result':'hang'}},"),
               DEFAULT, false);
    assert_new(r, CASE("a", "'expect_profile':{'" DEFAULT "':{'result':'ok'}},"));
}

static void in_the_file_of_result_lines(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.expected.jsonl", "\n{'id':'a','result':'hang' }\n");
    f->r = sim_result_new(&f->d, "a");
    struct found r = update(f, "s.jsonl", CASE("a", ""), DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_string_equal(r.file, "s.expected.jsonl");
    assert_int_equal(r.line, 2);
    assert_int_equal(r.offset, 1);
    assert_new(r, "{'id':'a','result':'ok' }");
}

#define SPEC(annotations) " {'ociVersion':'1.0.0','root':{'path':'rootfs'}" annotations "}\n"

static void in_annotations(void **state)
{
    struct fixture *f = *state;
    struct found r = update(
        f, "s.json", SPEC(",'annotations':{'dev.simrun.expect':'{\\'result\\':\\'hang\\'}'}"),
        DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_int_equal(r.line, 1);
    assert_new(r, SPEC(",'annotations':{'dev.simrun.expect':'{\\'result\\':\\'ok\\'}'}"));
    r = update(f, "s.json",
               SPEC(",'annotations':{'dev.simrun.expect':'{\\'result\\':\\'hang\\'}'}"), "strict",
               false);
    assert_new(r, SPEC(",'annotations':{'dev.simrun.expect':'{\\'result\\':\\'hang\\'}', "
                       "'dev.simrun.expect-profile.strict': '{\\'result\\': \\'ok\\'}'}"));
}

static void in_manifests(void **state)
{
    struct fixture *f = *state;
    write_file(f, "m", "./etc\n./etc/hosts size=9\n");
    struct found r = update(f, "s.jsonl", CASE("a", "'expect':{'mtree':'m'},"), DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_string_equal(r.file, "m");
    assert_int_equal(r.line, 0);
    assert_string_equal(r.new, "./etc\n./etc/hosts size=3\n");
    write_file(f, "s.strict.mtree", "./etc\n");
    r = update(f, "s.json", SPEC(""), "strict", false);
    assert_string_equal(r.file, "s.strict.mtree");
    assert_string_equal(r.new, "./etc\n./etc/hosts\n");
}

static void a_manifest_without_a_tree_says_the_result(void **state)
{
    struct fixture *f = *state;
    f->r = sim_result_new(&f->d, "a");
    assert_int_equal(sim_result_outcome(f->r, OUTCOME_ERROR, "no \"x\""), 0);
    write_file(f, "s.mtree", "./etc\n");
    struct found r = update(f, "s.json", SPEC(""), DEFAULT, false);
    assert_int_equal(r.code, 1);
    assert_new(r, SPEC(",'annotations': {'dev.simrun.expect': '{\\'result\\': \\'error\\', "
                       "\\'error\\': \\'no \\\\\\'x\\\\\\'\\'}'}"));
}

static void new_ones(void **state)
{
    struct fixture *f = *state;
    struct found r = update(f, "s.jsonl", CASE("a", ""), "strict", true);
    assert_int_equal(r.code, 1);
    assert_true(r.append);
    assert_string_equal(r.file, "s.expected.strict.jsonl");
    assert_int_equal(r.new[strlen(r.new) - 1], '\n');
    r = update(f, "s.json", SPEC(""), "strict", true);
    assert_true(r.append);
    assert_string_equal(r.file, "s.strict.mtree");
    assert_int_equal(strncmp(r.new, "#mtree\n", 7), 0);
}

static void what_must_not_be_expected(void **state)
{
    struct fixture *f = *state;
    const char *hang = CASE("a", "'expect':{'result':'hang'},");
    struct found r =
        update(f, "s.jsonl", CASE("a", "'xfail':'why','expect':{'result':'hang'},"), DEFAULT, true);
    assert_int_equal(r.code, -EPERM);
    assert_string_equal(r.why, "xfail");
    f->r->outcome = OUTCOME_CRASH;
    r = update(f, "s.jsonl", hang, DEFAULT, true);
    assert_int_equal(r.code, -EPERM);
    assert_string_equal(r.why, "crash is no result to expect");
    f->r->outcome = OUTCOME_OK;
    assert_int_equal(sim_result_add_finding(f->r, "error", "x", "y"), 0);
    r = update(f, "s.jsonl", hang, DEFAULT, true);
    assert_string_equal(r.why, "it fails whatever is expected");
    assert_int_equal(r.n, 0);
}

static void broken_files_are_told(void **state)
{
    struct fixture *f = *state;
    write_file(f, "m", "./etc mode=x\n");
    struct found r = update(f, "s.jsonl", CASE("a", "'expect':{'mtree':'m'},"), DEFAULT, false);
    assert_int_equal(r.code, -EINVAL);
    assert_non_null(strstr(r.why, "/m:1: mode \"x\" is not octal"));
}

int main(void)
{
    const struct CMUnitTest update_tests[] = {
        test(in_the_line_of_a_suite),
        test(nothing_to_do),
        test(parts_of_what_is_a_panic_now),
        test(in_the_overrides_of_a_profile),
        test(in_the_file_of_result_lines),
        test(in_annotations),
        test(in_manifests),
        test(a_manifest_without_a_tree_says_the_result),
        test(new_ones),
        test(what_must_not_be_expected),
        test(broken_files_are_told),
    };
    return cmocka_run_group_tests(update_tests, NULL, NULL);
}
