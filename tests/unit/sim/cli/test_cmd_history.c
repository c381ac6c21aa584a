/* diff, first-bad, query, search, merge and prune: exit codes and what they refuse; what they find
 * is tested in tests/cli/test_history.py. */
#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

/* Runs 1 and 2: `a` turned bad. */
static void record(struct fixture *f)
{
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'ok'}") CASE("b", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_FINE);
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'error'}") CASE("b", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --label bad"), EXIT_FAILED);
}

static void exit_codes_tell_what_was_found(void **state)
{
    static const struct {
        const char *line;
        int code;
    } want[] = {
        {"diff --db %/x.db", EXIT_FAILED},
        {"diff 1 1 --db %/x.db", EXIT_FINE},
        {"diff --case b --db %/x.db", EXIT_FINE},
        {"diff --case a --db %/x.db -q", EXIT_FAILED},
        {"diff --case none --db %/x.db", EXIT_USAGE},
        {"diff --case a --case b --case c --db %/x.db", EXIT_USAGE},
        {"diff --format csv --db %/x.db", EXIT_USAGE},
        {"first-bad a --db %/x.db", EXIT_FAILED},
        {"first-bad a --run 1 --db %/x.db", EXIT_FINE},
        {"first-bad --all --db %/x.db", EXIT_FAILED},
        {"first-bad --all --run 1 --db %/x.db", EXIT_FINE},
        {"first-bad --db %/x.db", EXIT_USAGE},
        {"first-bad a --all --db %/x.db", EXIT_USAGE},
        {"first-bad z --db %/x.db", EXIT_USAGE},
        {"search zebra --db %/x.db", EXIT_FAILED},
        {"search . --db %/x.db", EXIT_USAGE},
        {"search x --run 1 --all-runs --db %/x.db", EXIT_USAGE},
        {"query runs --db %/x.db", EXIT_FINE},
        {"query runs --run 1 --db %/x.db", EXIT_USAGE},
        {"query bad --run 1 --db %/x.db --wide", EXIT_FINE},
        {"query none --db %/x.db", EXIT_USAGE},
        {"merge %/x.db --db %/m.db", EXIT_FINE},
        {"merge %/x.db --db %/x.db", EXIT_USAGE},
        {"merge %/none.db --db %/m.db", EXIT_USAGE},
        {"prune --db %/x.db", EXIT_USAGE},
        {"prune --keep 9 --db %/none.db", EXIT_USAGE},
        {"prune --keep 9 --db %/x.db", EXIT_FINE},
    };
    struct fixture *f = *state;
    record(f);
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        int code = simrun(f, want[i].line);
        if (code != want[i].code) {
            fail_msg("%s gave %d, not %d\n%s%s", want[i].line, code, want[i].code, f->out,
                     f->complaints);
        }
    }
}

static void queries_are_listed(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "query"), EXIT_FINE);
    assert_contains(f->out, "lost-mounts - mounts that were made");
    assert_contains(f->out, "  name, destination, spec");
    assert_int_equal(simrun(f, "query --format jsonl"), EXIT_FINE);
    assert_contains(f->out, "{\"name\":\"regressions\",\"about\":\"");
}

static void prune_and_merge_say_what_they_did(void **state)
{
    struct fixture *f = *state;
    record(f);
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_FAILED);
    assert_int_equal(simrun(f, "prune --keep 1 --dry-run --db %/x.db"), EXIT_FINE);
    assert_contains(f->out, "would go: run 1  ");
    assert_contains(f->out, "1 run, 2 results, ");
    assert_int_equal(simrun(f, "prune --keep 1 --db %/x.db"), EXIT_FINE);
    assert_contains(f->out, "goes: run 1  ");
    assert_int_equal(simrun(f, "show a --run 1 --db %/x.db"), EXIT_USAGE);
    assert_int_equal(simrun(f, "show a --run bad --db %/x.db"), EXIT_FINE);
    assert_int_equal(simrun(f, "merge %/x.db --db %/m.db"), EXIT_FINE);
    assert_contains(f->out, "1 file: 2 new runs, 0 shards joined, 0 runs known before");
}

int main(void)
{
    const struct CMUnitTest history_tests[] = {
        test(exit_codes_tell_what_was_found),
        test(queries_are_listed),
        test(prune_and_merge_say_what_they_did),
    };
    return cmocka_run_group_tests(history_tests, NULL, NULL);
}
