/*
 * JUnit XML as CI servers read it: one testsuite, its totals before its cases, which therefore wait
 * in a spool. XML 1.0 knows no control characters: texts are escaped as everywhere.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

struct junit_state {
    struct rep_spool spool;
    int64_t failures;
    int64_t errors;
    int64_t skipped;
    double seconds;
};

static void add_attribute(struct rep_buf *out, const char *name, const char *text)
{
    if (text) {
        rep_buf_fmt(out, " %s=\"", name);
        rep_add_xml(out, text);
        rep_buf_str(out, "\"");
    }
}

/* ---- a case ------------------------------------------------------------------------------------
 */

static bool ends_with(const char *text, size_t size, const char *end)
{
    size_t n = strlen(end);
    return size >= n && memcmp(text + size - n, end, n) == 0;
}

/* The suite's file, or the folder of a spec, with dots: what CI servers group by. */
static void add_class(struct rep_buf *out, const char *file)
{
    struct rep_buf name = {0};
    size_t n = file ? strlen(file) : 0;
    n -= n && ends_with(file, n, ".gz") ? 3 : 0;
    if (n && ends_with(file, n, ".jsonl")) {
        n -= 6;
    } else {
        while (n > 0 && file[n - 1] != '/') {
            n--;
        }
    }
    for (size_t i = 0; i < n; i++) {
        bool edge = name.size == 0 || name.data[name.size - 1] == '.';
        if (file[i] == '/' || file[i] == '.') {
            rep_buf_str(&name, edge ? "" : ".");
        } else {
            rep_buf_add(&name, file + i, 1);
        }
    }
    if (name.size && name.data[name.size - 1] == '.') {
        name.data[--name.size] = '\0';
    }
    add_attribute(out, "classname", name.size ? name.data : "simrun");
    out->failed = out->failed || name.failed;
    rep_buf_release(&name);
}

static void add_failure(struct rep_report *report, const struct rep_result *result,
                        const char *element)
{
    struct rep_buf *out = &((struct junit_state *)report->state)->spool.buf;
    struct rep_buf replay = {0};
    struct rep_reasons reasons;
    rep_reasons_find(report, result, &reasons);
    rep_buf_fmt(out, "   <%s", element);
    add_attribute(out, "message", reasons.count ? reasons.line[0] : result->result);
    add_attribute(out, "type",
                  result->status == REP_FAIL || result->status == REP_XPASS
                      ? rep_status_name(result->status)
                      : result->result);
    rep_buf_str(out, ">");
    for (size_t i = 0; i < reasons.count; i++) {
        rep_add_xml(out, reasons.line[i]);
        rep_buf_str(out, "\n");
    }
    rep_buf_str(out, "result: ");
    rep_add_xml(out, result->result);
    if (result->error && result->error[0]) {
        rep_buf_str(out, ": ");
        rep_add_xml(out, result->error);
    }
    rep_add_replay(&replay, result->name, result->file, report->head.replay);
    rep_buf_str(out, replay.size ? "\nagain: " : "");
    rep_add_xml_raw(out, replay.data);
    rep_buf_fmt(out, "</%s>\n", element);
    out->failed = out->failed || reasons.failed || replay.failed;
    rep_buf_release(&replay);
    rep_reasons_release(&reasons);
}

static void add_skipped(struct rep_buf *out, const char *before, const char *reason)
{
    rep_buf_str(out, "   <skipped message=\"");
    rep_add_xml(out, before);
    rep_add_xml(out, reason);
    rep_buf_str(out, "\"/>\n");
}

static void add_log(struct rep_buf *out, const char *json)
{
    struct rep_buf line = {0};
    bool first = true;
    while (json && rep_json_next_string(&json, &line)) {
        rep_buf_str(out, first ? "   <system-out>" : "");
        rep_add_xml(out, line.data);
        rep_buf_str(out, "\n");
        first = false;
    }
    rep_buf_str(out, first ? "" : "</system-out>\n");
    out->failed = out->failed || line.failed;
    rep_buf_release(&line);
}

static void add_findings(struct rep_buf *out, const struct rep_result *result)
{
    bool first = true;
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (rep_is_difference(finding)) {
            continue;
        }
        rep_buf_str(out, first ? "   <system-err>" : "");
        rep_add_xml(out, finding->severity);
        rep_buf_str(out, " ");
        rep_add_xml(out, finding->code);
        rep_buf_str(out, ": ");
        rep_add_xml(out, finding->text);
        rep_buf_str(out, "\n");
        first = false;
    }
    rep_buf_str(out, first ? "" : "</system-err>\n");
}

static void add_judgement(struct rep_report *report, const struct rep_result *result)
{
    struct junit_state *state = report->state;
    struct rep_buf *out = &state->spool.buf;
    switch (rep_judge(report, result)) {
    case REP_JUDGED_FAILED:
        state->failures++;
        add_failure(report, result, "failure");
        break;
    case REP_JUDGED_BROKEN:
        state->errors++;
        add_failure(report, result, "error");
        break;
    case REP_JUDGED_XFAIL:
        state->skipped++;
        add_skipped(out, "expected to fail: ", result->reason ? result->reason : "no reason given");
        break;
    case REP_JUDGED_SKIPPED:
        state->skipped++;
        add_skipped(out, "unsupported: ", result->error ? result->error : "");
        break;
    default:
        break;
    }
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct junit_state *state = report->state;
    struct rep_buf *out = &state->spool.buf;
    state->seconds += (double)result->duration_ns / 1e9;
    rep_buf_str(out, "  <testcase");
    add_attribute(out, "name", result->name);
    add_class(out, result->file);
    rep_buf_fmt(out, " time=\"%.6f\"", (double)result->duration_ns / 1e9);
    add_attribute(out, "file", result->file);
    if (result->line > 0) {
        rep_buf_fmt(out, " line=\"%" PRId64 "\"", result->line);
    }
    rep_buf_str(out, ">\n");
    add_judgement(report, result);
    add_log(out, result->text[REP_LOG]);
    add_findings(out, result);
    rep_buf_str(out, "  </testcase>\n");
    int code = rep_spool_settle(&state->spool);
    report->out.code = report->out.code ? report->out.code : code;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void add_totals(struct rep_report *report)
{
    const struct junit_state *state = report->state;
    rep_buf_fmt(&report->out.line,
                " tests=\"%" PRId64 "\" failures=\"%" PRId64 "\" errors=\"%" PRId64
                "\" skipped=\"%" PRId64 "\" time=\"%.6f\"",
                report->cases, state->failures, state->errors, state->skipped, state->seconds);
}

static void add_property(struct rep_buf *out, const char *name, const char *value)
{
    if (value) {
        rep_buf_str(out, "   <property");
        add_attribute(out, "name", name);
        add_attribute(out, "value", value);
        rep_buf_str(out, "/>\n");
    }
}

static void add_properties(struct rep_report *report, const struct rep_report_tail *tail)
{
    const struct rep_run_options *run = report->head.run;
    struct rep_buf *out = &report->out.line;
    char text[64];
    rep_buf_str(out, "  <properties>\n");
    if (report->head.id) {
        (void)snprintf(text, sizeof text, "%" PRId64, report->head.id);
        add_property(out, "run", text);
    }
    add_property(out, "subject", run->subject);
    add_property(out, "version", run->subject_version);
    add_property(out, "profile", run->profile);
    add_property(out, "label", run->label);
    (void)snprintf(text, sizeof text, "%" PRIu64, run->seed);
    add_property(out, "seed", text);
    if (run->shard_count) {
        (void)snprintf(text, sizeof text, "%u/%u", run->shard_index, run->shard_count);
        add_property(out, "shard", text);
    }
    add_property(out, "ended", tail->ended);
    if (!tail->complete) {
        (void)snprintf(text, sizeof text, "%" PRId64 " of %" PRId64, report->cases,
                       report->head.planned);
        add_property(out, "incomplete", text);
    }
    rep_buf_str(out, "  </properties>\n");
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    const struct rep_run_options *run = report->head.run;
    struct junit_state *state = report->state;
    struct rep_buf *out = &report->out.line;
    rep_buf_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"simrun\"");
    add_totals(report);
    rep_buf_str(out, ">\n <testsuite");
    add_attribute(out, "name", run->label ? run->label : run->subject);
    add_totals(report);
    add_attribute(out, "timestamp", run->started);
    rep_buf_str(out, ">\n");
    add_properties(report, tail);
    int code = rep_spool_drain(&state->spool, &report->out);
    rep_buf_str(out, " </testsuite>\n</testsuites>\n");
    report->out.code = report->out.code ? report->out.code : code;
}

static void release(struct rep_report *report)
{
    rep_spool_release(&((struct junit_state *)report->state)->spool);
}

const struct rep_render_ops rep_render_junit = {
    .state_size = sizeof(struct junit_state),
    .result = add_result,
    .end = end,
    .release = release,
};
