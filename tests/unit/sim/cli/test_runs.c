#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

static void record(struct fixture *f, const char *line)
{
    write_file(f, "s.jsonl", CASE("a", ""));
    assert_int_equal(simrun(f, line), EXIT_FINE);
}

static void a_word_names_a_run_or_a_file_or_both(void **state)
{
    struct fixture *f = *state;
    record(f, "%/s.jsonl --db %/x.db");
    record(f, "%/s.jsonl --db %/x.db --label two");
    record(f, "%/s.jsonl --db %/y:z.db");
    static const char *const fine[] = {
        "diff 1 two --db %/x.db",
        "diff %/x.db:1 %/x.db",
        "diff %/x.db:two 1 --db %/x.db",
        "diff %/y:z.db %/x.db:latest~1",
        "diff %/y:z.db:1 %/y:z.db",
        "diff --db %/x.db",
        "diff 1 --db %/x.db",
    };
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        assert_int_equal(simrun(f, fine[i]), EXIT_FINE);
        assert_contains(f->out, "1 equal, 0 differ");
    }
    assert_int_equal(simrun(f, "diff %/x.db:3 %/x.db"), EXIT_USAGE);
    assert_contains(f->complaints, "no run 3");
    assert_int_equal(simrun(f, "diff %/nothere.db:1 1 --db %/x.db"), EXIT_USAGE);
    assert_contains(f->complaints, "nothere.db:1");
    /* Files alone need no --db. */
    assert_int_equal(simrun(f, "diff %/x.db %/y:z.db --db %/nothere.db"), EXIT_FINE);
}

static void a_baseline_is_found_in_the_same_way(void **state)
{
    struct fixture *f = *state;
    record(f, "%/s.jsonl --db %/x.db --label old");
    record(f, "%/s.jsonl --db %/y.db --baseline %/x.db:old");
    write_file(f, "s.jsonl", CASE("a", ",'expect':{'result':'error'}"));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/y.db --baseline %/x.db:old"), EXIT_FAILED);
    assert_contains(f->out, "1 regression against the baseline");
    assert_int_equal(simrun(f, "%/s.jsonl --db %/y.db --baseline %/x.db:new"), EXIT_USAGE);
    assert_contains(f->complaints, "no run new");
}

int main(void)
{
    const struct CMUnitTest runs_tests[] = {
        test(a_word_names_a_run_or_a_file_or_both),
        test(a_baseline_is_found_in_the_same_way),
    };
    return cmocka_run_group_tests(runs_tests, NULL, NULL);
}
