#include "support.h"

static struct rep_db *filled(struct scratch *t)
{
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, "a,\"b\"");
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "bad\033name\nx", &root, 1));
    struct rep_result failed = {
        .name = "e1", .result = "error", .error = "no way", .duration_ns = 5000000};
    OK(db, rep_record(run, &failed));
    failed.name = "e2";
    OK(db, rep_record(run, &failed));
    end_run(run);
    return db;
}

static void writes_are_refused_everywhere(void **state)
{
    static const char *const bad[] = {
        "DELETE FROM run",
        "INSERT INTO run(started) VALUES('x')",
        "UPDATE run SET label = 'x'",
        "DROP TABLE run",
        "CREATE TABLE x(y)",
        "CREATE TEMP TABLE x(y)",
        "ATTACH 'x.db' AS x",
        "DETACH main",
        "PRAGMA user_version = 5",
        "PRAGMA writable_schema = 1",
        "SELECT * FROM pragma_database_list",
        "VACUUM INTO 'x.db'",
        "BEGIN ",
        "SAVEPOINT x",
        "REINDEX run",
        "ANALYZE run",
        "SELECT load_extension('x') ",
        "WITH x AS (SELECT 1) DELETE FROM run",
    };
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    for (int i = 0; i < 2; i++) {
        for (size_t j = 0; j < sizeof bad / sizeof bad[0]; j++) {
            int code = rep_query(db, bad[j], NULL, &t->sink, REP_FORMAT_CSV);
            if (code != -EPERM) {
                fail_msg("%s gave %d: %s", bad[j], code, rep_error_text(db));
            }
            assert_contains(rep_error_text(db), "may only read");
        }
        assert_int_equal(count_rows(db, "run"), 1);
        assert_int_equal(t->text.size, 0);
        rep_close(db);
        db = open_or_fail(t->path, REP_READ);
    }
    rep_close(db);
}

static void wrong_queries_are_told(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    assert_int_equal(rep_query(db, "nothing", NULL, &t->sink, REP_FORMAT_TEXT), -ENOENT);
    assert_contains(rep_error_text(db), "no query named \"nothing\"; there are: ");
    assert_contains(rep_error_text(db), "lost-mounts");
    assert_int_equal(rep_query(db, "regresions", NULL, &t->sink, REP_FORMAT_TEXT), -ENOENT);
    assert_contains(rep_error_text(db), "did you mean regressions?; there are: ");
    assert_int_equal(rep_query(db, "SELECT nope FROM run", NULL, &t->sink, REP_FORMAT_TEXT),
                     -EINVAL);
    assert_contains(rep_error_text(db), "no such column");
    assert_int_equal(rep_query(db, "SELECT 1; SELECT 2", NULL, &t->sink, REP_FORMAT_TEXT), -EINVAL);
    assert_contains(rep_error_text(db), "more than one");
    assert_int_equal(rep_query(db, " -- x", NULL, &t->sink, REP_FORMAT_TEXT), -EINVAL);
    OK(db, rep_query(db, "SELECT 1; \n", NULL, &t->sink, REP_FORMAT_CSV));
    /* The connection still writes afterwards. */
    end_run(begin_run(db, NULL));
    rep_close(db);
}

static void formats_hold_any_value(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    static const char sql[] = "SELECT 1 AS i, 1.5 AS r, NULL AS n, x'00ff' AS b, 'a,\"b\"' AS q, "
                              "9e999 AS inf, name FROM result WHERE id = 1";
    OK(db, rep_query(db, sql, NULL, &t->sink, REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "i,r,n,b,q,inf,name\r\n"
                                      "1,1.5,,00ff,\"a,\"\"b\"\"\",Inf,\"bad\\x1bname\nx\"\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, sql, NULL, &t->sink, REP_FORMAT_JSONL));
    assert_string_equal(t->text.data,
                        "{\"i\":1,\"r\":1.5,\"n\":null,\"b\":\"00ff\",\"q\":"
                        "\"a,\\\"b\\\"\",\"inf\":null,\"name\":\"bad\\u001bname\\u000ax\"}\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, sql, NULL, &t->sink, REP_FORMAT_TEXT));
    assert_contains(t->text.data, "bad\\x1bname\\nx");
    rep_close(db);
}

/* What is said about the columns is what they are. */
static void assert_columns(struct rep_db *db, const struct rep_query_info *info)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf names = {0};
    OK(db, rep_sql_prepare(db, info->sql, &stmt));
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        rep_buf_str(&names, i ? ", " : "");
        rep_buf_str(&names, sqlite3_column_name(stmt, i));
    }
    assert_string_equal(names.data, info->columns);
    rep_buf_release(&names);
    sqlite3_finalize(stmt);
}

static void a_query_may_be_about_a_run(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_result result = {.name = "z", .result = "hang", .error = "later"};
    OK(db, rep_record(run, &result));
    end_run(run);
    OK(db, rep_query(db, "by-error", NULL, &t->sink, REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "cases,result,example,error\r\n1,hang,z,later\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "by-error", "latest~1", &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "2,error,e1,\"no way\"\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "SELECT count(*) AS n FROM result WHERE run = :run", "1", &t->sink,
                     REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "n\r\n3\r\n");
    assert_int_equal(rep_query(db, "runs", "1", &t->sink, REP_FORMAT_CSV), -EINVAL);
    assert_contains(rep_error_text(db), ":run");
    assert_int_equal(rep_query(db, "by-error", "9", &t->sink, REP_FORMAT_CSV), -ENOENT);
    assert_int_equal(rep_query(db, "SELECT ?1, :run", NULL, &t->sink, REP_FORMAT_CSV), -EINVAL);
    rep_close(db);
}

/* Full text search prepares statements of its own; they only read. */
static void the_search_index_can_be_asked(void **state)
{
    struct scratch *t = *state;
    rep_close(filled(t));
    for (enum rep_mode mode = REP_READ; mode <= REP_WRITE; mode++) {
        struct rep_db *db = open_or_fail(t->path, mode);
        rep_buf_clear(&t->text);
        OK(db, rep_query(db,
                         "SELECT kind, snippet(search, 1, '[', ']', '..', 4) AS s FROM search "
                         "WHERE search MATCH 'way'",
                         NULL, &t->sink, REP_FORMAT_CSV));
        assert_string_equal(t->text.data, "kind,s\r\nerror,\"no [way]\"\r\n");
        assert_int_equal(rep_query(db, "INSERT INTO search(search) VALUES('delete-all')", NULL,
                                   &t->sink, REP_FORMAT_CSV),
                         -EPERM);
        rep_close(db);
    }
}

static void every_named_query_runs(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    static const char *const promised[] = {
        "regressions",    "flips",           "slowest",     "by-error",
        "ignored-mounts", "shadowed-mounts", "lost-mounts", "runs"};
    for (const struct rep_query_info *info = rep_queries(); info->name; info++) {
        assert_columns(db, info);
        for (enum rep_format format = REP_FORMAT_TEXT; format <= REP_FORMAT_JSONL; format++) {
            OK(db, rep_query(db, info->name, NULL, &t->sink, format));
        }
        assert_true(strlen(info->about) > 10);
    }
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        OK(db, rep_query(db, promised[i], NULL, &t->sink, REP_FORMAT_TEXT));
    }
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "by-error", NULL, &t->sink, REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "cases,result,example,error\r\n2,error,e1,\"no way\"\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "slowest", NULL, &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "e1,5.0,error,pass,");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(writes_are_refused_everywhere), SCRATCH_TEST(wrong_queries_are_told),
        SCRATCH_TEST(formats_hold_any_value),        SCRATCH_TEST(a_query_may_be_about_a_run),
        SCRATCH_TEST(the_search_index_can_be_asked), SCRATCH_TEST(every_named_query_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
