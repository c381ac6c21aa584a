#include "private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MOUNT_COLUMNS                                                                              \
    "SELECT name, idx, destination, type, fs, flags, spec_index, rules, ignored, shadowed_by "     \
    "FROM result_mount WHERE run = (SELECT max(id) FROM run) AND "

static const struct rep_query_info queries[] = {
    {"regressions", "cases that were fine in the finished run before and are not in the newest",
     "SELECT name, old_run, new_run, old_result, new_result, new_status, error FROM regressions "
     "ORDER BY name"},
    {"flips", "cases whose outcome changed between the last two finished runs",
     "SELECT name, old_run, new_run, old_result, old_status, new_result, new_status FROM flips "
     "ORDER BY name"},
    {"tree-diff", "nodes that changed between the last two finished runs",
     "SELECT name, path, change, old, new FROM tree_diff ORDER BY name, path"},
    {"slowest", "the 20 slowest cases of the newest run",
     "SELECT name, ms, result, status, nodes FROM slowest LIMIT 20"},
    {"by-error", "error texts of the newest run by number of cases",
     "SELECT cases, result, example, error FROM by_error"},
    {"ignored-mounts", "mounts of the newest run that were not made, or lost options on the way",
     MOUNT_COLUMNS "(fs IS NULL OR ignored <> '') ORDER BY name, idx"},
    {"shadowed-mounts", "mounts of the newest run that a later mount hides",
     MOUNT_COLUMNS "shadowed_by IS NOT NULL ORDER BY name, idx"},
    {"lost-mounts", "mounts of the newest run that were made, are not hidden, and are not there",
     MOUNT_COLUMNS "lost ORDER BY name, idx"},
    {"flaky", "cases of the newest run whose attempts (--repeat, --retries) did not agree",
     "SELECT name, attempts, failed, different, outcomes, status, error FROM flaky"},
    {"findings", "findings of the newest run",
     "SELECT r.name, f.severity, f.code, f.text FROM result r JOIN finding f ON f.result = r.id "
     "WHERE r.run = (SELECT max(id) FROM run) ORDER BY f.severity, f.code, r.name"},
    {"crashes", "crashes that fuzzing found, newest first",
     "SELECT c.id, c.target, c.kind, c.found, c.last_found, c.times, length(b.data) AS bytes, "
     "hex(c.input) AS input FROM fuzz_crash c JOIN blob b ON b.hash = c.input ORDER BY c.id DESC"},
    {"runs", "all runs, newest first",
     "SELECT id, label, state, started, subject, subject_version AS version, profile, "
     "(SELECT count(*) FROM plan p WHERE p.run = run.id) AS planned, "
     "(SELECT count(*) FROM result r WHERE r.run = run.id) AS results, "
     "(SELECT count(*) FROM verdict v WHERE v.run = run.id AND v.bad) AS bad "
     "FROM run ORDER BY id DESC"},
    {NULL, NULL, NULL},
};

const struct rep_query_info *rep_queries(void)
{
    return queries;
}

/* ---- What a query may do -----------------------------------------------------------------------
 */

/* `arg` is a bool that remembers a refusal: sqlite does not always say that this is why it failed.
 */
static int authorize(void *arg, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    (void)first;
    (void)database;
    (void)trigger;
    bool *refused = arg;
    bool allowed = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE;
    if (action == SQLITE_FUNCTION) {
        allowed = !second || (sqlite3_stricmp(second, "load_extension") != 0 &&
                              sqlite3_stricmp(second, "fts3_tokenizer") != 0);
    }
    *refused = *refused || !allowed;
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

static const char *find_named(const char *query)
{
    for (size_t i = 0; queries[i].name; i++) {
        if (strcmp(queries[i].name, query) == 0) {
            return queries[i].sql;
        }
    }
    return NULL;
}

static int fail_unknown(struct rep_db *db, const char *query)
{
    struct rep_buf names = {0};
    for (size_t i = 0; queries[i].name; i++) {
        rep_buf_str(&names, i ? ", " : "");
        rep_buf_str(&names, queries[i].name);
    }
    int code = rep_fail(db, -ENOENT, "no query named %.100s; there are: %s; or give one SELECT",
                        query, names.failed ? "" : names.data);
    rep_buf_release(&names);
    return code;
}

static int prepare(struct rep_db *db, const char *sql, sqlite3_stmt **stmt)
{
    const char *tail = NULL;
    sqlite3_stmt *made = NULL;
    int rc = sqlite3_prepare_v2(db->sql, sql, -1, &made, &tail);
    if (rc != SQLITE_OK) {
        return rep_fail_sql_code(db, rc, "run the query");
    }
    int code = 0;
    if (!made) {
        code = rep_fail(db, -EINVAL, "the query is empty");
    } else if (tail[strspn(tail, " \t\r\n;")] != '\0') {
        code = rep_fail(db, -EINVAL, "the query has more than one statement");
    } else if (sqlite3_column_count(made) == 0 || !sqlite3_stmt_readonly(made)) {
        code = rep_fail(db, -EPERM, "a query may only read");
    }
    if (code < 0) {
        sqlite3_finalize(made);
        return code;
    }
    *stmt = made;
    return 0;
}

/* ---- JSON lines and CSV ------------------------------------------------------------------------
 */

static void add_hex(struct rep_buf *buf, sqlite3_stmt *stmt, int column)
{
    const unsigned char *bytes = sqlite3_column_blob(stmt, column);
    int size = sqlite3_column_bytes(stmt, column);
    for (int i = 0; i < size; i++) {
        rep_buf_fmt(buf, "%02x", bytes[i]);
    }
}

static void add_json(struct rep_buf *buf, sqlite3_stmt *stmt, int column)
{
    double real = sqlite3_column_double(stmt, column);
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        rep_buf_fmt(buf, "%lld", sqlite3_column_int64(stmt, column));
        break;
    case SQLITE_FLOAT:
        rep_buf_str(buf, isfinite(real) ? rep_column_text(stmt, column) : "null");
        break;
    case SQLITE_TEXT:
        rep_buf_json(buf, rep_column_text(stmt, column),
                     (size_t)sqlite3_column_bytes(stmt, column));
        break;
    case SQLITE_BLOB:
        rep_buf_str(buf, "\"");
        add_hex(buf, stmt, column);
        rep_buf_str(buf, "\"");
        break;
    default:
        rep_buf_str(buf, "null");
    }
}

static void write_json(struct rep_out *out, sqlite3_stmt *stmt)
{
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        const char *name = sqlite3_column_name(stmt, i);
        rep_buf_str(&out->line, i ? "," : "{");
        rep_buf_json(&out->line, name ? name : "", name ? strlen(name) : 0);
        rep_buf_str(&out->line, ":");
        add_json(&out->line, stmt, i);
    }
    rep_out_raw(out, "}\n");
}

void rep_add_cell(struct rep_buf *buf, sqlite3_stmt *stmt, int column, unsigned flags)
{
    int type = sqlite3_column_type(stmt, column);
    if (type == SQLITE_BLOB) {
        add_hex(buf, stmt, column);
    } else if (type != SQLITE_NULL) {
        const char *text = rep_column_text(stmt, column);
        rep_escape_into(buf, text ? text : "",
                        text ? (size_t)sqlite3_column_bytes(stmt, column) : 0, flags);
    }
}

static void add_csv(struct rep_buf *line, const struct rep_buf *cell)
{
    if (cell->size == 0 || !strpbrk(cell->data, ",\"\r\n\t ")) {
        rep_buf_add(line, cell->data, cell->size);
        return;
    }
    rep_buf_str(line, "\"");
    for (size_t i = 0; i < cell->size; i++) {
        rep_buf_add(line, cell->data[i] == '"' ? "\"\"" : cell->data + i,
                    cell->data[i] == '"' ? 2 : 1);
    }
    rep_buf_str(line, "\"");
}

static void write_csv(struct rep_out *out, sqlite3_stmt *stmt, bool head)
{
    struct rep_buf cell = {0};
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        rep_buf_clear(&cell);
        if (head) {
            const char *name = sqlite3_column_name(stmt, i);
            rep_escape_into(&cell, name ? name : "", name ? strlen(name) : 0, 0);
        } else {
            rep_add_cell(&cell, stmt, i, REP_ESCAPE_KEEP_LINES);
        }
        rep_buf_str(&out->line, i ? "," : "");
        add_csv(&out->line, &cell);
        out->line.failed = out->line.failed || cell.failed;
    }
    rep_buf_release(&cell);
    rep_out_raw(out, "\r\n");
}

static int write_rows(struct rep_db *db, sqlite3_stmt *stmt, struct rep_out *out,
                      enum rep_format format)
{
    int code;
    if (format == REP_FORMAT_CSV) {
        write_csv(out, stmt, true);
    }
    while ((code = rep_sql_row(db, stmt, "run the query")) == 1 && out->code == 0) {
        if (format == REP_FORMAT_CSV) {
            write_csv(out, stmt, false);
        } else {
            write_json(out, stmt);
        }
    }
    return code < 0 ? code : 0;
}

int rep_query(struct rep_db *db, const char *query, const struct rep_sink *sink,
              enum rep_format format)
{
    struct rep_out out;
    sqlite3_stmt *stmt = NULL;
    const char *sql = find_named(query);
    if (!sql && !strpbrk(query, " \t\n(;")) {
        return fail_unknown(db, query);
    }
    bool refused = false;
    sqlite3_set_authorizer(db->sql, authorize, &refused);
    rep_out_init(&out, sink);
    int code = prepare(db, sql ? sql : query, &stmt);
    if (code == 0) {
        code = format == REP_FORMAT_TEXT ? rep_table_write(db, stmt, &out)
                                         : write_rows(db, stmt, &out, format);
    }
    sqlite3_finalize(stmt);
    sqlite3_set_authorizer(db->sql, NULL, NULL);
    if (code < 0 && refused) {
        code = rep_fail(db, -EPERM, "a query may only read: one SELECT, without pragmas or ATTACH");
    }
    int written = rep_out_finish(&out);
    return code == 0 && written < 0 ? rep_fail(db, written, "cannot write the answer") : code;
}
