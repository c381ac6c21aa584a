#include "support.h"

static const struct rep_attempt attempts[] = {
    {"error", "no", REP_FAIL, 1, 11},
    {"crash", "killed by SIGSEGV", REP_FAIL, 2, 12},
    {"ok", NULL, REP_PASS, 3, 13},
    {"error", "no", REP_FAIL, 1, 14},
};

static int seen(void *arg, const struct rep_result *result)
{
    ++*(int *)arg;
    assert_true(result->flaky);
    assert_int_equal(result->n_attempts, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct rep_attempt *a = &result->attempts[i], *b = &attempts[i];
        assert_string_equal(a->result, b->result);
        assert_true(b->error ? strcmp(a->error, b->error) == 0 : !a->error);
        assert_int_equal(a->status, b->status);
        assert_int_equal(a->same_as, b->same_as);
        assert_int_equal(a->duration_ns, b->duration_ns);
    }
    return 0;
}

static struct rep_result make_result(const char *name)
{
    return (struct rep_result){.name = name,
                               .result = "ok",
                               .status = REP_PASS,
                               .flaky = true,
                               .attempts = attempts,
                               .n_attempts = 4};
}

static void attempts_come_back(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_result result = make_result("a"), steady = {.name = "b", .result = "ok"};
    OK(db, rep_record(run, &result));
    OK(db, rep_record(run, &steady));
    end_run(run);
    int calls = 0;
    OK(db, rep_read_case(db, "latest", "a", seen, &calls));
    assert_int_equal(calls, 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM flaky"), 1);
    assert_int_equal(
        query_int(db, "SELECT attempts = 4 AND failed = 3 AND different = 3 FROM flaky"), 1);
    OK(db, rep_query(db, "flaky", NULL, &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "\"error,crash,ok\",pass,no");
    rep_close(db);
}

static void showing_a_case_shows_them(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_result result = make_result("a");
    OK(db, rep_record(run, &result));
    end_run(run);
    OK(db, rep_show(db, "latest", "a", &t->sink));
    assert_contains(t->text.data, "Attempts: flaky\n    1: error (fail), 0.000 ms: no\n"
                                  "    2: crash (fail), 0.000 ms: killed by SIGSEGV\n"
                                  "    3: ok (pass), 0.000 ms\n"
                                  "    4: error (fail), 0.000 ms, the same as 1\n");
    rep_close(db);
}

static void a_malformed_attempt_refuses_the_one_result(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    const struct rep_attempt bad[][1] = {
        {{NULL, NULL, REP_PASS, 1, 0}},
        {{"ok", NULL, REP_STATUSES, 1, 0}},
        {{"ok", NULL, REP_PASS, 0, 0}},
        {{"ok", NULL, REP_PASS, 2, 0}},
    };
    struct rep_result result = make_result("a");
    result.n_attempts = 1;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        result.attempts = bad[i];
        assert_int_equal(rep_record(run, &result), -EINVAL);
    }
    result.n_attempts = REP_MAX_ATTEMPTS + 1;
    assert_int_equal(rep_record(run, &result), -E2BIG);
    result = make_result("a");
    OK(db, rep_record(run, &result));
    end_run(run);
    assert_int_equal(count_rows(db, "attempt"), 4);
    rep_close(db);
}

static void attempts_go_with_their_run_and_move_with_it(void **state)
{
    struct scratch *t = *state;
    char other_path[160];
    (void)snprintf(other_path, sizeof other_path, "%s/o.db", t->dir);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_db *other = open_or_fail(other_path, REP_CREATE);
    struct rep_result result = make_result("a");
    struct rep_run *run = begin_run(db, NULL);
    OK(db, rep_record(run, &result));
    end_run(run);
    run = begin_run(other, NULL);
    result.duration_ns = 17; /* or it would be the very same run */
    OK(other, rep_record(run, &result));
    end_run(run);
    rep_close(other);
    const char *const paths[] = {other_path};
    OK(db, rep_merge(db, paths, 1, false, NULL, NULL));
    int calls = 0;
    OK(db, rep_read_case(db, "2", "a", seen, &calls));
    assert_int_equal(calls, 1);
    OK(db, rep_prune(db, 1, false, NULL, NULL, NULL));
    assert_int_equal(count_rows(db, "attempt"), 4);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(attempts_come_back),
        SCRATCH_TEST(showing_a_case_shows_them),
        SCRATCH_TEST(a_malformed_attempt_refuses_the_one_result),
        SCRATCH_TEST(attempts_go_with_their_run_and_move_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
