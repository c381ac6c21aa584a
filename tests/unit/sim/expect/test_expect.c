#include "fixture.h"

#include <stdio.h>

/* A suite in the fixture's folder, judged in a profile against a result that is "ok". */
static void judge_file(struct fixture *f, const char *name, const char *text, const char *profile)
{
    struct case_options opt = CASE_OPTIONS_INIT;
    struct case_source *source;
    struct case_reader *reader;
    struct expect_set *set;
    struct expect_reader *judge;
    struct sim_case *c;
    char path[256];
    (void)snprintf(path, sizeof(path), "%s", write_file(f, name, text));
    const char *paths[] = {path};
    assert_int_equal(case_source_open(&f->d, &opt, paths, 1, &source, &f->err), 0);
    assert_int_equal(expect_open(&f->d, source, profile, &set, &f->err), 0);
    assert_int_equal(case_reader_new(&f->d, source, &reader, &f->err), 0);
    assert_int_equal(expect_reader_new(&f->d, set, &judge), 0);
    assert_int_equal(case_read(reader, 0, &f->d, &c, &f->err), 0);
    if (!f->r) {
        f->r = sim_result_new(&f->d, "a");
    }
    verdict_release(&f->v);
    verdict_init(&f->v, &f->d);
    assert_int_equal(expect_judge(judge, c, f->r, &f->v), 0);
    case_free(c);
    expect_reader_free(judge);
    case_reader_free(reader);
    expect_free(set);
    case_source_free(source);
}

static void judge(struct fixture *f, const char *suite_line, const char *profile)
{
    judge_file(f, "s.jsonl", suite_line, profile);
}

#define DEFAULT "gvisor-2018-08-14"
#define CASE(more)                                                                                 \
    "{'id':'a','spec':{'ociVersion':'1.0.0','root':{'path':'@rootfs'}}," more "'rootfs':[]}\n"

static void no_expectation(void **state)
{
    struct fixture *f = *state;
    judge(f, CASE(""), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_RECORDED);
}

static void of_the_case(void **state)
{
    struct fixture *f = *state;
    judge(f, CASE("'expect':{'result':'ok'},"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    judge(f, CASE("'expect':{'result':'error'},"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    assert_difference(f, "result: want \"error\" got \"ok\"");
}

static void of_the_case_in_a_profile(void **state)
{
    struct fixture *f = *state;
    const char *line = CASE("'expect':{'result':'ok'},'expect_profile':{'strict':"
                            "{'result':'error'}},");
    judge(f, line, DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    judge(f, line, "strict");
    assert_int_equal(f->v.status, VERDICT_FAIL);
}

static void a_profile_can_take_it_away(void **state)
{
    struct fixture *f = *state;
    judge(f, CASE("'expect':{'result':'error'},'expect_profile':{'strict':null},"), "strict");
    assert_int_equal(f->v.status, VERDICT_RECORDED);
}

static void of_a_file(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.expected.jsonl", "{'id':'b','result':'hang'}\n{'id':'a','result':'ok'}\n");
    judge(f, CASE(""), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    write_file(f, "s.expected.jsonl", "{'id':'a','result':'ok','fds_left':2}\n");
    judge(f, CASE(""), DEFAULT);
    assert_difference(f, "fds_left: want 2 got 0");
}

static void the_case_comes_before_the_file(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.expected.jsonl", "{'id':'a','result':'hang'}\n");
    judge(f, CASE("'expect':{'result':'ok'},"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
}

static void another_profile_has_a_file_of_its_own(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.expected.jsonl", "{'id':'a','result':'hang'}\n");
    judge(f, CASE(""), "strict");
    assert_int_equal(f->v.status, VERDICT_RECORDED);
    write_file(f, "s.expected.strict.jsonl", "{'id':'a','result':'ok'}\n");
    judge(f, CASE(""), "strict");
    assert_int_equal(f->v.status, VERDICT_PASS);
}

static void a_manifest_that_the_case_names(void **state)
{
    struct fixture *f = *state;
    const char *line = CASE("'expect':{'mtree':'m.mtree'},");
    small_result(f);
    judge(f, line, DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    assert_non_null(strstr(f->v.differences.p[0], "/m.mtree: no such file"));
    write_file(f, "m.mtree", "./etc\n./etc/hosts size=3\n");
    judge(f, line, DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    write_file(f, "m.mtree", "./etc\n./etc/hosts size=4\n");
    judge(f, line, DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    judge(f, CASE("'expect':{'mtree':'m.mtree'},'expect_profile':{'strict':{'mtree':null}},"),
          "strict");
    assert_int_equal(f->v.status, VERDICT_PASS);
    judge(f, CASE("'expect':{'mtree':7},"), DEFAULT);
    assert_difference(f, "expect: \"mtree\" is not the path of a manifest");
}

#define SPEC(annotations)                                                                          \
    "{'ociVersion':'1.0.0','root':{'path':'rootfs'},'annotations':{" annotations "}}"

static void a_manifest_beside_a_spec(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    write_file(f, "s.mtree", "./etc\n./etc/hosts size=4\n");
    judge_file(f, "s.json", SPEC(""), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    judge_file(f, "s.json", SPEC("'dev.simrun.expect':'{\\'result\\':\\'ok\\'}'"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    judge_file(f, "s.json", SPEC("'dev.simrun.expect':'{\\'mtree\\':null}'"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    judge_file(f, "s.json", SPEC(""), "strict");
    assert_int_equal(f->v.status, VERDICT_RECORDED);
    write_file(f, "s.strict.mtree", "./etc\n./etc/hosts size=3\n");
    judge_file(f, "s.json", SPEC(""), "strict");
    assert_int_equal(f->v.status, VERDICT_PASS);
}

static void a_wanted_error_needs_no_tree(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->has_nodes = false;
    f->r->outcome = OUTCOME_ERROR;
    write_file(f, "s.mtree", "./etc\n");
    judge_file(f, "s.json", SPEC("'dev.simrun.expect':'{\\'result\\':\\'error\\'}'"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_PASS);
    judge_file(f, "s.json", SPEC(""), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
}

static void xfail_and_xpass(void **state)
{
    struct fixture *f = *state;
    judge(f, CASE("'xfail':'why','expect':{'result':'hang'},"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_XFAIL);
    judge(f, CASE("'xfail':'why','expect':{'result':'ok'},"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_XPASS);
}

static void what_is_left_in_a_ledger_fails_whatever_is_expected(void **state)
{
    struct fixture *f = *state;
    f->r = sim_result_new(&f->d, "a");
    assert_int_equal(sim_result_add(f->r, &f->r->ledger, "inode (96 bytes)"), 0);
    judge(f, CASE("'xfail':'why',"), DEFAULT);
    assert_int_equal(f->v.status, VERDICT_FAIL);
    assert_difference(f, "ledger: left behind: inode (96 bytes)");
}

int main(void)
{
    const struct CMUnitTest expect_tests[] = {
        test(no_expectation),
        test(of_the_case),
        test(of_the_case_in_a_profile),
        test(a_profile_can_take_it_away),
        test(of_a_file),
        test(the_case_comes_before_the_file),
        test(another_profile_has_a_file_of_its_own),
        test(a_manifest_that_the_case_names),
        test(a_manifest_beside_a_spec),
        test(a_wanted_error_needs_no_tree),
        test(xfail_and_xpass),
        test(what_is_left_in_a_ledger_fails_whatever_is_expected),
    };
    return cmocka_run_group_tests(expect_tests, NULL, NULL);
}
