/*
 * CSV (RFC 4180): a header, then one record a case, each on one line. Texts are escaped, so no cell
 * holds a line break. A text that a spreadsheet would take for a formula gets an apostrophe before
 * it (rep_add_csv_cell).
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

static void begin(struct rep_report *report)
{
    rep_buf_str(&report->out.line,
                "name,status,result,failed,flaky,error,differences,first_difference,warnings,"
                "findings,mounts,not_mounted,ignored_options,hidden_mounts,nodes,fds_left,leaks,"
                "duration_ms,file,line,reason\r\n");
}

static void add_text(struct rep_buf *out, const char *text)
{
    struct rep_buf cell = {0};
    rep_add_escaped(&cell, text);
    rep_buf_str(out, ",");
    rep_add_csv_cell(out, cell.data ? cell.data : "", cell.size, true);
    out->failed = out->failed || cell.failed;
    rep_buf_release(&cell);
}

static void add_number(struct rep_buf *out, int64_t value)
{
    rep_buf_fmt(out, ",%" PRId64, value);
}

static void add_findings(struct rep_buf *out, const struct rep_result *result)
{
    const char *first = NULL;
    int64_t differences = 0;
    int64_t warnings = 0;
    int64_t others = 0;
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (rep_is_difference(finding)) {
            first = first ? first : finding->text;
            differences++;
        } else {
            warnings += strcmp(finding->severity, "warning") == 0;
            others++;
        }
    }
    add_number(out, differences);
    add_text(out, first);
    add_number(out, warnings);
    add_number(out, others);
}

static void add_mounts(struct rep_buf *out, const struct rep_result *result)
{
    int64_t missing = 0;
    int64_t ignored = 0;
    int64_t hidden = 0;
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        missing += !mount->fs;
        ignored += mount->ignored && mount->ignored[0];
        hidden += mount->shadowed_by >= 0;
    }
    add_number(out, (int64_t)result->n_mounts);
    add_number(out, missing);
    add_number(out, ignored);
    add_number(out, hidden);
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    struct rep_buf name = {0};
    rep_add_escaped(&name, result->name);
    rep_add_csv_cell(out, name.data ? name.data : "", name.size, true);
    out->failed = out->failed || name.failed;
    rep_buf_release(&name);
    add_text(out, rep_status_name(result->status));
    add_text(out, result->result);
    add_number(out, rep_judged_bad(rep_judge(report, result)));
    add_number(out, result->flaky);
    add_text(out, result->error);
    add_findings(out, result);
    add_mounts(out, result);
    add_number(out, (int64_t)result->n_nodes);
    add_number(out, result->fds_left);
    add_number(out, result->leaks);
    rep_buf_fmt(out, ",%.3f", (double)result->duration_ns / 1e6);
    add_text(out, result->file);
    if (result->line > 0) {
        add_number(out, result->line);
    } else {
        rep_buf_str(out, ",");
    }
    add_text(out, result->reason);
    rep_buf_str(out, "\r\n");
}

const struct rep_render_ops rep_render_csv = {.begin = begin, .result = add_result};
