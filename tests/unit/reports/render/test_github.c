#include "support.h"

static void a_failure_is_an_error(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b")};
    assert_string_equal(
        document(*state, "github", results, 2, true),
        "::error file=suite.jsonl,line=3,title=b::nodes /etc: mode want 0755 got 0700%0Alog: want "
        "none%0Aresult: error%0Aagain: simrun -j0 --profile p-1 --filter b suite.jsonl\n"
        "::warning file=suite.jsonl,line=3,title=b::input: key \"x\" twice\n");
}

static void only_the_first_are_written(void **state)
{
    struct rep_result results[25];
    for (size_t i = 0; i < 25; i++) {
        results[i] = failed("b");
    }
    const char *text = document(*state, "github", results, 25, true);
    size_t errors = 0;
    for (const char *p = text; (p = strstr(p, "::error ")); p++) {
        errors++;
    }
    assert_int_equal(errors, REP_MAX_ANNOTATIONS);
    assert_contains(text, "\n::notice title=simrun::and 15 more failures, 15 more warnings\n");
}

static void notices(void **state)
{
    struct rep_result results[] = {failed("a"), fine("b")};
    results[0].status = REP_XFAIL;
    results[0].reason = "50% done";
    results[1].flaky = true;
    const char *text = document(*state, "github", results, 2, false);
    assert_contains(text, "title=a::fails as expected: 50%25 done\n");
    assert_contains(text, "title=b::flaky: attempts of this case did not agree\n");
    assert_contains(text, "::notice title=simrun::2 of 3 cases ran: the run ended early\n");
    assert_lacks(text, "::error");
}

static void properties_cannot_be_ended(void **state)
{
    struct rep_result one = failed(HOSTILE);
    one.file = "a,line=1::b";
    const char *text = document(*state, "github", &one, 1, true);
    assert_contains(text,
                    "::error file=a%2Cline=1%3A%3Ab,line=3,title=a\\x1b[2J#\\\\\"<&>'%25%2C%3A"
                    "\\u{202e}\\xff\\n\\tz::");
    assert_plain(text);
}

int main(void)
{
    const struct CMUnitTest github_tests[] = {
        SCRATCH_TEST(a_failure_is_an_error),
        SCRATCH_TEST(only_the_first_are_written),
        SCRATCH_TEST(notices),
        SCRATCH_TEST(properties_cannot_be_ended),
    };
    return cmocka_run_group_tests(github_tests, NULL, NULL);
}
