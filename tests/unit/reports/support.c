#include "support.h"

#include <dirent.h>
#include <unistd.h>

static int remember(void *arg, const char *data, size_t size)
{
    struct rep_buf *text = arg;
    rep_buf_add(text, data, size);
    return text->failed ? -ENOMEM : 0;
}

int scratch_setup(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch) {
        return -1;
    }
    strcpy(scratch->dir, "/tmp/simrun-reports-XXXXXX");
    if (!mkdtemp(scratch->dir)) {
        free(scratch);
        return -1;
    }
    (void)snprintf(scratch->path, sizeof scratch->path, "%s/t.db", scratch->dir);
    scratch->sink = (struct rep_sink){.write = remember, .arg = &scratch->text, .width = 80};
    *state = scratch;
    return 0;
}

int scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    DIR *dir = opendir(scratch->dir);
    struct dirent *entry;
    char path[512];
    while (dir && (entry = readdir(dir))) {
        (void)snprintf(path, sizeof path, "%s/%s", scratch->dir, entry->d_name);
        (void)unlink(path);
    }
    if (dir) {
        closedir(dir);
    }
    (void)rmdir(scratch->dir);
    rep_buf_release(&scratch->text);
    free(scratch);
    return 0;
}

struct rep_db *open_or_fail(const char *path, enum rep_mode mode)
{
    struct rep_error error = {0};
    struct rep_db *db = NULL;
    if (rep_open(path, mode, &error, &db) < 0) {
        fail_msg("cannot open: %s", error.text);
    }
    return db;
}

void check_ok(struct rep_db *db, int code, const char *file, int line)
{
    if (code != 0) {
        fail_msg("%s:%d: %d: %s", file, line, code, rep_error_text(db));
    }
}

struct rep_run *begin_run(struct rep_db *db, const char *label)
{
    static const char *const argv[] = {"simrun", "corpus/", NULL};
    struct rep_run *run = NULL;
    struct rep_run_options options = {
        .argv = argv,
        .subject = "model",
        .subject_version = "1.0",
        .profile = "gvisor-2018-08-14",
        .label = label,
        .started = "2018-08-14T00:00:00Z",
        .seed = 7,
    };
    OK(db, rep_run_begin(db, &options, &run));
    return run;
}

void end_run(struct rep_run *run)
{
    struct rep_db *db = run->db;
    OK(db, rep_run_end(run, REP_FINISHED, "2018-08-14T00:00:01Z", NULL));
}

struct rep_node make_node(const char *path, const char *type)
{
    return (struct rep_node){
        .path = path,
        .type = type,
        .mode = strcmp(type, "dir") == 0 ? "0755" : "0644",
        .fs = "9p",
        .flags = "",
        .size = strcmp(type, "dir") == 0 ? -1 : 3,
        .nlink = 1,
        .readdir = true,
    };
}

int record_tree(struct rep_run *run, const char *name, const struct rep_node *nodes, size_t count)
{
    struct rep_result result = {
        .name = name,
        .result = "ok",
        .status = REP_PASS,
        .nodes = nodes,
        .n_nodes = count,
    };
    return rep_record(run, &result);
}

int64_t query_int(struct rep_db *db, const char *sql)
{
    int64_t value = -1;
    OK(db, rep_sql_int(db, sql, &value));
    return value;
}

int64_t count_rows(struct rep_db *db, const char *table)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return query_int(db, sql);
}

void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part)) {
        fail_msg("'%s' is not in:\n%s", part, text ? text : "(nothing)");
    }
}

void assert_lacks(const char *text, const char *part)
{
    if (text && strstr(text, part)) {
        fail_msg("'%s' is in:\n%s", part, text);
    }
}

uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void make_version_1(const char *path)
{
    static char sql[32768];
    sqlite3 *raw = NULL;
    FILE *in = fopen(SIMRUN_SOURCE_DIR "/tests/unit/reports/schema-1.sql", "r");
    assert_non_null(in);
    sql[fread(sql, 1, sizeof sql - 1, in)] = '\0';
    assert_int_equal(fclose(in), 0);
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(raw,
                     "INSERT INTO run(started, state, argv, subject, seed, shard_index, "
                     "shard_count, label) VALUES('t', 'finished', '[]', 'model', 1, 0, 0, 'old');"
                     "INSERT INTO input(hash) VALUES(x'00000000000000000000000000000000');"
                     "INSERT INTO plan VALUES(1, 0, 'c', x'00000000000000000000000000000000');"
                     "INSERT INTO result(run, name, input, result, status, fds_left, leaks, "
                     "duration_ns) VALUES(1, 'c', x'00000000000000000000000000000000', 'ok', "
                     "'pass', 0, 0, 5);"
                     "INSERT INTO mount VALUES(x'22222222222222222222222222222222', 0, '/', "
                     "'root', '@rootfs', '9p', '', NULL, 'PQ-20', '', NULL, '', 0), "
                     "(x'22222222222222222222222222222222', 1, '/a', 'bind', '@a', '9p', 'ro', 3, "
                     "'', '', 2, '/a', 1), (x'22222222222222222222222222222222', 2, '/a', 'bind', "
                     "'@a', NULL, '', 4, '', 'x', NULL, '', 0);"
                     "UPDATE result SET mounts = x'22222222222222222222222222222222';"
                     "PRAGMA application_id = 1936289138; PRAGMA user_version = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(raw);
}

int count_files(const char *folder, const char *part)
{
    int found = 0;
    DIR *dir = opendir(folder);
    struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        found += strstr(entry->d_name, part) != NULL;
    }
    closedir(dir);
    return found;
}

void record_letters(struct rep_db *db, const char *outcomes, const char *profile)
{
    struct rep_run_options options = {.subject = "model", .profile = profile, .started = "t"};
    struct rep_run *run = NULL;
    OK(db, rep_run_begin(db, &options, &run));
    for (size_t i = 0; outcomes[i]; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        char o = outcomes[i];
        bool bad = o == 'b' || o == 'B';
        struct rep_input input = {{[REP_SPEC] = {o == 'i' ? "t" : "s", 1}}};
        struct rep_result result = {.name = name,
                                    .input = &input,
                                    .result = bad ? "error" : "ok",
                                    .status = bad ? REP_FAIL : REP_PASS,
                                    .error = o == 'B' ? "other"
                                             : bad    ? "no"
                                                      : "",
                                    .flaky = o == 'x'};
        if (o != '-') {
            OK(db, rep_record(run, &result));
        }
    }
    end_run(run);
}
