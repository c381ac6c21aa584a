#include "html/html.h"

/*
 * {"run": {...}, "base": {...} | null, "cases": [[name, result, status, bad, flaky, duration in ns,
 * nodes, changes (enum html_change), error | null, result and status in the baseline | null], ...],
 * "causes": [{"names": [...], "changes": [[kind, text, places, [place, ...]], ...]}, ...]}
 */

static void member(struct rep_out *out, const char *key, const char *text)
{
    rep_out_fmt(out, ",\"%s\":", key);
    html_json(out, text);
}

static void write_run(struct rep_out *out, const struct rep_run_info *run)
{
    rep_out_fmt(out, "{\"id\":%lld", (long long)run->id);
    member(out, "started", run->started);
    member(out, "subject", run->subject);
    member(out, "subject_version", run->subject_version);
    member(out, "profile", run->profile);
    member(out, "label", run->label);
    rep_out_raw(out, "}");
}

static void write_case(struct rep_out *out, const struct html_row *row)
{
    html_json(out, row->name);
    rep_out_raw(out, ",");
    html_json(out, row->result);
    rep_out_raw(out, ",");
    html_json(out, row->status);
    rep_out_fmt(out, ",%d,%d,%lld,%lld,%u,", row->bad, row->flaky, (long long)row->duration_ns,
                (long long)row->nodes, row->changes);
    html_json(out, row->error && row->error[0] ? row->error : NULL);
    rep_out_raw(out, ",");
    html_json(out, row->base ? row->base->result : NULL);
    rep_out_raw(out, ",");
    html_json(out, row->base ? row->base->status : NULL);
}

/* ---- Changes -----------------------------------------------------------------------------------
 */

struct causes {
    struct rep_out *out;
    size_t next; /* the cause that comes next */
};

static void write_texts(struct rep_out *out, const char *const *texts, size_t count)
{
    rep_out_raw(out, "[");
    for (size_t i = 0; i < count; i++) {
        rep_out_raw(out, i ? "," : "");
        html_json(out, texts[i]);
    }
    rep_out_raw(out, "]");
}

/* Changes of one cause come one after the other. */
static int write_change(void *arg, const struct rep_change *change)
{
    struct causes *causes = arg;
    struct rep_out *out = causes->out;
    if (change->cause == causes->next) {
        rep_out_raw(out, causes->next ? "]},\n{\"names\":" : "\n{\"names\":");
        write_texts(out, change->name, change->cases);
        rep_out_raw(out, ",\"changes\":[");
        causes->next++;
    } else {
        rep_out_raw(out, ",");
    }
    rep_out_raw(out, "\n[");
    html_json(out, change->kind_name);
    rep_out_raw(out, ",");
    html_json(out, change->text);
    rep_out_fmt(out, ",%zu,", change->places);
    write_texts(out, change->place, change->n_place);
    rep_out_raw(out, "]");
    return out->code;
}

static int write_causes(struct html *html)
{
    struct causes causes = {.out = &html->out};
    struct rep_diff_side a = {.db = html->base_db, .run = html->base_ref};
    struct rep_diff_side b = {.db = html->db, .run = html->run_ref};
    int code = html->base_db ? rep_changes(&a, &b, write_change, &causes, NULL) : 0;
    rep_out_raw(&html->out, causes.next ? "]}" : "");
    return code < 0 && code == html->out.code ? 0 : code;
}

int html_list(struct html *html)
{
    struct rep_out *out = &html->out;
    rep_out_raw(out, "{\"run\":");
    write_run(out, &html->run);
    rep_out_raw(out, ",\n\"base\":");
    if (html->base_db) {
        write_run(out, &html->base);
    } else {
        rep_out_raw(out, "null");
    }
    rep_out_raw(out, ",\n\"cases\":[");
    for (size_t i = 0; i < html->rows.count && out->code == 0; i++) {
        rep_out_raw(out, i ? ",\n[" : "\n[");
        write_case(out, &html->rows.row[i]);
        rep_out_raw(out, "]");
    }
    rep_out_raw(out, "],\n\"causes\":[");
    int code = write_causes(html);
    rep_out_raw(out, "]}");
    return code;
}
