/* The table of renderers, and a document on its way. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct rep_renderer renderers[] = {
    {"text", "what failed and what came out, for people", ".txt", false, false, &rep_render_text},
    {"jsonl", "JSON Lines: all there is, an object a case", ".jsonl", true, false,
     &rep_render_jsonl},
    {"csv", "a table for spreadsheets, a line a case", ".csv", false, false, &rep_render_csv},
    {"tap", "TAP version 14", ".tap", false, false, &rep_render_tap},
    {"junit", "JUnit XML", ".xml", false, false, &rep_render_junit},
    {"sarif", "SARIF 2.1.0, for code scanning", ".sarif", false, false, &rep_render_sarif},
    {"github", "annotations of GitHub Actions", ".txt", false, false, &rep_render_github},
    {"mtree", "the tree of one case as an mtree(5) manifest", ".mtree", true, true,
     &rep_render_mtree},
    {"dot", "the mounts of one case as a graph for Graphviz", ".dot", false, true, &rep_render_dot},
    {"html", "a page for a browser: charts, changes, mounts, trees", ".html", false, false,
     &rep_render_html},
    {NULL, NULL, NULL, false, false, NULL},
};

const struct rep_renderer *rep_renderers(void)
{
    return renderers;
}

const struct rep_renderer *rep_renderer_find(const char *name)
{
    for (const struct rep_renderer *r = renderers; r->name; r++) {
        if (strcmp(r->name, name) == 0) {
            return r;
        }
    }
    return NULL;
}

bool rep_renderer_needs_records(const struct rep_renderer *renderer)
{
    return renderer->ops->needs_records;
}

int rep_report_begin(const struct rep_renderer *renderer, const struct rep_report_head *head,
                     const struct rep_sink *sink, struct rep_report **report)
{
    size_t size = renderer->ops->state_size;
    struct rep_report *made = calloc(1, sizeof *made);
    if (!made) {
        return -ENOMEM;
    }
    made->renderer = renderer;
    made->head = *head;
    made->sink = *sink;
    made->state = calloc(1, size ? size : 1);
    rep_out_init(&made->out, &made->sink);
    if (!made->state) {
        rep_report_free(made);
        return -ENOMEM;
    }
    if (renderer->ops->begin) {
        renderer->ops->begin(made);
    }
    rep_out_flush(&made->out);
    if (made->out.code < 0) {
        int code = made->out.code;
        rep_report_free(made);
        return code;
    }
    *report = made;
    return 0;
}

int rep_report_result(struct rep_report *report, const struct rep_result *result)
{
    if (report->out.code < 0) {
        return report->out.code;
    }
    if (report->renderer->one_case && report->cases > 0) {
        return -E2BIG;
    }
    report->cases++;
    report->failed += rep_judged_bad(rep_judge(report, result));
    report->renderer->ops->result(report, result);
    rep_out_flush(&report->out);
    return report->out.code;
}

int rep_report_end(struct rep_report *report, const struct rep_report_tail *tail)
{
    if (report->out.code == 0 && !report->ended && report->renderer->ops->end) {
        report->renderer->ops->end(report, tail);
    }
    report->ended = true;
    rep_out_flush(&report->out);
    return report->out.code;
}

void rep_report_free(struct rep_report *report)
{
    if (!report) {
        return;
    }
    if (report->renderer->ops->release && report->state) {
        report->renderer->ops->release(report);
    }
    rep_buf_release(&report->out.line);
    free(report->state);
    free(report);
}
