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
            int code = rep_query(db, bad[j], &t->sink, REP_FORMAT_CSV);
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
    assert_int_equal(rep_query(db, "nothing", &t->sink, REP_FORMAT_TEXT), -ENOENT);
    assert_contains(rep_error_text(db), "lost-mounts");
    assert_int_equal(rep_query(db, "SELECT nope FROM run", &t->sink, REP_FORMAT_TEXT), -EINVAL);
    assert_contains(rep_error_text(db), "no such column");
    assert_int_equal(rep_query(db, "SELECT 1; SELECT 2", &t->sink, REP_FORMAT_TEXT), -EINVAL);
    assert_contains(rep_error_text(db), "more than one");
    assert_int_equal(rep_query(db, " -- x", &t->sink, REP_FORMAT_TEXT), -EINVAL);
    OK(db, rep_query(db, "SELECT 1; \n", &t->sink, REP_FORMAT_CSV));
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
    OK(db, rep_query(db, sql, &t->sink, REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "i,r,n,b,q,inf,name\r\n"
                                      "1,1.5,,00ff,\"a,\"\"b\"\"\",Inf,\"bad\\x1bname\nx\"\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, sql, &t->sink, REP_FORMAT_JSONL));
    assert_string_equal(t->text.data,
                        "{\"i\":1,\"r\":1.5,\"n\":null,\"b\":\"00ff\",\"q\":"
                        "\"a,\\\"b\\\"\",\"inf\":null,\"name\":\"bad\\u001bname\\u000ax\"}\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, sql, &t->sink, REP_FORMAT_TEXT));
    assert_contains(t->text.data, "bad\\x1bname\\nx");
    rep_close(db);
}

static void every_named_query_runs(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    static const char *const promised[] = {
        "regressions",    "flips",           "slowest",     "by-error",
        "ignored-mounts", "shadowed-mounts", "lost-mounts", "runs"};
    for (const struct rep_query_info *info = rep_queries(); info->name; info++) {
        for (enum rep_format format = REP_FORMAT_TEXT; format <= REP_FORMAT_JSONL; format++) {
            OK(db, rep_query(db, info->name, &t->sink, format));
        }
        assert_true(strlen(info->about) > 10);
    }
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        OK(db, rep_query(db, promised[i], &t->sink, REP_FORMAT_TEXT));
    }
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "by-error", &t->sink, REP_FORMAT_CSV));
    assert_string_equal(t->text.data, "cases,result,example,error\r\n2,error,e1,\"no way\"\r\n");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "slowest", &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "e1,5.0,error,pass,");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(writes_are_refused_everywhere),
        SCRATCH_TEST(wrong_queries_are_told),
        SCRATCH_TEST(formats_hold_any_value),
        SCRATCH_TEST(every_named_query_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
