/*
 * A file of records that a stranger made: a small real one whose rows or pages the bytes change.
 * Every reader returns: with output that keeps the rules of its form, or with a text that names the
 * file.
 */
#include "support/output.h"
#include "support/records.h"

#include "private.h"

#include <simrun/render.h>

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 2 << 10, CHANGES_MAX = 8, READERS_MAX = 4 };

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
    static const char *const argv[] = {"simrun", OUTPUT_TAG, NULL};
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

static void make_original(void)
{
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
    CHECK(rep_sql_exec(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE; VACUUM",
                       "tidy") == 0);
    CHECK(rep_close(db) == 0);
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
    OUTPUT_TAG,
    "</script>" OUTPUT_TAG,
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

static void change_rows(struct bytes *b)
{
    sqlite3 *sql;
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
}

static void change_pages(struct bytes *b)
{
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
}

/* A failure names the file, on one line. */
static void check_error(int code, const char *text)
{
    CHECK(code <= 0 && code > -4096);
    if (code && !strstr(text, path)) {
        fprintf(stderr, "%d %s\n", code, text);
    }
    CHECK(code == 0 || strstr(text, path));
    for (const char *p = text; *p; p++) {
        CHECK(*p != '\n');
    }
}

/* ---- readers -------------------------------------------------------------------------------- */

struct reading {
    struct rep_db *db;
    struct output out;
    struct rep_sink sink;
    char names[3][64];
    uint8_t choice;
};

static int keep_name(void *arg, const struct rep_outcome *outcome)
{
    struct reading *r = arg;
    for (size_t i = 0; i < ARRAY_LEN(r->names); i++) {
        if (!r->names[i][0] && outcome->name) {
            (void)snprintf(r->names[i], sizeof(r->names[i]), "%s", outcome->name);
            return 0;
        }
    }
    return 0;
}

static const char *name_of(const struct reading *r)
{
    const char *name = r->names[r->choice % ARRAY_LEN(r->names)];
    return name[0] ? name : "a";
}

static const char *run_of(const struct reading *r)
{
    static const char *const refs[] = {"latest", "latest~1", "1", "night", "profile:strict"};
    return refs[r->choice / 3 % ARRAY_LEN(refs)];
}

static int read_show(struct reading *r)
{
    int code = rep_show(r->db, run_of(r), name_of(r), &r->sink);
    output_is_plain(&r->out);
    return code;
}

static int read_drawing(struct reading *r)
{
    int code = rep_tree(r->db, run_of(r), name_of(r), &r->sink);
    output_is_plain(&r->out);
    return code;
}

static int read_query(struct reading *r)
{
    const struct rep_query_info *all = rep_queries();
    size_t n = 0;
    while (all[n].name) {
        n++;
    }
    enum rep_format format = r->choice % 3;
    int code = rep_query(r->db, all[r->choice / 3 % n].name, NULL, &r->sink, format);
    if (code == 0) {
        void (*const check[])(const struct output *) = {output_is_plain, output_is_csv,
                                                        output_is_json_lines};
        check[format](&r->out);
    }
    return code;
}

static int read_search(struct reading *r)
{
    static const char *const found[] = {"a", "log", "line", "b*", "w"};
    const char *words[] = {found[r->choice / 2 % ARRAY_LEN(found)]};
    bool lines = r->choice % 2;
    int code = rep_search(r->db, r->choice & 64 ? "latest" : NULL, words, 1, &r->sink,
                          lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, NULL);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_explain(struct reading *r)
{
    static const char *const paths[] = {"/", "/a", "/a/b/c", "/x", "/a/b/../c/"};
    struct rep_explain what = {
        .run = run_of(r), .name = name_of(r), .path = paths[r->choice / 15 % ARRAY_LEN(paths)]};
    bool lines = r->choice & 1;
    int code = rep_explain(r->db, &what, &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_diff(struct reading *r)
{
    bool lines = r->choice & 1, cases = r->choice & 2;
    struct rep_diff_side a = {r->db, "latest~1", cases ? r->names[0] : NULL};
    struct rep_diff_side b = {r->db, run_of(r), cases ? name_of(r) : NULL};
    struct rep_diff_counts counts;
    int code = rep_diff(&a, &b, &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, &counts);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_html(struct reading *r)
{
    int code = rep_html(r->db, run_of(r), NULL, &r->sink);
    output_is_html(&r->out);
    return code;
}

static int read_history(struct reading *r)
{
    bool lines = r->choice & 1, bad;
    int code = rep_history(r->db, NULL, name_of(r), &r->sink,
                           lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, &bad);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_first_bad(struct reading *r)
{
    bool lines = r->choice & 1;
    size_t count;
    int code = rep_first_bad(r->db, run_of(r), &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT,
                             &count);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int push(void *arg, const struct rep_result *result)
{
    int code = rep_report_result(arg, result);
    return code == -E2BIG || code == -EINVAL ? 0 : code;
}

static void check_document(const char *name, const struct output *o)
{
    if (strcmp(name, "junit") == 0) {
        output_is_xml(o);
    } else if (strcmp(name, "html") == 0) {
        output_is_html(o);
    } else if (strcmp(name, "csv") == 0) {
        output_is_csv(o);
    } else if (strcmp(name, "jsonl") == 0) {
        output_is_json_lines(o);
    } else {
        output_is_plain(o);
    }
    if (strcmp(name, "sarif") == 0) {
        cJSON *json = cJSON_Parse(o->p);
        CHECK(cJSON_IsObject(json));
        cJSON_Delete(json);
    }
}

/* A report of a run that is there, and whole, however its cases are. */
static int read_report(struct reading *r)
{
    const struct rep_renderer *all = rep_renderers();
    size_t n = 0;
    while (all[n].name) {
        n++;
    }
    const struct rep_renderer *renderer = &all[r->choice % n];
    const struct rep_run_options run = {.subject = "model", .started = "now"};
    const struct rep_report_head head = {.run = &run, .id = 1, .planned = 3};
    const struct rep_report_records records = {.db = r->db, .run = "latest"};
    const struct rep_report_tail tail = {.ended = "then", .complete = true, .records = &records};
    struct rep_report *report;
    CHECK(rep_report_begin(renderer, &head, &r->sink, &report) == 0);
    int code = rep_read_run(r->db, "latest", NULL, 0, renderer->nodes, push, report);
    int end = rep_report_end(report, &tail);
    rep_report_free(report);
    if (code == 0 && end == 0) {
        check_document(renderer->name, &r->out);
    }
    return code ? code : strcmp(renderer->name, "html") == 0 ? end : 0;
}

static int look_at(void *arg, const struct rep_result *result)
{
    (void)arg;
    CHECK(result->name && result->result);
    CHECK((unsigned)result->status < REP_STATUSES);
    return 0;
}

static int look_at_plan(void *arg, const char *name, bool recorded)
{
    (void)arg;
    (void)recorded;
    CHECK(name);
    return 0;
}

static int read_records(struct reading *r)
{
    struct rep_run_info info;
    int code = rep_run_find(r->db, run_of(r), &info);
    if (code == 0) {
        CHECK(info.state && info.started && info.argv && info.subject && info.options);
        rep_run_info_release(&info);
    }
    code = code ? code : rep_read_results(r->db, run_of(r), look_at, NULL);
    code = code ? code : rep_read_plan(r->db, run_of(r), look_at_plan, NULL);
    code = code ? code : rep_read_case(r->db, run_of(r), name_of(r), look_at, NULL);
    return code;
}

static int read_merged(struct reading *r)
{
    const char *const paths[] = {path};
    struct rep_db *into;
    CHECK(rep_open_memory(NULL, &into) == 0);
    int code = rep_merge(into, paths, 1, r->choice & 1, &r->sink, NULL);
    check_error(code, rep_error_text(into));
    output_is_plain(&r->out);
    if (code == 0) {
        int64_t wrong = -1;
        CHECK(rep_sql_int(into, "SELECT count(*) FROM pragma_foreign_key_check", &wrong) == 0 &&
              wrong == 0);
        CHECK(rep_trees_check(into) == 0);
    }
    CHECK(rep_close(into) == 0);
    return 0;
}

static int (*const readers[])(struct reading *) = {
    read_show, read_drawing, read_query,     read_search, read_explain, read_diff,
    read_html, read_history, read_first_bad, read_report, read_records, read_merged,
};

static void read_some(struct bytes *b)
{
    struct reading r = {.choice = 0};
    struct rep_error error = {0};
    int code = rep_open(path, REP_READ, &error, &r.db);
    check_error(code, error.text);
    if (code) {
        return;
    }
    (void)rep_read_outcomes(r.db, "latest", keep_name, &r);
    for (size_t n = 1 + take_below(b, READERS_MAX); n > 0; n--) {
        size_t which = take_below(b, ARRAY_LEN(readers));
        r.choice = take_byte(b);
        r.sink = output_sink(&r.out);
        code = readers[which](&r);
        check_error(code, rep_error_text(r.db));
        output_release(&r.out);
    }
    CHECK(rep_close(r.db) == 0);
}

/* ---- writers -------------------------------------------------------------------------------- */

static int resume(struct rep_db *db)
{
    struct rep_run *run;
    bool recorded;
    int code = rep_run_resume(db, "night", 0, &run);
    if (code) {
        return code;
    }
    code = rep_recorded(run, "never run", NULL, &recorded);
    const struct rep_result result = {.name = "never run", .result = "ok", .status = REP_PASS};
    code = code || recorded ? code : rep_record(run, &result);
    int end = rep_run_end(run, REP_FINISHED, "then", NULL);
    return code ? code : end;
}

static void write_some(struct bytes *b)
{
    struct rep_error error = {0};
    struct rep_db *db;
    int code = rep_open(path, REP_WRITE, &error, &db);
    check_error(code, error.text);
    if (code) {
        return;
    }
    uint8_t how = take_byte(b);
    code = how & 1 ? resume(db) : rep_prune(db, how >> 1 & 1, how & 4, NULL, NULL, NULL);
    check_error(code, rep_error_text(db));
    (void)rep_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    if (!original) {
        make_original();
    }
    struct bytes b = {data, size};
    uint8_t how = take_byte(&b);
    if (how & 1) {
        change_pages(&b);
    } else {
        change_rows(&b);
    }
    if (how & 2) {
        write_some(&b);
    }
    read_some(&b);
    return 0;
}
