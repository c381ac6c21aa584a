/* Files that somebody made up, or that a disk has spoiled: whatever reads them says so and ends. */
#include "support.h"

#include <unistd.h>

#define SEED     20180814u
#define VARIANTS 300u
#define SECONDS  60u /* for everything there is to read in one file; a loop has no end */

/* ---- A small file with something of everything -------------------------------------------------
 */

static void record_case(struct rep_run *run, const char *name, const char *fs, const char *error)
{
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/a", "dir"),
                               make_node("/a/a", "dir"), make_node("/a/a/f", "file"),
                               make_node("/link", "symlink")};
    nodes[3].fs = fs;
    nodes[4].target = "a/a";
    struct rep_mount mounts[] = {REP_MOUNT_INIT, REP_MOUNT_INIT};
    mounts[0].destination = mounts[0].place = mounts[0].seen_at = "/";
    mounts[1].destination = mounts[1].place = mounts[1].seen_at = "/a";
    mounts[1].fs = fs;
    mounts[1].state = "done";
    mounts[1].options = "[{\"option\":\"ro\",\"effect\":\"applied\"}]";
    mounts[1].reasons = "[{\"rule\":\"PQ-12\",\"text\":\"so\"}]";
    mounts[1].hides = "{\"type\":\"dir\",\"fs\":\"9p\",\"mount\":0}";
    struct rep_finding finding = {"warning", "shadowed", "a mount is hidden"};
    struct rep_attempt attempts[] = {{"ok", NULL, REP_PASS, 1, 5},
                                     {"error", "E: other", REP_FAIL, 2, 6}};
    struct rep_result result = {
        .name = name,
        .result = error ? "error" : "ok",
        .status = error ? REP_FAIL : REP_PASS,
        .error = error,
        .text = {"[\"I: mounting /a\",\"W: odd\"]", "[]", "[]", NULL, "[\"+ x\"]"},
        .file = "suite.jsonl",
        .line = 3,
        .mounts = mounts,
        .n_mounts = 2,
        .findings = &finding,
        .n_findings = 1,
        .nodes = nodes,
        .n_nodes = 5,
        .flaky = error != NULL,
        .attempts = error ? attempts : NULL,
        .n_attempts = error ? 2 : 0,
    };
    struct rep_input input = {.part = {[REP_SPEC] = {"{}", 2}}};
    OK(run->db, rep_plan(run, name, &input));
    OK(run->db, rep_record(run, &result));
}

/* Two runs of the same two cases; the second differs in trees, mounts and outcomes. The file is one
 * alone, without a log beside it. */
static void make_file(const char *path)
{
    struct rep_db *db = open_or_fail(path, REP_CREATE);
    for (int i = 0; i < 2; i++) {
        struct rep_run *run = begin_run(db, i ? "second" : NULL);
        record_case(run, "case/one", i ? "tmpfs" : "9p", i ? "cannot mount /a: odd" : NULL);
        record_case(run, "case/two", i ? "proc" : "9p", NULL);
        end_run(run);
    }
    OK(db, rep_sql_exec(db, "PRAGMA journal_mode = DELETE", "make one file"));
    OK(db, rep_close(db));
}

/* ---- Everything that reads ---------------------------------------------------------------------
 */

static int drop(void *arg, const char *data, size_t size)
{
    (void)arg;
    (void)data;
    (void)size;
    return 0;
}

static const struct rep_sink nowhere = {.write = drop, .width = 80};

static int see_result(void *arg, const struct rep_result *result)
{
    size_t *bytes = arg;
    *bytes += strlen(result->name) + strlen(result->result);
    for (size_t i = 0; i < result->n_nodes && result->nodes; i++) {
        *bytes += strlen(result->nodes[i].path) + strlen(result->nodes[i].type);
    }
    return 0;
}

static int see_node(void *arg, const struct rep_node *node)
{
    size_t *bytes = arg;
    *bytes += strlen(node->path);
    return 0;
}

static int see_outcome(void *arg, const struct rep_outcome *outcome)
{
    size_t *bytes = arg;
    *bytes += strlen(outcome->name) + strlen(outcome->result);
    return 0;
}

static int see_plan(void *arg, const char *name, bool recorded)
{
    size_t *bytes = arg;
    *bytes += strlen(name) + recorded;
    return 0;
}

static int see_name(void *arg, const char *name)
{
    size_t *bytes = arg;
    *bytes += strlen(name);
    return 0;
}

/* What reading gave: how many readers there were, how many were refused, how many said "damaged".
 */
struct readings {
    unsigned count;
    unsigned refused;
    unsigned damaged;
    bool merged;
};

static void note(struct readings *seen, struct rep_db *db, int code)
{
    seen->count++;
    if (code < 0) {
        seen->refused++;
        seen->damaged += code == -EBADMSG;
        assert_true(rep_error_text(db)[0] != '\0');
    }
}

static void read_case(struct readings *seen, struct rep_db *db, const char *name)
{
    size_t bytes = 0;
    bool bad;
    note(seen, db, rep_show(db, "latest", name, &nowhere));
    note(seen, db, rep_tree(db, "latest", name, &nowhere));
    note(seen, db, rep_read_tree(db, "latest", name, see_node, &bytes));
    note(seen, db, rep_read_case(db, "latest", name, see_result, &bytes));
    note(seen, db, rep_history(db, NULL, name, &nowhere, REP_FORMAT_TEXT, &bad));
    note(seen, db, rep_history(db, NULL, name, &nowhere, REP_FORMAT_JSONL, &bad));
}

static void compare_runs(struct readings *seen, struct rep_db *db)
{
    const struct rep_diff_side old = {db, "latest~1", NULL};
    const struct rep_diff_side new = {db, "latest", NULL};
    const struct rep_diff_side old_case = {db, "latest~1", "case/one"};
    const struct rep_diff_side new_case = {db, "latest", "case/one"};
    struct rep_diff_counts counts;
    note(seen, db, rep_diff(&old, &new, &nowhere, REP_FORMAT_TEXT, &counts));
    note(seen, db, rep_diff(&new, &old, &nowhere, REP_FORMAT_JSONL, &counts));
    note(seen, db, rep_diff(&old_case, &new_case, &nowhere, REP_FORMAT_TEXT, &counts));
}

static void read_all(struct readings *seen, struct rep_db *db)
{
    static const char *const words[] = {"mount*"};
    size_t bytes = 0;
    struct rep_run_info info;
    int code = rep_run_find(db, "latest", &info);
    note(seen, db, code);
    if (code == 0) {
        rep_run_info_release(&info);
    }
    read_case(seen, db, "case/one");
    read_case(seen, db, "case/two");
    note(seen, db, rep_read_results(db, "latest", see_result, &bytes));
    note(seen, db, rep_read_run(db, "second", NULL, 0, true, see_result, &bytes));
    note(seen, db, rep_read_outcomes(db, "latest", see_outcome, &bytes));
    note(seen, db, rep_read_plan(db, "latest", see_plan, &bytes));
    note(seen, db, rep_read_pending(db, "latest", see_name, &bytes));
    for (const struct rep_query_info *query = rep_queries(); query->name; query++) {
        note(seen, db, rep_query(db, query->name, NULL, &nowhere, REP_FORMAT_TEXT));
        note(seen, db, rep_query(db, query->name, NULL, &nowhere, REP_FORMAT_JSONL));
    }
    note(seen, db, rep_search(db, NULL, words, 1, &nowhere, REP_FORMAT_TEXT, &bytes));
    note(seen, db, rep_search(db, "1", words, 1, &nowhere, REP_FORMAT_JSONL, &bytes));
    compare_runs(seen, db);
    note(seen, db, rep_html(db, "latest", NULL, &nowhere));
    note(seen, db, rep_first_bad(db, "latest", &nowhere, REP_FORMAT_TEXT, &bytes));
}

/* Reads it, merges it into a new file, prunes it. False when it was not even opened. */
static bool use_file(struct scratch *t, const char *path, struct readings *seen)
{
    char target[160];
    struct rep_error error = {0};
    struct rep_db *db = NULL;
    (void)alarm(SECONDS);
    (void)snprintf(target, sizeof target, "%s/target.db", t->dir);
    int code = rep_open(path, REP_READ, &error, &db);
    assert_true(code == 0 || error.text[0] != '\0');
    if (code == 0) {
        read_all(seen, db);
        rep_close(db);
    }
    (void)unlink(target);
    db = open_or_fail(target, REP_CREATE);
    int merged = rep_merge(db, &path, 1, false, &nowhere, NULL);
    note(seen, db, merged);
    seen->merged = merged == 0;
    assert_true(merged == 0 || count_rows(db, "run") + count_rows(db, "dir") == 0);
    OK(db, rep_close(db));
    db = open_or_fail(target, REP_WRITE);
    rep_close(db);
    if (rep_open(path, REP_WRITE, &error, &db) == 0) {
        note(seen, db, rep_prune(db, 1, false, NULL, NULL, NULL));
        rep_close(db);
    }
    (void)alarm(0);
    return code == 0;
}

/* ---- Made up: every page is sound, what stands there is not ------------------------------------
 */

static void spoil(const char *path, const char *sql)
{
    sqlite3 *raw = NULL;
    char *text = NULL;
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    if (sqlite3_exec(raw, sql, NULL, NULL, &text) != SQLITE_OK) {
        fail_msg("%s: %s", sql, text);
    }
    sqlite3_close(raw);
}

/* Makes the file, spoils it, wants so many of the readers of its trees to tell of damage. */
static void check_made_up(struct scratch *t, const char *sql, unsigned damaged)
{
    struct readings seen = {0};
    make_file(t->path);
    struct rep_db *db = open_or_fail(t->path, REP_READ);
    read_all(&seen, db);
    OK(db, rep_close(db));
    assert_int_equal(seen.refused, 0);
    spoil(t->path, sql);
    seen = (struct readings){0};
    assert_true(use_file(t, t->path, &seen));
    assert_false(seen.merged);
    if (seen.damaged < damaged) {
        fail_msg("%u of %u refused, %u as damaged, not %u", seen.refused, seen.count, seen.damaged,
                 damaged);
    }
}

/* The directories that hold the file "f". */
#define INNER "(SELECT dir FROM node WHERE name = 'f')"

/* Trees are read by tree, read_tree, read_run, diff, html and query tree-diff; the index is asked
 * to read all of them once more. */
#define AGAIN "UPDATE search_state SET result = 0; DELETE FROM search_item;"

static void a_directory_inside_itself(void **state)
{
    check_made_up(*state, AGAIN "UPDATE node SET child = dir WHERE name = 'a' AND child IN " INNER,
                  8);
}

static void directories_inside_each_other(void **state)
{
    check_made_up(*state,
                  AGAIN "CREATE TEMP TABLE pair AS SELECT dir AS above, child AS below FROM node "
                        "WHERE name = 'a' AND child IN " INNER ";"
                        "UPDATE node SET name = 'a', child = (SELECT above FROM pair WHERE below = "
                        "dir) WHERE name = 'f'",
                  8);
}

static void a_directory_is_missing(void **state)
{
    check_made_up(*state, AGAIN "DELETE FROM dir WHERE hash IN " INNER, 8);
}

static void the_nodes_of_a_directory_are_missing(void **state)
{
    check_made_up(*state, "DELETE FROM node WHERE name = 'f'", 6);
}

static void a_root_is_missing(void **state)
{
    check_made_up(*state, AGAIN "DELETE FROM dir WHERE hash IN (SELECT tree FROM result)", 8);
}

static void counts_lie(void **state)
{
    static const char *const lies[] = {
        "UPDATE dir SET nodes = 2 WHERE nodes = 5",
        "UPDATE dir SET nodes = 6 WHERE nodes = 5",
        "UPDATE dir SET nodes = 0",
        "UPDATE dir SET nodes = -1",
        "UPDATE dir SET nodes = 9223372036854775807",
        "UPDATE dir SET entries = 9223372036854775807",
        "UPDATE dir SET entries = 0",
        "UPDATE dir SET entries = -5",
    };
    struct scratch *t = *state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        check_made_up(t, lies[i], 4);
        (void)unlink(t->path);
    }
}

static void names_lead_elsewhere(void **state)
{
    static const char *const names[] = {"''", "'.'", "'..'", "'../../x'", "'/'", "'x/y'"};
    struct scratch *t = *state;
    char sql[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(sql, sizeof sql, "UPDATE node SET name = %s WHERE name = 'f'", names[i]);
        check_made_up(t, sql, 5);
        (void)unlink(t->path);
    }
    check_made_up(t, "UPDATE node SET name = 'root' WHERE name = '/'", 5);
}

/* A tree of `levels` directories, each the one name in the one above it; with counts that agree. */
static void absurd_depth(void **state)
{
    check_made_up(
        *state,
        AGAIN "CREATE TEMP TABLE level AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
              "FROM n WHERE i < 20000) SELECT i, CAST(printf('%016d', i) AS BLOB) AS hash FROM n;"
              "INSERT INTO dir SELECT hash, 1, 20001 - i FROM level;"
              "INSERT INTO node(dir, name, type, uid, gid, nlink, mountpoint, overlay, special, "
              "readdir, child) SELECT l.hash, iif(l.i, 'd', '/'), 'dir', l.i % 2, 0, 1, 0, 0, 0, "
              "1, CAST(printf('%016d', l.i + 1) AS BLOB) FROM level l WHERE l.i < 20000;"
              "INSERT INTO node(dir, name, type, uid, gid, nlink, mountpoint, overlay, special, "
              "readdir) SELECT hash, 'd', 'dir', 0, 0, 1, 0, 0, 0, 1 FROM level WHERE i = 20000;"
              "UPDATE result SET tree = CAST(printf('%016d', 0) AS BLOB) WHERE run = 2",
        4);
}

/* Few directories, each twice in the one above: 2^60 nodes. */
static void absurd_breadth(void **state)
{
    check_made_up(
        *state,
        AGAIN
        "CREATE TEMP TABLE level AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
        "FROM n WHERE i < 60) SELECT i, CAST(printf('%016d', i) AS BLOB) AS hash FROM n;"
        "INSERT INTO dir SELECT hash, iif(i, 2, 1), 9999 - i FROM level;"
        "INSERT INTO node(dir, name, type, uid, gid, nlink, mountpoint, overlay, special, "
        "readdir, child) SELECT l.hash, s.name, 'dir', 0, 0, 1, 0, 0, 0, 1, "
        "iif(l.i < 60, CAST(printf('%016d', l.i + 1) AS BLOB), NULL) FROM level l JOIN "
        "(SELECT '/' AS name UNION SELECT 'a' UNION SELECT 'b') s ON (s.name = '/') = (l.i = 0);"
        "UPDATE result SET tree = CAST(printf('%016d', 0) AS BLOB) WHERE run = 2",
        4);
}

/* ---- Spoiled: bytes anywhere -------------------------------------------------------------------
 */

static size_t load_file(const char *path, unsigned char *bytes, size_t room)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t size = fread(bytes, 1, room, in);
    assert_true(size < room);
    assert_int_equal(fclose(in), 0);
    return size;
}

static void store_file(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* A few bytes anywhere, or a run of zeros, or an end too early. */
static size_t spoil_bytes(uint64_t *seed, unsigned char *bytes, size_t size)
{
    switch (next_random(seed) % 8) {
    case 0:
        return next_random(seed) % size;
    case 1: {
        size_t at = next_random(seed) % size;
        size_t count = next_random(seed) % 4096;
        memset(bytes + at, 0, count < size - at ? count : size - at);
        return size;
    }
    default:
        for (uint64_t n = 1 + next_random(seed) % 8; n > 0; n--) {
            bytes[next_random(seed) % size] ^= (unsigned char)(1u << next_random(seed) % 8);
        }
        return size;
    }
}

static void spoiled_bytes_are_refused(void **state)
{
    enum { ROOM = 4 << 20 };
    struct scratch *t = *state;
    char path[160];
    uint64_t seed = SEED;
    unsigned opened = 0;
    struct readings seen = {0};
    unsigned char *sound = malloc(ROOM);
    unsigned char *bytes = malloc(ROOM);
    assert_non_null(sound);
    assert_non_null(bytes);
    make_file(t->path);
    size_t size = load_file(t->path, sound, ROOM);
    (void)snprintf(path, sizeof path, "%s/spoiled.db", t->dir);
    for (unsigned i = 0; i < VARIANTS; i++) {
        memcpy(bytes, sound, size);
        store_file(path, bytes, spoil_bytes(&seed, bytes, size));
        opened += use_file(t, path, &seen);
    }
    print_message("seed %u: %u of %u files opened; %u of %u readings refused, %u as damaged\n",
                  SEED, opened, VARIANTS, seen.refused, seen.count, seen.damaged);
    assert_in_range(opened, 1, VARIANTS - 1);
    assert_true(seen.damaged > 0);
    free(sound);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(a_directory_inside_itself),
        SCRATCH_TEST(directories_inside_each_other),
        SCRATCH_TEST(a_directory_is_missing),
        SCRATCH_TEST(the_nodes_of_a_directory_are_missing),
        SCRATCH_TEST(a_root_is_missing),
        SCRATCH_TEST(counts_lie),
        SCRATCH_TEST(names_lead_elsewhere),
        SCRATCH_TEST(absurd_depth),
        SCRATCH_TEST(absurd_breadth),
        SCRATCH_TEST(spoiled_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
