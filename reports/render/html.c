/* The HTML page among the renderers: it is not pushed, but made of the records when the run ends.
 */
#include "internal.h"

#include <errno.h>

static void result(struct rep_report *report, const struct rep_result *result)
{
    (void)report;
    (void)result;
}

static void end(struct rep_report *report, const struct rep_report_tail *tail)
{
    const struct rep_report_records *records = tail->records;
    if (!records) {
        report->out.code = -EINVAL;
        return;
    }
    struct rep_html_options options = {.base_db = records->base_db, .base_ref = records->base_run};
    report->out.code = rep_html(records->db, records->run, &options, &report->sink);
}

const struct rep_render_ops rep_render_html = {.result = result, .end = end, .needs_records = true};
