#include "support.h"

/* Steps that stand for versions still to come. */
static const struct rep_step two_more[] = {
    {NULL},
    {"ALTER TABLE run ADD COLUMN host TEXT; UPDATE run SET host = 'h' || id;"},
    {"CREATE TABLE extra(x INTEGER) STRICT; INSERT INTO extra SELECT id FROM run;"},
};

static const struct rep_step broken[] = {
    {NULL},
    {"CREATE TABLE extra(x INTEGER) STRICT;"},
    {"INSERT INTO nowhere VALUES(1);"},
};

static void an_old_file_is_brought_up_step_by_step(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    end_run(begin_run(db, "kept"));
    OK(db, rep_migrate(db, two_more, 2));
    assert_int_equal(query_int(db, "PRAGMA user_version"), 2);
    OK(db, rep_migrate(db, two_more, 3));
    assert_int_equal(query_int(db, "PRAGMA user_version"), 3);
    assert_int_equal(query_int(db, "SELECT host = 'h1' AND label = 'kept' FROM run"), 1);
    assert_int_equal(query_int(db, "SELECT x FROM extra"), 1);
    OK(db, rep_migrate(db, two_more, 3));
    rep_close(db);
}

static void a_step_that_fails_changes_nothing(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_true(rep_migrate(db, broken, 3) < 0);
    assert_contains(rep_error_text(db), "nowhere");
    assert_int_equal(query_int(db, "PRAGMA user_version"), REP_SCHEMA_VERSION);
    assert_int_equal(query_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"), 0);
    rep_close(db);
    rep_close(open_or_fail(t->path, REP_WRITE));
}

static void a_reader_does_not_migrate(void **state)
{
    struct scratch *t = *state;
    rep_close(open_or_fail(t->path, REP_CREATE));
    struct rep_db *db = open_or_fail(t->path, REP_READ);
    assert_int_equal(rep_migrate(db, two_more, 2), -ENOTSUP);
    assert_contains(rep_error_text(db), "older");
    rep_close(db);
}

static void a_newer_file_is_refused(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    end_run(begin_run(db, NULL));
    OK(db, rep_sql_exec(db, "PRAGMA user_version = 99", "age"));
    rep_close(db);
    for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
        struct rep_error error = {0};
        assert_int_equal(rep_open(t->path, mode, &error, &db), -ENOTSUP);
        assert_contains(error.text, "newer simrun");
        assert_contains(error.text, t->path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(an_old_file_is_brought_up_step_by_step),
        SCRATCH_TEST(a_step_that_fails_changes_nothing),
        SCRATCH_TEST(a_reader_does_not_migrate),
        SCRATCH_TEST(a_newer_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
