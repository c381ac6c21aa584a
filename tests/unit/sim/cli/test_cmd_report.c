#include "fixture.h"

#define CASE(id, more) "{'id':'" id "','spec':{}" more "}\n"

/* Two runs: of a and b, which fails, then of a alone. */
static void record(struct fixture *f)
{
    write_file(f, "s.jsonl", CASE("a", "") CASE("b", ",'expect':{'result':'error'}"));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --label both"), EXIT_FAILED);
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db --filter a"), EXIT_FINE);
}

static void formats_are_listed(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "report"), EXIT_FINE);
    assert_contains(f->out, "\njunit    JUnit XML\n");
}

static void a_run_or_some_cases_of_it(void **state)
{
    struct fixture *f = *state;
    record(f);
    size_t before = f->out_n;
    assert_int_equal(simrun(f, "report tap --db %/x.db"), EXIT_FINE);
    assert_contains(f->out + before, "ok 1 - a\n1..1\n");
    before = f->out_n;
    assert_int_equal(simrun(f, "report tap b --db %/x.db --run both"), EXIT_FINE);
    assert_contains(f->out + before, "not ok 1 - b\n");
    assert_contains(f->out + before, "  replay: \"simrun -j0 ");
    assert_int_equal(simrun(f, "report tap none --db %/x.db"), EXIT_USAGE);
    assert_contains(f->complaints, "has no result of the case none");
    assert_int_equal(simrun(f, "report tap --db %/x.db --run 9"), EXIT_USAGE);
    assert_int_equal(simrun(f, "report tap --db %/none.db"), EXIT_USAGE);
}

static void the_same_as_live(void **state)
{
    struct fixture *f = *state;
    record(f);
    static const char *const formats[] = {"text",  "jsonl", "csv",   "tap",
                                          "junit", "sarif", "github"};
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        char line[160];
        (void)snprintf(line, sizeof(line), "%%/s.jsonl --db %%/%s.db --report %s=-", formats[i],
                       formats[i]);
        size_t live = f->out_n;
        assert_int_equal(simrun(f, line), EXIT_FAILED);
        size_t stored = f->out_n;
        (void)snprintf(line, sizeof(line), "report %s --db %%/%s.db", formats[i], formats[i]);
        assert_int_equal(simrun(f, line), EXIT_FINE);
        assert_int_equal(f->out_n - stored, stored - live);
        assert_memory_equal(f->out + live, f->out + stored, stored - live);
    }
}

static void fail_on_counts_here_too(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("panic", ""));
    assert_int_equal(simrun(f, "%/s.jsonl --db %/x.db"), EXIT_FINE);
    assert_int_equal(simrun(f, "report tap --db %/x.db --fail-on panic"), EXIT_FINE);
    assert_contains(f->out, "not ok 1 - panic\n");
}

int main(void)
{
    const struct CMUnitTest cmd_report_tests[] = {
        test(formats_are_listed),
        test(a_run_or_some_cases_of_it),
        test(the_same_as_live),
        test(fail_on_counts_here_too),
    };
    return cmocka_run_group_tests(cmd_report_tests, NULL, NULL);
}
