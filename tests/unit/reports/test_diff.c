#include "support.h"

struct outcome {
    const char *name;
    const char *spec;
    const char *result;
    enum rep_status status;
    const char *error;
    const char *log;
    const char *mode; /* of /d/f; NULL = there is no /d/f */
};

static void record(struct rep_run *run, const struct outcome *o)
{
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/d", "dir"),
                               make_node("/d/f", "file")};
    nodes[2].mode = o->mode;
    struct rep_input input = {{[REP_SPEC] = {o->spec, strlen(o->spec)}}};
    struct rep_result result = {.name = o->name,
                                .input = &input,
                                .result = o->result,
                                .status = o->status,
                                .error = o->error,
                                .text = {o->log},
                                .nodes = nodes,
                                .n_nodes = o->mode ? 3 : 2};
    OK(run->db, rep_record(run, &result));
}

static void record_run(struct rep_db *db, const struct outcome *outcomes, size_t count)
{
    struct rep_run *run = begin_run(db, NULL);
    for (size_t i = 0; i < count; i++) {
        record(run, &outcomes[i]);
    }
    end_run(run);
}

static const struct outcome before[] = {
    {"error", "s", "error", REP_PASS, "old text", "[]", "0644"},
    {"fixed", "s", "panic", REP_FAIL, "x", "[]", "0644"},
    {"flip", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"gone", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"input", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"log1", "s", "ok", REP_PASS, "", "[\"I a\",\"I b\"]", "0644"},
    {"log2", "s", "ok", REP_PASS, "", "[\"I b\"]", "0644"},
    {"recorded", "s", "ok", REP_RECORDED, "", "[]", "0644"},
    {"regress", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"same", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"tree1", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"tree2", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"tree3", "s", "ok", REP_PASS, "", "[]", "0644"},
};

static const struct outcome after[] = {
    {"error", "s", "error", REP_PASS, "new \033text", "[]", "0644"},
    {"fixed", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"flip", "s", "ok", REP_RECORDED, "", "[]", "0644"},
    {"input", "t", "error", REP_FAIL, "other", "[]", NULL},
    {"log1", "s", "ok", REP_PASS, "", "[\"I a\",\"W c\"]", "0644"},
    {"log2", "s", "ok", REP_PASS, "", "[\"W c\"]", "0644"},
    {"new", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"recorded", "s", "hang", REP_RECORDED, "", "[]", "0644"},
    {"regress", "s", "error", REP_FAIL, "broke", "[]", NULL},
    {"same", "s", "ok", REP_PASS, "", "[]", "0644"},
    {"tree1", "s", "ok", REP_PASS, "", "[]", "0600"},
    {"tree2", "s", "ok", REP_PASS, "", "[]", "0600"},
    {"tree3", "s", "ok", REP_PASS, "", "[]", NULL},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_counts(const struct rep_diff_counts *counts)
{
    assert_int_equal(counts->compared, 11);
    assert_int_equal(counts->equal, 1);
    assert_int_equal(counts->regressions, 2);
    assert_int_equal(counts->fixed, 1);
    assert_int_equal(counts->flips, 4);
    assert_int_equal(counts->error_changed, 1);
    assert_int_equal(counts->text_changed, 2);
    assert_int_equal(counts->tree_changed, 4);
    assert_int_equal(counts->input_changed, 1);
    assert_int_equal(counts->only_a, 1);
    assert_int_equal(counts->only_b, 1);
}

static void changes_are_grouped_by_cause(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_run(db, before, COUNT(before));
    record_run(db, after, COUNT(after));
    struct rep_diff_counts counts;
    t->sink.width = 400;
    OK(db, rep_diff(db, "latest~1", db, "latest", &t->sink, &counts));
    assert_counts(&counts);
    static const char *const parts[] = {
        "A: run 1",
        "B: run 2",
        "ok (pass) => error (fail): broke",
        "ok (recorded) => hang (recorded)\n",
        "panic (fail) => ok (pass)\n",
        "ok (pass) => ok (recorded)",
        "old text => new \\x1btext",
        "2x - I b\n          log1, log2\n",
        "2x + W c\n          log1, log2\n",
        "2x ~ /d/f: file 0644 0:0",
        " => file 0600 0:0",
        "tree1, tree2\n",
        "1x - /d/f: file 0644",
        "1x gone\n          gone",
        "1x new\n          new",
        "1x not compared\n          input",
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_contains(t->text.data, parts[i]);
    }
    assert_lacks(t->text.data, "same");
    assert_lacks(t->text.data, "+ /d/f");
    rep_close(db);
}

static void two_files_compare_like_one(void **state)
{
    struct scratch *t = *state;
    char base_path[160];
    (void)snprintf(base_path, sizeof base_path, "%s/base.db", t->dir);
    struct rep_db *base = open_or_fail(base_path, REP_CREATE);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_run(base, before, COUNT(before));
    record_run(db, after, COUNT(after));
    struct rep_diff_counts counts;
    OK(db, rep_baseline_status(db, "latest", base, "latest", &counts));
    assert_counts(&counts);
    OK(base, rep_diff(base, "1", db, "1", &t->sink, NULL));
    assert_contains(t->text.data, "/d/f: file 0644");
    assert_int_equal(rep_baseline_status(db, "latest", base, "7", &counts), -ENOENT);
    assert_contains(rep_error_text(db), base_path);
    assert_int_equal(rep_diff(base, "1", db, "9", NULL, &counts), -ENOENT);
    assert_contains(rep_error_text(base), t->path);
    rep_close(base);
    rep_close(db);
}

static void a_run_equals_itself(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_diff_counts counts;
    record_run(db, before, COUNT(before));
    OK(db, rep_diff(db, "1", db, "1", &t->sink, &counts));
    assert_int_equal(counts.compared, COUNT(before));
    assert_int_equal(counts.equal, COUNT(before));
    assert_int_equal(counts.flips + counts.tree_changed + counts.text_changed, 0);
    rep_close(db);
}

/* The views say the same from any sqlite shell. */
static void views_agree(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_run(db, before, COUNT(before));
    record_run(db, after, COUNT(after));
    /* An unfinished run and another profile do not take part. */
    struct rep_run *run = begin_run(db, NULL);
    OK(db, rep_run_end(run, REP_INTERRUPTED, "x", NULL));
    assert_int_equal(query_int(db, "SELECT old = 1 AND new = 2 FROM last_two"), 1);
    assert_int_equal(query_int(db, "SELECT id FROM latest_run"), 3);
    assert_int_equal(count_rows(db, "flips"), 4);
    assert_int_equal(query_int(db, "SELECT count(*) FROM flips WHERE name = 'input'"), 0);
    assert_int_equal(count_rows(db, "regressions"), 2);
    assert_int_equal(query_int(db, "SELECT error = 'broke' FROM regressions "
                                   "WHERE name = 'regress'"),
                     1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM tree_diff WHERE path = '/d/f' AND "
                                   "change = 'changed' AND name IN ('tree1', 'tree2')"),
                     2);
    assert_int_equal(query_int(db, "SELECT count(*) FROM tree_diff WHERE path = '/d/f' AND "
                                   "change = 'removed' AND name IN ('tree3', 'regress')"),
                     2);
    assert_int_equal(count_rows(db, "tree_diff"), 4);
    /* Both directions and the root, which has no parent. */
    record_run(db, before, COUNT(before));
    assert_int_equal(query_int(db, "SELECT count(*) FROM tree_diff WHERE change = 'added'"), 2);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(changes_are_grouped_by_cause),
        SCRATCH_TEST(two_files_compare_like_one),
        SCRATCH_TEST(a_run_equals_itself),
        SCRATCH_TEST(views_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
