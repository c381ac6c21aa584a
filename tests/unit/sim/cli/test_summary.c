#include "fixture.h"

static void add(struct fixture *f, struct summary *s, const char *name, enum verdict_status status,
                int64_t ms)
{
    struct sim_result *r = sim_result_new(&f->d, name);
    struct verdict v;
    r->duration_ns = ms * 1000000;
    verdict_init(&v, &f->d);
    v.status = status;
    for (int i = 0; status == VERDICT_FAIL && i < 5; i++) {
        verdict_add(&v, "log[%d]: differs", i);
    }
    struct run_record record = {
        .info = {.name = name, .file = "s.jsonl"}, .result = r, .verdict = &v};
    bool failed = status == VERDICT_FAIL || status == VERDICT_XPASS;
    assert_int_equal(summary_add(s, &record, failed), 0);
    verdict_release(&v);
    sim_result_free(r);
}

static void counts_failures_and_slowest(void **state)
{
    struct fixture *f = *state;
    struct summary s;
    summary_init(&s, &f->d, 6);
    add(f, &s, "one", VERDICT_PASS, 1);
    add(f, &s, "two", VERDICT_FAIL, 9);
    add(f, &s, "three", VERDICT_XPASS, 3);
    add(f, &s, "four", VERDICT_RECORDED, 5);
    add(f, &s, "five", VERDICT_PASS, 7);
    summary_print(&s, &f->c, f->env.out, 2000000000, 2, "recorded as run 4 in x.db", false);
    flush(f);
    assert_contains(f->out, "5 cases: 2 pass, 1 fail, 1 xpass, 1 recorded\nresults: 5 ok\n");
    assert_contains(f->out, "FAIL two (ok)\n     log[0]: differs\n     log[1]: differs\n"
                            "     log[2]: differs\n     and 2 more\n"
                            "     again: simrun -j0 --filter two s.jsonl\n");
    assert_contains(f->out, "XPASS three");
    assert_contains(f->out, "slowest: two 9.0 ms, five 7.0 ms, four 5.0 ms\n");
    assert_contains(f->out, "ended early: 5 of 6 cases ran");
    assert_contains(f->out, "2.00 s, 2 cases/s, 2 workers\nrecorded as run 4 in x.db\n");
    summary_release(&s);
}

/* Also where it is no failure, and without a database that could be asked. */
static void why_there_is_no_answer_is_told(void **state)
{
    struct fixture *f = *state;
    struct summary s;
    struct verdict v;
    struct sim_result *r = sim_result_new(&f->d, "none");
    summary_init(&s, &f->d, 2);
    add(f, &s, "one", VERDICT_RECORDED, 1);
    assert_int_equal(sim_result_outcome(r, OUTCOME_UNSUPPORTED, "no such\033 thing"), 0);
    verdict_init(&v, &f->d);
    v.status = VERDICT_RECORDED;
    struct run_record record = {
        .info = {.name = "none", .file = "s.jsonl"}, .result = r, .verdict = &v};
    assert_int_equal(summary_add(&s, &record, false), 0);
    summary_print(&s, &f->c, f->env.out, 2000000000, 2, NULL, true);
    flush(f);
    assert_contains(f->out, "results: 1 ok, 1 unsupported\n"
                            "unsupported: none: no such\\x1b thing\n");
    assert_null(strstr(f->out, "more:"));
    assert_null(strstr(f->out, "warning"));
    assert_int_equal(sim_result_add_finding(r, "warning", "input", "unknown key"), 0);
    assert_int_equal(summary_add(&s, &record, false), 0);
    assert_int_equal(summary_add(&s, &record, false), 0);
    summary_print(&s, &f->c, f->env.out, 2000000000, 2, "recorded as run 4 in x.db", true);
    flush(f);
    assert_contains(f->out, "more: simrun query by-error; simrun query bad\n");
    assert_contains(f->out, "warning: none: unknown key\n"
                            "and 1 more with warnings: simrun query findings\n");
    verdict_release(&v);
    sim_result_free(r);
    summary_release(&s);
}

static void what_was_recorded_before_is_told_apart(void **state)
{
    struct fixture *f = *state;
    struct summary s;
    summary_init(&s, &f->d, 1);
    s.earlier = (struct earlier){.cases = 7, .failed = 2};
    s.earlier.status[VERDICT_PASS] = 5;
    s.earlier.status[VERDICT_FAIL] = 2;
    add(f, &s, "one", VERDICT_PASS, 1);
    s.checks = 12;
    s.checks_skipped = 3;
    summary_print(&s, &f->c, f->env.out, 1, 1, NULL, true);
    flush(f);
    assert_contains(f->out, "recorded before: 5 pass, 2 fail; 2 failed\n1 case: 1 pass\n");
    assert_contains(f->out, "invariants: 12 looked at, 3 of them suspended by a row\n");
    summary_release(&s);
}

static void flaky_cases_are_bounded(void **state)
{
    struct fixture *f = *state;
    const struct run_attempt attempts[] = {
        {OUTCOME_ERROR, VERDICT_FAIL, "no", 1, 1},
        {OUTCOME_OK, VERDICT_PASS, "", 2, 1},
        {OUTCOME_OK, VERDICT_PASS, "", 2, 1},
    };
    struct summary s;
    summary_init(&s, &f->d, 30);
    for (int i = 0; i < 30; i++) {
        struct sim_result *r = sim_result_new(&f->d, "x");
        struct verdict v;
        verdict_init(&v, &f->d);
        struct run_record record = {.info = {.name = "x", .file = "s.jsonl"},
                                    .result = r,
                                    .verdict = &v,
                                    .flaky = true,
                                    .attempts = attempts,
                                    .n_attempts = 3};
        assert_int_equal(summary_add(&s, &record, false), 0);
        verdict_release(&v);
        sim_result_free(r);
    }
    summary_print(&s, &f->c, f->env.out, 1, 1, NULL, true);
    flush(f);
    assert_contains(f->out, "FLAKY x (3 attempts: 2 ok, 1 error)\n");
    assert_contains(f->out, "and 20 more flaky cases: simrun query flaky\n");
    assert_contains(f->out, "30 cases: 30 recorded, 30 flaky\n");
    summary_release(&s);
}

static void quiet_tells_failures_only(void **state)
{
    struct fixture *f = *state;
    struct summary s;
    summary_init(&s, &f->d, 1);
    add(f, &s, "one", VERDICT_PASS, 1);
    f->c.o.quiet = true;
    summary_print(&s, &f->c, f->env.out, 1, 1, NULL, true);
    flush(f);
    assert_string_equal(f->out, "");
    summary_release(&s);
}

static void failures_are_bounded(void **state)
{
    struct fixture *f = *state;
    struct summary s;
    summary_init(&s, &f->d, 50);
    for (int i = 0; i < 50; i++) {
        add(f, &s, "x", VERDICT_FAIL, 1);
    }
    summary_print(&s, &f->c, f->env.out, 1, 1, NULL, true);
    flush(f);
    assert_contains(f->out, "and 40 more failures\n");
    summary_release(&s);
}

int main(void)
{
    const struct CMUnitTest summary_tests[] = {
        test(counts_failures_and_slowest),
        test(why_there_is_no_answer_is_told),
        test(what_was_recorded_before_is_told_apart),
        test(flaky_cases_are_bounded),
        test(quiet_tells_failures_only),
        test(failures_are_bounded),
    };
    return cmocka_run_group_tests(summary_tests, NULL, NULL);
}
