#include "support.h"

/* A file of scratch that holds one run of shard `index` of `count` with these cases. */
struct shard {
    unsigned index, count;
    const char *label;
    const char *started;
    const char *const *argv;
    uint64_t seed;
};

static void record_case(struct rep_run *run, const char *name, const char *error)
{
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/f", "file")};
    struct rep_mount mount = {.destination = name, .spec_index = -1, .shadowed_by = -1};
    struct rep_finding finding = {"info", "x", name};
    struct rep_input input = {{[REP_SPEC] = {name, strlen(name)}}};
    struct rep_result result = {.name = name,
                                .input = &input,
                                .result = error ? "error" : "ok",
                                .error = error,
                                .mounts = &mount,
                                .n_mounts = 1,
                                .findings = &finding,
                                .n_findings = 1,
                                .nodes = nodes,
                                .n_nodes = 2};
    OK(run->db, rep_plan(run, name, &input));
    OK(run->db, rep_record(run, &result));
}

static void record_shard(struct rep_db *db, const struct shard *shard, const char *const *names,
                         const char *error)
{
    struct rep_run_options options = {.argv = shard->argv,
                                      .subject = "model",
                                      .started = shard->started ? shard->started : "t1",
                                      .label = shard->label,
                                      .seed = shard->seed,
                                      .shard_index = shard->index,
                                      .shard_count = shard->count};
    struct rep_run *run = NULL;
    OK(db, rep_run_begin(db, &options, &run));
    for (; *names; names++) {
        record_case(run, *names, error);
    }
    OK(db, rep_run_end(run, REP_FINISHED, "t9", NULL));
}

static const char *path_of(struct scratch *t, const char *name)
{
    static char paths[8][160];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s.db", t->dir, name);
    return path;
}

static const char *make_shard(struct scratch *t, const char *file, const struct shard *shard,
                              const char *const *names, const char *error)
{
    const char *path = path_of(t, file);
    struct rep_db *db = open_or_fail(path, REP_CREATE);
    record_shard(db, shard, names, error);
    rep_close(db);
    return path;
}

/* Every case has one mount, named as the case. */
static void assert_mounts(struct rep_db *db, int64_t results)
{
    assert_int_equal(query_int(db, "SELECT count(*) FROM result_mount WHERE destination = name "
                                   "AND idx = 0 AND spec_index IS NULL"),
                     results);
}

static const char *const ab[] = {"a", "b", NULL};
static const char *const cd[] = {"c", "d", NULL};
static const char *const bc[] = {"b", "c", NULL};

static void assert_sound(struct rep_db *db)
{
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_integrity_check "
                                   "WHERE integrity_check <> 'ok'"),
                     0);
    OK(db, rep_sql_exec(db, "INSERT INTO search(search) VALUES('integrity-check')", "check"));
}

static void shards_become_one_run(void **state)
{
    struct scratch *t = *state;
    static const char *const argv1[] = {"/bin/simrun", "--shard", "1/2", "-j4", "corpus", NULL};
    static const char *const argv2[] = {"simrun", "--shard=2/2", "--db", "x.db", "corpus", NULL};
    const char *const paths[] = {
        make_shard(t, "s2", &(struct shard){2, 2, "n", "t2", argv2, 7}, cd, "no way"),
        make_shard(t, "s1", &(struct shard){1, 2, "n", "t1", argv1, 7}, ab, NULL),
    };
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_merge_counts counts;
    OK(db, rep_merge(db, paths, 2, false, &t->sink, &counts));
    assert_int_equal(counts.files, 2);
    assert_int_equal(counts.runs, 1);
    assert_int_equal(counts.joined, 1);
    assert_int_equal(counts.incomplete, 0);
    assert_contains(t->text.data, "run 1 (shard 2 of 2): is now run 1\n");
    assert_contains(t->text.data, "run 1 (shard 1 of 2): joined run 1\n");
    assert_contains(t->text.data, "run 1: all 2 shards, finished\n");
    assert_int_equal(query_int(db, "SELECT started = 't1' AND ended = 't9' AND state = 'finished' "
                                   "AND shard_index = 0 AND shard_count = 0 AND seed = 7 FROM run"),
                     1);
    assert_int_equal(count_rows(db, "result"), 4);
    assert_int_equal(count_rows(db, "plan"), 4);
    assert_mounts(db, 4); /* both files have mounts 1 and 2 */
    assert_int_equal(query_int(db, "SELECT count(DISTINCT seq) FROM plan"), 4);
    assert_int_equal(query_int(db,
                               "SELECT count(*) FROM finding f JOIN result r ON r.id = f.result "
                               "WHERE f.text = r.name"),
                     4);
    assert_int_equal(query_int(db, "SELECT sum(results) FROM run_part"), 4);
    assert_int_equal(query_int(db, "SELECT count(*) FROM search WHERE search MATCH '\"no way\"'"),
                     1);
    assert_sound(db);
    /* Once more, in one go with a file that was made by merging. */
    rep_buf_clear(&t->text);
    OK(db, rep_merge(db, paths, 2, false, &t->sink, &counts));
    assert_int_equal(counts.already, 2);
    assert_int_equal(counts.runs + counts.joined, 0);
    assert_contains(t->text.data, "is here already as run 1\n");
    rep_close(db);
    const char *const merged[] = {t->path};
    db = open_or_fail(path_of(t, "other"), REP_CREATE);
    OK(db, rep_merge(db, merged, 1, false, NULL, &counts));
    assert_int_equal(counts.runs, 1);
    assert_int_equal(count_rows(db, "run_part"), 2);
    OK(db, rep_merge(db, merged, 1, false, NULL, &counts));
    assert_int_equal(counts.already, 1);
    OK(db, rep_merge(db, paths, 2, false, NULL, &counts));
    assert_int_equal(counts.already, 2);
    assert_int_equal(count_rows(db, "result"), 4);
    assert_sound(db);
    rep_close(db);
}

static void missing_shards_are_told_and_come_later(void **state)
{
    struct scratch *t = *state;
    const char *const first[] = {
        make_shard(t, "s3", &(struct shard){.index = 3, .count = 3}, ab, NULL)};
    const char *const rest[] = {
        make_shard(t, "s1", &(struct shard){.index = 1, .count = 3}, cd, NULL),
        make_shard(t, "s2", &(struct shard){.index = 2, .count = 3}, (const char *const[]){NULL},
                   NULL)};
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_merge_counts counts;
    OK(db, rep_merge(db, first, 1, false, &t->sink, &counts));
    assert_int_equal(counts.incomplete, 1);
    assert_contains(t->text.data, "run 1: 1 of 3 shards; missing: 1, 2\n");
    assert_int_equal(query_int(db, "SELECT state = 'interrupted' AND shard_count = 3 FROM run"), 1);
    OK(db, rep_merge(db, rest, 2, false, &t->sink, &counts));
    assert_int_equal(counts.incomplete, 0);
    assert_contains(t->text.data, "run 1: all 3 shards, finished\n");
    assert_int_equal(count_rows(db, "run"), 1);
    assert_sound(db);
    rep_close(db);
}

/* The same command on two days, one after the other, is two runs. */
static void a_second_round_is_a_run_of_its_own(void **state)
{
    struct scratch *t = *state;
    const char *paths[2];
    for (unsigned i = 0; i < 2; i++) {
        const char *const *names = i ? cd : ab;
        paths[i] = path_of(t, i ? "m2" : "m1");
        struct rep_db *db = open_or_fail(paths[i], REP_CREATE);
        record_shard(db, &(struct shard){.index = i + 1, .count = 2, .started = "d1"}, names, NULL);
        record_shard(db, &(struct shard){.index = i + 1, .count = 2, .started = "d2"}, names, "x");
        rep_close(db);
    }
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    OK(db, rep_merge(db, paths, 2, false, NULL, NULL));
    assert_int_equal(count_rows(db, "run"), 2);
    assert_int_equal(query_int(db, "SELECT count(*) FROM result WHERE run = 1 AND result = 'ok'"),
                     4);
    assert_int_equal(query_int(db, "SELECT count(*) FROM result WHERE run = 2 AND error NOT NULL"),
                     4);
    rep_close(db);
}

static void what_differs_keeps_runs_apart(void **state)
{
    struct scratch *t = *state;
    static const char *const other[] = {"simrun", "other", NULL};
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){.index = 1, .count = 2}, ab, NULL),
        make_shard(t, "s2", &(struct shard){.index = 2, .count = 2, .seed = 1}, cd, NULL),
        make_shard(t, "s3", &(struct shard){.index = 2, .count = 3}, cd, NULL),
        make_shard(t, "s4", &(struct shard){.index = 2, .count = 2, .label = "l"}, cd, NULL),
        make_shard(t, "s5", &(struct shard){.index = 2, .count = 2, .argv = other}, cd, NULL),
    };
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_merge_counts counts;
    OK(db, rep_merge(db, paths, 5, false, NULL, &counts));
    assert_int_equal(counts.runs, 5);
    assert_int_equal(counts.incomplete, 5);
    rep_close(db);
}

static void a_conflict_is_named_and_nothing_is_merged(void **state)
{
    struct scratch *t = *state;
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){.index = 1, .count = 2}, ab, NULL),
        make_shard(t, "s2", &(struct shard){.index = 2, .count = 2}, bc, "other"),
    };
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_int_equal(rep_merge(db, paths, 2, false, NULL, NULL), -EEXIST);
    assert_contains(rep_error_text(db), "the case b has another result in ");
    assert_contains(rep_error_text(db), paths[1]);
    assert_contains(rep_error_text(db), paths[0]);
    assert_int_equal(count_rows(db, "run") + count_rows(db, "blob") + count_rows(db, "node"), 0);
    struct rep_merge_counts counts;
    OK(db, rep_merge(db, paths, 2, true, NULL, &counts));
    assert_int_equal(counts.runs, 2);
    assert_int_equal(query_int(db, "SELECT sum(shard_index) FROM run WHERE shard_count = 2"), 3);
    assert_sound(db);
    rep_close(db);
}

static void a_case_that_shards_have_alike_is_kept_once(void **state)
{
    struct scratch *t = *state;
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){.index = 1, .count = 2}, ab, NULL),
        make_shard(t, "s2", &(struct shard){.index = 2, .count = 2}, bc, NULL),
    };
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_merge_counts counts;
    OK(db, rep_merge(db, paths, 2, false, NULL, &counts));
    assert_int_equal(counts.same, 1);
    assert_int_equal(count_rows(db, "result"), 3);
    assert_int_equal(count_rows(db, "finding"), 3);
    assert_sound(db);
    rep_close(db);
}

static void whole_runs_stay_what_they_are(void **state)
{
    struct scratch *t = *state;
    struct rep_crash crash = {.target = "p9", .found = "1", .kind = "crash", .input = {"x", 1}};
    const char *const paths[] = {
        make_shard(t, "o", &(struct shard){.label = "theirs", .started = "t5"}, ab, "no"),
        make_shard(t, "p", &(struct shard){.started = "t6"}, cd, NULL)};
    struct rep_db *db = open_or_fail(paths[0], REP_WRITE);
    OK(db, rep_fuzz_crash(db, &crash));
    OK(db, rep_fuzz_crash(db, &crash));
    rep_close(db);
    db = open_or_fail(t->path, REP_CREATE);
    record_shard(db, &(struct shard){.started = "t0"}, ab, NULL);
    crash.input = (struct rep_bytes){"y", 1};
    OK(db, rep_fuzz_crash(db, &crash));
    for (int i = 0; i < 2; i++) {
        OK(db, rep_merge(db, paths, 2, false, NULL, NULL));
        assert_int_equal(count_rows(db, "run"), 3);
        assert_int_equal(count_rows(db, "fuzz_crash"), 2);
        assert_int_equal(query_int(db, "SELECT sum(times) FROM fuzz_crash"), 3);
    }
    assert_int_equal(query_int(db, "SELECT id FROM run WHERE label = 'theirs' AND started = 't5'"),
                     2);
    assert_int_equal(query_int(db, "SELECT count(*) FROM result WHERE run = 2 AND error NOT NULL"),
                     2);
    assert_sound(db);
    const char *const itself[] = {t->path};
    assert_int_equal(rep_merge(db, itself, 1, false, NULL, NULL), -EINVAL);
    const char *const missing[] = {paths[1], "/nowhere/x.db"};
    assert_int_equal(rep_merge(db, missing, 2, false, NULL, NULL), -ENOENT);
    assert_contains(rep_error_text(db), "/nowhere/x.db");
    rep_close(db);
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(rep_merge(db, paths, 2, false, NULL, NULL), -EROFS);
    rep_close(db);
}

/* A file of version 1 is a source like others, and stays as it is. */
static void an_older_file_is_merged(void **state)
{
    struct scratch *t = *state;
    const char *const old[] = {path_of(t, "old")};
    make_version_1(old[0]);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    OK(db, rep_merge(db, old, 1, false, NULL, NULL));
    assert_int_equal(query_int(db, "SELECT count(*) FROM result WHERE name = 'c'"), 1);
    assert_sound(db);
    rep_close(db);
    sqlite3 *raw = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(old[0], &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, "PRAGMA user_version", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 1);
    sqlite3_finalize(stmt);
    sqlite3_close(raw);
    assert_int_equal(count_files(t->dir, "-merge-"), 0);
}

/* A list whose mounts are not all there is not taken for a shorter one. */
static void damaged_mounts_are_not_merged(void **state)
{
    struct scratch *t = *state;
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){0, 0, "n", "t1", NULL, 7}, ab, NULL)};
    struct rep_db *db = open_or_fail(paths[0], REP_WRITE);
    OK(db,
       rep_sql_exec(db, "PRAGMA foreign_keys = OFF; DELETE FROM mount_row WHERE id = 2", "damage"));
    rep_close(db);
    db = open_or_fail(t->path, REP_CREATE);
    assert_true(rep_merge(db, paths, 1, false, &t->sink, NULL) < 0);
    assert_contains(rep_error_text(db), "mounts");
    assert_int_equal(count_rows(db, "run"), 0);
    assert_int_equal(count_rows(db, "mount_item"), 0);
    assert_int_equal(query_int(db, "SELECT count(*) FROM sqlite_temp_schema"), 0);
    rep_close(db);
}

/* Of many files, the text names the one that does not hold together. */
static void the_file_that_breaks_a_rule_is_named(void **state)
{
    struct scratch *t = *state;
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){0, 0, "n", "t1", NULL, 7}, ab, NULL),
        make_shard(t, "s2", &(struct shard){0, 0, "m", "t2", NULL, 7}, ab, "no")};
    struct rep_db *db = open_or_fail(paths[1], REP_WRITE);
    OK(db, rep_sql_exec(db, "PRAGMA foreign_keys = OFF; DELETE FROM blob", "damage"));
    rep_close(db);
    db = open_or_fail(t->path, REP_CREATE);
    assert_true(rep_merge(db, paths, 2, false, &t->sink, NULL) < 0);
    assert_contains(rep_error_text(db), t->path);
    assert_contains(rep_error_text(db), paths[1]);
    assert_lacks(rep_error_text(db), paths[0]);
    assert_int_equal(count_rows(db, "run"), 0);
    rep_close(db);
}

static void numbers_without_end_are_not_merged(void **state)
{
    struct scratch *t = *state;
    const char *const paths[] = {
        make_shard(t, "s1", &(struct shard){0, 0, "n", "t1", NULL, 7}, ab, NULL)};
    struct rep_db *db = open_or_fail(paths[0], REP_WRITE);
    OK(db,
       rep_sql_exec(
           db, "PRAGMA foreign_keys = OFF; UPDATE result SET id = 9223372036854775807 WHERE id = 2",
           "make it up"));
    rep_close(db);
    db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    record_case(run, "c", NULL);
    end_run(run);
    assert_int_equal(rep_merge(db, paths, 1, false, &t->sink, NULL), -EBADMSG);
    assert_contains(rep_error_text(db), "numbers");
    assert_int_equal(count_rows(db, "run"), 1);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(shards_become_one_run),
        SCRATCH_TEST(damaged_mounts_are_not_merged),
        SCRATCH_TEST(the_file_that_breaks_a_rule_is_named),
        SCRATCH_TEST(numbers_without_end_are_not_merged),
        SCRATCH_TEST(missing_shards_are_told_and_come_later),
        SCRATCH_TEST(a_second_round_is_a_run_of_its_own),
        SCRATCH_TEST(what_differs_keeps_runs_apart),
        SCRATCH_TEST(a_conflict_is_named_and_nothing_is_merged),
        SCRATCH_TEST(a_case_that_shards_have_alike_is_kept_once),
        SCRATCH_TEST(whole_runs_stay_what_they_are),
        SCRATCH_TEST(an_older_file_is_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
