/* What a case came to: one judgement and one list of reasons for all formats. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *word, const char *const *words)
{
    for (; words && *words; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

enum rep_judgement rep_judge(const struct rep_report *report, const struct rep_result *result)
{
    static const char *const no_answer[] = {"crash", "timeout", "oom", NULL};
    static const char *const always[] = {"crash", "timeout", NULL};
    bool bad = result->status == REP_FAIL || result->status == REP_XPASS ||
               is_one_of(result->result, always) ||
               is_one_of(result->result, report->head.fail_on) ||
               (result->flaky && is_one_of("flaky", report->head.fail_on));
    if (bad) {
        return is_one_of(result->result, no_answer) ? REP_JUDGED_BROKEN : REP_JUDGED_FAILED;
    }
    if (result->status == REP_XFAIL) {
        return REP_JUDGED_XFAIL;
    }
    bool skipped = result->status == REP_RECORDED && strcmp(result->result, "unsupported") == 0;
    return skipped ? REP_JUDGED_SKIPPED : REP_JUDGED_FINE;
}

bool rep_judged_bad(enum rep_judgement judgement)
{
    return judgement == REP_JUDGED_FAILED || judgement == REP_JUDGED_BROKEN;
}

bool rep_is_difference(const struct rep_finding *finding)
{
    return strcmp(finding->code, "expect") == 0;
}

/* ---- Reasons -----------------------------------------------------------------------------------
 */

static void add(struct rep_reasons *reasons, const char *text)
{
    const char **line =
        rep_grow(reasons->line, &reasons->room, reasons->count + 1, sizeof *reasons->line);
    if (!line || !text) {
        reasons->failed = true;
        return;
    }
    reasons->line = line;
    line[reasons->count++] = text;
}

static void add_joined(struct rep_reasons *reasons, const char *before, const char *text)
{
    struct rep_buf buf = {0};
    rep_buf_str(&buf, before);
    rep_buf_str(&buf, ": ");
    rep_buf_str(&buf, text);
    add(reasons, buf.failed ? NULL : rep_arena_copy(&reasons->arena, buf.data, buf.size));
    rep_buf_release(&buf);
}

static void add_findings(struct rep_reasons *reasons, const struct rep_result *result)
{
    for (size_t i = 0; i < result->n_findings; i++) {
        if (rep_is_difference(&result->findings[i])) {
            add(reasons, result->findings[i].text);
        }
    }
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (!rep_is_difference(finding) && strcmp(finding->severity, "error") == 0) {
            add_joined(reasons, finding->code, finding->text);
        }
    }
}

void rep_reasons_find(const struct rep_report *report, const struct rep_result *result,
                      struct rep_reasons *reasons)
{
    *reasons = (struct rep_reasons){0};
    enum rep_judgement judgement = rep_judge(report, result);
    bool has_error = result->error && result->error[0];
    if (judgement == REP_JUDGED_BROKEN) {
        add_joined(reasons, result->result, has_error ? result->error : "no text");
    }
    if (result->status == REP_XPASS) {
        add_joined(reasons, "passes, though expected to fail",
                   result->reason ? result->reason : "no reason given");
    }
    add_findings(reasons, result);
    if (reasons->count == 0 && rep_judged_bad(judgement)) {
        add_joined(reasons, result->flaky ? "flaky" : result->result,
                   has_error ? result->error : "counts as a failure");
    }
}

void rep_reasons_release(struct rep_reasons *reasons)
{
    free(reasons->line);
    rep_arena_release(&reasons->arena);
    *reasons = (struct rep_reasons){0};
}
