/* For people: a line a case, what is wrong below those that failed, the counts at the end. */
#include "internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_RESULTS = 16 };

struct text_state {
    int64_t status[REP_STATUSES];
    struct {
        char name[16];
        int64_t count;
    } result[MAX_RESULTS]; /* in the order of first appearance */
    size_t results;
};

static void begin(struct rep_report *report)
{
    const struct rep_run_options *run = report->head.run;
    struct rep_out *out = &report->out;
    if (report->head.id) {
        rep_out_fmt(out, "run %" PRId64 "  ", report->head.id);
    }
    rep_out_text(out, run->subject);
    rep_out_raw(out, run->subject_version ? " " : "");
    rep_out_text(out, run->subject_version);
    rep_out_raw(out, run->label ? "  " : "");
    rep_out_text(out, run->label);
    rep_out_raw(out, "\n\n");
}

static enum rep_colour colour_of(enum rep_judgement judgement)
{
    return rep_judged_bad(judgement)         ? REP_RED
           : judgement == REP_JUDGED_FINE    ? REP_GREEN
           : judgement == REP_JUDGED_SKIPPED ? REP_DIM
                                             : REP_YELLOW;
}

static void count(struct text_state *state, const struct rep_result *result)
{
    size_t i = 0;
    state->status[result->status]++;
    while (i < state->results && strcmp(state->result[i].name, result->result) != 0) {
        i++;
    }
    if (i == state->results && i < MAX_RESULTS) {
        (void)snprintf(state->result[i].name, sizeof state->result[i].name, "%s", result->result);
        state->results++;
    }
    if (i < MAX_RESULTS) {
        state->result[i].count++;
    }
}

static void add_details(struct rep_report *report, const struct rep_result *result)
{
    struct rep_out *out = &report->out;
    struct rep_reasons reasons;
    struct rep_buf replay = {0};
    rep_reasons_find(report, result, &reasons);
    for (size_t i = 0; i < reasons.count; i++) {
        rep_out_wrap(out, "    ", 6, reasons.line[i]);
    }
    rep_add_replay(&replay, result->name, result->file, report->head.replay);
    if (replay.size) {
        /* On one line of any length, to be copied. */
        rep_out_raw(out, "    again: ");
        rep_out_raw(out, replay.data);
        rep_out_raw(out, "\n");
    }
    out->line.failed = out->line.failed || reasons.failed || replay.failed;
    rep_buf_release(&replay);
    rep_reasons_release(&reasons);
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_out *out = &report->out;
    enum rep_judgement judgement = rep_judge(report, result);
    struct rep_buf word = {0};
    struct rep_buf first = {0};
    count(report->state, result);
    rep_add_escaped(&word, result->result);
    rep_buf_fmt(&first, "%-8s  %-7s  ", rep_status_name(result->status),
                word.size && !word.failed ? word.data : "");
    rep_out_colour(out, colour_of(judgement));
    rep_out_wrap(out, first.failed ? "" : first.data, first.size, result->name);
    rep_out_colour(out, REP_PLAIN);
    out->line.failed = out->line.failed || word.failed || first.failed;
    rep_buf_release(&word);
    rep_buf_release(&first);
    if (judgement == REP_JUDGED_XFAIL && result->reason) {
        rep_out_wrap(out, "    ", 6, result->reason);
    }
    if (rep_judged_bad(judgement)) {
        add_details(report, result);
    }
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    const struct text_state *state = report->state;
    struct rep_out *out = &report->out;
    const char *comma = ": ";
    if (!tail->complete) {
        rep_out_fmt(out, "\nended early: %" PRId64 " of %" PRId64 " cases ran", report->cases,
                    report->head.planned);
    }
    rep_out_fmt(out, "\n%" PRId64 " case%s", report->cases, report->cases == 1 ? "" : "s");
    for (unsigned i = 0; i < REP_STATUSES; i++) {
        if (state->status[i]) {
            rep_out_fmt(out, "%s%" PRId64 " %s", comma, state->status[i],
                        rep_status_name((enum rep_status)i));
            comma = ", ";
        }
    }
    comma = "\nresults: ";
    for (size_t i = 0; i < state->results; i++) {
        rep_out_raw(out, comma);
        rep_out_fmt(out, "%" PRId64 " ", state->result[i].count);
        rep_out_text(out, state->result[i].name);
        comma = ", ";
    }
    if (report->failed) {
        rep_out_fmt(out, "\n%" PRId64 " failed", report->failed);
    }
    rep_out_raw(out, "\n");
}

const struct rep_render_ops rep_render_text = {
    .state_size = sizeof(struct text_state),
    .begin = begin,
    .result = add_result,
    .end = end,
};
