#include "stranger.h"

#include "records.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHANGES_MAX = 8 };

static char folder[64], path[96];
static char *original; /* the real file */
static size_t original_n;

/* ---- the real file -------------------------------------------------------------------------- */

static void remove_files(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-lock"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char name[128];
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

static void remove_folder(void)
{
    remove_files();
    (void)rmdir(folder);
}

static void record_run(struct rep_db *db, const uint8_t *bytes, size_t n, const char *label)
{
    static struct made_records m;
    static const char *const argv[] = {"simrun", STRANGER_TAG, NULL};
    struct rep_run *run;
    struct bytes b = {bytes, n};
    struct rep_run_options options = {.argv = argv,
                                      .subject = "model",
                                      .subject_version = "1",
                                      .profile = "strict",
                                      .label = label,
                                      .started = "2018-08-14T00:00:00Z"};
    make_records(&m, &b);
    CHECK(rep_run_begin(db, &options, &run) == 0);
    for (size_t i = 0; i < m.n; i++) {
        CHECK(rep_plan(run, m.views[i].result.name, NULL) == 0);
    }
    CHECK(rep_plan(run, "never run", NULL) == 0);
    for (size_t i = 0; i < m.n; i++) {
        CHECK(rep_record(run, &m.views[i].result) == 0);
    }
    CHECK(rep_run_end(run, label ? REP_INTERRUPTED : REP_FINISHED, "2018-08-14T00:01:00Z", NULL) ==
          0);
    made_records_release(&m);
}

/* One small file: what a recorder left is all in it. */
static void tidy(void)
{
    sqlite3 *sql;
    CHECK(sqlite3_open(path, &sql) == SQLITE_OK);
    CHECK(sqlite3_exec(sql, "PRAGMA journal_mode = DELETE; VACUUM", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(sql) == SQLITE_OK);
}

static void make_original(void)
{
    if (original) {
        return;
    }
    /* a result with a tree, operations and mounts, and changes from case to case */
    uint8_t bytes[256] = {0, 0x05, 0x40, 0, 2, 1, 9, 5, 2, 3, 4, 5, 6, 7, 3, 8, 0, 2, 9, 9, 9};
    struct stat st;
    struct rep_db *db;
    const char *tmp = getenv("TMPDIR");
    for (size_t i = 21; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 37 % 251);
    }
    bytes[RESULT_BYTES] = RECORDS_MAX - 1;
    (void)snprintf(folder, sizeof(folder), "%.30s/simrun-fuzz-XXXXXX", tmp ? tmp : "/tmp");
    CHECK(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/f.db", folder);
    (void)atexit(remove_folder);
    CHECK(rep_open(path, REP_CREATE, NULL, &db) == 0);
    record_run(db, bytes, sizeof(bytes), NULL);
    bytes[70] ^= 5;
    bytes[90] ^= 9;
    record_run(db, bytes, sizeof(bytes), "night");
    CHECK(rep_close(db) == 0);
    tidy();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &st) == 0);
    original_n = (size_t)st.st_size;
    original = malloc(original_n);
    CHECK(original && read(fd, original, original_n) == st.st_size && close(fd) == 0);
}

static void put_file(const char *bytes, size_t n)
{
    remove_files();
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && close(fd) == 0);
}

/* ---- changes -------------------------------------------------------------------------------- */

static const struct table {
    const char *name, *columns;
} tables[] = {
    {"result", "name input result status error log compiled ops restore host_diff fds_left leaks "
               "duration_ns mounts tree flaky file line reason run id"},
    {"node",
     "name type mode uid gid size nlink rdev target fs flags mountpoint overlay upper lower "
     "special readdir error child layers dir"},
    {"mount_row", "destination type source fs flags rules ignored created lost state place seen_at "
                  "layers data hides options reasons made hash id"},
    {"mount_item", "idx mount spec_index shadowed_by mount_id op log_first log_lines list"},
    {"run", "started ended state argv subject subject_version profile seed shard_index "
            "shard_count label options id"},
    {"dir", "entries nodes hash"},
    {"blob", "data hash"},
    {"finding", "severity code text seq result"},
    {"attempt", "outcome status error same_as duration_ns n result"},
    {"plan", "seq name input run"},
    {"input", "spec conf root sources ops flags hash"},
    {"mount_list", "hash id"},
    {"search_item", "kind hash text id"},
    {"search_state", "result"},
    {"run_part", "part source source_run digest shard_index shard_count state started ended argv "
                 "results run"},
    {"fuzz_crash", "target kind found last_found times subject_version seed input text id"},
};

static const char *const texts[] = {
    "",
    STRANGER_TAG,
    "</script>" STRANGER_TAG,
    "\x1b]0;x\a",
    "\xff\xfe",
    "\xc2\x9b"
    "31m",
    "\xe2\x80\xae",
    "..",
    "a/b",
    "/",
    "[",
    "[\"a\",{\"b\":[1]}]",
    "{}",
    "{\"rule\":1}",
    "[{\"option\":5,\"effect\":{}},{\"path\":\"/a\",\"fs\":[]}]",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "ok",
    "fail",
    "finished",
    "running",
    "dir",
    "symlink",
    "/a/../a/b",
    "=1+1",
    "9223372036854775807",
    "\"\\ud800\"",
    "-->",
    "]]>",
    "::error::x%0A",
};

/* The n-th word of a list, round and round. */
static void word(char ret[32], const char *list, size_t n)
{
    size_t count = 1;
    for (const char *p = list; *p; p++) {
        count += *p == ' ';
    }
    for (n %= count; n > 0; n--) {
        list = strchr(list, ' ') + 1;
    }
    (void)snprintf(ret, 32, "%.*s", (int)strcspn(list, " "), list);
}

static void bind_value(sqlite3_stmt *stmt, struct bytes *b)
{
    static const int64_t numbers[] = {0, -1, 1, 2, INT64_MAX, INT64_MIN, 1 << 30, 4294967296};
    size_t kind = take_below(b, 8);
    uint8_t which = take_byte(b);
    if (kind < 3) {
        sqlite3_bind_text(stmt, 1, texts[which % ARRAY_LEN(texts)], -1, SQLITE_STATIC);
    } else if (kind < 5) {
        sqlite3_bind_int64(stmt, 1, numbers[which % ARRAY_LEN(numbers)]);
    } else if (kind == 5) {
        struct bytes slice = take_slice(b, which % 64u);
        sqlite3_bind_text(stmt, 1, (const char *)slice.p, (int)slice.n, SQLITE_TRANSIENT);
    } else if (kind == 6) {
        uint8_t hash[32];
        memset(hash, which, sizeof(hash));
        sqlite3_bind_blob(stmt, 1, hash, which & 1 ? 16 : which % 32, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_null(stmt, 1);
    }
}

/* One statement on one row; what the file does not take is left out. */
static void change_row(sqlite3 *sql, struct bytes *b)
{
    const struct table *t = &tables[take_below(b, ARRAY_LEN(tables))];
    char column[32], other[32], text[512];
    sqlite3_stmt *stmt;
    size_t kind = take_below(b, 6), row = take_byte(b), from = take_byte(b);
    word(column, t->columns, take_byte(b));
    word(other, t->columns, take_byte(b));
    if (kind == 0) {
        (void)snprintf(text, sizeof(text),
                       "DELETE FROM %s WHERE %s IS (SELECT %s FROM %s LIMIT 1 OFFSET %zu)", t->name,
                       column, column, t->name, row);
    } else if (kind == 1) {
        (void)snprintf(text, sizeof(text),
                       "UPDATE OR REPLACE %s SET %s = (SELECT %s FROM %s LIMIT 1 OFFSET %zu) WHERE "
                       "%s IS (SELECT %s FROM %s LIMIT 1 OFFSET %zu)",
                       t->name, column, other, t->name, from, column, column, t->name, row);
    } else if (kind == 2) {
        (void)snprintf(text, sizeof(text), "UPDATE OR IGNORE %s SET %s = ?1", t->name, column);
    } else {
        (void)snprintf(text, sizeof(text),
                       "UPDATE OR REPLACE %s SET %s = ?1 WHERE %s IS (SELECT %s FROM %s LIMIT 1 "
                       "OFFSET %zu)",
                       t->name, column, other, other, t->name, row);
    }
    if (sqlite3_prepare_v2(sql, text, -1, &stmt, NULL) == SQLITE_OK) {
        if (sqlite3_bind_parameter_count(stmt) > 0) {
            bind_value(stmt, b);
        }
        (void)sqlite3_step(stmt);
    }
    (void)sqlite3_finalize(stmt);
}

const char *stranger_rows(struct bytes *b)
{
    sqlite3 *sql;
    make_original();
    put_file(original, original_n);
    CHECK(sqlite3_open(path, &sql) == SQLITE_OK);
    CHECK(sqlite3_exec(sql,
                       "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA foreign_keys = "
                       "OFF; PRAGMA ignore_check_constraints = ON; BEGIN",
                       NULL, NULL, NULL) == SQLITE_OK);
    for (size_t n = take_below(b, CHANGES_MAX); n > 0; n--) {
        change_row(sql, b);
    }
    (void)sqlite3_exec(sql, "COMMIT", NULL, NULL, NULL);
    CHECK(sqlite3_close(sql) == SQLITE_OK);
    return path;
}

const char *stranger_pages(struct bytes *b)
{
    make_original();
    char *copy = malloc(original_n);
    CHECK(copy);
    memcpy(copy, original, original_n);
    for (size_t n = 1 + take_below(b, CHANGES_MAX); n > 0; n--) {
        size_t at = (take_u16(b) << 8 | take_byte(b)) % original_n;
        copy[at] = (char)take_byte(b);
    }
    size_t cut = take_byte(b) < 8 ? take_u16(b) % original_n : 0;
    put_file(copy, original_n - cut);
    free(copy);
    return path;
}
