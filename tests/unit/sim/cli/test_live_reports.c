#include "fixture.h"

#include <unistd.h>

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

static char *read_all(struct fixture *f, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    FILE *in = fopen(path, "r");
    char *text = calloc(1, 65536);
    assert_true(in && text);
    (void)fread(text, 1, 65535, in);
    (void)fclose(in);
    return text;
}

static bool is_there(struct fixture *f, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    return access(path, F_OK) == 0;
}

static void several_at_once(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", ",'expect':{'result':'error'}"));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --format tap --report junit=%/r.xml --report "
                               "csv=%/r.csv --report sarif=%/r.sarif"),
                     EXIT_FAILED);
    assert_contains(f->out, "TAP version 14\n");
    assert_contains(f->out, "not ok 2 - b\n");
    assert_contains(f->complaints, "2 cases: 1 fail, 1 recorded");
    char *xml = read_all(f, "r.xml"), *csv = read_all(f, "r.csv");
    assert_contains(xml, "tests=\"2\" failures=\"1\"");
    assert_contains(csv, "\r\nb,fail,ok,1,");
    assert_true(is_there(f, "r.sarif"));
    free(xml);
    free(csv);
}

static void a_file_for_each_case(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a/b", "") CASE("c", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --report dot=%/r.dot"), EXIT_USAGE);
    assert_contains(f->complaints,
                    "a dot report shows one case, and there are 2: end its FILE with /");
    assert_false(is_there(f, "r.dot"));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --report dot=%/dots/ --report mtree=%/dots/"),
                     EXIT_FINE);
    assert_true(is_there(f, "dots/a+b.dot") && is_there(f, "dots/c.mtree"));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter c --report dot=%/r.dot"), EXIT_FINE);
    assert_true(is_there(f, "r.dot"));
}

static void what_is_refused(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    static const char *const lines[][2] = {
        {"--report tap", "--report: \"tap\" is not FORMAT=FILE"},
        {"--report tpa=x", "no report \"tpa\"; did you mean tap?; there are: text jsonl csv tap"},
        {"--report tap=", "the tap report needs the name of a file"},
        {"--report tap=x/", "x/: all cases stand in one tap report"},
        {"--format tap --report junit=-", "two reports (tap, junit) go to standard output"},
        {"--report tap=%/x --report csv=%/x", "two reports (tap, csv) go to "},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        char line[128];
        (void)snprintf(line, sizeof(line), "%%/s.jsonl --no-db %s", lines[i][0]);
        assert_int_equal(simrun(f, line), EXIT_USAGE);
        assert_contains(f->complaints, lines[i][1]);
    }
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --report tap=%/none/x"), EXIT_HARNESS);
    assert_contains(f->complaints, "/none/x: the tap report: no such file or directory");
}

/* The other reports and the record are complete all the same. */
static void a_full_disk_costs_one_report(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --report tap=/dev/full --report csv=%/r.csv"),
                     EXIT_HARNESS);
    assert_contains(f->complaints, "/dev/full: the tap report: no space left on device");
    assert_true(is_there(f, "r.csv"));
    assert_int_equal(simrun(f, "report tap --db %/x.db"), EXIT_FINE);
    assert_contains(f->out, "ok 1 - a\n1..1\n");
}

static void bazel_says_where_it_wants_junit(void **state)
{
    struct fixture *f = *state;
    char variable[160];
    const char *environment[] = {variable, NULL};
    (void)snprintf(variable, sizeof(variable), "XML_OUTPUT_FILE=%s/test.xml", f->dir);
    f->environment = environment;
    write_file(f, "s.jsonl", CASE("a", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db"), EXIT_FINE);
    char *xml = read_all(f, "test.xml");
    assert_contains(xml, "<testcase name=\"a\"");
    free(xml);
    f->environment = NULL;
}

static void a_run_that_ends_early_leaves_whole_documents(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'error'}") CASE("b", ""));
    assert_int_equal(simrun(f, "%/s.jsonl -j0 --fail-fast --db %/x.db --report junit=%/r.xml "
                               "--report tap=%/r.tap"),
                     EXIT_FAILED);
    char *xml = read_all(f, "r.xml"), *tap = read_all(f, "r.tap");
    assert_contains(xml, "</testsuites>");
    assert_contains(tap, "1..1\nBail out! The run ended early: 1 of 2 cases ran\n");
    assert_int_equal(simrun(f, "report tap --db %/x.db"), EXIT_FINE);
    assert_contains(f->out, tap);
    free(xml);
    free(tap);
}

int main(void)
{
    const struct CMUnitTest live_reports_tests[] = {
        test(several_at_once),
        test(a_file_for_each_case),
        test(what_is_refused),
        test(a_full_disk_costs_one_report),
        test(bazel_says_where_it_wants_junit),
        test(a_run_that_ends_early_leaves_whole_documents),
    };
    return cmocka_run_group_tests(live_reports_tests, NULL, NULL);
}
