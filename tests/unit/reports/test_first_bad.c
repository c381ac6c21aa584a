#include "support.h"

static void bad_cases_stand_under_the_run_that_did_it(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_letters(db, "ggggb", NULL);
    record_letters(db, "gbbgb", NULL);
    record_letters(db, "bbb-b", NULL);
    record_letters(db, "bbggb", NULL);
    size_t count = 0;
    OK(db, rep_first_bad(db, "3", &t->sink, REP_FORMAT_TEXT, &count));
    assert_int_equal(count, 4);
    assert_string_equal(t->text.data, "run 3  t  turned 1 case bad; last good: run 2\n    a\n"
                                      "run 2  t  turned 2 cases bad; last good: run 1\n    b, c\n"
                                      "run 1  t  1 case, bad from the start\n    e\n");
    rep_buf_clear(&t->text);
    OK(db, rep_first_bad(db, "latest", &t->sink, REP_FORMAT_JSONL, &count));
    assert_string_equal(t->text.data,
                        "{\"first_bad\":3,\"last_good\":2,\"cases\":1,\"names\":[\"a\"]}\n"
                        "{\"first_bad\":2,\"last_good\":1,\"cases\":1,\"names\":[\"b\"]}\n"
                        "{\"first_bad\":1,\"last_good\":null,\"cases\":1,\"names\":[\"e\"]}\n");
    assert_int_equal(query_int(db, "SELECT count(*) FROM first_bad WHERE run = 3"), 4);
    assert_int_equal(rep_first_bad(db, "9", &t->sink, REP_FORMAT_TEXT, NULL), -ENOENT);
    assert_int_equal(rep_first_bad(db, "1", &t->sink, REP_FORMAT_CSV, NULL), -EINVAL);
    rep_close(db);
}

static void no_bad_case_is_said(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_letters(db, "gxi", NULL);
    size_t count = 5;
    OK(db, rep_first_bad(db, "latest", &t->sink, REP_FORMAT_TEXT, &count));
    assert_int_equal(count, 0);
    assert_string_equal(t->text.data, "no bad case\n");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(bad_cases_stand_under_the_run_that_did_it),
        SCRATCH_TEST(no_bad_case_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
