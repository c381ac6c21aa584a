#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"
#define FAILS          ",'expect':{'result':'error'}"

/* Runs, and gives what was printed since the last call. */
static const char *run(struct fixture *f, const char *line, int code)
{
    size_t before = f->out_n;
    assert_int_equal(simrun(f, line), code);
    return f->out + before;
}

static void failed_cases_of_a_run(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", FAILS) CASE("b", "") CASE("panic", "") CASE("c", FAILS));
    run(f, "% --db %/x.db", EXIT_FAILED);
    assert_contains(run(f, "% --db %/x.db --failed", EXIT_FAILED), "2 cases: 2 fail");
    assert_contains(run(f, "% --db %/x.db --failed --filter c", EXIT_FAILED), "1 case: 1 fail");
    assert_contains(run(f, "% --db %/x.db --failed --run 1 --fail-on panic", EXIT_FAILED),
                    "3 cases: 2 fail");
    /* One that failed is no longer among the cases; the others were mended. */
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", ""));
    assert_contains(run(f, "% --db %/x.db --failed --run 1", EXIT_FINE), "1 case: 1 recorded");
    assert_contains(f->complaints, "--failed: 1 case of run 1 is not among the PATHs");
    size_t before = f->complaints_n;
    assert_contains(run(f, "% --db %/x.db --failed", EXIT_FINE), "no case ran");
    assert_contains(f->complaints + before, "none of them failed in run latest");
    /* That recorded nothing, so the newest run is still the one before. */
    assert_contains(run(f, "query runs --db %/x.db --format csv", EXIT_FINE), "\r\n5,");
    assert_null(strstr(run(f, "query runs --db %/x.db --format csv", EXIT_FINE), "\r\n6,"));
}

static void failed_needs_a_record(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", ""));
    run(f, "% --db %/none.db --failed --no-db", EXIT_USAGE);
    assert_contains(f->complaints, "none.db: no such database");
    run(f, "% --db %/x.db", EXIT_FINE);
    run(f, "% --db %/x.db --failed --run 9", EXIT_USAGE);
    run(f, "% --db %/x.db --run 1", EXIT_USAGE);
    assert_contains(f->complaints, "--run goes with --failed");
}

static void cases_whose_input_changed(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", "") CASE("c", ""));
    run(f, "% --db %/x.db", EXIT_FINE);
    assert_contains(run(f, "% --db %/x.db --changed-since 1", EXIT_FINE), "no case ran");
    assert_contains(f->complaints, "3 selected, all as in run 1");
    /* b has another spec, d is new, an expectation is no input. */
    write_file(f, "s.jsonl", CASE("a", FAILS) "{'id':'b','spec':{'hostname':'x'}}\n" CASE("d", ""));
    assert_contains(run(f, "% --db %/x.db --changed-since latest", EXIT_FINE),
                    "2 cases: 2 recorded");
    assert_contains(run(f, "% --db %/x.db --changed-since 1 --filter d", EXIT_FINE), "1 case:");
    assert_contains(run(f, "% --no-db --changed-since %/x.db:1", EXIT_FINE), "2 cases:");
    run(f, "% --db %/x.db --changed-since 77", EXIT_USAGE);
}

static void shards_are_recorded_even_when_empty(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", "") CASE("c", ""));
    assert_contains(run(f, "% --db %/x.db --shard 1/2", EXIT_FINE), "2 cases");
    assert_contains(run(f, "% --db %/x.db --shard 2/2", EXIT_FINE), "1 case:");
    assert_contains(run(f, "% --db %/x.db --shard 4/4", EXIT_FINE), "recorded as run 3");
    assert_contains(run(f,
                        "query --db %/x.db --format csv "
                        "select/**/shard_index,shard_count/**/from/**/run;",
                        EXIT_FINE),
                    "1,2\r\n2,2\r\n4,4\r\n");
    run(f, "% --db %/x.db --filter nothing --shard 4/4", EXIT_USAGE);
}

static void an_order_changes_nothing_that_is_recorded(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", FAILS) CASE("c", "") CASE("panic", ""));
    run(f, "% --db %/x.db", EXIT_FAILED);
    run(f, "% --db %/x.db --shuffle", EXIT_FAILED);
    assert_contains(f->complaints, "shuffled: --shuffle --seed 1 gives this order again");
    run(f, "% --db %/x.db --shuffle --seed 77", EXIT_FAILED);
    assert_int_equal(simrun(f, "diff 1 2 --db %/x.db"), EXIT_FINE);
    assert_int_equal(simrun(f, "diff 1 3 --db %/x.db"), EXIT_FINE);
    assert_contains(run(f,
                        "query --db %/x.db --format csv "
                        "select/**/id,seed/**/from/**/run;",
                        EXIT_FINE),
                    "1,0\r\n2,1\r\n3,77\r\n");
    assert_contains(run(f,
                        "query --db %/x.db --format csv "
                        "select/**/count(*)/**/from/**/plan/**/a,plan/**/b/**/"
                        "where/**/a.run=1/**/and/**/b.seq=a.seq/**/and/**/b.name=a.name;",
                        EXIT_FINE),
                    "12\r\n");
    run(f, "% --db %/x.db --seed 77", EXIT_USAGE);
}

static void attempts_reach_the_summary_and_the_record(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("crash", ""));
    assert_contains(run(f, "% --db %/x.db -j2", EXIT_FAILED),
                    "FAIL crash (crash)\n     crash: killed by SIGSEGV\n");
    run(f, "% --db %/x.db -j1 --retries 1", EXIT_FAILED);
    assert_contains(run(f, "show crash --db %/x.db", EXIT_FINE), "killed by SIGSEGV");
    assert_contains(run(f,
                        "query --db %/x.db --format csv "
                        "select/**/outcome,error,same_as/**/from/**/attempt;",
                        EXIT_FINE),
                    "crash,\"killed by SIGSEGV\",1\r\ncrash,\"killed by SIGSEGV\",1\r\n");
    run(f, "% --db %/x.db --repeat 2 --retries 1", EXIT_USAGE);
    assert_contains(f->complaints, "--repeat and --retries exclude each other");
}

static void flaky_cases_are_named(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "") CASE("odd", ""));
    const char *out = run(f, "% --db %/x.db -j0 --repeat 2 --fail-on flaky", EXIT_FAILED);
    assert_contains(out, "FLAKY odd (2 attempts: 1 ok, 1 error)\n");
    assert_contains(out, "2 cases: 2 recorded, 1 flaky\n");
    assert_contains(run(f, "query flaky --db %/x.db --format csv", EXIT_FINE), "odd,2,");
    assert_contains(run(f, "% --db %/x.db --failed --fail-on flaky -j0", EXIT_FINE), "1 case:");
    f->odd = 0;
    out = run(f, "% --db %/x.db -j0 --retries 3 --fail-on error", EXIT_FINE);
    assert_contains(out, "FLAKY odd (2 attempts: 1 ok, 1 error)\n");
    f->odd = 0;
    run(f, "% --db %/x.db -j0 --retries 3 --fail-on error,flaky", EXIT_FAILED);
    f->odd = 0;
    assert_null(strstr(run(f, "% --db %/x.db -j0", EXIT_FINE), "FLAKY"));
}

int main(void)
{
    const struct CMUnitTest choose_tests[] = {
        test(failed_cases_of_a_run),
        test(failed_needs_a_record),
        test(cases_whose_input_changed),
        test(shards_are_recorded_even_when_empty),
        test(an_order_changes_nothing_that_is_recorded),
        test(flaky_cases_are_named),
        test(attempts_reach_the_summary_and_the_record),
    };
    return cmocka_run_group_tests(choose_tests, NULL, NULL);
}
