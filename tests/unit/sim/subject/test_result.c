#include "fixture.h"

static void names(void **state)
{
    (void)state;
    enum sim_outcome o = OUTCOME_OK;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_int_equal(sim_outcome_parse(sim_outcome_name((enum sim_outcome)i), &o), 0);
        assert_int_equal(o, i);
    }
    assert_int_equal(sim_outcome_parse("fine", &o), -EINVAL);
    assert_int_equal(o, OUTCOME_COUNT - 1);
}

static void texts_belong_to_the_result(void **state)
{
    struct sim_result *r = sim_result_new(*state, "a/b");
    char text[] = "one";
    assert_int_equal(sim_result_add(r, &r->log, text), 0);
    text[0] = 'X';
    assert_string_equal(r->log.v[0], "one");
    for (int i = 0; i < 1000; i++) {
        const char *t = sim_result_printf(r, "line %d", i);
        assert_int_equal(sim_result_add(r, &r->host_diff, t), 0);
    }
    assert_int_equal(r->host_diff.n, 1000);
    assert_string_equal(r->host_diff.v[999], "line 999");
    assert_string_equal(r->name, "a/b");
    assert_string_equal(r->error, "");
    sim_result_free(r);
    sim_result_free(NULL);
}

static void the_arena_is_zeroed_and_aligned(void **state)
{
    struct sim_result *r = sim_result_new(*state, "a");
    for (size_t n = 1; n < 100000; n *= 3) {
        char *p = sim_result_alloc(r, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xff, n);
    }
    sim_result_free(r);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (uint64_t at = 1, done = 0; !done; at++) {
        struct domain d;
        domain_init(&d, "poor", PROFILE_STRICT);
        d.alloc_fail_at = at;
        struct sim_result *r = sim_result_new(&d, "a");
        int code = r ? sim_result_add(r, &r->log, "text") : CODE_FATE;
        code = code ? code : sim_result_add_finding(r, "info", "code", "text");
        code = code ? code : sim_result_outcome(r, OUTCOME_ERROR, "text");
        assert_int_equal(code, domain_dead(&d) ? CODE_FATE : 0);
        done = code == 0;
        sim_result_free(r);
        size_t left = domain_close(&d, NULL, NULL);
        assert_true(!done || left == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(names),
        SUBJECT_TEST(texts_belong_to_the_result),
        SUBJECT_TEST(the_arena_is_zeroed_and_aligned),
        SUBJECT_TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("sim_subject_result", tests, NULL, NULL);
}
