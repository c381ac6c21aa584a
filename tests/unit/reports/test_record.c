#include "support.h"

static struct rep_input make_input(const char *spec, const char *conf)
{
    struct rep_input input = {0};
    input.part[REP_SPEC] = (struct rep_bytes){spec, strlen(spec)};
    if (conf) {
        input.part[REP_CONF] = (struct rep_bytes){conf, strlen(conf)};
    }
    return input;
}

static const struct rep_mount mounts[] = {
    {.destination = "/proc",
     .type = "proc",
     .source = "",
     .fs = "proc",
     .flags = "ro",
     .rules = "PQ-12",
     .ignored = "nosuid",
     .created = "/proc",
     .spec_index = 0,
     .shadowed_by = -1},
    {.destination = "/x", .type = "overlay", .spec_index = -1, .shadowed_by = 0},
};

static const struct rep_finding findings[] = {
    {"warning", "dup-key", "duplicate key \"a\""},
    {"info", "made-up", "source made up"},
};

static int compare_result(void *arg, const struct rep_result *b)
{
    const struct rep_result *a = arg;
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->result, b->result);
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->error, b->error);
    for (int i = 0; i < REP_TEXTS; i++) {
        assert_true((a->text[i] == NULL) == (b->text[i] == NULL));
        if (a->text[i]) {
            assert_string_equal(a->text[i], b->text[i]);
        }
    }
    assert_true(a->fds_left == b->fds_left && a->leaks == b->leaks);
    assert_true(a->duration_ns == b->duration_ns && a->n_nodes == b->n_nodes);
    assert_int_equal(b->n_mounts, 2);
    assert_string_equal(b->mounts[0].destination, "/proc");
    assert_string_equal(b->mounts[0].source, "");
    assert_string_equal(b->mounts[0].ignored, "nosuid");
    assert_string_equal(b->mounts[0].created, "/proc");
    assert_int_equal(b->mounts[0].spec_index, 0);
    assert_int_equal(b->mounts[0].shadowed_by, -1);
    assert_null(b->mounts[1].source);
    assert_null(b->mounts[1].fs);
    assert_int_equal(b->mounts[1].spec_index, -1);
    assert_int_equal(b->mounts[1].shadowed_by, 0);
    assert_int_equal(b->n_findings, 2);
    assert_string_equal(b->findings[0].text, "duplicate key \"a\"");
    assert_string_equal(b->findings[1].severity, "info");
    return 0;
}

static void a_result_comes_back(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, "main");
    struct rep_input input = make_input("{}", "overlay");
    struct rep_node root = make_node("/", "dir");
    struct rep_result result = {
        .name = "suite/1",
        .input = &input,
        .result = "error",
        .status = REP_XFAIL,
        .error = "mounting: \xff",
        .text = {[REP_LOG] = "[\"W x\"]", [REP_HOST_DIFF] = ""},
        .fds_left = 3,
        .leaks = 1,
        .duration_ns = 123456789012,
        .mounts = mounts,
        .n_mounts = 2,
        .findings = findings,
        .n_findings = 2,
        .nodes = &root,
        .n_nodes = 1,
    };
    OK(db, rep_record(run, &result));
    OK(db, rep_read_case(db, "main", "suite/1", compare_result, &result));
    assert_int_equal(rep_record(run, &result), -EEXIST);
    assert_contains(rep_error_text(db), "suite/1 is already recorded");
    end_run(run);
    assert_int_equal(rep_close(db), 0);
}

static void equal_content_is_stored_once(void **state)
{
    struct scratch *t = *state;
    int64_t rows[5] = {0};
    static const char *const tables[] = {"blob", "input", "mount_row", "dir", "node"};
    for (int i = 0; i < 2; i++) {
        struct rep_db *db = open_or_fail(t->path, REP_CREATE);
        struct rep_run *run = begin_run(db, NULL);
        struct rep_input input = make_input("{}", NULL);
        struct rep_node root = make_node("/", "dir");
        for (int j = 0; j < 3; j++) {
            char name[16];
            (void)snprintf(name, sizeof name, "c%d", j);
            struct rep_result result = {.name = name,
                                        .input = &input,
                                        .result = "ok",
                                        .error = "",
                                        .text = {"[]", "[]", "[1]"},
                                        .mounts = mounts,
                                        .n_mounts = 2,
                                        .nodes = &root,
                                        .n_nodes = 1};
            OK(db, rep_record(run, &result));
        }
        end_run(run);
        for (int j = 0; j < 5; j++) {
            int64_t now = count_rows(db, tables[j]);
            assert_true(i == 0 || now == rows[j]);
            rows[j] = now;
        }
        assert_int_equal(rows[0], 3); /* "", "[]", "[1]" */
        assert_int_equal(rows[1], 1);
        assert_int_equal(rows[2], 2);
        rep_close(db);
    }
}

static void wrong_records_are_refused_and_the_run_goes_on(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    char *name = malloc(REP_MAX_NAME + 2);
    memset(name, 'n', REP_MAX_NAME + 1);
    name[REP_MAX_NAME + 1] = '\0';
    struct rep_finding half = {.severity = "info"};
    struct rep_result cases[] = {
        {.result = "ok"},
        {.name = "", .result = "ok"},
        {.name = "x"},
        {.name = "x", .result = "ok", .status = REP_STATUSES},
        {.name = "x", .result = "ok", .findings = &half, .n_findings = 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(rep_record(run, &cases[i]), -EINVAL);
    }
    struct rep_result longest = {.name = name, .result = "ok"};
    assert_int_equal(rep_record(run, &longest), -E2BIG);
    name[REP_MAX_NAME] = '\0';
    OK(db, rep_record(run, &longest));
    struct rep_result many = {.name = "m", .result = "ok", .n_mounts = REP_MAX_MOUNTS + 1};
    assert_int_equal(rep_record(run, &many), -E2BIG);
    free(name);
    end_run(run);
    assert_int_equal(count_rows(db, "result"), 1);
    rep_close(db);
}

/* Records until the file is full; the number of results that were taken. */
static int fill_up(struct rep_run *run, const char *path)
{
    /* Texts that no run before has, or pages that these left free would do. */
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 1000; i++) {
        char name[40];
        int size = snprintf(name, sizeof name, "c%d-%lld", i, (long long)rep_run_id(run));
        memcpy(text, name, (size_t)size);
        struct rep_result result = {.name = name, .result = "ok", .error = text};
        int code = rep_record(run, &result);
        if (code != 0) {
            assert_int_equal(code, -ENOSPC);
            assert_contains(rep_error_text(run->db), path);
            assert_contains(rep_error_text(run->db), "full");
            assert_int_equal(rep_record(run, &result), -ENOSPC);
            return i;
        }
    }
    fail_msg("the file never became full");
    return -1;
}

static void fill_to_limit(struct rep_db *db, const char *path, long long pages)
{
    struct rep_run *run = NULL;
    struct rep_run_options options = {.subject = "model", .started = "now", .batch = 10};
    char limit[64];
    OK(db, rep_run_begin(db, &options, &run));
    OK(db, rep_flush(run));
    int64_t id = rep_run_id(run);
    (void)snprintf(limit, sizeof limit, "PRAGMA max_page_count = %lld",
                   query_int(db, "PRAGMA page_count") + pages);
    OK(db, rep_sql_exec(db, limit, "limit"));
    int taken = fill_up(run, path);
    OK(db, rep_sql_exec(db, "PRAGMA max_page_count = 100000", "limit"));
    assert_int_equal(rep_run_end(run, REP_FINISHED, "later", NULL), -ENOSPC);
    (void)snprintf(limit, sizeof limit, "SELECT count(*) FROM result WHERE run = %lld",
                   (long long)id);
    int64_t stored = query_int(db, limit);
    assert_true(stored >= (int64_t)taken / 10 * 10 && stored <= taken);
    assert_int_equal(query_int(db, "SELECT state = 'interrupted' FROM latest_run"), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_integrity_check "
                                   "WHERE integrity_check <> 'ok'"),
                     0);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* Whatever page is the one too many: what was committed stays, nothing is half there. */
static void a_full_disk_loses_nothing_that_was_stored(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    for (long long pages = 0; pages < 40; pages++) {
        fill_to_limit(db, t->path, pages);
        /* The caches forgot what was undone: the same content goes in again. */
        struct rep_run *run = begin_run(db, NULL);
        struct rep_result again = {.name = "again", .result = "ok", .error = "text"};
        OK(db, rep_record(run, &again));
        end_run(run);
    }
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    rep_close(db);
}

static void plan_gives_the_input(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_input input = make_input("{}", "x");
    struct rep_input other = make_input("{}", NULL);
    bool recorded;
    OK(db, rep_plan(run, "c", &input));
    struct rep_result result = {.name = "c", .result = "ok"};
    OK(db, rep_record(run, &result));
    OK(db, rep_recorded(run, "c", &input, &recorded));
    assert_true(recorded);
    OK(db, rep_recorded(run, "c", &other, &recorded));
    assert_false(recorded);
    end_run(run);
    assert_int_equal(query_int(db, "SELECT p.input = r.input FROM plan p JOIN result r"), 1);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(a_result_comes_back),
        SCRATCH_TEST(equal_content_is_stored_once),
        SCRATCH_TEST(wrong_records_are_refused_and_the_run_goes_on),
        SCRATCH_TEST(a_full_disk_loses_nothing_that_was_stored),
        SCRATCH_TEST(plan_gives_the_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
