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

static int diff_runs(struct rep_db *db_a, const char *a, struct rep_db *db_b, const char *b,
                     const struct rep_sink *sink, struct rep_diff_counts *counts)
{
    const struct rep_diff_side side_a = {db_a, a, NULL};
    const struct rep_diff_side side_b = {db_b, b, NULL};
    return rep_diff(&side_a, &side_b, sink, REP_FORMAT_TEXT, counts);
}

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
    OK(db, diff_runs(db, "latest~1", db, "latest", &t->sink, &counts));
    assert_counts(&counts);
    static const char *const parts[] = {
        "A  run 1",
        "B  run 2",
        "11 cases compared: 1 equal, 10 differ\n",
        "regression ok (pass) => error (fail): broke\n",
        "regression ok (recorded) => hang (recorded)\n",
        "fixed      panic (fail): x => ok (pass)\n",
        "outcome    ok (pass) => ok (recorded)\n",
        "error      old text => new \\x1btext\n",
        "2 cases (18.2 %)\n    log1, log2\n    log        - I b\n    log        + W c\n",
        "2 cases (18.2 %)\n    tree1, tree2\n    tree       mode 0644 => 0600\n"
        "               at /d/f\n",
        "    tree3\n    tree       - /d/f: file 0644",
        "1 case\n    gone\n    only-a     gone\n",
        "1 case\n    new\n    only-b     new\n",
        "1 case\n    input\n    input      another spec\n",
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_contains(t->text.data, parts[i]);
    }
    assert_lacks(t->text.data, "same");
    assert_lacks(t->text.data, "+ /d/f");
    /* The regressions come first, and what was not compared last. */
    assert_true(strstr(t->text.data, "regression ok") < strstr(t->text.data, "log1"));
    assert_true(strstr(t->text.data, "log1") < strstr(t->text.data, "fixed      "));
    assert_true(strstr(t->text.data, "fixed      ") < strstr(t->text.data, "only-a"));
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
    OK(db, diff_runs(base, "latest", db, "latest", NULL, &counts));
    assert_counts(&counts);
    OK(base, diff_runs(base, "1", db, "1", &t->sink, NULL));
    assert_contains(t->text.data, "/d/f: file 0644");
    assert_contains(t->text.data, base_path);
    assert_int_equal(diff_runs(base, "7", db, "latest", NULL, &counts), -ENOENT);
    assert_contains(rep_error_text(db), base_path);
    assert_int_equal(diff_runs(base, "1", db, "9", NULL, &counts), -ENOENT);
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
    OK(db, diff_runs(db, "1", db, "1", &t->sink, &counts));
    assert_int_equal(counts.compared, COUNT(before));
    assert_int_equal(counts.equal, COUNT(before));
    assert_int_equal(counts.flips + counts.tree_changed + counts.text_changed, 0);
    rep_close(db);
}

static int count_change(void *arg, const struct rep_change *change)
{
    int *seen = arg;
    if (change->kind == REP_CHANGE_TREE && strcmp(change->text, "mode 0644 => 0600") == 0) {
        assert_int_equal(change->cases, 2);
        assert_string_equal(change->name[1], "tree2");
        assert_int_equal(change->places, 2);
        assert_int_equal(change->n_place, 1);
        assert_string_equal(change->place[0], "/d/f");
        assert_string_equal(change->kind_name, "tree");
    }
    return ++*seen == 6 ? -EINTR : 0;
}

static void changes_are_given_one_by_one(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_run(db, before, COUNT(before));
    record_run(db, after, COUNT(after));
    const struct rep_diff_side a = {db, "1", NULL};
    const struct rep_diff_side b = {db, "2", NULL};
    int seen = 0;
    assert_int_equal(rep_changes(&a, &b, count_change, &seen, NULL), -EINTR);
    assert_int_equal(seen, 6);
    OK(db, rep_changes(&a, &b, count_change, &seen, NULL));
    assert_int_equal(seen, 6 + 12);
    OK(db, rep_diff(&a, &b, &t->sink, REP_FORMAT_JSONL, NULL));
    assert_contains(t->text.data, "{\"type\":\"diff\",\"version\":1,\"a\":{\"run\":1,");
    assert_contains(t->text.data, "\"regressions\":2,");
    assert_contains(t->text.data, "\"kind\":\"tree\",\"text\":\"mode 0644 => 0600\",\"cases\":2,"
                                  "\"names\":[\"tree1\",\"tree2\"],\"places\":2,"
                                  "\"first_places\":[\"/d/f\"]}\n");
    assert_int_equal(rep_diff(&a, &b, &t->sink, REP_FORMAT_CSV, NULL), -EINVAL);
    rep_close(db);
}

static void a_case_compares_with_a_case(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_run(db, before, COUNT(before));
    record_run(db, after, COUNT(after));
    struct rep_diff_counts counts;
    struct rep_diff_side a = {db, "1", "input"};
    struct rep_diff_side b = {db, "2", "input"};
    OK(db, rep_diff(&a, &b, &t->sink, REP_FORMAT_TEXT, &counts));
    assert_contains(t->text.data, "case input");
    assert_contains(t->text.data, "input      another spec\n");
    assert_contains(t->text.data, "ok (pass) => error (fail): other\n");
    assert_contains(t->text.data, "- /d/f: file 0644");
    assert_false(rep_diff_is_equal(&counts));
    rep_buf_clear(&t->text);
    b = (struct rep_diff_side){db, "1", "same"};
    OK(db, rep_diff(&a, &b, &t->sink, REP_FORMAT_TEXT, &counts));
    assert_contains(t->text.data, "\nequal\n");
    assert_true(rep_diff_is_equal(&counts));
    b.name = "none such";
    assert_int_equal(rep_diff(&a, &b, NULL, REP_FORMAT_TEXT, &counts), -ENOENT);
    assert_contains(rep_error_text(db), "run 1 has no result of the case none such");
    b.name = NULL;
    assert_int_equal(rep_diff(&a, &b, NULL, REP_FORMAT_TEXT, &counts), -EINVAL);
    rep_close(db);
}

static void record_mounts(struct rep_db *db, const struct rep_mount *mounts, size_t count)
{
    struct rep_run *run = begin_run(db, NULL);
    struct rep_result result = {
        .name = "m", .result = "ok", .status = REP_PASS, .mounts = mounts, .n_mounts = count};
    OK(db, rep_record(run, &result));
    end_run(run);
}

static void mounts_are_paired_by_destination_and_entry(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_mount mounts[] = {
        {.destination = "/a", .type = "tmpfs", .spec_index = 0, .shadowed_by = -1},
        {.destination = "/b", .type = "tmpfs", .fs = "tmpfs", .spec_index = 1, .shadowed_by = -1},
        {.destination = "/b", .type = "bind", .fs = "9p", .spec_index = 2, .shadowed_by = -1},
        {.destination = "/a", .type = "tmpfs", .spec_index = 3, .shadowed_by = -1},
    };
    record_mounts(db, mounts, 4);
    mounts[1].rules = "VQ-09";
    mounts[1].shadowed_by = 2;
    mounts[3].fs = "tmpfs";
    mounts[3].seen_at = "/a";
    mounts[2].flags = "ro";
    record_mounts(db, mounts + 1, 3);
    OK(db, diff_runs(db, "1", db, "2", &t->sink, NULL));
    static const char *const parts[] = {
        "mounts     - tmpfs, not mounted\n               at /a\n",
        "mounts     fs none => tmpfs\n               at /a\n",
        "mounts     rules none => VQ-09, now hidden by a later mount\n               at /b\n",
        "mounts     flags none => ro\n",
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_contains(t->text.data, parts[i]);
    }
    rep_close(db);
}

/* What another file system brings is told once, by the directory that it took. */
static void a_remounted_directory_stands_for_all_below_it(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/d", "dir"),
                               make_node("/d/f", "file"), make_node("/d/g", "file")};
    struct rep_run *run = begin_run(db, NULL);
    OK(db, record_tree(run, "c", nodes, 3));
    end_run(run);
    run = begin_run(db, NULL);
    nodes[1].fs = nodes[2].fs = nodes[3].fs = "tmpfs";
    nodes[1].mountpoint = true;
    nodes[1].mode = "0700";
    OK(db, record_tree(run, "c", nodes, 4));
    end_run(run);
    OK(db, diff_runs(db, "1", db, "2", &t->sink, NULL));
    assert_contains(t->text.data, "fs 9p => tmpfs, now mount point\n               at /d\n");
    assert_lacks(t->text.data, "/d/f");
    assert_lacks(t->text.data, "mode");
    rep_buf_clear(&t->text);
    const struct rep_diff_side a = {db, "1", "c"};
    const struct rep_diff_side b = {db, "2", "c"};
    OK(db, rep_diff(&a, &b, &t->sink, REP_FORMAT_TEXT, NULL));
    assert_contains(t->text.data, "at /d/f\n");
    assert_contains(t->text.data, "+ /d/g: file");
    assert_contains(t->text.data, "=> 0700");
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

/* A file may have any text in the place of a state. */
static void states_are_escaped(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    end_run(begin_run(db, NULL));
    OK(db, rep_sql_exec(db,
                        "PRAGMA ignore_check_constraints = ON; UPDATE run SET state = "
                        "char(27) || '[2J'",
                        "make it up"));
    struct rep_diff_side side = {.db = db, .run = "1"};
    OK(db, rep_diff(&side, &side, &t->sink, REP_FORMAT_TEXT, NULL));
    assert_lacks(t->text.data, "\033");
    assert_contains(t->text.data, "\\x1b[2J, 0 results");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(changes_are_grouped_by_cause),
        SCRATCH_TEST(two_files_compare_like_one),
        SCRATCH_TEST(a_run_equals_itself),
        SCRATCH_TEST(changes_are_given_one_by_one),
        SCRATCH_TEST(a_case_compares_with_a_case),
        SCRATCH_TEST(mounts_are_paired_by_destination_and_entry),
        SCRATCH_TEST(a_remounted_directory_stands_for_all_below_it),
        SCRATCH_TEST(views_agree),
        SCRATCH_TEST(states_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
