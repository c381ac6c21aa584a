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

static void pruning_keeps_what_is_used(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    fill(db, "kept", "/d/1", "first");
    fill(db, NULL, "/d/2", "second");
    fill(db, NULL, "/d/3", "third");
    fill(db, NULL, "/d/3", "third");
    int64_t dirs = count_rows(db, "dir");
    int64_t gone = 0;
    OK(db, rep_prune(db, 1, &gone));
    assert_int_equal(gone, 2);
    assert_int_equal(count_rows(db, "run"), 2);
    assert_int_equal(count_rows(db, "result"), 2);
    assert_int_equal(count_rows(db, "plan"), 2);
    assert_int_equal(count_rows(db, "finding"), 2);
    assert_int_equal(count_rows(db, "mount"), 2);
    assert_int_equal(count_rows(db, "input"), 2);
    assert_int_equal(count_rows(db, "blob"), 2);
    assert_int_equal(count_rows(db, "dir"), dirs * 2 / 3);
    assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 1);
    assert_sound(db);
    int nodes = 0;
    OK(db, rep_read_tree(db, "kept", "c", count_node, &nodes));
    assert_int_equal(nodes, 3);
    /* The caches forgot what went: the same content goes in again. */
    fill(db, NULL, "/d/2", "second");
    assert_sound(db);
    OK(db, rep_read_case(db, "latest", "c", same_error, (void *)"second"));
    rep_close(db);
}

static void merging_brings_every_run(void **state)
{
    struct scratch *t = *state;
    char other_path[160];
    (void)snprintf(other_path, sizeof other_path, "%s/o.db", t->dir);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_db *other = open_or_fail(other_path, REP_CREATE);
    struct rep_crash crash = {.target = "p9", .found = "1", .kind = "crash", .input = {"x", 1}};
    fill(db, NULL, "/d/1", "first");
    fill(other, NULL, "/d/1", "first");
    fill(other, "theirs", "/d/2", "second");
    OK(db, rep_fuzz_crash(db, &crash));
    OK(other, rep_fuzz_crash(other, &crash));
    int64_t runs = 0;
    assert_int_equal(rep_merge(db, db, &runs), -EINVAL);
    OK(db, rep_merge(db, other, &runs));
    assert_int_equal(runs, 2);
    assert_int_equal(count_rows(db, "run"), 3);
    assert_int_equal(count_rows(db, "blob"), 3);
    assert_int_equal(query_int(db, "SELECT times FROM fuzz_crash"), 2);
    assert_sound(db);
    OK(db, rep_read_case(db, "theirs", "c", same_error, (void *)"second"));
    OK(db, rep_read_case(db, "2", "c", same_error, (void *)"first"));
    int nodes = 0;
    OK(db, rep_read_tree(db, "theirs", "c", count_node, &nodes));
    assert_int_equal(nodes, 3);
    rep_close(other);
    /* Readers may be merged from, too, and not into. */
    other = open_or_fail(other_path, REP_READ);
    OK(db, rep_merge(db, other, &runs));
    assert_int_equal(rep_merge(other, db, &runs), -EROFS);
    rep_close(other);
    assert_int_equal(count_rows(db, "run"), 5);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(pruning_keeps_what_is_used),
        SCRATCH_TEST(merging_brings_every_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
