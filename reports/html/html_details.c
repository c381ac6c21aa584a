#include "html/html.h"

#include <errno.h>
#include <string.h>

/*
 * One JSON array of records, each an array that begins with its kind; what a record refers to comes
 * before it. Numbers count the records of a kind from 1.
 *
 *     ["text", TEXT]
 *     ["node", ATTRIBUTES]
 *     ["dir", NAME, node, dir | 0, NAME, ...]
 *     ["columns", NAME, ...]                    of the table mount, once
 *     ["mounts", [[VALUE, ...], ...]]
 *     ["case", position in the list, {...}]
 *
 * A VALUE is a number, a string, or [text] for a long one.
 */

/* Texts of this size and more are likely to be repeated, and stand as [text number]. */
#define LONG_TEXT 32

static int add_text(struct html_store *store, const char *text, struct rep_buf *json)
{
    size_t size = strlen(text);
    uint32_t number = 0;
    int code = 0;
    if (size >= LONG_TEXT) {
        struct rep_hash hash = rep_hash_of(text, size);
        code = html_store_string(store, text, size, &hash, &number);
    }
    if (number) {
        rep_buf_fmt(json, "[%u]", number);
    } else {
        rep_buf_json_script(json, text, size);
    }
    return code;
}

/* The values of a row as a JSON array; a hash is null. */
static int add_row(struct html_store *store, sqlite3_stmt *stmt, struct rep_buf *json)
{
    int code = 0;
    rep_buf_str(json, "[");
    for (int i = 0; i < sqlite3_column_count(stmt) && code == 0; i++) {
        int type = sqlite3_column_type(stmt, i);
        rep_buf_str(json, i ? "," : "");
        if (type == SQLITE_INTEGER) {
            rep_buf_fmt(json, "%lld", (long long)sqlite3_column_int64(stmt, i));
        } else if (type == SQLITE_TEXT) {
            code = add_text(store, rep_column_text(stmt, i), json);
        } else {
            rep_buf_str(json, "null");
        }
    }
    rep_buf_str(json, "]");
    return code;
}

/* Appends the rows of `sql`, whose one parameter is `hash` or `id`, as JSON arrays. */
static int add_rows(struct html_store *store, struct rep_db *db, const char *sql,
                    const struct rep_hash *hash, int64_t id, struct rep_buf *json)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    if (hash) {
        rep_bind_hash(stmt, 1, hash);
    } else {
        sqlite3_bind_int64(stmt, 1, id);
    }
    for (bool any = false; (code = rep_sql_row(db, stmt, "read a case")) == 1; any = true) {
        rep_buf_str(json, any ? "," : "");
        code = add_row(store, stmt, json);
        if (code < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code == 0 && json->failed ? rep_fail_memory(db) : code;
}

static int store_mounts(struct html_store *store, struct rep_db *db, const struct rep_hash *list,
                        uint32_t *number)
{
    uint32_t known = html_map_get(&store->mounts, list);
    if (known || html_store_is_full(store)) {
        *number = known;
        return 0;
    }
    struct rep_buf json = {0};
    int code =
        add_rows(store, db, "SELECT * FROM mount WHERE list = ? ORDER BY idx", list, 0, &json);
    if (code == 0) {
        rep_out_raw(&store->html->out, ",\n[\"mounts\",[");
        rep_out_raw(&store->html->out, json.data ? json.data : "");
        rep_out_raw(&store->html->out, "]]");
        *number = html_map_add(&store->mounts, list);
        code = *number ? 0 : rep_fail_memory(db);
    }
    rep_buf_release(&json);
    return code;
}

/* ---- One case ----------------------------------------------------------------------------------
 */

/* Numbers of what a result refers to; 0 = absent. */
struct parts {
    uint32_t number[HTML_PARTS];
    bool cut; /* one is there but was left out */
};

static int store_parts(struct html_store *store, struct rep_db *db, const struct html_row *row,
                       struct parts *parts)
{
    int code = 0;
    for (unsigned i = HTML_PART_ERROR; i < HTML_PARTS && code == 0; i++) {
        const struct rep_hash *hash = &row->part[i];
        uint32_t *number = &parts->number[i];
        if (!row->has[i]) {
            continue;
        }
        code = i == HTML_PART_TREE     ? html_store_tree(store, db, hash, number)
               : i == HTML_PART_MOUNTS ? store_mounts(store, db, hash, number)
                                       : html_store_text(store, db, hash, number);
        parts->cut = parts->cut || *number == 0;
    }
    return code;
}

static void write_parts(struct rep_out *out, const struct html_row *row, const struct parts *parts)
{
    rep_out_fmt(out, "\"error\":%u,\"mounts\":%u,\"tree\":%u,\"fds_left\":%lld,\"leaks\":%lld",
                parts->number[HTML_PART_ERROR], parts->number[HTML_PART_MOUNTS],
                parts->number[HTML_PART_TREE], (long long)row->fds_left, (long long)row->leaks);
    for (unsigned i = 0; i < REP_TEXTS; i++) {
        rep_out_fmt(out, ",\"%s\":%u", rep_text_names[i], parts->number[HTML_PART_TEXT + i]);
    }
}

/* What people should look at, and the attempts of a case that ran more than once. */
static int add_findings(struct html_store *store, const struct html_row *row, struct rep_buf *json)
{
    struct rep_db *db = store->html->db;
    rep_buf_str(json, ",\"findings\":[");
    int code = add_rows(store, db,
                        "SELECT severity, code, text FROM finding WHERE result = ? ORDER BY seq",
                        NULL, row->id, json);
    rep_buf_str(json, "],\"attempts\":[");
    if (code == 0) {
        code = add_rows(store, db,
                        "SELECT outcome, status, error, same_as, duration_ns FROM attempt "
                        "WHERE result = ? ORDER BY n",
                        NULL, row->id, json);
    }
    rep_buf_str(json, "]");
    return code == 0 && json->failed ? rep_fail_memory(db) : code;
}

static int write_columns(struct html *html)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(html->db, "SELECT * FROM mount", &stmt);
    if (code < 0) {
        return code;
    }
    rep_out_raw(&html->out, ",\n[\"columns\"");
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        rep_out_raw(&html->out, ",");
        html_json(&html->out, sqlite3_column_name(stmt, i));
    }
    rep_out_raw(&html->out, "]");
    sqlite3_finalize(stmt);
    return 0;
}

static int write_case(struct html_store *store, size_t position)
{
    struct html *html = store->html;
    struct rep_out *out = &html->out;
    const struct html_row *row = &html->rows.row[position];
    const struct html_row *base = row->changes & ~(unsigned)HTML_NEW ? row->base : NULL;
    struct parts parts = {0};
    struct parts base_parts = {0};
    struct rep_buf rows = {0};
    int code = store_parts(store, html->db, row, &parts);
    if (code == 0 && base) {
        code = store_parts(store, html->base_db, base, &base_parts);
    }
    if (code == 0) {
        code = add_findings(store, row, &rows);
    }
    if (code < 0) {
        rep_buf_release(&rows);
        return code;
    }
    rep_out_fmt(out, ",\n[\"case\",%zu,{", position);
    write_parts(out, row, &parts);
    rep_out_raw(out, rows.data);
    rep_buf_release(&rows);
    if (base) {
        rep_out_raw(out, ",\"base\":{");
        write_parts(out, base, &base_parts);
        rep_out_raw(out, "}");
    }
    bool cut = parts.cut || base_parts.cut;
    rep_out_raw(out, cut ? ",\"cut\":true}]" : "}]");
    html->detailed++;
    html->cut += cut;
    return code;
}

static bool comes_first(const struct html_row *row)
{
    return row->bad || row->changes != 0;
}

/* Cases that failed or changed first: they are who the reader came for when not all fit. */
static int write_cases(struct html_store *store)
{
    int code = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < store->html->rows.count && code == 0; i++) {
            bool now = comes_first(&store->html->rows.row[i]) == (pass == 0);
            if (now && html_store_is_full(store)) {
                return 0;
            }
            code = now ? write_case(store, i) : 0;
            code = code == 0 ? store->html->out.code : code;
        }
    }
    return code;
}

int html_details(struct html *html)
{
    struct html_store store = {.html = html};
    html->max_details += html_size(html);
    rep_out_raw(&html->out, "[[\"version\",1]");
    int code = write_columns(html);
    if (code == 0) {
        code = write_cases(&store);
    }
    rep_out_raw(&html->out, "]");
    html_map_release(&store.text);
    html_map_release(&store.attributes);
    html_map_release(&store.dirs);
    html_map_release(&store.mounts);
    return code < 0 && code == html->out.code ? 0 : code;
}
