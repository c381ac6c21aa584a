/*
 * Workflow commands of GitHub Actions: an error for each case that failed, a warning for each
 * finding that is one, a notice for what is flaky or fails as announced. GitHub shows the first ten
 * of each kind; so only those are written, and a last line tells how many more there were.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

enum kind { ERRORS, WARNINGS, NOTICES, KINDS };

struct github_state {
    int64_t count[KINDS];
};

/* Escaped text; then `%`, and in properties what would end them. */
static void add_part(struct rep_buf *out, const char *text, bool property)
{
    struct rep_buf escaped = {0};
    rep_add_escaped(&escaped, text);
    for (size_t i = 0; i < escaped.size; i++) {
        char c = escaped.data[i];
        if (c == '%' || (property && (c == ':' || c == ','))) {
            rep_buf_fmt(out, "%%%02X", (unsigned)c);
        } else {
            rep_buf_add(out, &c, 1);
        }
    }
    out->failed = out->failed || escaped.failed;
    rep_buf_release(&escaped);
}

/* The last notice of a step is the one that counts the others. */
static bool takes(struct github_state *state, enum kind kind)
{
    return state->count[kind]++ < (int64_t)REP_MAX_ANNOTATIONS - (kind == NOTICES);
}

static bool begin_command(struct rep_report *report, const struct rep_result *result,
                          enum kind kind)
{
    static const char *const names[KINDS] = {"error", "warning", "notice"};
    struct rep_buf *out = &report->out.line;
    if (!takes(report->state, kind)) {
        return false;
    }
    rep_buf_fmt(out, "::%s ", names[kind]);
    if (result->file && strcmp(result->file, "-") != 0) {
        rep_buf_str(out, "file=");
        add_part(out, result->file, true);
        if (result->line > 0) {
            rep_buf_fmt(out, ",line=%" PRId64, result->line);
        }
        rep_buf_str(out, ",");
    }
    rep_buf_str(out, "title=");
    add_part(out, result->name, true);
    rep_buf_str(out, "::");
    return true;
}

static void add_failure(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    struct rep_reasons reasons;
    struct rep_buf replay = {0};
    if (!begin_command(report, result, ERRORS)) {
        return;
    }
    rep_reasons_find(report, result, &reasons);
    for (size_t i = 0; i < reasons.count; i++) {
        add_part(out, reasons.line[i], false);
        rep_buf_str(out, "%0A");
    }
    rep_add_replay(&replay, result->name, result->file, report->head.replay);
    rep_buf_str(out, "result: ");
    add_part(out, result->result, false);
    rep_buf_str(out, replay.size ? "%0Aagain: " : "");
    for (size_t i = 0; i < replay.size; i++) {
        rep_buf_add(out, replay.data[i] == '%' ? "%25" : replay.data + i,
                    replay.data[i] == '%' ? 3 : 1);
    }
    rep_buf_str(out, "\n");
    out->failed = out->failed || reasons.failed || replay.failed;
    rep_buf_release(&replay);
    rep_reasons_release(&reasons);
}

static void add_line(struct rep_report *report, const struct rep_result *result, enum kind kind,
                     const char *what, const char *text)
{
    if (begin_command(report, result, kind)) {
        add_part(&report->out.line, what, false);
        rep_buf_str(&report->out.line, ": ");
        add_part(&report->out.line, text, false);
        rep_buf_str(&report->out.line, "\n");
    }
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    enum rep_judgement judgement = rep_judge(report, result);
    if (rep_judged_bad(judgement)) {
        add_failure(report, result);
    }
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (strcmp(finding->severity, "warning") == 0) {
            add_line(report, result, WARNINGS, finding->code, finding->text);
        }
    }
    if (judgement == REP_JUDGED_XFAIL) {
        add_line(report, result, NOTICES, "fails as expected",
                 result->reason ? result->reason : "no reason given");
    }
    if (result->flaky) {
        add_line(report, result, NOTICES, "flaky", "attempts of this case did not agree");
    }
}

static void add_more(struct rep_buf *out, const char **comma, int64_t count, enum kind kind)
{
    static const char *const names[KINDS] = {"failure", "warning", "notice"};
    int64_t most = (int64_t)REP_MAX_ANNOTATIONS - (kind == NOTICES);
    if (count > most) {
        int64_t more = count - most;
        rep_buf_fmt(out, "%s%" PRId64 " more %s%s", *comma, more, names[kind],
                    more == 1 ? "" : "s");
        *comma = ", ";
    }
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    const struct github_state *state = report->state;
    struct rep_buf *out = &report->out.line;
    const char *comma = "::notice title=simrun::and ";
    for (unsigned i = 0; i < KINDS; i++) {
        add_more(out, &comma, state->count[i], (enum kind)i);
    }
    if (!tail->complete) {
        rep_buf_fmt(out, "%s%" PRId64 " of %" PRId64 " cases ran: the run ended early",
                    comma[0] == ',' ? "; " : "::notice title=simrun::", report->cases,
                    report->head.planned);
        comma = ", ";
    }
    rep_buf_str(out, comma[0] == ',' ? "\n" : "");
}

const struct rep_render_ops rep_render_github = {
    .state_size = sizeof(struct github_state),
    .result = add_result,
    .end = end,
};
