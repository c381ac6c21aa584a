#include "support.h"

#include "html/html.h"

/* A page is checked for its parts and their JSON; what it does in a browser is checked there. */

static void make_page(struct scratch *scratch, struct rep_db *db, const char *ref,
                      const struct rep_html_options *options)
{
    rep_buf_clear(&scratch->text);
    OK(db, rep_html(db, ref, options, &scratch->sink));
}

/* The JSON of a block of data as an SQL parameter would take it: `sql` gets it as ?1. */
static int64_t ask(struct scratch *scratch, const char *block, const char *sql)
{
    sqlite3 *memory = NULL;
    sqlite3_stmt *stmt = NULL;
    const char *start = strstr(scratch->text.data, block);
    assert_non_null(start);
    start = strchr(start, '>') + 1;
    const char *end = strstr(start, "</script>");
    assert_non_null(end);
    assert_null(memchr(start, '<', (size_t)(end - start)));
    assert_int_equal(sqlite3_open(":memory:", &memory), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(memory, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(stmt, 1, start, (int)(end - start), SQLITE_STATIC),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(memory);
    return value;
}

#define LIST    "id=\"list-data\""
#define DETAILS "id=\"details-data\""

static int64_t count_records(struct scratch *scratch, const char *kind)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM json_each(?1) WHERE json_extract(value, '$[0]') = '%s'",
                   kind);
    return ask(scratch, DETAILS, sql);
}

static void check_blocks(struct scratch *scratch)
{
    assert_int_equal(ask(scratch, LIST, "SELECT json_valid(?1)"), 1);
    assert_int_equal(ask(scratch, DETAILS, "SELECT json_valid(?1)"), 1);
    assert_lacks(scratch->text.data, "{{");
}

static int record(struct rep_run *run, const char *name, const char *result, enum rep_status status,
                  const char *error, const struct rep_node *nodes, size_t count)
{
    struct rep_input input = {.part[REP_SPEC] = {name, strlen(name)}};
    struct rep_result made = {
        .name = name,
        .input = &input,
        .result = result,
        .status = status,
        .error = error,
        .text[REP_LOG] = "[\"I one\",\"W two\"]",
        .nodes = nodes,
        .n_nodes = count,
        .duration_ns = 5000,
    };
    return rep_record(run, &made);
}

/* Three runs: the second has a regression and a changed tree, the third has other cases. */
static struct rep_db *make_runs(struct scratch *scratch)
{
    struct rep_db *db = open_or_fail(scratch->path, REP_CREATE);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/etc", "dir"),
                               make_node("/etc/hosts", "file"), make_node("/tmp", "dir")};
    struct rep_run *run = begin_run(db, NULL);
    OK(db, record(run, "good", "ok", REP_PASS, NULL, nodes, 4));
    OK(db, record(run, "same", "ok", REP_PASS, NULL, nodes, 4));
    OK(db, record(run, "tree", "ok", REP_PASS, NULL, nodes, 4));
    end_run(run);
    run = begin_run(db, "second");
    OK(db, record(run, "good", "error", REP_FAIL, "no </script> & such", NULL, 0));
    OK(db, record(run, "same", "ok", REP_PASS, NULL, nodes, 4));
    OK(db, record(run, "tree", "ok", REP_PASS, NULL, nodes, 3));
    end_run(run);
    return db;
}

static void test_of_two_runs(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    make_page(scratch, db, "latest", NULL);
    check_blocks(scratch);
    assert_contains(scratch->text.data, "1 regression since run 1");
    assert_contains(scratch->text.data, "no &lt;/script&gt; &amp; such");
    assert_int_equal(ask(scratch, LIST, "SELECT json_array_length(?1, '$.cases')"), 3);
    assert_int_equal(ask(scratch, LIST, "SELECT json_extract(?1, '$.cases[0][7]')"),
                     HTML_REGRESSION | HTML_FLIP | HTML_TREE);
    assert_int_equal(ask(scratch, LIST, "SELECT json_extract(?1, '$.cases[1][7]')"), 0);
    assert_int_equal(ask(scratch, LIST, "SELECT json_extract(?1, '$.cases[2][7]')"), HTML_TREE);
    assert_int_equal(count_records(scratch, "case"), 3);
    /* Equal texts and directories stand once: the log; / and /etc of two trees, which share /etc.
     */
    assert_int_equal(count_records(scratch, "text"), 2);
    assert_int_equal(count_records(scratch, "dir"), 5);
    assert_int_equal(rep_close(db), 0);
}

static void test_without_baseline(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    make_page(scratch, db, "1", NULL);
    check_blocks(scratch);
    assert_contains(scratch->text.data, "No failures");
    assert_lacks(scratch->text.data, "<h2>Changes since run");
    assert_int_equal(ask(scratch, LIST, "SELECT json_type(?1, '$.base') = 'null'"), 1);
    assert_int_equal(rep_close(db), 0);
}

static void test_named_baseline(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    struct rep_html_options options = {.base_ref = "second"};
    make_page(scratch, db, "1", &options);
    check_blocks(scratch);
    assert_contains(scratch->text.data, "No regressions since run 2");
    options.base_ref = "none such";
    assert_int_equal(rep_html(db, "1", &options, &scratch->sink), -ENOENT);
    assert_contains(rep_error_text(db), "none such");
    assert_int_equal(rep_html(db, "77", NULL, &scratch->sink), -ENOENT);
    assert_int_equal(rep_close(db), 0);
}

static void test_bound(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    struct rep_html_options options = {.max_bytes = 1};
    make_page(scratch, db, "latest", &options);
    check_blocks(scratch);
    assert_int_equal(count_records(scratch, "case"), 0);
    assert_contains(scratch->text.data, "details of 0 of 3 cases");
    /* With room for some: what failed or changed comes first. */
    for (options.max_bytes = 100; options.max_bytes < 4000; options.max_bytes += 50) {
        make_page(scratch, db, "latest", &options);
        check_blocks(scratch);
        int64_t cases = count_records(scratch, "case");
        if (cases > 0 && cases < 3) {
            assert_int_equal(
                ask(scratch, DETAILS,
                    "SELECT count(*) FROM json_each(?1) WHERE json_extract(value, '$[0]') = 'case' "
                    "AND json_extract(value, '$[1]') = 1"),
                0);
        }
    }
    assert_int_equal(count_records(scratch, "case"), 3);
    assert_lacks(scratch->text.data, "This report holds the details of");
    assert_int_equal(rep_close(db), 0);
}

/* Fails at the n-th write. */
static int fail_later(void *arg, const char *data, size_t size)
{
    int *left = arg;
    (void)data;
    (void)size;
    return (*left)-- > 0 ? 0 : -EPIPE;
}

static void test_failing_sink(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    int code = -EPIPE;
    for (int n = 0; code != 0; n++) {
        int left = n;
        struct rep_sink sink = {.write = fail_later, .arg = &left};
        code = rep_html(db, "latest", NULL, &sink);
        assert_true(code == 0 || code == -EPIPE);
        assert_true(n < 1000);
    }
    make_page(scratch, db, "latest", NULL);
    check_blocks(scratch);
    assert_int_equal(rep_close(db), 0);
}

static void test_damaged(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    OK(db, rep_sql_exec(db, "UPDATE node SET child = dir WHERE name = 'etc'", "damage"));
    assert_int_equal(rep_html(db, "1", NULL, &scratch->sink), -EBADMSG);
    assert_contains(rep_error_text(db), "inside itself");
    assert_int_equal(rep_close(db), 0);
}

static void test_empty_run(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = open_or_fail(scratch->path, REP_CREATE);
    end_run(begin_run(db, NULL));
    make_page(scratch, db, "latest", NULL);
    check_blocks(scratch);
    assert_int_equal(rep_close(db), 0);
}

static void test_absurd_durations(void **state)
{
    static const char *const absurd[] = {"9223372036854775807", "-9223372036854775807 - 1"};
    struct scratch *scratch = *state;
    struct rep_db *db = make_runs(scratch);
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "UPDATE result SET duration_ns = %s", absurd[i]);
        OK(db, rep_sql_exec(db, sql, "make them up"));
        make_page(scratch, db, "latest", NULL);
        check_blocks(scratch);
    }
    assert_int_equal(rep_close(db), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_of_two_runs),    SCRATCH_TEST(test_without_baseline),
        SCRATCH_TEST(test_named_baseline), SCRATCH_TEST(test_bound),
        SCRATCH_TEST(test_failing_sink),   SCRATCH_TEST(test_damaged),
        SCRATCH_TEST(test_empty_run),      SCRATCH_TEST(test_absurd_durations),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
