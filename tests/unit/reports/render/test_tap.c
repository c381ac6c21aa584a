#include "support.h"

static void passes_and_failures(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b")};
    const char *text = document(*state, "tap", results, 2, true);
    assert_string_equal(text, "TAP version 14\n"
                              "# simrun run 12: model 1.0\n"
                              "ok 1 - a\n"
                              "not ok 2 - b\n"
                              "  ---\n"
                              "  message: \"nodes /etc: mode want 0755 got 0700\"\n"
                              "  severity: \"fail\"\n"
                              "  status: \"fail\"\n"
                              "  result: \"error\"\n"
                              "  error: \"no such device\"\n"
                              "  file: \"suite.jsonl\"\n"
                              "  line: 3\n"
                              "  duration_ms: 2.000\n"
                              "  differences: |\n"
                              "    nodes /etc: mode want 0755 got 0700\n"
                              "    log: want none\n"
                              "  findings: |\n"
                              "    warning input: key \"x\" twice\n"
                              "  replay: \"simrun -j0 --profile p-1 --filter b suite.jsonl\"\n"
                              "  ...\n"
                              "1..2\n");
}

static void directives(void **state)
{
    struct rep_result results[] = {failed("a"), fine("b"), fine("c")};
    results[0].status = REP_XFAIL;
    results[0].reason = "issue #7";
    results[1].status = REP_RECORDED;
    results[1].result = "unsupported";
    results[1].error = "cgroups";
    results[2].status = REP_XPASS;
    results[2].reason = "later";
    const char *text = document(*state, "tap", results, 3, true);
    assert_contains(text, "not ok 1 - a # TODO issue \\#7\n");
    assert_contains(text, "ok 2 - b # SKIP cgroups\n");
    assert_contains(text, "not ok 3 - c\n");
    assert_contains(text, "message: \"passes, though expected to fail: later\"");
}

static void hostile_names_stay_on_their_line(void **state)
{
    struct rep_result results[] = {fine(" x # TODO y "), fine(HOSTILE)};
    const char *text = document(*state, "tap", results, 2, true);
    assert_contains(text, "ok 1 - \\\\x20x \\# TODO y\\\\x20\n");
    assert_contains(text, "ok 2 - a\\\\x1b[2J\\#\\\\\\\\\"<&>'%,:\\\\u{202e}\\\\xff\\\\n\\\\tz\n");
    assert_plain(text);
}

static void a_part_of_a_run_bails_out(void **state)
{
    struct rep_result one = fine("a");
    assert_contains(document(*state, "tap", &one, 1, false),
                    "1..1\nBail out! The run ended early: 1 of 2 cases ran\n");
    assert_contains(document(*state, "tap", NULL, 0, true), "1..0 # SKIP no case ran\n");
}

int main(void)
{
    const struct CMUnitTest tap_tests[] = {
        SCRATCH_TEST(passes_and_failures),
        SCRATCH_TEST(directives),
        SCRATCH_TEST(hostile_names_stay_on_their_line),
        SCRATCH_TEST(a_part_of_a_run_bails_out),
    };
    return cmocka_run_group_tests(tap_tests, NULL, NULL);
}
