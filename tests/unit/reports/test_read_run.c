#include "support.h"

struct seen {
    char names[64];
    size_t nodes, mounts, findings;
    char first_path[16], file[16], reason[16];
    int64_t line;
};

static int see(void *arg, const struct rep_result *result)
{
    struct seen *seen = arg;
    strcat(seen->names, result->name);
    strcat(seen->names, " ");
    seen->nodes += result->nodes ? result->n_nodes : 0;
    seen->mounts += result->n_mounts;
    seen->findings += result->n_findings;
    for (size_t i = 1; result->nodes && i < result->n_nodes; i++) {
        assert_true(strcmp(result->nodes[i - 1].path, result->nodes[i].path) < 0);
    }
    if (result->file) {
        (void)snprintf(seen->file, sizeof seen->file, "%s", result->file);
        (void)snprintf(seen->reason, sizeof seen->reason, "%s", result->reason);
        seen->line = result->line;
    }
    return 0;
}

/* Planned as a, b, c; recorded in another order. */
static void record(struct rep_db *db)
{
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/b/x", "file"),
                               make_node("/b-c", "file"), make_node("/b", "dir")};
    struct rep_finding finding = {"info", "x", "y"};
    struct rep_result result = {.name = "b",
                                .result = "error",
                                .status = REP_XFAIL,
                                .file = "s.jsonl",
                                .line = 7,
                                .reason = "later",
                                .findings = &finding,
                                .n_findings = 1};
    static const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        OK(db, rep_plan(run, names[i], NULL));
    }
    OK(db, record_tree(run, "c", nodes, 4));
    OK(db, rep_record(run, &result));
    OK(db, record_tree(run, "a", nodes, 1));
    end_run(run);
}

static void results_come_in_the_order_of_the_plan(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = open_or_fail(scratch->path, REP_CREATE);
    struct seen seen = {0}, without = {0};
    record(db);
    OK(db, rep_read_run(db, "latest", NULL, 0, true, see, &seen));
    assert_string_equal(seen.names, "a b c ");
    assert_int_equal(seen.nodes, 5);
    assert_int_equal(seen.findings, 1);
    assert_string_equal(seen.file, "s.jsonl");
    assert_string_equal(seen.reason, "later");
    assert_int_equal(seen.line, 7);
    OK(db, rep_read_run(db, "latest", NULL, 0, false, see, &without));
    assert_int_equal(without.nodes, 0);
    OK(db, rep_close(db));
}

static void or_the_named_ones(void **state)
{
    struct scratch *scratch = *state;
    struct rep_db *db = open_or_fail(scratch->path, REP_CREATE);
    static const char *const names[] = {"c", "a", "none"};
    struct seen seen = {0};
    record(db);
    OK(db, rep_read_run(db, "1", names, 2, true, see, &seen));
    assert_string_equal(seen.names, "c a ");
    assert_int_equal(rep_read_run(db, "1", names, 3, true, see, &seen), -ENOENT);
    assert_contains(rep_error_text(db), "no result of the case none");
    OK(db, rep_close(db));
}

/* The texts of where and why survive merge and prune, which copy and count references. */
static void places_survive_merge_and_prune(void **state)
{
    struct scratch *scratch = *state;
    char other[160];
    const char *const paths[] = {scratch->path};
    struct seen seen = {0};
    (void)snprintf(other, sizeof other, "%s/other.db", scratch->dir);
    struct rep_db *from = open_or_fail(scratch->path, REP_CREATE);
    record(from);
    record(from);
    OK(from, rep_close(from));
    struct rep_db *into = open_or_fail(other, REP_CREATE);
    OK(into, rep_merge(into, paths, 1, false, NULL, NULL));
    OK(into, rep_prune(into, 1, false, NULL, NULL, NULL));
    OK(into, rep_read_run(into, "latest", NULL, 0, true, see, &seen));
    assert_string_equal(seen.file, "s.jsonl");
    assert_string_equal(seen.reason, "later");
    assert_int_equal(query_int(into, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    OK(into, rep_close(into));
}

int main(void)
{
    const struct CMUnitTest read_run_tests[] = {
        SCRATCH_TEST(results_come_in_the_order_of_the_plan),
        SCRATCH_TEST(or_the_named_ones),
        SCRATCH_TEST(places_survive_merge_and_prune),
    };
    return cmocka_run_group_tests(read_run_tests, NULL, NULL);
}
