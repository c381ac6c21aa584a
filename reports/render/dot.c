/*
 * The mounts of a case as a graph for Graphviz: each stands below the mount that its place lies in;
 * an overlay points at its layers, a hidden mount at the one that hides it. Grey is hidden, orange
 * is lost, dashed was never mounted.
 */
#include "internal.h"

#include <string.h>

static void add_label(struct rep_buf *out, const char *before, const char *text)
{
    if (text && text[0]) {
        rep_buf_str(out, before);
        rep_add_in_quotes(out, text);
        rep_buf_str(out, "\\l");
    }
}

#define SOURCE_BYTES 48u /* of a source that a box shows: its end tells most */

static void add_source(struct rep_buf *out, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    const char *from = text;
    if (n > SOURCE_BYTES) {
        from += n - SOURCE_BYTES;
        while ((*from & 0xc0) == 0x80) {
            from++;
        }
    }
    add_label(out, from == text ? "from " : "from ...", from);
}

static bool is_made(const struct rep_mount *mount)
{
    return mount->fs && (!mount->state || strcmp(mount->state, "done") == 0 ||
                         strcmp(mount->state, "unmounted") == 0);
}

static bool is_lost(const struct rep_result *result, const struct rep_mount *mount)
{
    return result->n_nodes > 0 && mount->state && strcmp(mount->state, "done") == 0 &&
           mount->shadowed_by < 0 && !mount->seen_at;
}

static const char *place_of(const struct rep_mount *mount)
{
    return mount->place ? mount->place : mount->destination ? mount->destination : "";
}

static bool is_below(const char *path, const char *top)
{
    size_t n = strlen(top);
    n -= n > 0 && top[n - 1] == '/';
    return strncmp(path, top, n) == 0 && path[n] == '/' && path[n + 1] != '\0';
}

/* The last one before it in whose tree its place lies, or on whose very place it was put; -1 =
 * none.
 */
static int parent_of(const struct rep_result *result, size_t index)
{
    const char *place = place_of(&result->mounts[index]);
    int parent = -1;
    size_t longest = 0;
    for (size_t i = 0; i < index; i++) {
        const char *other = place_of(&result->mounts[i]);
        bool holds =
            is_made(&result->mounts[i]) && (is_below(place, other) || strcmp(place, other) == 0);
        if (holds && strlen(other) >= longest) {
            parent = (int)i;
            longest = strlen(other);
        }
    }
    return parent;
}

static void add_look(struct rep_buf *out, const struct rep_result *result,
                     const struct rep_mount *mount)
{
    if (!is_made(mount)) {
        rep_buf_str(out, ", style=\"rounded,dashed\", color=\"#888888\", fontcolor=\"#555555\"");
    } else if (mount->shadowed_by >= 0) {
        rep_buf_str(out, ", fillcolor=\"#dddddd\", fontcolor=\"#555555\"");
    } else if (is_lost(result, mount)) {
        rep_buf_str(out, ", fillcolor=\"#ffd8a8\", color=\"#d9480f\"");
    }
}

static void add_mount(struct rep_buf *out, const struct rep_result *result, size_t index)
{
    const struct rep_mount *mount = &result->mounts[index];
    rep_buf_fmt(out, "  m%zu [label=\"", index);
    add_label(out, "", mount->destination);
    if (mount->place && mount->destination && strcmp(mount->place, mount->destination) != 0) {
        add_label(out, "at ", mount->place);
    }
    if (is_made(mount)) {
        add_label(out, "", mount->fs);
    } else {
        add_label(out, "not mounted: ", mount->state ? mount->state : "ignored");
        add_label(out, "type ", mount->type);
    }
    add_source(out, mount->source);
    add_label(out, "flags ", mount->flags);
    if (mount->spec_index >= 0) {
        rep_buf_fmt(out, "spec mount %d\\l", mount->spec_index);
    }
    add_label(out, "ignored: ", mount->ignored);
    add_label(out, "", mount->rules);
    if (is_lost(result, mount)) {
        rep_buf_str(out, "lost: no path leads to it\\l");
    }
    rep_buf_str(out, "\"");
    add_look(out, result, mount);
    rep_buf_str(out, "];\n");
}

/* Blank separated, top first. */
static void add_layers(struct rep_buf *out, const struct rep_mount *mount, size_t index)
{
    const char *at = mount->layers ? mount->layers : "";
    for (size_t layer = 0; *at; layer++) {
        struct rep_buf name = {0};
        size_t n = strcspn(at, " ");
        rep_buf_add(&name, at, n);
        at += n;
        at += strspn(at, " ");
        rep_buf_fmt(out, "  m%zul%zu [shape=note, label=\"", index, layer);
        rep_add_in_quotes(out, name.data);
        rep_buf_fmt(out, "\"];\n  m%zu -> m%zul%zu [style=dotted, label=\"%s\"];\n", index, index,
                    layer,
                    layer == 0 ? "upper"
                    : *at      ? "middle"
                               : "lower");
        out->failed = out->failed || name.failed;
        rep_buf_release(&name);
    }
}

static void add_edges(struct rep_buf *out, const struct rep_result *result, size_t index)
{
    const struct rep_mount *mount = &result->mounts[index];
    int parent = parent_of(result, index);
    if (parent >= 0) {
        rep_buf_fmt(out, "  m%d -> m%zu%s;\n", parent, index,
                    is_made(mount) ? "" : " [style=dashed, color=\"#888888\"]");
    }
    if (mount->shadowed_by >= 0 && (size_t)mount->shadowed_by < result->n_mounts) {
        rep_buf_fmt(out,
                    "  m%zu -> m%d [label=\"hidden by\", style=dashed, color=\"#c92a2a\", "
                    "fontcolor=\"#c92a2a\", constraint=false];\n",
                    index, mount->shadowed_by);
    }
}

static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    rep_buf_str(out, "digraph simrun {\n  graph [rankdir=LR, labelloc=t, fontname=\"sans-serif\", "
                     "label=\"");
    rep_add_in_quotes(out, result->name);
    rep_buf_str(out, ": ");
    rep_add_in_quotes(out, result->result);
    rep_buf_str(out, "\\n");
    if (result->error && result->error[0]) {
        rep_add_in_quotes(out, result->error);
        rep_buf_str(out, "\\n");
    }
    rep_buf_str(out, "\"];\n  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", "
                     "fontname=\"sans-serif\", fontsize=10];\n"
                     "  edge [fontname=\"sans-serif\", fontsize=9];\n");
    for (size_t i = 0; i < result->n_mounts; i++) {
        add_mount(out, result, i);
        add_layers(out, &result->mounts[i], i);
        add_edges(out, result, i);
        rep_out_flush(&report->out);
    }
    rep_buf_str(out, "}\n");
}

const struct rep_render_ops rep_render_dot = {.result = add_result};
