#include "support.h"

static void options_are_checked(void **state)
{
    static const char *const labels[] = {"12", "latest", "latest~1", ""};
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = NULL;
    struct rep_run_options options = {.subject = "model", .started = "now"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        options.label = labels[i];
        assert_int_equal(rep_run_begin(db, &options, &run), -EINVAL);
    }
    options.label = NULL;
    options.shard_index = 3;
    options.shard_count = 2;
    assert_int_equal(rep_run_begin(db, &options, &run), -EINVAL);
    options.shard_index = 0;
    assert_int_equal(rep_run_begin(db, &options, &run), -EINVAL);
    options.subject = NULL;
    assert_int_equal(rep_run_begin(db, &options, &run), -EINVAL);
    assert_null(run);
    run = begin_run(db, "x");
    struct rep_run *second = NULL;
    options = (struct rep_run_options){.subject = "model", .started = "now"};
    assert_int_equal(rep_run_begin(db, &options, &second), -EBUSY);
    rep_close(db); /* ends the run as interrupted */
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(query_int(db, "SELECT state = 'interrupted' FROM run"), 1);
    rep_close(db);
}

/* A run that is killed before its plan is whole was never there. */
static void a_run_comes_with_its_plan(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_db *reader = open_or_fail(t->path, REP_READ);
    struct rep_run *run = begin_run(db, NULL);
    OK(db, rep_plan(run, "a", NULL));
    OK(db, rep_plan(run, "b", NULL));
    assert_int_equal(count_rows(reader, "run"), 0);
    OK(db, rep_flush(run));
    assert_int_equal(count_rows(reader, "run"), 1);
    assert_int_equal(count_rows(reader, "plan"), 2);
    end_run(run);
    rep_close(reader);
    rep_close(db);
}

/* What was recorded without them fits them; what comes after a run is checked again. */
static void foreign_keys_rest_while_a_run_is_recorded(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    for (unsigned batch = 1; batch <= 3; batch++) {
        struct rep_run_options options = {.subject = "model", .started = "now", .batch = batch};
        struct rep_run *run = NULL;
        OK(db, rep_run_begin(db, &options, &run));
        assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 0);
        OK(db, rep_plan(run, "a", NULL));
        OK(db, record_tree(run, "a", (struct rep_node[]){make_node("/x/y", "dir")}, 1));
        OK(db, record_tree(run, "b", (struct rep_node[]){make_node("/", "dir")}, 1));
        end_run(run);
        assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 1);
        assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    }
    assert_true(rep_sql_exec(db, "DELETE FROM dir", "delete what is used") < 0);
    rep_close(db);
}

static void options_of_a_run_come_back(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run_options options = {
        .subject = "model", .started = "now", .options = "{\"gofer\":\"thread\"}"};
    struct rep_run_info info;
    struct rep_run *run;
    OK(db, rep_run_begin(db, &options, &run));
    end_run(run);
    end_run(begin_run(db, "none"));
    OK(db, rep_run_find(db, "1", &info));
    assert_string_equal(info.options, "{\"gofer\":\"thread\"}");
    rep_run_info_release(&info);
    OK(db, rep_run_find(db, "none", &info));
    assert_string_equal(info.options, "{}");
    rep_run_info_release(&info);
    rep_close(db);
}

static void a_batch_is_one_transaction(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run_options options = {.subject = "model", .started = "now", .batch = 3};
    struct rep_run *run;
    struct rep_node root = make_node("/", "dir");
    static const int visible[] = {0, 0, 3, 3, 3, 6, 6};
    OK(db, rep_run_begin(db, &options, &run));
    struct rep_db *reader = open_or_fail(t->path, REP_READ);
    for (int i = 0; i < 7; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%d", i);
        OK(db, record_tree(run, name, &root, 1));
        assert_int_equal(count_rows(reader, "result"), visible[i]);
    }
    OK(db, rep_flush(run));
    assert_int_equal(count_rows(reader, "result"), 7);
    end_run(run);
    rep_close(reader);
    rep_close(db);
}

static void a_file_that_went_away_is_told(void **state)
{
    struct scratch *t = *state;
    char aside[160];
    (void)snprintf(aside, sizeof aside, "%s/aside.db", t->dir);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run_options options = {.subject = "model", .started = "now"};
    struct rep_run *run;
    struct rep_node root = make_node("/", "dir");
    OK(db, rep_run_begin(db, &options, &run));
    OK(db, record_tree(run, "a", &root, 1));
    OK(db, rep_flush(run));
    OK(db, record_tree(run, "b", &root, 1));
    assert_int_equal(rename(t->path, aside), 0);
    assert_int_equal(rep_flush(run), -ENOENT);
    assert_non_null(strstr(rep_error_text(db), "removed, renamed or replaced while a run was "
                                               "recorded in it; 1 result of the open batch is"));
    assert_int_equal(rename(aside, t->path), 0);
    assert_int_equal(record_tree(run, "c", &root, 1), -ENOENT); /* as after any failure */
    assert_int_equal(rep_run_end(run, REP_FINISHED, "later", NULL), -ENOENT);
    assert_int_equal(count_rows(db, "result"), 1);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(options_are_checked),
        SCRATCH_TEST(a_run_comes_with_its_plan),
        SCRATCH_TEST(foreign_keys_rest_while_a_run_is_recorded),
        SCRATCH_TEST(options_of_a_run_come_back),
        SCRATCH_TEST(a_batch_is_one_transaction),
        SCRATCH_TEST(a_file_that_went_away_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
