#include "support.h"

static void assert_run(struct rep_db *db, const char *ref, int64_t id)
{
    int64_t found = 0;
    OK(db, rep_run_resolve(db, ref, &found));
    assert_int_equal(found, id);
}

static void runs_are_found_by_every_name(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    end_run(begin_run(db, "old"));
    end_run(begin_run(db, "old"));
    end_run(begin_run(db, NULL));
    assert_run(db, "1", 1);
    assert_run(db, "latest", 3);
    assert_run(db, "latest~0", 3);
    assert_run(db, "latest~2", 1);
    assert_run(db, "old", 2);
    struct rep_run *run;
    struct rep_run_options options = {
        .subject = "runc", .subject_version = "1.1 x", .profile = "strict", .started = "s"};
    OK(db, rep_run_begin(db, &options, &run));
    end_run(run);
    end_run(begin_run(db, NULL));
    assert_run(db, "profile:strict", 4);
    assert_run(db, "version:1.1 x", 4);
    assert_run(db, "latest~4", 1);
    static const char *const missing[] = {
        "6", "latest~5", "latest~x", "new", "profile:x", "version:", "99999999999999999999"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        int64_t id = -5;
        assert_int_equal(rep_run_resolve(db, missing[i], &id), -ENOENT);
        assert_contains(rep_error_text(db), missing[i]);
        assert_int_equal(id, -5);
    }
    assert_int_equal(rep_run_resolve(db, "", &(int64_t){0}), -EINVAL);
    rep_close(db);
}

static void a_run_comes_back(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    static const char *const argv[] = {"simrun", "a \"b\"\n", NULL};
    struct rep_run_options options = {.argv = argv,
                                      .subject = "runc",
                                      .started = "s",
                                      .seed = UINT64_MAX,
                                      .shard_index = 2,
                                      .shard_count = 3};
    struct rep_run *run;
    struct rep_run_info info;
    OK(db, rep_run_begin(db, &options, &run));
    assert_int_equal(rep_run_id(run), 1);
    OK(db, rep_run_end(run, REP_FINISHED, "e", NULL));
    OK(db, rep_run_find(db, "latest", &info));
    assert_string_equal(info.argv, "[\"simrun\",\"a \\\"b\\\"\\u000a\"]");
    assert_string_equal(info.state, "finished");
    assert_string_equal(info.started, "s");
    assert_string_equal(info.ended, "e");
    assert_string_equal(info.subject, "runc");
    assert_null(info.subject_version);
    assert_null(info.label);
    assert_true(info.seed == UINT64_MAX && info.shard_index == 2 && info.shard_count == 3);
    rep_run_info_release(&info);
    rep_close(db);
}

static int stop_at_two(void *arg, const struct rep_result *result)
{
    int *count = arg;
    assert_non_null(result->name);
    return ++*count == 2 ? 77 : 0;
}

static void a_walk_can_be_ended(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "b", &root, 1));
    OK(db, record_tree(run, "a", &root, 1));
    OK(db, record_tree(run, "c", &root, 1));
    end_run(run);
    int count = 0;
    assert_int_equal(rep_read_results(db, "latest", stop_at_two, &count), 77);
    assert_int_equal(rep_read_case(db, "latest", "zz", stop_at_two, &count), -ENOENT);
    assert_contains(rep_error_text(db), "no result of the case zz");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(runs_are_found_by_every_name),
        SCRATCH_TEST(a_run_comes_back),
        SCRATCH_TEST(a_walk_can_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
