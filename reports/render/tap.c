/*
 * TAP version 14 (testanything.org). The plan stands at the end, with the cases that ran: the
 * document is whole even when the run was not, and a harness then reads "Bail out!".
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

/* A description: what would begin a directive, or be trimmed, gets a backslash. The escaped text
 * stands for blanks at the ends as \x20. */
static void add_description(struct rep_buf *buf, const char *text)
{
    struct rep_buf escaped = {0};
    rep_add_escaped(&escaped, text);
    for (size_t i = 0; i < escaped.size; i++) {
        char c = escaped.data[i];
        bool at_end = i == 0 || i + 1 == escaped.size;
        if (c == ' ' && at_end) {
            rep_buf_str(buf, "\\\\x20");
        } else {
            rep_buf_str(buf, c == '#' || c == '\\' ? "\\" : "");
            rep_buf_add(buf, &c, 1);
        }
    }
    buf->failed = buf->failed || escaped.failed;
    rep_buf_release(&escaped);
}

static void begin(struct rep_report *report)
{
    const struct rep_run_options *run = report->head.run;
    struct rep_buf *out = &report->out.line;
    rep_buf_str(out, "TAP version 14\n# simrun");
    if (report->head.id) {
        rep_buf_fmt(out, " run %" PRId64, report->head.id);
    }
    rep_buf_str(out, ": ");
    rep_add_escaped(out, run->subject);
    rep_buf_str(out, run->subject_version ? " " : "");
    rep_add_escaped(out, run->subject_version);
    rep_buf_str(out, "\n");
}

/* ---- Diagnostics -------------------------------------------------------------------------------
 */

static void add_member(struct rep_buf *out, const char *key, const char *text)
{
    if (text) {
        rep_buf_fmt(out, "  %s: ", key);
        rep_add_quoted(out, text);
        rep_buf_str(out, "\n");
    }
}

/* A line of a literal block, which is plain text: a blank at its start would count as indentation.
 */
static void add_line(struct rep_buf *out, const char *text)
{
    rep_buf_str(out, text[0] == ' ' ? "    \\x20" : "    ");
    rep_add_escaped(out, text + (text[0] == ' '));
    rep_buf_str(out, "\n");
}

static void add_differences(struct rep_buf *out, const struct rep_result *result)
{
    bool first = true;
    for (size_t i = 0; i < result->n_findings; i++) {
        if (rep_is_difference(&result->findings[i])) {
            rep_buf_str(out, first ? "  differences: |\n" : "");
            add_line(out, result->findings[i].text);
            first = false;
        }
    }
}

static void add_findings(struct rep_buf *out, const struct rep_result *result)
{
    struct rep_buf line = {0};
    bool first = true;
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (rep_is_difference(finding)) {
            continue;
        }
        rep_buf_clear(&line);
        rep_buf_str(&line, finding->severity);
        rep_buf_str(&line, " ");
        rep_buf_str(&line, finding->code);
        rep_buf_str(&line, ": ");
        rep_buf_str(&line, finding->text);
        rep_buf_str(out, first ? "  findings: |\n" : "");
        add_line(out, line.failed ? "" : line.data);
        out->failed = out->failed || line.failed;
        first = false;
    }
    rep_buf_release(&line);
}

static void add_diagnostics(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    struct rep_buf replay = {0};
    struct rep_reasons reasons;
    rep_reasons_find(report, result, &reasons);
    rep_add_replay(&replay, result->name, result->file, report->head.replay);
    rep_buf_str(out, "  ---\n");
    add_member(out, "message", reasons.count ? reasons.line[0] : NULL);
    add_member(out, "severity", rep_judged_bad(rep_judge(report, result)) ? "fail" : "todo");
    add_member(out, "status", rep_status_name(result->status));
    add_member(out, "result", result->result);
    add_member(out, "error", result->error && result->error[0] ? result->error : NULL);
    add_member(out, "file", result->file);
    if (result->line > 0) {
        rep_buf_fmt(out, "  line: %" PRId64 "\n", result->line);
    }
    rep_buf_fmt(out, "  duration_ms: %.3f\n", (double)result->duration_ns / 1e6);
    add_differences(out, result);
    add_findings(out, result);
    add_member(out, "replay", replay.size ? replay.data : NULL);
    rep_buf_str(out, "  ...\n");
    out->failed = out->failed || replay.failed || reasons.failed;
    rep_buf_release(&replay);
    rep_reasons_release(&reasons);
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    enum rep_judgement judgement = rep_judge(report, result);
    bool ok = judgement == REP_JUDGED_FINE || judgement == REP_JUDGED_SKIPPED;
    rep_buf_fmt(out, "%s %" PRId64 " - ", ok ? "ok" : "not ok", report->cases);
    add_description(out, result->name);
    if (judgement == REP_JUDGED_XFAIL) {
        rep_buf_str(out, " # TODO ");
        add_description(out, result->reason ? result->reason : "expected to fail");
    } else if (judgement == REP_JUDGED_SKIPPED) {
        rep_buf_str(out, " # SKIP ");
        add_description(out, result->error && result->error[0] ? result->error : "unsupported");
    }
    rep_buf_str(out, "\n");
    if (!ok) {
        add_diagnostics(report, result);
    }
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    struct rep_buf *out = &report->out.line;
    rep_buf_fmt(out, "1..%" PRId64, report->cases);
    rep_buf_str(out, report->cases ? "\n" : " # SKIP no case ran\n");
    if (!tail->complete) {
        rep_buf_fmt(out, "Bail out! The run ended early: %" PRId64 " of %" PRId64 " cases ran\n",
                    report->cases, report->head.planned);
    }
}

const struct rep_render_ops rep_render_tap = {
    .begin = begin,
    .result = add_result,
    .end = end,
};
