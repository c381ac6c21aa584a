#include "html/html.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

uint64_t html_size(const struct html *html)
{
    return html->written + html->out.line.size;
}

/* The sink of the document: the caller's, counted. */
static int write_counted(void *arg, const char *data, size_t size)
{
    struct html *html = arg;
    html->written += size;
    return html->sink->write(html->sink->arg, data, size);
}

/* ---- The runs ----------------------------------------------------------------------------------
 */

/* The finished run before `run` of the same subject, profile and shard; 0 = none. */
static int find_default_base(struct rep_db *db, int64_t run, int64_t *base)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db,
        "SELECT ifnull(max(o.id), 0) FROM run o JOIN run n ON n.id = ? WHERE o.id < n.id AND "
        "o.state = 'finished' AND o.subject = n.subject AND o.profile IS n.profile AND "
        "o.shard_index = n.shard_index AND o.shard_count = n.shard_count",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    code = rep_sql_row(db, stmt, "look for the run before");
    if (code == 1) {
        *base = sqlite3_column_int64(stmt, 0);
        code = 0;
    }
    sqlite3_finalize(stmt);
    return code;
}

static int find_base(struct html *html, const struct rep_html_options *options)
{
    int64_t id = 0;
    struct rep_db *db = options->base_db ? options->base_db : html->db;
    int code = 0;
    if (options->base_ref || options->base_db) {
        code = rep_run_resolve(db, options->base_ref ? options->base_ref : "latest", &id);
    } else {
        code = find_default_base(db, html->run.id, &id);
    }
    if (code < 0 || id == 0) {
        return code;
    }
    html->base_db = db;
    (void)snprintf(html->base_ref, sizeof html->base_ref, "%lld", (long long)id);
    return rep_run_find(db, html->base_ref, &html->base);
}

static int load(struct html *html, const char *ref, const struct rep_html_options *options)
{
    int code = rep_run_find(html->db, ref, &html->run);
    if (code < 0) {
        return code;
    }
    (void)snprintf(html->run_ref, sizeof html->run_ref, "%lld", (long long)html->run.id);
    code = find_base(html, options);
    if (code == 0) {
        code = html_rows_load(html->db, html->run.id, &html->rows);
    }
    if (code < 0 || !html->base_db) {
        return code;
    }
    code = html_rows_load(html->base_db, html->base.id, &html->base_rows);
    if (code == 0) {
        html_rows_compare(&html->rows, &html->base_rows);
        struct rep_diff_side a = {.db = html->base_db, .run = html->base_ref};
        struct rep_diff_side b = {.db = html->db, .run = html->run_ref};
        code = rep_changes(&a, &b, NULL, NULL, &html->counts);
    }
    return code;
}

/* ---- The page ----------------------------------------------------------------------------------
 */

static int write_style(struct html *html)
{
    rep_out_raw(&html->out, html_style);
    return 0;
}

static int write_script(struct html *html)
{
    rep_out_raw(&html->out, html_script);
    return 0;
}

/* Nothing but this very style and this very script: what a hostile name might smuggle in would not
 * run, load, submit or be framed even if it became an element. */
static int write_policy(struct html *html)
{
    rep_out_raw(&html->out, "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '");
    rep_out_raw(&html->out, html_style_hash);
    rep_out_raw(&html->out, "'; script-src '");
    rep_out_raw(&html->out, html_script_hash);
    rep_out_raw(&html->out, "'");
    return 0;
}

static int write_title(struct html *html)
{
    rep_out_fmt(&html->out, "run %lld", (long long)html->run.id);
    rep_out_raw(&html->out, html->run.label ? " " : "");
    html_text(&html->out, html->run.label);
    return 0;
}

static const struct {
    const char *slot;
    int (*write)(struct html *html);
} slots[] = {
    {"style", write_style},      {"script", write_script},    {"policy", write_policy},
    {"title", write_title},      {"headline", html_headline}, {"overview", html_overview},
    {"footnote", html_footnote}, {"list", html_list},         {"details", html_details},
};

static int write_slot(struct html *html, const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        if (strlen(slots[i].slot) == size && memcmp(slots[i].slot, name, size) == 0) {
            return slots[i].write(html);
        }
    }
    return rep_fail(html->db, -EINVAL, "the page has an unknown slot %.*s", (int)size, name);
}

static int write_page(struct html *html)
{
    const char *rest = html_page;
    const char *open;
    int code = 0;
    while (code == 0 && html->out.code == 0 && (open = strstr(rest, "{{"))) {
        const char *close = strstr(open, "}}");
        if (!close) {
            break;
        }
        rep_buf_add(&html->out.line, rest, (size_t)(open - rest));
        code = write_slot(html, open + 2, (size_t)(close - open) - 2);
        rest = close + 2;
    }
    rep_out_raw(&html->out, rest);
    return code;
}

/* What is read belongs together, whatever is recorded meanwhile. */
static int begin_reading(struct rep_db *db)
{
    return sqlite3_get_autocommit(db->sql) ? rep_sql_exec(db, "BEGIN", "read the file") : 0;
}

static void end_reading(struct rep_db *db)
{
    if (!sqlite3_get_autocommit(db->sql) && !db->run) {
        (void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    }
}

static int share_error(struct rep_db *db, const struct rep_db *base_db, int code)
{
    if (code < 0 && base_db && db->error.code != code && base_db->error.code == code) {
        db->error = base_db->error;
    }
    return code;
}

int rep_html(struct rep_db *db, const char *ref, const struct rep_html_options *options,
             const struct rep_sink *sink)
{
    static const struct rep_html_options none;
    struct html html = {.db = db, .sink = sink};
    options = options ? options : &none;
    html.max_details = options->max_bytes ? options->max_bytes : REP_HTML_BYTES;
    const struct rep_sink counted = {.write = write_counted, .arg = &html};
    struct rep_db *other = options->base_db != db ? options->base_db : NULL;
    int code = begin_reading(db);
    if (code == 0 && other) {
        code = begin_reading(other);
    }
    if (code == 0) {
        code = load(&html, ref, options);
    }
    if (code == 0) {
        rep_out_init(&html.out, &counted);
        code = write_page(&html);
        int written = rep_out_finish(&html.out);
        code = code == 0 && written < 0 ? rep_fail(db, written, "cannot write the report") : code;
    }
    end_reading(db);
    if (other) {
        end_reading(other);
    }
    html_rows_release(&html.rows);
    html_rows_release(&html.base_rows);
    rep_run_info_release(&html.run);
    rep_run_info_release(&html.base);
    return share_error(db, other, code);
}
