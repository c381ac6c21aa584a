#include "fixture.h"

static void nothing_expected_is_recorded(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(verdict_settle(&f->v, false, NULL), 0);
    assert_string_equal(verdict_status_name(f->v.status), "recorded");
}

static void equal_passes_and_a_difference_fails(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(verdict_settle(&f->v, true, NULL), 0);
    assert_int_equal(f->v.status, VERDICT_PASS);
    verdict_add(&f->v, "log: %d", 1);
    assert_int_equal(verdict_settle(&f->v, true, NULL), 0);
    assert_int_equal(f->v.status, VERDICT_FAIL);
}

static void xfail_that_fails_is_fine(void **state)
{
    struct fixture *f = *state;
    verdict_add(&f->v, "x");
    assert_int_equal(verdict_settle(&f->v, true, "why"), 0);
    assert_int_equal(f->v.status, VERDICT_XFAIL);
    assert_string_equal(f->v.reason, "why");
}

static void xfail_that_passes_is_xpass(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(verdict_settle(&f->v, true, "why"), 0);
    assert_int_equal(f->v.status, VERDICT_XPASS);
}

static void xfail_without_expectation_is_recorded(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(verdict_settle(&f->v, false, "why"), 0);
    assert_int_equal(f->v.status, VERDICT_RECORDED);
}

static void differences_are_bounded(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < LIMIT_DIFFERENCES + 7; i++) {
        verdict_add(&f->v, "%d", i);
    }
    assert_int_equal(f->v.differences.n, LIMIT_DIFFERENCES);
    assert_int_equal(f->v.more, 7);
}

int main(void)
{
    const struct CMUnitTest verdict_tests[] = {
        test(nothing_expected_is_recorded), test(equal_passes_and_a_difference_fails),
        test(xfail_that_fails_is_fine),     test(xfail_that_passes_is_xpass),
        test(differences_are_bounded),      test(xfail_without_expectation_is_recorded),
    };
    return cmocka_run_group_tests(verdict_tests, NULL, NULL);
}
