#include "support.h"

static void equal_crashes_are_counted(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_crash crash = {.target = "p9",
                              .found = "day 1",
                              .kind = "crash",
                              .seed = 3,
                              .text = "stack",
                              .input = {"\0\1\2", 3}};
    OK(db, rep_fuzz_crash(db, &crash));
    crash.found = "day 2";
    OK(db, rep_fuzz_crash(db, &crash));
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "c", &root, 1));
    crash.target = "spec"; /* inside the open batch of a run */
    OK(db, rep_fuzz_crash(db, &crash));
    crash.kind = NULL;
    assert_int_equal(rep_fuzz_crash(db, &crash), -EINVAL);
    end_run(run);
    assert_int_equal(query_int(db, "SELECT times FROM fuzz_crash WHERE target = 'p9' AND "
                                   "found = 'day 1' AND last_found = 'day 2'"),
                     2);
    assert_int_equal(count_rows(db, "fuzz_crash"), 2);
    assert_int_equal(query_int(db, "SELECT count(*) FROM blob WHERE data = x'000102'"), 1);
    rep_close(db);
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(rep_fuzz_crash(db, &crash), -EROFS);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(equal_crashes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
