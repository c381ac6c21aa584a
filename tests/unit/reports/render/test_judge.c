#include "support.h"

static enum rep_judgement judged(const char *result, enum rep_status status)
{
    static const char *const fail_on[] = {"panic", NULL};
    struct rep_report report = {.head = {.run = &test_run, .fail_on = fail_on}};
    struct rep_result one = fine("a");
    one.result = result;
    one.status = status;
    return rep_judge(&report, &one);
}

static void judgements(void **state)
{
    (void)state;
    assert_int_equal(judged("ok", REP_PASS), REP_JUDGED_FINE);
    assert_int_equal(judged("error", REP_RECORDED), REP_JUDGED_FINE);
    assert_int_equal(judged("error", REP_FAIL), REP_JUDGED_FAILED);
    assert_int_equal(judged("ok", REP_XPASS), REP_JUDGED_FAILED);
    assert_int_equal(judged("error", REP_XFAIL), REP_JUDGED_XFAIL);
    assert_int_equal(judged("panic", REP_PASS), REP_JUDGED_FAILED);
    assert_int_equal(judged("crash", REP_RECORDED), REP_JUDGED_BROKEN);
    assert_int_equal(judged("timeout", REP_XFAIL), REP_JUDGED_BROKEN);
    assert_int_equal(judged("oom", REP_FAIL), REP_JUDGED_BROKEN);
    assert_int_equal(judged("unsupported", REP_RECORDED), REP_JUDGED_SKIPPED);
    assert_int_equal(judged("unsupported", REP_PASS), REP_JUDGED_FINE);
}

static void flaky_counts_when_it_is_asked_for(void **state)
{
    (void)state;
    static const char *const fail_on[] = {"flaky", NULL};
    struct rep_report report = {.head = {.run = &test_run}};
    struct rep_result one = fine("a");
    one.flaky = true;
    assert_int_equal(rep_judge(&report, &one), REP_JUDGED_FINE);
    report.head.fail_on = fail_on;
    assert_int_equal(rep_judge(&report, &one), REP_JUDGED_FAILED);
    one.flaky = false;
    assert_int_equal(rep_judge(&report, &one), REP_JUDGED_FINE);
}

static void a_bad_case_has_a_reason(void **state)
{
    (void)state;
    struct rep_report report = {.head = {.run = &test_run}};
    struct rep_reasons reasons;
    struct rep_result one = failed("a");
    rep_reasons_find(&report, &one, &reasons);
    assert_int_equal(reasons.count, 2);
    assert_string_equal(reasons.line[0], "nodes /etc: mode want 0755 got 0700");
    rep_reasons_release(&reasons);
    one.n_findings = 0;
    rep_reasons_find(&report, &one, &reasons);
    assert_int_equal(reasons.count, 1);
    assert_string_equal(reasons.line[0], "error: no such device");
    rep_reasons_release(&reasons);
    one = fine("a");
    rep_reasons_find(&report, &one, &reasons);
    assert_int_equal(reasons.count, 0);
    rep_reasons_release(&reasons);
}

int main(void)
{
    const struct CMUnitTest judge_tests[] = {
        cmocka_unit_test(judgements),
        cmocka_unit_test(flaky_counts_when_it_is_asked_for),
        cmocka_unit_test(a_bad_case_has_a_reason),
    };
    return cmocka_run_group_tests(judge_tests, NULL, NULL);
}
