#include "diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs in a row in which a case gave the very same. */
struct span {
    int64_t first, last;
    size_t runs, flaky;
    bool bad;
    bool input_changed;  /* against the span before */
    const char *content; /* what makes it the same; in the arena, as all texts */
    const char *input;
    const char *result, *status, *error, *version, *profile, *label, *started; /* of `first` */
};

struct history {
    struct rep_db *db;
    const char *name;
    struct span *span; /* owned */
    size_t count, room;
    struct rep_arena arena;
    bool ends_bad;
    /* Of the last stretch of bad spans: */
    size_t good; /* the span before it; count = none */
    size_t bad;  /* its first; count = never bad */
};

static const char *const history_sql =
    "SELECT r.id, v.bad, x.flaky, hex(x.input), x.result || ' ' || x.status || ' ' || x.fds_left "
    "|| ' ' || x.leaks || ' ' || ifnull(hex(x.error), '-') || ' ' || ifnull(hex(x.log), '-') || ' "
    "' "
    "|| ifnull(hex(x.compiled), '-') || ' ' || ifnull(hex(x.ops), '-') || ' ' || "
    "ifnull(hex(x.restore), '-') || ' ' || ifnull(hex(x.host_diff), '-') || ' ' || "
    "ifnull(hex(x.mounts), '-') || ' ' || ifnull(hex(x.tree), '-'), x.result, x.status, "
    "CAST(e.data AS TEXT), r.subject_version, r.profile, r.label, r.started "
    "FROM run r CROSS JOIN result x ON x.run = r.id AND x.name = ?1 JOIN verdict v ON v.id = x.id "
    "LEFT JOIN blob e ON e.hash = x.error WHERE ?2 = 0 OR r.id <= ?2 ORDER BY r.id";

static const char *keep(struct history *history, sqlite3_stmt *stmt, int column, bool *failed)
{
    const char *text = rep_column_text(stmt, column);
    const char *copy = text ? rep_arena_copy(&history->arena, text, strlen(text)) : NULL;
    *failed = *failed || (text && !copy);
    return copy;
}

static int add_span(struct history *history, sqlite3_stmt *stmt)
{
    bool failed = false;
    struct span *grown = rep_grow(history->span, &history->room, history->count + 1, sizeof *grown);
    if (!grown) {
        return rep_fail_memory(history->db);
    }
    history->span = grown;
    struct span *span = &grown[history->count];
    *span = (struct span){
        .first = sqlite3_column_int64(stmt, 0),
        .bad = sqlite3_column_int(stmt, 1) != 0,
        .input = keep(history, stmt, 3, &failed),
        .content = keep(history, stmt, 4, &failed),
        .result = keep(history, stmt, 5, &failed),
        .status = keep(history, stmt, 6, &failed),
        .error = keep(history, stmt, 7, &failed),
        .version = keep(history, stmt, 8, &failed),
        .profile = keep(history, stmt, 9, &failed),
        .label = keep(history, stmt, 10, &failed),
        .started = keep(history, stmt, 11, &failed),
    };
    if (failed || !span->input || !span->content) {
        return rep_fail_memory(history->db);
    }
    span->input_changed =
        history->count > 0 && strcmp(grown[history->count - 1].input, span->input) != 0;
    history->count++;
    return 0;
}

static int add_row(struct history *history, sqlite3_stmt *stmt)
{
    const struct span *last = history->count ? &history->span[history->count - 1] : NULL;
    const char *input = rep_column_text(stmt, 3);
    const char *content = rep_column_text(stmt, 4);
    if (!input || !content) {
        return rep_fail(history->db, -EBADMSG, "the file is damaged: a result lacks a field");
    }
    if (!last || strcmp(last->input, input) != 0 || strcmp(last->content, content) != 0) {
        int code = add_span(history, stmt);
        if (code < 0) {
            return code;
        }
    }
    struct span *span = &history->span[history->count - 1];
    span->last = sqlite3_column_int64(stmt, 0);
    span->runs++;
    span->flaky += sqlite3_column_int(stmt, 2) != 0;
    return 0;
}

static void find_turn(struct history *history)
{
    history->good = history->bad = history->count;
    size_t i = history->count;
    history->ends_bad = i > 0 && history->span[i - 1].bad;
    while (i > 0 && !history->span[i - 1].bad) {
        i--;
    }
    while (i > 0 && history->span[i - 1].bad) {
        history->bad = --i;
    }
    if (history->bad < history->count && history->bad > 0) {
        history->good = history->bad - 1;
    }
}

static int load(struct history *history, const char *ref)
{
    sqlite3_stmt *stmt = NULL;
    int64_t last = 0;
    int code = ref ? rep_run_resolve(history->db, ref, &last) : 0;
    if (code == 0) {
        code = rep_sql_prepare(history->db, history_sql, &stmt);
    }
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, history->name);
    sqlite3_bind_int64(stmt, 2, last);
    while ((code = rep_sql_row(history->db, stmt, "read the history of a case")) == 1) {
        code = add_row(history, stmt);
        if (code < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    if (code == 0 && history->count == 0) {
        code = rep_fail_no_case(history->db, 0, NULL, history->name);
    }
    find_turn(history);
    return code;
}

/* ---- Text --------------------------------------------------------------------------------------
 */

static void add_word(struct rep_buf *text, const char *before, const char *word)
{
    if (word) {
        rep_buf_str(text, before);
        rep_buf_str(text, word);
    }
}

static void print_span(struct rep_out *out, const struct span *span)
{
    struct rep_buf text = {0};
    char runs[64];
    if (span->runs == 1) {
        (void)snprintf(runs, sizeof runs, "run  %lld", (long long)span->first);
    } else {
        (void)snprintf(runs, sizeof runs, "runs %lld..%lld", (long long)span->first,
                       (long long)span->last);
    }
    rep_buf_fmt(&text, "%s%s (%s)", span->bad ? "BAD  " : "good ", span->result, span->status);
    add_word(&text, "  since ", span->started);
    add_word(&text, "  ", span->version);
    add_word(&text, "  label ", span->label);
    rep_buf_str(&text, span->input_changed ? "  with another input" : "");
    if (span->flaky > 0) {
        rep_buf_fmt(&text, "  flaky in %zu of %zu runs", span->flaky, span->runs);
    }
    char first[80];
    (void)snprintf(first, sizeof first, "%-16s", runs);
    rep_out_colour(out, span->bad ? REP_RED : REP_GREEN);
    rep_out_wrap(out, first, 16, text.failed ? "" : text.data);
    rep_out_colour(out, REP_PLAIN);
    if (span->error && span->error[0]) {
        rep_out_wrap(out, "", 21, span->error);
    }
    out->line.failed = out->line.failed || text.failed;
    rep_buf_release(&text);
}

/* What the two runs differ in, and what changed in the case between them. */
static int print_turn(struct rep_out *out, const struct history *history, int64_t good, int64_t bad)
{
    char ref[2][32];
    (void)snprintf(ref[0], sizeof ref[0], "%lld", (long long)good);
    (void)snprintf(ref[1], sizeof ref[1], "%lld", (long long)bad);
    const struct rep_diff_side a = {history->db, ref[0], history->name};
    const struct rep_diff_side b = {history->db, ref[1], history->name};
    struct rep_run_info info[2] = {0};
    struct rep_buf text = {0};
    struct rep_diff_job job = {.a = &a, .b = &b};
    int code = rep_run_find(history->db, ref[0], &info[0]);
    if (code == 0) {
        code = rep_run_find(history->db, ref[1], &info[1]);
    }
    if (code == 0) {
        code = rep_run_difference(history->db, &info[0], &info[1], &text);
    }
    if (code == 0) {
        rep_out_wrap(out, "runs:   ", 8,
                     text.size ? text.data : "same subject, version, profile and command line");
        code = rep_diff_compare(&job, false);
    }
    if (code == 0) {
        rep_out_raw(out, "case:\n");
        rep_diff_print_causes(out, &job);
    }
    rep_groups_release(&job.groups);
    rep_buf_release(&text);
    rep_run_info_release(&info[0]);
    rep_run_info_release(&info[1]);
    return code;
}

static int print_verdict(struct rep_out *out, const struct history *history)
{
    const struct span *span = history->span;
    size_t count = history->count;
    rep_out_raw(out, "\n");
    if (history->bad == count) {
        rep_out_raw(out, "never bad\n");
        return 0;
    }
    int64_t bad = span[history->bad].first;
    rep_out_colour(out, REP_BOLD);
    if (history->ends_bad) {
        rep_out_fmt(out, "first bad: run %lld", (long long)bad);
    } else {
        size_t good = count;
        while (!span[good - 1].bad) {
            good--;
        }
        rep_out_fmt(out, "good again since run %lld; it was bad from run %lld",
                    (long long)span[good].first, (long long)bad);
    }
    rep_out_colour(out, REP_PLAIN);
    if (history->good == count) {
        rep_out_raw(out, "; no run before has it good\n");
        return 0;
    }
    rep_out_fmt(out, "; last good: run %lld\n", (long long)span[history->good].last);
    return print_turn(out, history, span[history->good].last, bad);
}

static int print_history(struct rep_out *out, const struct history *history)
{
    size_t runs = 0;
    for (size_t i = 0; i < history->count; i++) {
        runs += history->span[i].runs;
    }
    rep_out_colour(out, REP_BOLD);
    rep_out_text(out, history->name);
    rep_out_colour(out, REP_PLAIN);
    rep_out_fmt(out, "  %zu run%s, %zu change%s\n\n", runs, runs == 1 ? "" : "s",
                history->count - 1, history->count == 2 ? "" : "s");
    for (size_t i = 0; i < history->count; i++) {
        print_span(out, &history->span[i]);
    }
    return print_verdict(out, history);
}

/* ---- JSON lines --------------------------------------------------------------------------------
 */

static void add_run(struct rep_buf *line, const char *name, const struct history *history,
                    size_t span, bool last)
{
    rep_buf_fmt(line, ",\"%s\":", name);
    if (span < history->count) {
        rep_buf_fmt(line, "%lld",
                    (long long)(last ? history->span[span].last : history->span[span].first));
    } else {
        rep_buf_str(line, "null");
    }
}

static void write_history(struct rep_out *out, const struct history *history)
{
    for (size_t i = 0; i < history->count && out->code == 0; i++) {
        const struct span *span = &history->span[i];
        rep_buf_fmt(&out->line,
                    "{\"type\":\"span\",\"first\":%lld,\"last\":%lld,\"runs\":%zu,\"bad\":%s,"
                    "\"flaky\":%zu,\"input_changed\":%s",
                    (long long)span->first, (long long)span->last, span->runs,
                    span->bad ? "true" : "false", span->flaky,
                    span->input_changed ? "true" : "false");
        rep_buf_nullable(&out->line, "result", span->result);
        rep_buf_nullable(&out->line, "status", span->status);
        rep_buf_nullable(&out->line, "error", span->error);
        rep_buf_nullable(&out->line, "started", span->started);
        rep_buf_nullable(&out->line, "subject_version", span->version);
        rep_buf_nullable(&out->line, "profile", span->profile);
        rep_buf_nullable(&out->line, "label", span->label);
        rep_out_raw(out, "}\n");
    }
    rep_buf_fmt(&out->line, "{\"type\":\"verdict\",\"bad\":%s",
                history->ends_bad ? "true" : "false");
    add_run(&out->line, "last_good", history, history->good, true);
    add_run(&out->line, "first_bad", history, history->bad, false);
    rep_out_raw(out, "}\n");
}

int rep_history(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink,
                enum rep_format format, bool *bad)
{
    struct history history = {.db = db, .name = name};
    struct rep_out out;
    if (format == REP_FORMAT_CSV) {
        return rep_fail(db, -EINVAL, "a history is text or JSON lines");
    }
    int code = load(&history, ref);
    if (code == 0) {
        rep_out_init(&out, sink);
        if (format == REP_FORMAT_TEXT) {
            code = print_history(&out, &history);
        } else {
            write_history(&out, &history);
        }
        int written = rep_out_finish(&out);
        if (code == 0 && written < 0) {
            code = rep_fail(db, written, "cannot write the history");
        }
    }
    if (code == 0 && bad) {
        *bad = history.ends_bad;
    }
    free(history.span);
    rep_arena_release(&history.arena);
    return code;
}
