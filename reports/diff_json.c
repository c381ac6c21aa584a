#include "diff.h"

#include <string.h>

/* A "diff" line, then a "change" line each. Members are never taken away within a version. */
#define FORMAT_VERSION 1

static void add_list(struct rep_buf *line, const char *name, const char *const *text, size_t count)
{
    rep_buf_fmt(line, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        rep_buf_str(line, i ? "," : "");
        rep_buf_json(line, text[i], strlen(text[i]));
    }
    rep_buf_str(line, "]");
}

static int add_side(struct rep_buf *line, const char *letter, const struct rep_diff_side *side)
{
    struct rep_run_info info;
    int code = rep_run_find(side->db, side->run, &info);
    if (code < 0) {
        return code;
    }
    rep_buf_fmt(line, ",\"%s\":{\"run\":%lld", letter, (long long)info.id);
    rep_buf_nullable(line, "db", side->db->path);
    rep_buf_nullable(line, "case", side->name);
    rep_buf_nullable(line, "started", info.started);
    rep_buf_nullable(line, "state", info.state);
    rep_buf_nullable(line, "subject", info.subject);
    rep_buf_nullable(line, "subject_version", info.subject_version);
    rep_buf_nullable(line, "profile", info.profile);
    rep_buf_nullable(line, "label", info.label);
    rep_buf_fmt(line, ",\"argv\":%s}", info.argv);
    rep_run_info_release(&info);
    return 0;
}

static void add_counts(struct rep_buf *line, const struct rep_diff_counts *counts)
{
    rep_buf_number(line, "compared", counts->compared);
    rep_buf_number(line, "equal", counts->equal);
    rep_buf_number(line, "regressions", counts->regressions);
    rep_buf_number(line, "fixed", counts->fixed);
    rep_buf_number(line, "outcomes_changed", counts->flips);
    rep_buf_number(line, "errors_changed", counts->error_changed);
    rep_buf_number(line, "mounts_changed", counts->mounts_changed);
    rep_buf_number(line, "trees_changed", counts->tree_changed);
    rep_buf_number(line, "texts_changed", counts->text_changed);
    rep_buf_number(line, "inputs_changed", counts->input_changed);
    rep_buf_number(line, "only_a", counts->only_a);
    rep_buf_number(line, "only_b", counts->only_b);
}

static int write_change(void *arg, const struct rep_change *change)
{
    struct rep_out *out = arg;
    rep_buf_str(&out->line, "{\"type\":\"change\"");
    rep_buf_number(&out->line, "cause", (int64_t)change->cause);
    rep_buf_nullable(&out->line, "kind", change->kind_name);
    rep_buf_nullable(&out->line, "text", change->text);
    rep_buf_number(&out->line, "cases", (int64_t)change->cases);
    add_list(&out->line, "names", change->name, change->cases);
    rep_buf_number(&out->line, "places", (int64_t)change->places);
    add_list(&out->line, "first_places", change->place, change->n_place);
    rep_out_raw(out, "}\n");
    return out->code;
}

int rep_diff_jsonl(struct rep_diff_job *job, const struct rep_sink *sink)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    rep_buf_fmt(&out.line, "{\"type\":\"diff\",\"version\":%d", FORMAT_VERSION);
    int code = add_side(&out.line, "a", job->a);
    if (code == 0) {
        code = add_side(&out.line, "b", job->b);
    }
    if (code == 0) {
        add_counts(&out.line, &job->counts);
        rep_buf_number(&out.line, "unlisted", job->groups.dropped);
        rep_out_raw(&out, "}\n");
        code = rep_changes_give(job, write_change, &out);
    }
    int written = rep_out_finish(&out);
    if (written < 0) {
        code = rep_fail(job->a->db, written, "cannot write the comparison");
    }
    return code;
}
