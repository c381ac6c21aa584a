#include "html/html.h"

#include <string.h>

/* Charts are SVG without a scale of its own: lengths are per cent of the place that the page gives,
 * so text keeps its size on every screen. */

static void open_card(struct rep_out *out, const char *title)
{
    rep_out_fmt(out, "<section class=\"card\"><h2>%s</h2>\n", title);
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* ---- Statuses ----------------------------------------------------------------------------------
 */

static const char *const statuses[] = {"pass", "xfail", "recorded", "xpass", "fail"};
#define STATUSES (sizeof statuses / sizeof statuses[0])

static void count_statuses(const struct html *html, int64_t counts[STATUSES])
{
    for (size_t i = 0; i < html->rows.count; i++) {
        for (size_t j = 0; j < STATUSES; j++) {
            counts[j] += strcmp(html->rows.row[i].status, statuses[j]) == 0;
        }
    }
}

static void chart_statuses(struct html *html)
{
    struct rep_out *out = &html->out;
    int64_t counts[STATUSES] = {0};
    double at = 0;
    count_statuses(html, counts);
    open_card(out, "Cases");
    rep_out_raw(out, "<svg class=\"stack\" role=\"img\" aria-label=\"Cases by status\">");
    for (size_t i = 0; i < STATUSES; i++) {
        double width = percent(counts[i], (int64_t)html->rows.count);
        if (counts[i] > 0) {
            rep_out_fmt(out,
                        "<rect class=\"fill-%s\" x=\"%.3f%%\" width=\"%.3f%%\" height=\"100%%\">",
                        statuses[i], at, width);
            rep_out_fmt(out, "<title>%s: %lld</title></rect>", statuses[i], (long long)counts[i]);
        }
        at += width;
    }
    rep_out_raw(out, "</svg>\n<ul class=\"legend\">");
    for (size_t i = 0; i < STATUSES; i++) {
        if (counts[i] > 0) {
            rep_out_fmt(out, "<li><a href=\"#cases&amp;status=%s\"><i class=\"dot %s\"></i>%s <b>",
                        statuses[i], statuses[i], statuses[i]);
            html_count(out, counts[i]);
            rep_out_raw(out, "</b></a></li>\n");
        }
    }
    rep_out_raw(out, "</ul>\n");
}

/* ---- Bars --------------------------------------------------------------------------------------
 */

struct bar {
    const char *label; /* hostile */
    const char *class; /* of the bar's colour */
    const char *param; /* "result=" in the link to the cases; NULL = the label is a case */
    const char *value; /* of the parameter */
    int64_t count;
    bool is_duration;
};

static void write_bar(struct rep_out *out, const struct bar *bar, int64_t most)
{
    rep_out_raw(out, "<li><a href=\"#");
    rep_out_raw(out, bar->param ? "cases&amp;" : "case=");
    rep_out_raw(out, bar->param ? bar->param : "");
    html_fragment(out, bar->param ? bar->value : bar->label);
    rep_out_raw(out, "\"><span class=\"bar-label\">");
    html_text(out, bar->label);
    rep_out_fmt(out,
                "</span><svg class=\"bar\" aria-hidden=\"true\"><rect class=\"fill-%s\" "
                "width=\"%.2f%%\" height=\"100%%\" rx=\"2\"/></svg><span class=\"bar-count\">",
                bar->class, percent(bar->count, most));
    if (bar->is_duration) {
        html_duration(out, bar->count);
    } else {
        html_count(out, bar->count);
    }
    rep_out_raw(out, "</span></a></li>\n");
}

static void write_bars(struct rep_out *out, const char *class, const struct bar *bars, size_t count)
{
    int64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most = bars[i].count > most ? bars[i].count : most;
    }
    rep_out_fmt(out, "<ul class=\"bars %s\">", class);
    for (size_t i = 0; i < count; i++) {
        if (bars[i].count > 0) {
            write_bar(out, &bars[i], most);
        }
    }
    rep_out_raw(out, "</ul>");
}

static void chart_results(struct html *html)
{
    static const char *const results[] = {"ok",          "error", "panic",   "hang",
                                          "unsupported", "crash", "timeout", "oom"};
    struct bar bars[sizeof results / sizeof results[0]];
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        bars[i] = (struct bar){
            .label = results[i], .class = results[i], .param = "result=", .value = results[i]};
        for (size_t j = 0; j < html->rows.count; j++) {
            bars[i].count += strcmp(html->rows.row[j].result, results[i]) == 0;
        }
    }
    rep_out_raw(&html->out, "<h3>What came out</h3>\n");
    write_bars(&html->out, "", bars, sizeof bars / sizeof bars[0]);
    rep_out_raw(&html->out, "</section>\n");
}

static void chart_changes(struct html *html)
{
    const struct rep_diff_counts *c = &html->counts;
    const struct bar bars[] = {
        {"regressions", "fail", "changed=", "regression", c->regressions, false},
        {"fixed", "pass", "changed=", "fixed", c->fixed, false},
        {"outcome", "xpass", "changed=", "flip", c->flips, false},
        {"error text", "xfail", "changed=", "error", c->error_changed, false},
        {"tree", "tree", "changed=", "tree", c->tree_changed, false},
        {"mounts", "accent", "changed=", "mounts", c->mounts_changed, false},
        {"log, operations", "recorded", "changed=", "text", c->text_changed, false},
        {"input (not compared)", "muted", "changed=", "input", c->input_changed, false},
        {"new", "muted", "changed=", "new", c->only_b, false},
    };
    struct rep_out *out = &html->out;
    rep_out_fmt(out, "<section class=\"card\"><h2>Changes since run %lld</h2>\n",
                (long long)html->base.id);
    write_bars(out, "", bars, sizeof bars / sizeof bars[0]);
    rep_out_raw(out, "</section>\n");
}

enum { SLOWEST = 8 };

/* Keeps the slowest rows, slowest first; the earlier one of two that took the same. */
static size_t keep_slowest(const struct html_row *slowest[SLOWEST], size_t count,
                           const struct html_row *row)
{
    size_t at = count;
    while (at > 0 && slowest[at - 1]->duration_ns < row->duration_ns) {
        at--;
    }
    if (at == SLOWEST) {
        return count;
    }
    count += count < SLOWEST;
    for (size_t i = count - 1; i > at; i--) {
        slowest[i] = slowest[i - 1];
    }
    slowest[at] = row;
    return count;
}

static void chart_slowest(struct html *html)
{
    const struct html_row *slowest[SLOWEST];
    struct bar bars[SLOWEST];
    size_t count = 0;
    for (size_t i = 0; i < html->rows.count; i++) {
        count = keep_slowest(slowest, count, &html->rows.row[i]);
    }
    for (size_t i = 0; i < count; i++) {
        bars[i] = (struct bar){.label = slowest[i]->name,
                               .class = "accent",
                               .count = slowest[i]->duration_ns,
                               .is_duration = true};
    }
    open_card(&html->out, "Slowest cases");
    write_bars(&html->out, "wide", bars, count);
    rep_out_raw(&html->out, "</section>\n");
}

/* ---- Durations ---------------------------------------------------------------------------------
 */

/* Bins of 1, 2, 5, 10, ... from 1 µs to 1000 s. */
enum { BINS = 28, HISTOGRAM_HEIGHT = 112, LABEL_ROOM = 20 };

static void bin_limits(int64_t limit[BINS + 1])
{
    static const int64_t steps[3] = {1, 2, 5};
    int64_t decade = 1000;
    for (int i = 0; i <= BINS; i++) {
        limit[i] = decade * steps[i % 3];
        decade *= i % 3 == 2 ? 10 : 1;
    }
}

static void write_bin(struct rep_out *out, double left, double width, int64_t count, int64_t most,
                      int64_t from, int64_t to)
{
    double height = percent(count, most) * HISTOGRAM_HEIGHT / 100;
    height = count > 0 && height < 2 ? 2 : height;
    rep_out_fmt(out,
                "<rect class=\"fill-accent\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" "
                "height=\"%.1f\" rx=\"2\"><title>",
                left + width * 0.08, HISTOGRAM_HEIGHT - height, width * 0.84, height);
    html_duration(out, from);
    rep_out_raw(out, " to ");
    html_duration(out, to);
    rep_out_fmt(out, ": %lld cases</title></rect>\n", (long long)count);
}

static void write_axis_label(struct rep_out *out, double at, int64_t ns)
{
    rep_out_fmt(out, "<text x=\"%.2f%%\" y=\"%d\">", at, HISTOGRAM_HEIGHT + LABEL_ROOM - 4);
    for (int64_t unit = 1000000000; unit > 0; unit /= 1000) {
        if (ns >= unit) {
            rep_out_fmt(out, "%lld %s", (long long)(ns / unit),
                        unit == 1000000000 ? "s"
                        : unit == 1000000  ? "ms"
                                           : "\xc2\xb5s");
            break;
        }
    }
    rep_out_raw(out, "</text>\n");
}

static void chart_durations(struct html *html)
{
    struct rep_out *out = &html->out;
    int64_t limit[BINS + 1];
    int64_t count[BINS] = {0};
    int64_t most = 0;
    int64_t total = 0;
    int first = BINS;
    int last = -1;
    bin_limits(limit);
    for (size_t i = 0; i < html->rows.count; i++) {
        int bin = 0;
        while (bin < BINS - 1 && html->rows.row[i].duration_ns >= limit[bin + 1]) {
            bin++;
        }
        int64_t ns = html->rows.row[i].duration_ns > 0 ? html->rows.row[i].duration_ns : 0;
        total = ns > INT64_MAX - total ? INT64_MAX : total + ns;
        most = ++count[bin] > most ? count[bin] : most;
        first = bin < first ? bin : first;
        last = bin > last ? bin : last;
    }
    open_card(out, "Time of a case");
    double width = 100.0 / (last >= first ? last - first + 1 : 1);
    rep_out_fmt(out,
                "<svg class=\"histogram\" height=\"%d\" role=\"img\" aria-label=\"Histogram of "
                "the time that cases took\">\n",
                HISTOGRAM_HEIGHT + LABEL_ROOM);
    for (int i = first; i <= last; i++) {
        double left = width * (i - first);
        write_bin(out, left, width, count[i], most, limit[i], limit[i + 1]);
        if (i % 3 == 0 || last - first < 6) {
            write_axis_label(out, left, limit[i]);
        }
    }
    rep_out_raw(out, "</svg><p class=\"note\">");
    html_duration(out, total);
    rep_out_raw(out, " in all cases together, ");
    html_duration(out, html->rows.count ? total / (int64_t)html->rows.count : 0);
    rep_out_raw(out, " in the mean</p></section>\n");
}

void html_charts(struct html *html)
{
    rep_out_raw(&html->out, "<div class=\"grid\">\n");
    chart_statuses(html);
    chart_results(html);
    if (html->base_db) {
        chart_changes(html);
    }
    chart_durations(html);
    chart_slowest(html);
    rep_out_raw(&html->out, "</div>\n");
}
