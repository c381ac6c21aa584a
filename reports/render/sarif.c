/*
 * SARIF 2.1.0 (OASIS). A result is
 *   error    a case that failed: all its differences are one result; findings of that severity
 *   warning  findings of that severity; a mount that the container does not get (sarif_mounts.c)
 *   note     other findings; what a row of the contract did to a mount; options without effect
 * A case that fails as announced is an error with a suppression that gives the reason. Mounts are
 * told of cases that failed and of those without an expectation: where one is met, they are as they
 * should be. Fingerprints depend on the case's name, the rule, and the place within the case.
 */
#include "sarif.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_REASONS 20u

/* ---- one result --------------------------------------------------------------------------------
 */

/* RFC 3986; relative ones start at the root of the sources, as everybody runs it. */
static void add_uri(struct rep_buf *out, const char *path)
{
    bool absolute = path[0] == '/';
    rep_buf_str(out, absolute ? "{\"uri\":\"file://" : "{\"uri\":\"");
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        bool plain = c < 0x80 && (isalnum(c) || strchr("/-._~", c));
        if (plain) {
            rep_buf_add(out, path, 1);
        } else {
            rep_buf_fmt(out, "%%%02X", c);
        }
    }
    rep_buf_str(out, absolute ? "\"}" : "\",\"uriBaseId\":\"%SRCROOT%\"}");
}

static void add_location(struct rep_buf *out, const struct rep_result *result)
{
    rep_buf_str(out, ",\"locations\":[{");
    if (result->file && strcmp(result->file, "-") != 0) {
        rep_buf_str(out, "\"physicalLocation\":{\"artifactLocation\":");
        add_uri(out, result->file);
        rep_buf_fmt(out, ",\"region\":{\"startLine\":%" PRId64 "}},",
                    result->line > 0 ? result->line : 1);
    }
    rep_buf_str(out, "\"logicalLocations\":[{\"fullyQualifiedName\":");
    rep_add_quoted(out, result->name);
    rep_buf_str(out, "}]}]");
}

static void add_fingerprint(struct rep_buf *out, const struct rep_result *result,
                            const struct sarif_item *item)
{
    struct rep_buf bytes = {0};
    rep_buf_field(&bytes, result->name);
    rep_buf_field(&bytes, item->rule);
    rep_buf_field(&bytes, item->key);
    struct rep_hash hash = rep_hash_of(bytes.data ? bytes.data : "", bytes.size);
    out->failed = out->failed || bytes.failed;
    rep_buf_release(&bytes);
    rep_buf_str(out, ",\"partialFingerprints\":{\"simrun/v1\":\"");
    for (size_t i = 0; i < sizeof hash.byte; i++) {
        rep_buf_fmt(out, "%02x", hash.byte[i]);
    }
    rep_buf_str(out, "\"}");
}

/* Lines stay lines, which no escape of rep_add_quoted would leave. */
static void add_message(struct rep_buf *out, const char *text)
{
    struct rep_buf line = {0};
    rep_buf_str(out, ",\"message\":{\"text\":\"");
    while (*text) {
        size_t n = strcspn(text, "\n");
        rep_buf_clear(&line);
        rep_buf_add(&line, text, n);
        rep_add_in_quotes(out, line.data);
        text += n;
        if (*text == '\n') {
            rep_buf_str(out, "\\n");
            text++;
        }
    }
    rep_buf_str(out, "\"}");
    out->failed = out->failed || line.failed;
    rep_buf_release(&line);
}

void sarif_add_item(struct rep_report *report, const struct rep_result *result,
                    const struct sarif_item *item)
{
    struct sarif_state *state = report->state;
    struct rep_buf *out = &report->out.line;
    int index = sarif_rule_index(state, item->rule, item->level);
    rep_buf_str(out, state->results++ ? ",\n{\"ruleId\":" : "\n{\"ruleId\":");
    rep_add_quoted(out, item->rule);
    if (index >= 0) {
        rep_buf_fmt(out, ",\"ruleIndex\":%d", index);
    }
    rep_buf_fmt(out, ",\"level\":\"%s\"", item->level);
    add_message(out, item->text);
    add_location(out, result);
    add_fingerprint(out, result, item);
    if (item->suppressed) {
        rep_buf_str(out, ",\"suppressions\":[{\"kind\":\"external\",\"justification\":");
        rep_add_quoted(out, item->suppressed);
        rep_buf_str(out, "}]");
    }
    rep_buf_str(out, ",\"properties\":{\"case\":");
    rep_add_quoted(out, result->name);
    rep_buf_str(out, ",\"result\":");
    rep_add_quoted(out, result->result);
    rep_buf_fmt(out, ",\"status\":\"%s\"}}", rep_status_name(result->status));
    rep_out_flush(&report->out);
}

/* ---- a case ------------------------------------------------------------------------------------
 */

/* The rule under which a failed case stands. */
static const char *failure_rule(const struct rep_result *result, enum rep_judgement judgement)
{
    return judgement == REP_JUDGED_BROKEN                              ? result->result
           : result->status == REP_XPASS                               ? "xpass"
           : result->status == REP_FAIL || result->status == REP_XFAIL ? "expect"
                                                                       : result->result;
}

static void add_failure(struct rep_report *report, const struct rep_result *result,
                        enum rep_judgement judgement)
{
    struct rep_buf text = {0};
    struct rep_reasons reasons;
    rep_reasons_find(report, result, &reasons);
    rep_buf_str(&text, result->name);
    rep_buf_str(&text, ": ");
    for (size_t i = 0; i < reasons.count && i < SHOWN_REASONS; i++) {
        rep_buf_str(&text, i ? "\n" : "");
        rep_buf_str(&text, reasons.line[i]);
    }
    if (reasons.count > SHOWN_REASONS) {
        rep_buf_fmt(&text, "\nand %zu more", reasons.count - SHOWN_REASONS);
    }
    bool announced = judgement == REP_JUDGED_XFAIL;
    const char *why = result->reason ? result->reason : "expected to fail";
    struct sarif_item item = {
        .rule = failure_rule(result, judgement),
        .level = "error",
        .text = text.failed ? "" : text.data,
        .key = "",
        .suppressed = announced ? why : NULL,
    };
    sarif_add_item(report, result, &item);
    report->out.line.failed = report->out.line.failed || text.failed || reasons.failed;
    rep_buf_release(&text);
    rep_reasons_release(&reasons);
}

static const char *level_of(const char *severity)
{
    return strcmp(severity, "error") == 0     ? "error"
           : strcmp(severity, "warning") == 0 ? "warning"
                                              : "note";
}

static void add_findings(struct rep_report *report, const struct rep_result *result)
{
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (!rep_is_difference(finding)) {
            struct sarif_item item = {.rule = finding->code,
                                      .level = level_of(finding->severity),
                                      .text = finding->text,
                                      .key = finding->text};
            sarif_add_item(report, result, &item);
        }
    }
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    enum rep_judgement judgement = rep_judge(report, result);
    bool bad = rep_judged_bad(judgement);
    if (bad || judgement == REP_JUDGED_XFAIL) {
        add_failure(report, result, judgement);
    }
    if (result->flaky) {
        struct sarif_item item = {.rule = "flaky",
                                  .level = "warning",
                                  .text = "attempts of this case did not agree",
                                  .key = ""};
        sarif_add_item(report, result, &item);
    }
    add_findings(report, result);
    if (bad || result->status == REP_RECORDED) {
        sarif_add_mounts(report, result);
    }
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void begin(struct rep_report *report)
{
    rep_buf_str(&report->out.line, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                                   "\"version\":\"2.1.0\",\"runs\":[{\"results\":[");
}

static void add_member(struct rep_buf *out, const char *key, const char *text)
{
    if (text) {
        rep_buf_fmt(out, ",\"%s\":", key);
        rep_add_quoted(out, text);
    }
}

static void add_invocation(struct rep_report *report, const struct rep_report_tail *tail)
{
    struct rep_buf *out = &report->out.line;
    rep_buf_fmt(out, ",\n\"invocations\":[{\"executionSuccessful\":%s",
                tail->complete ? "true" : "false");
    add_member(out, "startTimeUtc", report->head.run->started);
    add_member(out, "endTimeUtc", tail->ended);
    if (!tail->complete) {
        rep_buf_fmt(out,
                    ",\"toolExecutionNotifications\":[{\"level\":\"error\",\"message\":{\"text\":"
                    "\"the run ended early: %" PRId64 " of %" PRId64 " cases ran\"}}]",
                    report->cases, report->head.planned);
    }
    rep_buf_str(out, "}]");
}

static void add_run_properties(struct rep_report *report)
{
    const struct rep_run_options *run = report->head.run;
    struct rep_buf *out = &report->out.line;
    rep_buf_fmt(out, ",\n\"properties\":{\"cases\":%" PRId64 ",\"failed\":%" PRId64, report->cases,
                report->failed);
    if (report->head.id) {
        rep_buf_fmt(out, ",\"run\":%" PRId64, report->head.id);
    }
    add_member(out, "subject", run->subject);
    add_member(out, "profile", run->profile);
    add_member(out, "label", run->label);
    rep_buf_fmt(out, ",\"seed\":\"%" PRIu64 "\"", run->seed);
    if (run->shard_count) {
        rep_buf_fmt(out, ",\"shard\":\"%u/%u\"", run->shard_index, run->shard_count);
    }
    rep_buf_str(out, "}");
}

/* Runs of one profile are one series; each shard has its own, for each holds other cases. */
static void add_automation(struct rep_report *report)
{
    const struct rep_run_options *run = report->head.run;
    struct rep_buf *out = &report->out.line;
    struct rep_buf id = {0};
    rep_buf_str(&id, "simrun/");
    rep_buf_str(&id, run->profile ? run->profile : run->subject);
    rep_buf_str(&id, "/");
    if (run->shard_count) {
        rep_buf_fmt(&id, "shard-%u-of-%u/", run->shard_index, run->shard_count);
    }
    rep_buf_str(out, ",\n\"automationDetails\":{\"id\":");
    rep_add_quoted(out, id.failed ? "" : id.data);
    rep_buf_str(out, "}");
    out->failed = out->failed || id.failed;
    rep_buf_release(&id);
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    struct rep_buf *out = &report->out.line;
    rep_buf_str(out, "\n],\n\"tool\":{\"driver\":{\"name\":\"simrun\"");
    add_member(out, "version", report->head.run->subject_version);
    rep_buf_str(out, ",\"rules\":[");
    sarif_add_rules(report);
    rep_buf_str(out, "\n]}},\n\"columnKind\":\"unicodeCodePoints\"");
    add_automation(report);
    add_invocation(report, tail);
    add_run_properties(report);
    rep_buf_str(out, "}]}\n");
}

const struct rep_render_ops rep_render_sarif = {
    .state_size = sizeof(struct sarif_state),
    .begin = begin,
    .result = add_result,
    .end = end,
};
