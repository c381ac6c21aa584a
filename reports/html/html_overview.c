#include "html/html.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_REGRESSIONS = 20, SHOWN_ERRORS = 8 };

static size_t count_failing(const struct html *html)
{
    size_t failing = 0;
    for (size_t i = 0; i < html->rows.count; i++) {
        const struct html_row *row = &html->rows.row[i];
        failing += row->bad && strcmp(row->status, "recorded") != 0;
    }
    return failing;
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- The first lines ---------------------------------------------------------------------------
 */

static void write_verdict(struct html *html, size_t failing)
{
    struct rep_out *out = &html->out;
    int64_t regressions = html->counts.regressions;
    bool bad = regressions > 0 || failing > 0;
    rep_out_fmt(out, "<h1 class=\"%s\">", bad ? "bad" : "good");
    if (regressions > 0) {
        html_count(out, regressions);
        rep_out_fmt(out, " regression%s since run %lld", plural(regressions),
                    (long long)html->base.id);
    } else if (failing > 0) {
        html_count(out, (int64_t)failing);
        rep_out_fmt(out, " case%s fail%s", plural((int64_t)failing), failing == 1 ? "s" : "");
        if (html->base_db) {
            rep_out_fmt(out, ", none newly since run %lld", (long long)html->base.id);
        }
    } else if (html->base_db) {
        rep_out_fmt(out, "No regressions since run %lld", (long long)html->base.id);
    } else {
        rep_out_raw(out, "No failures");
    }
    rep_out_raw(out, "</h1>\n");
}

static void write_part(struct rep_out *out, const char *text)
{
    if (text && text[0]) {
        rep_out_raw(out, " <span>");
        html_text(out, text);
        rep_out_raw(out, "</span>");
    }
}

int html_headline(struct html *html)
{
    struct rep_out *out = &html->out;
    write_verdict(html, count_failing(html));
    rep_out_fmt(out, "<p class=\"facts\"><span>Run %lld</span> <span>", (long long)html->run.id);
    html_count(out, (int64_t)html->rows.count);
    rep_out_fmt(out, " case%s</span>", plural((int64_t)html->rows.count));
    write_part(out, html->run.label);
    write_part(out, html->run.subject);
    write_part(out, html->run.subject_version);
    write_part(out, html->run.started);
    if (strcmp(html->run.state, "finished") != 0) {
        rep_out_raw(out, " <span class=\"warn\">");
        html_text(out, html->run.state);
        rep_out_fmt(out, ": %lld of %lld cases ran</span>", (long long)html->run.counts.recorded,
                    (long long)html->run.counts.planned);
    }
    rep_out_raw(out, "</p>\n");
    return 0;
}

/* ---- Regressions -------------------------------------------------------------------------------
 */

static void write_case_link(struct rep_out *out, const char *name)
{
    rep_out_raw(out, "<a class=\"case\" href=\"#case=");
    html_fragment(out, name);
    rep_out_raw(out, "\">");
    html_text(out, name);
    rep_out_raw(out, "</a>");
}

static void write_outcome(struct rep_out *out, const struct html_row *row)
{
    rep_out_raw(out, "<span class=\"outcome\">");
    html_text(out, row->result);
    rep_out_raw(out, " <i class=\"tag ");
    html_text(out, row->status);
    rep_out_raw(out, "\">");
    html_text(out, row->status);
    rep_out_raw(out, "</i></span>");
}

/* The error, or else the first finding that tells what is wrong. */
static int write_reason(struct html *html, const struct html_row *row)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_out *out = &html->out;
    int code = rep_sql_prepare(
        html->db,
        "SELECT ifnull(?2, (SELECT text FROM finding WHERE result = ?1 AND severity = 'error' "
        "ORDER BY seq LIMIT 1))",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, row->id);
    rep_bind_text(stmt, 2, row->error && row->error[0] ? row->error : NULL);
    code = rep_sql_row(html->db, stmt, "read a finding");
    if (code == 1 && rep_column_text(stmt, 0)) {
        rep_out_raw(out, "<code class=\"error\">");
        html_text(out, rep_column_text(stmt, 0));
        rep_out_raw(out, "</code>");
    }
    sqlite3_finalize(stmt);
    return code < 0 ? code : 0;
}

static int write_regression(struct html *html, const struct html_row *row)
{
    struct rep_out *out = &html->out;
    rep_out_raw(out, "<li>");
    write_case_link(out, row->name);
    write_outcome(out, row->base);
    rep_out_raw(out, "<span class=\"arrow\" aria-label=\"became\">\xe2\x86\x92</span>");
    write_outcome(out, row);
    int code = write_reason(html, row);
    rep_out_raw(out, "</li>\n");
    return code;
}

static int write_regressions(struct html *html)
{
    struct rep_out *out = &html->out;
    size_t shown = 0;
    int code = 0;
    if (html->counts.regressions == 0) {
        return 0;
    }
    rep_out_raw(out, "<section class=\"card regressions\"><h2>Regressions</h2><ul>\n");
    for (size_t i = 0; i < html->rows.count && shown < SHOWN_REGRESSIONS && code == 0; i++) {
        if (html->rows.row[i].changes & HTML_REGRESSION) {
            code = write_regression(html, &html->rows.row[i]);
            shown++;
        }
    }
    rep_out_raw(out, "</ul>");
    if ((int64_t)shown < html->counts.regressions) {
        rep_out_fmt(out,
                    "<p class=\"note\"><a href=\"#cases&amp;changed=regression\">and %lld "
                    "more</a></p>",
                    (long long)(html->counts.regressions - (int64_t)shown));
    }
    rep_out_raw(out, "</section>\n");
    return code;
}

/* ---- Errors ------------------------------------------------------------------------------------
 */

static void write_error(struct rep_out *out, sqlite3_stmt *stmt)
{
    const char *text = rep_column_text(stmt, 2);
    rep_out_raw(out, "<li><a href=\"#cases&amp;q=");
    html_fragment(out, text ? text : "");
    rep_out_raw(out, "\"><span class=\"bar-count\">");
    html_count(out, sqlite3_column_int64(stmt, 0));
    rep_out_raw(out, "</span><i class=\"tag ");
    html_text(out, rep_column_text(stmt, 1));
    rep_out_raw(out, "\">");
    html_text(out, rep_column_text(stmt, 1));
    rep_out_raw(out, "</i><code>");
    html_text(out, text);
    rep_out_raw(out, "</code></a></li>\n");
}

static int write_errors(struct html *html)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_out *out = &html->out;
    bool any = false;
    int code = rep_sql_prepare(
        html->db,
        "SELECT count(*), r.result, substr(CAST(b.data AS TEXT), 1, 400) FROM result r "
        "JOIN blob b ON b.hash = r.error WHERE r.run = ? AND b.data <> '' "
        "GROUP BY r.result, r.error ORDER BY 1 DESC, 3 LIMIT ?",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, html->run.id);
    sqlite3_bind_int(stmt, 2, SHOWN_ERRORS);
    while ((code = rep_sql_row(html->db, stmt, "count errors")) == 1) {
        rep_out_raw(
            out, any ? "" : "<section class=\"card errors\"><h2>Most frequent errors</h2><ul>\n");
        write_error(out, stmt);
        any = true;
    }
    rep_out_raw(out, any ? "</ul></section>\n" : "");
    sqlite3_finalize(stmt);
    return code;
}

/* ---- What ran ----------------------------------------------------------------------------------
 */

static void write_cells(struct html *html, const char *label, const char *run, const char *base)
{
    struct rep_out *out = &html->out;
    if (!run && !base) {
        return;
    }
    rep_out_fmt(out, "<tr><th scope=\"row\">%s</th><td>", label);
    html_text(out, run);
    if (html->base_db) {
        bool same = run && base && strcmp(run, base) == 0;
        rep_out_raw(out, same ? "</td><td class=\"same\">" : "</td><td>");
        html_text(out, base);
    }
    rep_out_raw(out, "</td></tr>\n");
}

/* Words of the command line, quoted where a shell would split them. */
static void add_command(struct rep_db *db, const struct rep_run_info *run, struct rep_buf *text)
{
    sqlite3_stmt *stmt = NULL;
    if (!run->argv || rep_sql_prepare(db,
                                      "SELECT value FROM json_each(iif(json_valid(?1), ?1, "
                                      "json_array(?1)))",
                                      &stmt) < 0) {
        return;
    }
    rep_bind_text(stmt, 1, run->argv);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *word = rep_column_text(stmt, 0);
        bool quote = word && (!word[0] || strpbrk(word, " \t\n\"'$&|;<>*?()"));
        rep_buf_str(text, text->size ? " " : "");
        rep_buf_str(text, quote ? "'" : "");
        rep_buf_str(text, word ? word : "");
        rep_buf_str(text, quote ? "'" : "");
    }
    sqlite3_finalize(stmt);
}

struct facts {
    struct rep_buf number, seed, shard, command, cases;
};

static void fill_facts(struct rep_db *db, const struct rep_run_info *run, struct facts *facts)
{
    rep_buf_fmt(&facts->number, "%lld", (long long)run->id);
    rep_buf_fmt(&facts->seed, "%llu", (unsigned long long)run->seed);
    if (run->shard_count > 0) {
        rep_buf_fmt(&facts->shard, "%u of %u", run->shard_index, run->shard_count);
    }
    rep_buf_fmt(&facts->cases, "%lld recorded, %lld planned", (long long)run->counts.recorded,
                (long long)run->counts.planned);
    add_command(db, run, &facts->command);
}

static void release_facts(struct facts *facts)
{
    rep_buf_release(&facts->number);
    rep_buf_release(&facts->seed);
    rep_buf_release(&facts->shard);
    rep_buf_release(&facts->command);
    rep_buf_release(&facts->cases);
}

static void write_facts(struct html *html)
{
    struct rep_out *out = &html->out;
    const struct rep_run_info *run = &html->run;
    const struct rep_run_info *base = &html->base;
    struct facts a = {0};
    struct facts b = {0};
    fill_facts(html->db, run, &a);
    if (html->base_db) {
        fill_facts(html->base_db, base, &b);
    }
    rep_out_raw(out, "<section class=\"card\"><h2>What ran</h2><div class=\"scroll\"><table "
                     "class=\"runs\"><thead><tr><td></td><th scope=\"col\">This run</th>");
    rep_out_raw(out, html->base_db ? "<th scope=\"col\">Baseline</th>" : "");
    rep_out_raw(out, "</tr></thead><tbody>\n");
    write_cells(html, "Run", a.number.data, b.number.data);
    write_cells(html, "Label", run->label, base->label);
    write_cells(html, "State", run->state, base->state);
    write_cells(html, "Cases", a.cases.data, b.cases.data);
    write_cells(html, "Subject", run->subject, base->subject);
    write_cells(html, "Version", run->subject_version, base->subject_version);
    write_cells(html, "Profile", run->profile, base->profile);
    write_cells(html, "Started", run->started, base->started);
    write_cells(html, "Ended", run->ended, base->ended);
    write_cells(html, "Seed", a.seed.data, b.seed.data);
    write_cells(html, "Shard", a.shard.data, b.shard.data);
    write_cells(html, "Command", a.command.data, b.command.data);
    rep_out_raw(out, "</tbody></table></div></section>\n");
    release_facts(&a);
    release_facts(&b);
}

int html_overview(struct html *html)
{
    int code = write_regressions(html);
    html_charts(html);
    if (code == 0) {
        code = write_errors(html);
    }
    write_facts(html);
    return code;
}

int html_footnote(struct html *html)
{
    struct rep_out *out = &html->out;
    if (html->detailed < html->rows.count || html->cut > 0) {
        rep_out_fmt(out,
                    "<p class=\"warn\">This report holds the details of %zu of %zu cases (failing "
                    "and changed ones first)",
                    html->detailed, html->rows.count);
        rep_out_raw(out, html->cut > 0 ? ", some of them in part" : "");
        rep_out_raw(out, ", because more would pass its bound of bytes. <code>simrun show</code> "
                         "and <code>simrun tree</code> show the others.</p>\n");
    }
    return 0;
}
