#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"
#define FOUR           CASE("a", "") CASE("panic", "") CASE("c", "") CASE("d", "")

static const char *run(struct fixture *f, const char *line, int code)
{
    size_t before = f->out_n;
    assert_int_equal(simrun(f, line), code);
    return f->out + before;
}

/* A run that ended behind its second case. */
static void make_half(struct fixture *f, const char *more)
{
    char line[256];
    write_file(f, "s.jsonl", FOUR);
    (void)snprintf(line, sizeof(line), "%%/s.jsonl --db %%/x.db -j0 --fail-on panic --fail-fast %s",
                   more);
    run(f, line, EXIT_FAILED);
}

static void what_is_left_runs(void **state)
{
    struct fixture *f = *state;
    make_half(f, "");
    const char *out = run(f, "--resume --db %/x.db", EXIT_FAILED);
    assert_contains(f->complaints, "resuming run 1: 2 of 4 cases have a result");
    assert_contains(out, "recorded before: 2 recorded; 1 failed\n");
    assert_contains(out, "2 cases: 2 recorded");
    assert_contains(out, "recorded as run 1");
    assert_contains(run(f, "query runs --db %/x.db --format csv", EXIT_FINE), "finished");
    run(f, "--resume 1 --db %/x.db", EXIT_USAGE);
    assert_contains(f->complaints, "run 1 has finished; there is nothing to resume");
}

static void an_order_goes_on_where_it_was(void **state)
{
    struct fixture *f = *state;
    make_half(f, "--shuffle --seed 4 --label half");
    run(f, "--resume half --db %/x.db -q", EXIT_FAILED);
    assert_contains(run(f,
                        "query --db %/x.db --format csv "
                        "select/**/count(*),count(distinct/**/name)/**/from/**/result;",
                        EXIT_FINE),
                    "4,4\r\n");
}

static void a_plan_that_does_not_match_is_refused(void **state)
{
    struct fixture *f = *state;
    make_half(f, "");
    write_file(f, "s.jsonl", CASE("a", "") CASE("panic", "") CASE("c", ""));
    run(f, "--resume --db %/x.db", EXIT_USAGE);
    assert_contains(f->complaints, "the cases are not those of run 1: one is not found: d");
    write_file(f, "s.jsonl", FOUR CASE("e", ""));
    run(f, "--resume --db %/x.db", EXIT_USAGE);
    assert_contains(f->complaints, "one is new, or stands elsewhere: e");
    write_file(f, "s.jsonl",
               CASE("a", ",'restore':true") CASE("panic", "") CASE("c", "") CASE("d", ""));
    run(f, "--resume --db %/x.db", EXIT_USAGE);
    assert_contains(f->complaints, "one that has a result has changed since: a");
    assert_contains(f->complaints, "run 1 was begun in /");
    write_file(f, "s.jsonl", FOUR);
    run(f, "--resume --db %/x.db", EXIT_FAILED);
}

static void another_subject_is_refused(void **state)
{
    struct fixture *f = *state;
    struct subject other = *f->env.subject;
    other.version = "2";
    make_half(f, "");
    f->env.subject = &other;
    run(f, "--resume --db %/x.db", EXIT_USAGE);
    assert_contains(f->complaints, "run 1 is of fake 1, this is fake 2");
}

static void only_what_changes_no_result_may_be_given(void **state)
{
    struct fixture *f = *state;
    make_half(f, "--shard 1/1");
    run(f, "--resume --db %/x.db --overlay", EXIT_USAGE);
    assert_contains(f->complaints, "--overlay does not go with --resume");
    run(f, "--resume 1 2 --db %/x.db", EXIT_USAGE);
    run(f, "--resume 5 --db %/x.db", EXIT_USAGE);
    run(f, "--resume --db %/none.db", EXIT_USAGE);
    /* What the environment says now does not count. */
    const char *const environment[] = {"TEST_SHARD_INDEX=1", "TEST_TOTAL_SHARDS=2", NULL};
    f->environment = environment;
    run(f, "--resume --db %/x.db -j2", EXIT_FAILED);
}

/* Those of the cases that had run, and of those that ran now. */
static void reports_are_whole(void **state)
{
    struct fixture *f = *state;
    make_half(f, "--report csv=%/x.csv");
    const char *out = run(f, "--resume --db %/x.db --format tap", EXIT_FAILED);
    assert_contains(out, "1..4\n");
    assert_contains(out, "1 - a\n");
    assert_contains(out, "2 - panic\n");
    assert_contains(out, "4 - d\n");
    out = run(f, "report csv --db %/x.db --fail-on panic", EXIT_FINE);
    char path[128], csv[4096] = "";
    (void)snprintf(path, sizeof(path), "%s/x.csv", f->dir);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    assert_true(fread(csv, 1, sizeof(csv) - 1, in) > 0);
    assert_int_equal(fclose(in), 0);
    assert_string_equal(csv, out);
}

int main(void)
{
    const struct CMUnitTest resume_tests[] = {
        test(what_is_left_runs),
        test(an_order_goes_on_where_it_was),
        test(a_plan_that_does_not_match_is_refused),
        test(another_subject_is_refused),
        test(reports_are_whole),
        test(only_what_changes_no_result_may_be_given),
    };
    return cmocka_run_group_tests(resume_tests, NULL, NULL);
}
