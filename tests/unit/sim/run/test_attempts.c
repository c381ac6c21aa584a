#include "fixture.h"

#include "attempts.h"

static void add(struct fixture *f, struct attempts *a, enum verdict_status status,
                const char *error)
{
    struct str s;
    struct frame_result r = {.result = sim_result_new(&f->d, "case")};
    verdict_init(&r.verdict, &f->d);
    r.verdict.status = status;
    str_init(&s, &f->d);
    assert_int_equal(sim_result_outcome(r.result, *error ? OUTCOME_ERROR : OUTCOME_OK, error), 0);
    assert_int_equal(frame_put_result(&s, &r, true), 0);
    assert_int_equal(attempts_add_result(a, s.p, s.n), 0);
    verdict_release(&r.verdict);
    sim_result_free(r.result);
    str_release(&s);
}

static void equal_attempts_are_kept_once(void **state)
{
    struct fixture *f = *state;
    struct attempts a;
    attempts_init(&a, &f->d);
    add(f, &a, VERDICT_PASS, "");
    size_t one = a.bytes;
    for (int i = 0; i < 50; i++) {
        add(f, &a, VERDICT_PASS, "");
    }
    assert_int_equal(a.bytes, one);
    assert_false(attempts_flaky(&a));
    add(f, &a, VERDICT_FAIL, "no");
    assert_true(attempts_flaky(&a));
    assert_true(a.bytes > one);
    assert_int_equal(a.v[50].same_as, 1);
    assert_int_equal(a.v[51].same_as, 52);
    assert_ptr_equal(attempts_bytes(&a, 50), &a.v[0]);
    attempts_clear(&a);
    assert_int_equal(a.bytes, 0);
    assert_int_equal(attempts_add_lost(&a, OUTCOME_CRASH, "killed"), 0);
    assert_int_equal(attempts_add_lost(&a, OUTCOME_TIMEOUT, "killed"), 0);
    assert_int_equal(attempts_add_lost(&a, OUTCOME_CRASH, "killed"), 0);
    assert_int_equal(a.v[2].same_as, 1);
    assert_true(attempts_flaky(&a));
    assert_int_equal(attempts_add_result(&a, "short", 5), -EBADMSG);
    attempts_release(&a);
}

static void retries_end_with_the_first_that_passes(void **state)
{
    struct fixture *f = *state;
    struct run_options opt = {.retries = 2};
    struct attempts a;
    attempts_init(&a, &f->d);
    add(f, &a, VERDICT_FAIL, "no");
    assert_true(attempts_again(&a, &opt));
    add(f, &a, VERDICT_FAIL, "no");
    assert_true(attempts_again(&a, &opt));
    add(f, &a, VERDICT_FAIL, "no");
    assert_false(attempts_again(&a, &opt));
    assert_int_equal(attempts_chosen(&a, &opt), 2);
    attempts_clear(&a);
    add(f, &a, VERDICT_PASS, "");
    assert_false(attempts_again(&a, &opt));
    attempts_release(&a);
}

static void repeats_show_the_first_that_fails(void **state)
{
    struct fixture *f = *state;
    struct run_options opt = {.repeat = 3};
    struct attempts a;
    attempts_init(&a, &f->d);
    add(f, &a, VERDICT_PASS, "");
    assert_true(attempts_again(&a, &opt));
    assert_int_equal(attempts_chosen(&a, &opt), 0);
    add(f, &a, VERDICT_XPASS, "");
    add(f, &a, VERDICT_FAIL, "no");
    assert_false(attempts_again(&a, &opt));
    assert_int_equal(attempts_chosen(&a, &opt), 1);
    attempts_release(&a);
}

int main(void)
{
    const struct CMUnitTest attempts_tests[] = {
        test(equal_attempts_are_kept_once),
        test(retries_end_with_the_first_that_passes),
        test(repeats_show_the_first_that_fails),
    };
    return cmocka_run_group_tests(attempts_tests, NULL, NULL);
}
