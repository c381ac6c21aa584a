#include "support.h"

static void a_line_a_case_and_counts(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b"), failed("c")};
    results[2].status = REP_XFAIL;
    results[2].reason = "later";
    assert_string_equal(document(*state, "text", results, 3, true),
                        "run 12  model 1.0  night\n\n"
                        "pass      ok       a\n"
                        "fail      error    b\n"
                        "      nodes /etc: mode want 0755 got 0700\n"
                        "      log: want none\n"
                        "    again: simrun -j0 --profile p-1 --filter b suite.jsonl\n"
                        "xfail     error    c\n"
                        "      later\n"
                        "\n3 cases: 1 pass, 1 fail, 1 xfail\nresults: 1 ok, 2 error\n1 failed\n");
}

static void lines_fit_the_width(void **state)
{
    char name[401];
    memset(name, 'n', sizeof name);
    name[400] = '\0';
    struct rep_result one = fine(name);
    const char *text = document(*state, "text", &one, 1, false);
    assert_contains(text, "ended early: 1 of 2 cases ran");
    for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        assert_true(strcspn(p, "\n") <= 80);
    }
}

/* A file may have any text in the place of a result. */
static void results_are_escaped(void **state)
{
    struct rep_result one = fine("a");
    one.result = "\033[2J";
    const char *text = document(*state, "text", &one, 1, true);
    assert_lacks(text, "\033");
    assert_contains(text, "pass      \\x1b[2J  a\n");
}

int main(void)
{
    const struct CMUnitTest text_tests[] = {
        SCRATCH_TEST(a_line_a_case_and_counts),
        SCRATCH_TEST(lines_fit_the_width),
        SCRATCH_TEST(results_are_escaped),
    };
    return cmocka_run_group_tests(text_tests, NULL, NULL);
}
