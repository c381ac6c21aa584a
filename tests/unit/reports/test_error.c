#include "support.h"

static void codes_become_errnos_and_name_the_file(void **state)
{
    static const struct {
        int sqlite_code;
        int code;
    } rows[] = {
        {SQLITE_BUSY, -EBUSY},
        {SQLITE_FULL, -ENOSPC},
        {SQLITE_CORRUPT, -EBADMSG},
        {SQLITE_NOTADB, -EBADMSG},
        {SQLITE_READONLY, -EROFS},
        {SQLITE_NOMEM, -ENOMEM},
        {SQLITE_IOERR, -EIO},
        {SQLITE_IOERR_READ, -EIO},
        {SQLITE_AUTH, -EPERM},
        {SQLITE_CANTOPEN, -EACCES},
        {SQLITE_READONLY_DBMOVED, -EROFS},
        {SQLITE_ERROR, -EINVAL},
    };
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_string_equal(rep_error_text(db), "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(rep_fail_sql_code(db, rows[i].sqlite_code, "try"), rows[i].code);
        assert_int_equal(db->error.code, rows[i].code);
        assert_contains(rep_error_text(db), t->path);
        assert_contains(rep_error_text(db), "cannot try");
    }
    rep_close(db);
}

static void a_text_is_one_line_whatever_is_named(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_int_equal(rep_fail(db, -EEXIST, "the case %s is here", "a\nb\n"), -EEXIST);
    assert_contains(rep_error_text(db), "the case a b  is here");
    rep_close(db);
}

static void long_texts_are_cut_not_spilled(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(rep_fail(db, -EINVAL, "%s", text), -EINVAL);
    assert_true(strlen(rep_error_text(db)) < sizeof db->error.text);
    rep_close(db);
}

static int refuse(void *arg, const char *data, size_t size)
{
    (void)arg, (void)data, (void)size;
    return -EPIPE;
}

static void a_broken_sink_is_told(void **state)
{
    struct scratch *t = *state;
    struct rep_sink broken = {.write = refuse};
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "c", &root, 1));
    end_run(run);
    assert_int_equal(rep_tree(db, "1", "c", &broken), -EPIPE);
    assert_int_equal(rep_show(db, "1", "c", &broken), -EPIPE);
    const struct rep_diff_side side = {db, "1", NULL};
    assert_int_equal(rep_diff(&side, &side, &broken, REP_FORMAT_TEXT, NULL), -EPIPE);
    assert_int_equal(rep_diff(&side, &side, &broken, REP_FORMAT_JSONL, NULL), -EPIPE);
    for (enum rep_format format = REP_FORMAT_TEXT; format <= REP_FORMAT_JSONL; format++) {
        assert_int_equal(rep_query(db, "runs", NULL, &broken, format), -EPIPE);
    }
    assert_contains(rep_error_text(db), "cannot write");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(codes_become_errnos_and_name_the_file),
        SCRATCH_TEST(a_text_is_one_line_whatever_is_named),
        SCRATCH_TEST(long_texts_are_cut_not_spilled),
        SCRATCH_TEST(a_broken_sink_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
