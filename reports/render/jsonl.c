/*
 * JSON Lines: one object a case, as result-1.schema.json says. It is the line of the recorded cases
 * (tests/conformance/README.md) with members of simrun's own; nothing in it depends on when or how
 * fast a case ran, so equal cases give equal bytes.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

#define SCHEMA 1

static void add_key(struct rep_buf *out, const char *key)
{
    char last = out->size ? out->data[out->size - 1] : '{';
    rep_buf_str(out, last == '{' ? "\"" : ",\"");
    rep_buf_str(out, key);
    rep_buf_str(out, "\":");
}

static void add_text(struct rep_buf *out, const char *key, const char *text)
{
    if (text) {
        add_key(out, key);
        rep_buf_json(out, text, strlen(text));
    }
}

static void add_number(struct rep_buf *out, const char *key, int64_t value)
{
    add_key(out, key);
    rep_buf_fmt(out, "%" PRId64, value);
}

static void add_truth(struct rep_buf *out, const char *key, bool value)
{
    add_key(out, key);
    rep_buf_str(out, value ? "true" : "false");
}

static void add_json(struct rep_buf *out, const char *key, const char *json)
{
    if (json) {
        add_key(out, key);
        rep_buf_json_value(out, json);
    }
}

/* ---- nodes -------------------------------------------------------------------------------------
 */

static void add_node(struct rep_buf *out, const struct rep_node *node)
{
    rep_buf_str(out, "{");
    add_text(out, "path", node->path);
    add_text(out, "type", node->type);
    add_text(out, "mode", node->mode ? node->mode : "");
    add_number(out, "uid", node->uid);
    add_number(out, "gid", node->gid);
    if (node->size >= 0) {
        add_number(out, "size", node->size);
    }
    add_key(out, "nlink");
    rep_buf_fmt(out, "%" PRIu64, node->nlink);
    add_text(out, "rdev", node->rdev);
    add_text(out, "target", node->target);
    add_text(out, "fs", node->fs ? node->fs : "");
    add_text(out, "flags", node->flags ? node->flags : "");
    add_truth(out, "mountpoint", node->mountpoint);
    add_truth(out, "overlay", node->overlay);
    add_text(out, "upper", node->upper);
    add_text(out, "lower", node->lower);
    if (node->special) {
        add_truth(out, "special", true);
    }
    add_truth(out, "readdir", node->readdir);
    add_text(out, "error", node->error);
    rep_buf_str(out, "}");
}

static void add_nodes(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    if (!result->nodes || result->n_nodes == 0) {
        return;
    }
    add_key(out, "nodes");
    rep_buf_str(out, "[");
    for (size_t i = 0; i < result->n_nodes; i++) {
        rep_buf_str(out, i ? "," : "");
        add_node(out, &result->nodes[i]);
        if (out->size > 1u << 16) {
            /* add_key looks at the last byte: it stays. */
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
        add_number(out, key, index);
    }
}

static void add_mount(struct rep_buf *out, const struct rep_mount *mount)
{
    rep_buf_str(out, "{");
    add_text(out, "destination", mount->destination);
    add_text(out, "type", mount->type);
    add_text(out, "source", mount->source);
    add_text(out, "fs", mount->fs);
    add_text(out, "state", mount->state);
    add_text(out, "flags", mount->flags);
    add_text(out, "data", mount->data);
    add_text(out, "rules", mount->rules);
    add_text(out, "ignored", mount->ignored);
    add_text(out, "created", mount->created);
    add_text(out, "place", mount->place);
    add_text(out, "seen_at", mount->seen_at);
    add_text(out, "layers", mount->layers);
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
    add_key(out, "mounts");
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
            add_key(out, "findings");
        }
        rep_buf_str(out, first ? "[{" : ",{");
        add_text(out, "severity", finding->severity);
        add_text(out, "code", finding->code);
        add_text(out, "text", finding->text);
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
            add_key(out, "differences");
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
    add_text(out, "id", result->name);
    add_number(out, "schema", SCHEMA);
    add_text(out, "status", rep_status_name(result->status));
    add_text(out, "reason", result->reason);
    if (result->flaky) {
        add_truth(out, "flaky", true);
    }
    add_text(out, "file", result->file);
    if (result->line > 0) {
        add_number(out, "line", result->line);
    }
    add_differences(out, result);
    add_findings(out, result);
    add_json(out, "compiled", result->text[REP_COMPILED]);
    add_text(out, "result", result->result);
    add_text(out, "error", result->error ? result->error : "");
    if (has_log(result)) {
        add_json(out, "log", result->text[REP_LOG]);
        add_number(out, "fds_left", result->fds_left);
    }
    if (result->leaks > 0) {
        add_number(out, "leaks", result->leaks);
    }
    add_json(out, "ops", result->text[REP_OPS_TEXT]);
    add_mounts(out, result);
    add_nodes(report, result);
    add_json(out, "restore", result->text[REP_RESTORE]);
    add_json(out, "host_diff", result->text[REP_HOST_DIFF]);
    rep_buf_str(out, "}\n");
}

const struct rep_render_ops rep_render_jsonl = {.result = add_result};
