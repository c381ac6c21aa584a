/* What a file runs when it is read or written is ours, or it is not used. */
#include "support.h"

static void change(const char *path, const char *sql)
{
    sqlite3 *file;
    char *text = NULL;
    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    if (sqlite3_exec(file, sql, NULL, NULL, &text) != SQLITE_OK) {
        fail_msg("%s", text);
    }
    sqlite3_close(file);
}

static void make_file(const char *path)
{
    struct rep_db *db = open_or_fail(path, REP_CREATE);
    struct rep_run *run = begin_run(db, "kept");
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "c", &root, 1));
    end_run(run);
    rep_close(db);
}

static void assert_refused(const char *path, enum rep_mode mode, const char *part)
{
    struct rep_error error = {0};
    struct rep_db *db = NULL;
    assert_int_equal(rep_open(path, mode, &error, &db), -EBADMSG);
    assert_contains(error.text, path);
    assert_contains(error.text, part);
}

static void every_view_of_ours_is_known(void **state)
{
    struct scratch *t = *state;
    const char *sql = rep_views_sql;
    const char *name;
    size_t size;
    int64_t views = 0;
    make_file(t->path);
    struct rep_db *db = open_or_fail(t->path, REP_READ);
    while (rep_next_view(&sql, &name, &size)) {
        views++;
    }
    assert_int_equal(query_int(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"),
                     views);
    assert_int_equal(rep_views_differ(db), 0);
    OK(db, rep_schema_check(db));
    rep_close(db);
}

static void a_file_of_version_1_is_ours(void **state)
{
    struct scratch *t = *state;
    make_version_1(t->path);
    rep_close(open_or_fail(t->path, REP_WRITE));
    rep_close(open_or_fail(t->path, REP_READ));
}

/* People may add what they like under names of their own. */
static void other_names_are_the_owners(void **state)
{
    struct scratch *t = *state;
    make_file(t->path);
    change(t->path, "CREATE VIEW mine AS SELECT name FROM latest_run JOIN result ON run = "
                    "latest_run.id; CREATE INDEX by_seed ON run(seed); CREATE TABLE notes(x, y AS "
                    "(x + 1)); CREATE TRIGGER note AFTER INSERT ON run BEGIN INSERT INTO notes "
                    "VALUES(1); END");
    for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
        struct rep_db *db = open_or_fail(t->path, mode);
        assert_int_equal(query_int(db, "SELECT count(*) FROM mine WHERE name = 'c'"), 1);
        rep_close(db);
    }
}

/* A writer makes a view anew, because it holds nothing. */
static void a_view_that_is_not_ours_is_not_read(void **state)
{
    struct scratch *t = *state;
    static const char *const views[][2] = {
        {"regressions", "DROP VIEW regressions; CREATE VIEW regressions AS WITH RECURSIVE n(i) AS "
                        "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"},
        {"search_text", "DROP VIEW search_text; CREATE VIEW SEARCH_text AS SELECT 1 AS id, '' AS "
                        "kind, 'lie' AS text"},
        {"flaky", "DROP VIEW flaky"},
        {"slowest", "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, "
                    "'WHERE r.run', char(0) || 'WHERE r.run') WHERE name = 'slowest'"},
        {"latest_run", "DROP VIEW latest_run; CREATE VIEW latest_run AS SELECT * FROM run WHERE "
                       "id = (SELECT max(id) FROM run) AND 1"},
    };
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        make_file(t->path);
        change(t->path, views[i][1]);
        assert_refused(t->path, REP_READ, views[i][0]);
        struct rep_db *db = open_or_fail(t->path, REP_WRITE);
        assert_int_equal(query_int(db, "SELECT count(*) FROM latest_run WHERE label = 'kept'"), 1);
        rep_close(db);
        rep_close(open_or_fail(t->path, REP_READ));
    }
}

static void a_table_that_is_not_ours_is_refused(void **state)
{
    struct scratch *t = *state;
    static const char *const tables[][2] = {
        {"finding",
         "DROP TABLE finding; CREATE VIEW finding AS SELECT 1 AS result, 2 AS seq, '' AS "
         "severity, '' AS code, '' AS text"},
        {"attempt", "DROP TABLE attempt; CREATE TABLE attempt(result INTEGER, n INTEGER, outcome "
                    "TEXT, status TEXT, error TEXT AS (hex(zeroblob(100000000))), same_as INTEGER, "
                    "duration_ns INTEGER)"},
        {"fuzz_crash", "DROP TABLE fuzz_crash; CREATE VIRTUAL TABLE fuzz_crash USING fts5(target)"},
        {"run_part", "DROP TABLE run_part"},
        {"run ", "ALTER TABLE run ADD COLUMN x TEXT"},
        {"input",
         "DROP TABLE input; CREATE TABLE input(hash BLOB PRIMARY KEY, spec BLOB, conf BLOB, "
         "root BLOB, sources BLOB, ops BLOB, flags BLOB) WITHOUT ROWID"},
        {"input",
         "DROP TABLE input; CREATE TABLE input(hash BLOB, spec BLOB, conf BLOB, root BLOB, "
         "sources BLOB, ops BLOB, flags BLOB) STRICT"},
        {"search ", "DROP TABLE search; CREATE VIRTUAL TABLE search USING fts5(kind, text)"},
        {"search ", "DROP TABLE search; CREATE TABLE search(x)"},
        {"search ",
         "DROP TABLE search; CREATE TABLE search(x); CREATE TABLE search_data(x); CREATE "
         "TABLE search_idx(x); CREATE TABLE search_docsize(x); CREATE TABLE "
         "search_config(x)"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        (void)remove(t->path);
        make_file(t->path);
        change(t->path, tables[i][1]);
        for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
            assert_refused(t->path, mode, tables[i][0]);
        }
    }
}

static void triggers_do_not_act(void **state)
{
    struct scratch *t = *state;
    make_file(t->path);
    change(t->path, "CREATE TRIGGER no BEFORE INSERT ON run BEGIN SELECT raise(ABORT, 'no'); END;"
                    "CREATE TRIGGER gone AFTER INSERT ON result BEGIN DELETE FROM result; END;"
                    "CREATE TRIGGER stay BEFORE DELETE ON run BEGIN SELECT raise(IGNORE); END");
    struct rep_db *db = open_or_fail(t->path, REP_WRITE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "c", &root, 1));
    end_run(run);
    assert_int_equal(count_rows(db, "result"), 2);
    OK(db, rep_sql_exec(db, "DELETE FROM run WHERE label = 'kept'", "forget a run"));
    assert_int_equal(count_rows(db, "run"), 1);
    assert_int_equal(count_rows(db, "result"), 1); /* a foreign key's action is no trigger */
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(every_view_of_ours_is_known),
        SCRATCH_TEST(a_file_of_version_1_is_ours),
        SCRATCH_TEST(other_names_are_the_owners),
        SCRATCH_TEST(a_view_that_is_not_ours_is_not_read),
        SCRATCH_TEST(a_table_that_is_not_ours_is_refused),
        SCRATCH_TEST(triggers_do_not_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
