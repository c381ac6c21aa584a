#include "support.h"

static void fill(struct rep_db *db, const char *label, const char *file, const char *error)
{
    struct rep_run *run = begin_run(db, label);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/d", "dir"),
                               make_node(file, "file")};
    struct rep_mount mount = {.destination = file, .spec_index = -1, .shadowed_by = -1};
    struct rep_finding finding = {"info", "x", "y"};
    struct rep_input input = {{[REP_SPEC] = {file, strlen(file)}}};
    struct rep_result result = {.name = "c",
                                .input = &input,
                                .result = "error",
                                .error = error,
                                .mounts = &mount,
                                .n_mounts = 1,
                                .findings = &finding,
                                .n_findings = 1,
                                .nodes = nodes,
                                .n_nodes = 3};
    OK(db, rep_plan(run, "c", &input));
    OK(db, rep_record(run, &result));
    end_run(run);
}

static void assert_sound(struct rep_db *db)
{
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_integrity_check "
                                   "WHERE integrity_check <> 'ok'"),
                     0);
}

static int same_error(void *arg, const struct rep_result *result)
{
    assert_string_equal(result->error, arg);
    assert_int_equal(result->n_mounts, 1);
    assert_int_equal(result->n_findings, 1);
    return 0;
}

static int count_node(void *arg, const struct rep_node *node)
{
    assert_non_null(node->path);
    ++*(int *)arg;
    return 0;
}

/* Runs are named in order, with what they had. */
static int hear(void *arg, const struct rep_run_info *info)
{
    int64_t *next = arg;
    assert_int_equal(info->id, *next);
    assert_int_equal(info->counts.recorded, 1);
    ++*next;
    return 0;
}

static int refuse(void *arg, const struct rep_run_info *info)
{
    (void)arg;
    (void)info;
    return -EINTR;
}

static void pruning_keeps_what_is_used(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    fill(db, "kept", "/d/1", "first");
    fill(db, NULL, "/d/2", "second");
    fill(db, NULL, "/d/3", "third");
    fill(db, NULL, "/d/3", "third");
    int64_t dirs = count_rows(db, "dir");
    struct rep_prune_counts gone = {0};
    /* A dry run says the same and does nothing. */
    OK(db, rep_prune(db, 1, true, NULL, NULL, &gone));
    assert_int_equal(gone.runs, 2);
    assert_int_equal(gone.results, 2);
    assert_int_equal(count_rows(db, "run"), 4);
    assert_int_equal(count_rows(db, "search_item"), 3 + 5);
    OK(db, rep_prune(db, 1, false, hear, &(int64_t){2}, &gone));
    assert_int_equal(gone.runs, 2);
    assert_int_equal(count_rows(db, "run"), 2);
    assert_int_equal(count_rows(db, "result"), 2);
    assert_int_equal(count_rows(db, "plan"), 2);
    assert_int_equal(count_rows(db, "finding"), 2);
    assert_int_equal(count_rows(db, "mount"), 2);
    assert_int_equal(count_rows(db, "mount_list"), 2);
    assert_int_equal(count_rows(db, "mount_row"), 2);
    assert_int_equal(count_rows(db, "input"), 2);
    assert_int_equal(count_rows(db, "blob"), 2);
    assert_int_equal(count_rows(db, "dir"), dirs * 2 / 3);
    assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 1);
    assert_sound(db);
    assert_int_equal(query_int(db, "SELECT count(*) FROM search WHERE search MATCH 'second'"), 0);
    assert_int_equal(query_int(db, "SELECT count(*) FROM search WHERE search MATCH 'third'"), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM sqlite_temp_schema"), 0);
    int nodes = 0;
    OK(db, rep_read_tree(db, "kept", "c", count_node, &nodes));
    assert_int_equal(nodes, 3);
    /* The caches forgot what went: the same content goes in again. */
    fill(db, NULL, "/d/2", "second");
    assert_sound(db);
    OK(db, rep_read_case(db, "latest", "c", same_error, (void *)"second"));
    rep_close(db);
}

static void nothing_goes_unless_all_agree(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    fill(db, NULL, "/d/1", "first");
    fill(db, NULL, "/d/2", "second");
    assert_int_equal(rep_prune(db, 1, false, refuse, NULL, NULL), -EINTR);
    assert_int_equal(count_rows(db, "run"), 2);
    struct rep_prune_counts gone = {.runs = 9};
    OK(db, rep_prune(db, 2, false, refuse, NULL, &gone));
    assert_int_equal(gone.runs, 0);
    assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 1);
    struct rep_run *run = begin_run(db, NULL);
    assert_int_equal(rep_prune(db, 0, false, NULL, NULL, NULL), -EBUSY);
    end_run(run);
    rep_close(db);
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(rep_prune(db, 0, false, NULL, NULL, NULL), -EROFS);
    rep_close(db);
}

/* The numbers of results begin anew when none is left: the index must not think that it has them.
 */
static void all_may_go(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    fill(db, NULL, "/d/1", "first");
    fill(db, NULL, "/d/2", "second");
    OK(db, rep_prune(db, 0, false, NULL, NULL, NULL));
    assert_int_equal(count_rows(db, "run"), 0);
    assert_int_equal(count_rows(db, "blob"), 0);
    assert_int_equal(count_rows(db, "node"), 0);
    fill(db, NULL, "/d/3", "third");
    assert_int_equal(query_int(db, "SELECT count(*) FROM search WHERE search MATCH 'third'"), 1);
    assert_sound(db);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(pruning_keeps_what_is_used),
        SCRATCH_TEST(nothing_goes_unless_all_agree),
        SCRATCH_TEST(all_may_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
