#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

static void runs_are_numbered(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --label two"), EXIT_FINE);
    assert_contains(f->out, "recorded as run 1 in ");
    assert_contains(f->out, "recorded as run 2 in ");
    assert_int_equal(simrun(f, "show a --db %/x.db --run two"), EXIT_FINE);
    assert_contains(f->out, "run        2");
}

static void a_regression_fails_the_run(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'ok'}"));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --baseline latest"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --db %/y.db --baseline %/x.db"), EXIT_FINE);
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'error'}"));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --baseline latest"), EXIT_FAILED);
    assert_contains(f->out, "1 regression against the baseline");
}

static void a_baseline_must_be_there(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --baseline latest"), EXIT_USAGE);
    assert_contains(f->complaints, "--baseline: ");
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --baseline latest"), EXIT_USAGE);
    assert_contains(f->complaints, "--baseline needs a database");
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    write_file(f, "x.db", "hello, this is a text that is longer than nothing");
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_HARNESS);
    assert_contains(f->complaints, "x.db");
}

int main(void)
{
    const struct CMUnitTest store_tests[] = {
        test(runs_are_numbered),
        test(a_regression_fails_the_run),
        test(a_baseline_must_be_there),
        test(a_file_that_is_no_database_is_left_alone),
    };
    return cmocka_run_group_tests(store_tests, NULL, NULL);
}
