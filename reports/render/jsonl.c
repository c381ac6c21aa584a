/*
 * JSON Lines: one object a case, as result-1.schema.json says. It is the line of the recorded cases
 * (tests/conformance/README.md) with members of simrun's own; nothing in it depends on when or how
 * fast a case ran, so equal cases give equal bytes.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

#define SCHEMA 1

/* What is no JSON, in a file that somebody changed, stands here as a text: the line stays one. */
static void add_json(struct rep_buf *out, const char *key, const char *json)
{
    if (json && rep_is_json(json)) {
        rep_buf_key(out, key);
        rep_buf_json_value(out, json);
    } else {
        rep_buf_member(out, key, json);
    }
}

/* ---- nodes -------------------------------------------------------------------------------------
 */

static void add_node(struct rep_buf *out, const struct rep_node *node)
{
    rep_buf_str(out, "{");
    rep_buf_member(out, "path", node->path);
    rep_buf_member(out, "type", node->type);
    rep_buf_member(out, "mode", node->mode ? node->mode : "");
    rep_buf_number(out, "uid", node->uid);
    rep_buf_number(out, "gid", node->gid);
    if (node->size >= 0) {
        rep_buf_number(out, "size", node->size);
    }
    rep_buf_key(out, "nlink");
    rep_buf_fmt(out, "%" PRIu64, node->nlink);
    rep_buf_member(out, "rdev", node->rdev);
    rep_buf_member(out, "target", node->target);
    rep_buf_member(out, "fs", node->fs ? node->fs : "");
    rep_buf_member(out, "flags", node->flags ? node->flags : "");
    rep_buf_truth(out, "mountpoint", node->mountpoint);
    rep_buf_truth(out, "overlay", node->overlay);
    rep_buf_member(out, "upper", node->upper);
    rep_buf_member(out, "lower", node->lower);
    if (node->special) {
        rep_buf_truth(out, "special", true);
    }
    rep_buf_truth(out, "readdir", node->readdir);
    rep_buf_member(out, "error", node->error);
    rep_buf_str(out, "}");
}

static void add_nodes(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    if (!result->nodes || result->n_nodes == 0) {
        return;
    }
    rep_buf_key(out, "nodes");
    rep_buf_str(out, "[");
    for (size_t i = 0; i < result->n_nodes; i++) {
        rep_buf_str(out, i ? "," : "");
        add_node(out, &result->nodes[i]);
        if (out->size > 1u << 16) {
            /* rep_buf_key looks at the last byte: it stays. */
            char last = out->data[out->size - 1];
            out->size--;
            rep_out_flush(&report->out);
            rep_buf_add(out, &last, 1);
        }
    }
    rep_buf_str(out, "]");
}

/* ---- what simrun says about it -----------------------------------------------------------------
 */

static void add_index(struct rep_buf *out, const char *key, int index)
{
    if (index >= 0) {
        rep_buf_number(out, key, index);
    }
}

static void add_mount(struct rep_buf *out, const struct rep_mount *mount)
{
    rep_buf_str(out, "{");
    rep_buf_member(out, "destination", mount->destination);
    rep_buf_member(out, "type", mount->type);
    rep_buf_member(out, "source", mount->source);
    rep_buf_member(out, "fs", mount->fs);
    rep_buf_member(out, "state", mount->state);
    rep_buf_member(out, "flags", mount->flags);
    rep_buf_member(out, "data", mount->data);
    rep_buf_member(out, "rules", mount->rules);
    rep_buf_member(out, "ignored", mount->ignored);
    rep_buf_member(out, "created", mount->created);
    rep_buf_member(out, "place", mount->place);
    rep_buf_member(out, "seen_at", mount->seen_at);
    rep_buf_member(out, "layers", mount->layers);
    add_index(out, "spec_index", mount->spec_index);
    add_index(out, "shadowed_by", mount->shadowed_by);
    add_index(out, "op", mount->op);
    add_json(out, "hides", mount->hides);
    add_json(out, "options", mount->options);
    add_json(out, "reasons", mount->reasons);
    rep_buf_str(out, "}");
}

static void add_mounts(struct rep_buf *out, const struct rep_result *result)
{
    if (result->n_mounts == 0) {
        return;
    }
    rep_buf_key(out, "mounts");
    rep_buf_str(out, "[");
    for (size_t i = 0; i < result->n_mounts; i++) {
        rep_buf_str(out, i ? "," : "");
        add_mount(out, &result->mounts[i]);
    }
    rep_buf_str(out, "]");
}

static void add_findings(struct rep_buf *out, const struct rep_result *result)
{
    bool first = true;
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (rep_is_difference(finding)) {
            continue;
        }
        if (first) {
            rep_buf_key(out, "findings");
        }
        rep_buf_str(out, first ? "[{" : ",{");
        rep_buf_member(out, "severity", finding->severity);
        rep_buf_member(out, "code", finding->code);
        rep_buf_member(out, "text", finding->text);
        rep_buf_str(out, "}");
        first = false;
    }
    rep_buf_str(out, first ? "" : "]");
}

static void add_differences(struct rep_buf *out, const struct rep_result *result)
{
    bool first = true;
    for (size_t i = 0; i < result->n_findings; i++) {
        if (!rep_is_difference(&result->findings[i])) {
            continue;
        }
        if (first) {
            rep_buf_key(out, "differences");
        }
        rep_buf_str(out, first ? "[" : ",");
        rep_buf_json(out, result->findings[i].text, strlen(result->findings[i].text));
        first = false;
    }
    rep_buf_str(out, first ? "" : "]");
}

/* As in the recorded lines: of a panic or a hang nothing of this is known. */
static bool has_log(const struct rep_result *result)
{
    return strcmp(result->result, "ok") == 0 || strcmp(result->result, "error") == 0;
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    rep_buf_str(out, "{");
    rep_buf_member(out, "id", result->name);
    rep_buf_number(out, "schema", SCHEMA);
    rep_buf_member(out, "status", rep_status_name(result->status));
    rep_buf_member(out, "reason", result->reason);
    if (result->flaky) {
        rep_buf_truth(out, "flaky", true);
    }
    rep_buf_member(out, "file", result->file);
    if (result->line > 0) {
        rep_buf_number(out, "line", result->line);
    }
    add_differences(out, result);
    add_findings(out, result);
    add_json(out, "compiled", result->text[REP_COMPILED]);
    rep_buf_member(out, "result", result->result);
    rep_buf_member(out, "error", result->error ? result->error : "");
    if (has_log(result)) {
        add_json(out, "log", result->text[REP_LOG]);
        rep_buf_number(out, "fds_left", result->fds_left);
    }
    if (result->leaks > 0) {
        rep_buf_number(out, "leaks", result->leaks);
    }
    add_json(out, "ops", result->text[REP_OPS_TEXT]);
    add_mounts(out, result);
    add_nodes(report, result);
    add_json(out, "restore", result->text[REP_RESTORE]);
    add_json(out, "host_diff", result->text[REP_HOST_DIFF]);
    rep_buf_str(out, "}\n");
}

const struct rep_render_ops rep_render_jsonl = {.result = add_result};
