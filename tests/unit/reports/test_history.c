#include "support.h"

static bool show(struct scratch *t, struct rep_db *db, const char *ref, const char *name)
{
    bool bad = false;
    rep_buf_clear(&t->text);
    OK(db, rep_history(db, ref, name, &t->sink, REP_FORMAT_TEXT, &bad));
    return bad;
}

static void equal_runs_are_one_line(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_letters(db, "g", "p");
    record_letters(db, "x", "p");
    record_letters(db, "-", "p");
    record_letters(db, "g", "p");
    record_letters(db, "b", "q");
    record_letters(db, "b", "q");
    record_letters(db, "B", "q");
    assert_true(show(t, db, NULL, "a"));
    assert_contains(t->text.data, "a  6 runs, 2 changes\n");
    assert_contains(t->text.data,
                    "runs 1..4       good ok (pass)  since t  flaky in 1 of 3 runs\n");
    assert_contains(t->text.data, "runs 5..6       BAD  error (fail)  since t\n");
    assert_contains(t->text.data, "run  7          BAD  error (fail)  since t\n"
                                  "                     other\n");
    assert_contains(t->text.data, "first bad: run 5; last good: run 4\n");
    assert_contains(t->text.data, "runs:   profile p => q\n");
    assert_contains(t->text.data, "regression ok (pass) => error (fail): no\n");
    /* Looking back from an older run. */
    assert_false(show(t, db, "4", "a"));
    assert_contains(t->text.data, "never bad\n");
    rep_close(db);
}

static void what_was_bad_in_between_is_told(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_letters(db, "bg", NULL);
    record_letters(db, "gb", NULL);
    record_letters(db, "gb", NULL);
    record_letters(db, "gi", NULL);
    assert_false(show(t, db, NULL, "b"));
    assert_contains(t->text.data,
                    "good again since run 4; it was bad from run 2; last good: run 1\n");
    assert_contains(t->text.data, "with another input\n");
    assert_false(show(t, db, NULL, "a"));
    assert_contains(t->text.data, "it was bad from run 1; no run before has it good\n");
    rep_buf_clear(&t->text);
    OK(db, rep_history(db, NULL, "b", &t->sink, REP_FORMAT_JSONL, NULL));
    assert_contains(t->text.data,
                    "{\"type\":\"span\",\"first\":2,\"last\":3,\"runs\":2,\"bad\":true,");
    assert_contains(t->text.data,
                    "{\"type\":\"verdict\",\"bad\":false,\"last_good\":1,\"first_bad\":2}\n");
    assert_int_equal(rep_history(db, NULL, "z", &t->sink, REP_FORMAT_TEXT, NULL), -ENOENT);
    assert_contains(rep_error_text(db), "no run has the case z");
    assert_int_equal(rep_history(db, NULL, "b", &t->sink, REP_FORMAT_CSV, NULL), -EINVAL);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(equal_runs_are_one_line),
        SCRATCH_TEST(what_was_bad_in_between_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
