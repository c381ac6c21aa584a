#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

static void exit_codes(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl",
               CASE("ok/1", ",'expect':{'result':'ok'}") CASE("panic/1", "")
                   CASE("bad/1", ",'expect':{'result':'error'}")
                       CASE("xpass/1", ",'expect':{'result':'ok'},'xfail':'why'")
                           CASE("xfail/1", ",'expect':{'result':'error'},'xfail':'why'"));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter ok/*"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter xfail/*"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter panic/*"), EXIT_FINE);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter panic/* --fail-on panic"), EXIT_FAILED);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter bad/*"), EXIT_FAILED);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter xpass/*"), EXIT_FAILED);
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --filter none/*"), EXIT_USAGE);
    assert_int_equal(simrun(f, "%/nothing --no-db"), EXIT_USAGE);
    assert_int_equal(simrun(f, "--nonsense"), EXIT_USAGE);
}

#define LINE(id, line)                                                                             \
    "{\"id\":\"" id                                                                                \
    "\",\"schema\":1,\"status\":\"recorded\",\"file\":\"%1$s/s.jsonl\",\"line\":" line

static void lines_and_nothing_else_on_standard_output(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("b", "") CASE("a", "") CASE("panic", ""));
    static const char *const jobs[] = {"-j0", "-j1", "-j2"};
    char want[1024];
    (void)snprintf(want, sizeof(want),
                   LINE("b", "1") ",\"result\":\"ok\",\"error\":\"\",\"log\":[],\"fds_left\":0}"
                                  "\n" LINE("a", "2") ",\"result\":\"ok\",\"error\":\"\",\"log\":[]"
                                                      ",\"fds_left\":0}\n" LINE(
                                                          "panic", "3") ",\"result\":\"panic\","
                                                                        "\"error\":\"told to\"}\n",
                   f->dir);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        char line[64];
        size_t before = f->out_n;
        (void)snprintf(line, sizeof(line), "%%/s.jsonl --no-db --format jsonl %s", jobs[i]);
        assert_int_equal(simrun(f, line), EXIT_FINE);
        assert_string_equal(f->out + before, want);
    }
    assert_contains(f->complaints, "3 cases: 3 recorded");
}

static void fail_fast_ends_at_the_first_failure(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl",
               CASE("a", "") CASE("b", ",'expect':{'result':'error'}") CASE("c", "") CASE("d", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --no-db --fail-fast"), EXIT_FAILED);
    assert_contains(f->out, "2 of 4 cases ran");
}

static void a_mistyped_command_is_told(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "lsit"), EXIT_USAGE);
    assert_contains(f->complaints, "did you mean `simrun list`?");
}

static void version_names_revision_and_profiles(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "version"), EXIT_FINE);
    assert_contains(f->out, "e8a4f2e133");
    assert_contains(f->out, "strict");
}

static void queries_are_listed(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "query"), EXIT_FINE);
    assert_contains(f->out, "by-error");
    assert_int_equal(simrun(f, "query runs --db %/none.db"), EXIT_USAGE);
}

static void gen_writes_a_suite(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "gen --family nesting --seed 7 --count 3"), EXIT_FINE);
    assert_contains(f->out, "generated/nesting-7/");
    assert_int_equal(simrun(f, "gen --family nonsense"), EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest cli_tests[] = {
        test(exit_codes),
        test(lines_and_nothing_else_on_standard_output),
        test(fail_fast_ends_at_the_first_failure),
        test(a_mistyped_command_is_told),
        test(version_names_revision_and_profiles),
        test(queries_are_listed),
        test(gen_writes_a_suite),
    };
    return cmocka_run_group_tests(cli_tests, NULL, NULL);
}
