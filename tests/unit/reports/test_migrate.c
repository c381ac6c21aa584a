#include "support.h"

/* Steps that stand for versions still to come. */
static const struct rep_step two_more[] = {
    {NULL},
    {NULL},
    {"ALTER TABLE run ADD COLUMN host TEXT; UPDATE run SET host = 'h' || id;"},
    {"CREATE TABLE extra(x INTEGER) STRICT; INSERT INTO extra SELECT id FROM run;"},
};

static const struct rep_step broken[] = {
    {NULL},
    {NULL},
    {"CREATE TABLE extra(x INTEGER) STRICT;"},
    {"INSERT INTO nowhere VALUES(1);"},
};

static void an_old_file_is_brought_up_step_by_step(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    end_run(begin_run(db, "kept"));
    OK(db, rep_sql_exec(db, "CREATE VIEW of_my_own AS SELECT id FROM latest_run", "add a view"));
    OK(db, rep_migrate(db, two_more, 3));
    assert_int_equal(query_int(db, "PRAGMA user_version"), 3);
    assert_int_equal(query_int(db, "SELECT id FROM of_my_own"), 1);
    OK(db, rep_migrate(db, two_more, 4));
    assert_int_equal(query_int(db, "PRAGMA user_version"), 4);
    assert_int_equal(query_int(db, "SELECT host = 'h1' AND label = 'kept' FROM run"), 1);
    assert_int_equal(query_int(db, "SELECT x FROM extra"), 1);
    OK(db, rep_migrate(db, two_more, 4));
    rep_close(db);
}

#define COLUMNS                                                                                    \
    "SELECT group_concat(m.name || '.' || c.cid || c.name || c.type || c.\"notnull\" || "          \
    "ifnull(c.dflt_value, '') || c.pk) FROM (SELECT name FROM sqlite_schema WHERE type IN "        \
    "('table', 'view') ORDER BY name) m JOIN pragma_table_xinfo(m.name) c"

/* What version 1 did not know is absent. */
static int check_old_mount(void *arg, const struct rep_result *result)
{
    bool *called = arg;
    assert_int_equal(result->n_mounts, 3);
    const struct rep_mount *m = &result->mounts[1];
    assert_string_equal(m->destination, "/a");
    assert_string_equal(m->flags, "ro");
    assert_string_equal(m->created, "/a");
    assert_int_equal(m->spec_index, 3);
    assert_int_equal(m->shadowed_by, 2);
    assert_null(result->mounts[2].fs);
    assert_int_equal(result->mounts[2].spec_index, 4);
    m = &result->mounts[0];
    assert_int_equal(m->spec_index, -1);
    assert_string_equal(m->rules, "PQ-20");
    assert_null(m->state);
    assert_null(m->reasons);
    assert_int_equal(m->op, -1);
    assert_int_equal(m->mount_id, -1);
    *called = true;
    return 0;
}

static void a_file_of_version_1_becomes_as_a_new_one(void **state)
{
    struct scratch *t = *state;
    char other[160];
    (void)snprintf(other, sizeof other, "%s/new.db", t->dir);
    make_version_1(t->path);
    struct rep_error error = {0};
    struct rep_db *db = NULL;
    assert_int_equal(rep_open(t->path, REP_READ, &error, &db), -ENOTSUP);
    rep_close(open_or_fail(other, REP_CREATE));
    db = open_or_fail(t->path, REP_WRITE);
    assert_int_equal(query_int(db, "PRAGMA user_version"), REP_SCHEMA_VERSION);
    assert_int_equal(query_int(db, "SELECT flaky = 0 AND duration_ns = 5 FROM result"), 1);
    assert_int_equal(query_int(db, "SELECT options = '{}' AND label = 'old' FROM run"), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    bool called = false;
    OK(db, rep_read_case(db, "old", "c", check_old_mount, &called));
    assert_true(called);
    struct rep_run *run = begin_run(db, NULL);
    OK(db, record_tree(run, "d", (struct rep_node[]){make_node("/", "dir")}, 1));
    end_run(run);
    struct rep_db *fresh = open_or_fail(other, REP_READ);
    sqlite3_stmt *a = NULL, *b = NULL;
    OK(db, rep_sql_prepare(db, COLUMNS, &a));
    OK(fresh, rep_sql_prepare(fresh, COLUMNS, &b));
    assert_int_equal(rep_sql_row(db, a, "read"), 1);
    assert_int_equal(rep_sql_row(fresh, b, "read"), 1);
    assert_string_equal(rep_column_text(a, 0), rep_column_text(b, 0));
    sqlite3_finalize(a);
    sqlite3_finalize(b);
    rep_close(fresh);
    rep_close(db);
}

static void a_step_that_fails_changes_nothing(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_true(rep_migrate(db, broken, 4) < 0);
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
    assert_int_equal(rep_migrate(db, two_more, 3), -ENOTSUP);
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
        SCRATCH_TEST(a_file_of_version_1_becomes_as_a_new_one),
        SCRATCH_TEST(a_step_that_fails_changes_nothing),
        SCRATCH_TEST(a_reader_does_not_migrate),
        SCRATCH_TEST(a_newer_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
