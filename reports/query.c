#include "private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { MOST_NAMED = 64 };

/* ---- What a query may do -----------------------------------------------------------------------
 */

/* `arg` is a bool that remembers a refusal: sqlite does not always say that this is why it failed.
 */
static int authorize(void *arg, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    (void)database;
    (void)trigger;
    bool *refused = arg;
    bool allowed = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE;
    /* Full text search asks whether the file changed; nothing else about it can be had this way. */
    allowed = allowed || (action == SQLITE_PRAGMA && first && !second &&
                          sqlite3_stricmp(first, "data_version") == 0);
    if (action == SQLITE_FUNCTION) {
        allowed = !second || (sqlite3_stricmp(second, "load_extension") != 0 &&
                              sqlite3_stricmp(second, "fts3_tokenizer") != 0);
    }
    *refused = *refused || !allowed;
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

static const char *find_named(const char *query)
{
    for (const struct rep_query_info *info = rep_queries(); info->name; info++) {
        if (strcmp(info->name, query) == 0) {
            return info->sql;
        }
    }
    return NULL;
}

static int fail_unknown(struct rep_db *db, const char *query)
{
    struct rep_buf names = {0};
    const char *known[MOST_NAMED];
    size_t n = 0;
    for (const struct rep_query_info *info = rep_queries(); info->name; info++) {
        rep_buf_str(&names, n ? ", " : "");
        rep_buf_str(&names, info->name);
        known[n < MOST_NAMED ? n++ : 0] = info->name;
    }
    const char *hint = rep_nearest(query, known, n);
    int code =
        rep_fail(db, -ENOENT, "no query named \"%.100s\"%s%s%s; there are: %s; or give one SELECT",
                 query, hint ? "; did you mean " : "", hint ? hint : "", hint ? "?" : "",
                 names.failed ? "" : names.data);
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
        bool is_text = head || sqlite3_column_type(stmt, i) == SQLITE_TEXT;
        rep_add_csv_cell(&out->line, cell.data ? cell.data : "", cell.size, is_text);
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

/* The one parameter is :run. It stays NULL without a reference: the query then has a run in mind.
 */
static int bind_run(struct rep_db *db, sqlite3_stmt *stmt, const char *ref)
{
    int at = sqlite3_bind_parameter_index(stmt, ":run");
    int64_t run = 0;
    if (sqlite3_bind_parameter_count(stmt) > (at > 0)) {
        return rep_fail(db, -EINVAL, "a query has no parameter but :run");
    }
    if (!ref) {
        return 0;
    }
    if (at == 0) {
        return rep_fail(db, -EINVAL, "this query is not about one run (it has no :run)");
    }
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        sqlite3_bind_int64(stmt, at, run);
    }
    return code;
}

static int run_query(struct rep_db *db, sqlite3_stmt *stmt, const struct rep_sink *sink,
                     enum rep_format format)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    int code = format == REP_FORMAT_TEXT ? rep_table_write(db, stmt, &out)
                                         : write_rows(db, stmt, &out, format);
    int written = rep_out_finish(&out);
    return code == 0 && written < 0 ? rep_fail(db, written, "cannot write the answer") : code;
}

int rep_query(struct rep_db *db, const char *query, const char *ref, const struct rep_sink *sink,
              enum rep_format format)
{
    sqlite3_stmt *stmt = NULL;
    const char *sql = find_named(query);
    if (!sql && !strpbrk(query, " \t\n(;")) {
        return fail_unknown(db, query);
    }
    /* A virtual table declares itself at its first use, and that is no reading: it comes before. */
    int code = rep_sql_exec(db, "SELECT 1 FROM search LIMIT 0", "run the query");
    if (code < 0) {
        return code;
    }
    bool refused = false;
    sqlite3_set_authorizer(db->sql, authorize, &refused);
    code = prepare(db, sql ? sql : query, &stmt);
    if (code == 0) {
        code = bind_run(db, stmt, ref);
    }
    if (code == 0) {
        code = run_query(db, stmt, sink, format);
    }
    sqlite3_finalize(stmt);
    sqlite3_set_authorizer(db->sql, NULL, NULL);
    if (code < 0 && refused) {
        code = rep_fail(db, -EPERM, "a query may only read: one SELECT, without pragmas or ATTACH");
    }
    return code;
}
