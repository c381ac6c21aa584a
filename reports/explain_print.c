/* Telling the facts: as text for people, as one JSON object for programs. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

#define LABEL 11 /* columns */

/* The order of telling, and what stands in front. */
static const char *const labels[][2] = {
    {"node", ""},        {"case", "Case"},           {"way", "On the way"},
    {"mount", "Mount"},  {"layer", "Layer"},         {"made", "Made"},
    {"why", "Why"},      {"hides", "Hides"},         {"option", "Options"},
    {"other", "Mounts"}, {"operation", "Operation"}, {"near", "Near"},
    {"log", "Log"},
};
#define LABELS (sizeof labels / sizeof labels[0])

static const char *rule_text(const struct explain *x, const char *rule)
{
    const char *text = x->what->rule ? x->what->rule(x->what->arg, rule) : NULL;
    return text ? text : "";
}

/* Is this the first fact that names its rule? */
static bool is_first(const struct explain *x, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (x->fact[i].rule && strcmp(x->fact[i].rule, x->fact[index].rule) == 0) {
            return false;
        }
    }
    return true;
}

static void print_line(struct rep_out *out, const char *label, const char *text, const char *rule)
{
    char first[32];
    struct rep_buf line = {0};
    (void)snprintf(first, sizeof first, "%-*s", LABEL - 1, label);
    rep_buf_str(&line, text);
    if (rule) {
        rep_buf_fmt(&line, " [%s]", rule);
    }
    rep_out_wrap(out, first, LABEL, line.failed ? "" : line.data);
    out->line.failed = out->line.failed || line.failed;
    rep_buf_release(&line);
}

static void print_rules(struct explain *x, struct rep_out *out)
{
    bool any = false;
    for (size_t i = 0; i < x->facts; i++) {
        const char *rule = x->fact[i].rule;
        const char *text = rule && is_first(x, i) ? rule_text(x, rule) : "";
        if (text[0]) {
            char first[64];
            (void)snprintf(first, sizeof first, "%-*s", LABEL - 1, rule);
            rep_out_raw(out, any ? "" : "\n");
            rep_out_colour(out, REP_DIM);
            rep_out_wrap(out, first, LABEL, text);
            rep_out_colour(out, REP_PLAIN);
            any = true;
        }
    }
}

void explain_print_text(struct explain *x, struct rep_out *out)
{
    for (size_t k = 0; k < LABELS; k++) {
        bool first = true;
        for (size_t i = 0; i < x->facts; i++) {
            const struct explain_fact *fact = &x->fact[i];
            if (strcmp(fact->kind, labels[k][0]) != 0) {
                continue;
            }
            if (k == 0) {
                rep_out_colour(out, first ? REP_BOLD : REP_PLAIN);
                rep_out_wrap(out, "", 0, fact->text);
                rep_out_colour(out, REP_PLAIN);
            } else {
                print_line(out, first ? labels[k][1] : "", fact->text, fact->rule);
            }
            first = false;
        }
    }
    print_rules(x, out);
}

/* ---- JSON -------------------------------------------------------------------------------------
 */

static void add_node(struct rep_buf *b, const struct rep_node *node)
{
    rep_buf_str(b, ",\"node\":{");
    rep_buf_member(b, "path", node->path);
    rep_buf_member(b, "type", node->type);
    rep_buf_member(b, "mode", node->mode);
    rep_buf_number(b, "uid", node->uid);
    rep_buf_number(b, "gid", node->gid);
    if (node->size >= 0) {
        rep_buf_number(b, "size", node->size);
    }
    rep_buf_member(b, "rdev", node->rdev);
    rep_buf_member(b, "target", node->target);
    rep_buf_member(b, "fs", node->fs);
    rep_buf_member(b, "flags", node->flags);
    rep_buf_member(b, "upper", node->upper);
    rep_buf_member(b, "lower", node->lower);
    rep_buf_member(b, "layers", node->layers);
    rep_buf_member(b, "error", node->error);
    rep_buf_fmt(b, ",\"mountpoint\":%s}", node->mountpoint ? "true" : "false");
}

static void add_mount(struct rep_buf *b, const struct rep_mount *m, int index)
{
    rep_buf_str(b, ",\"mount\":{");
    rep_buf_number(b, "index", index);
    if (m->spec_index >= 0) {
        rep_buf_number(b, "spec_index", m->spec_index);
    }
    if (m->op >= 0) {
        rep_buf_number(b, "operation", m->op);
    }
    rep_buf_member(b, "destination", m->destination);
    rep_buf_member(b, "type", m->type);
    rep_buf_member(b, "source", m->source);
    rep_buf_member(b, "fs", m->fs);
    rep_buf_member(b, "state", m->state);
    rep_buf_member(b, "flags", m->flags);
    rep_buf_member(b, "place", m->place);
    rep_buf_member(b, "seen_at", m->seen_at);
    rep_buf_member(b, "layers", m->layers);
    rep_buf_str(b, "}");
}

static void add_facts(struct explain *x, struct rep_buf *b)
{
    rep_buf_str(b, ",\"facts\":[");
    for (size_t i = 0; i < x->facts; i++) {
        rep_buf_str(b, i ? ",{" : "{");
        rep_buf_member(b, "kind", x->fact[i].kind);
        rep_buf_member(b, "rule", x->fact[i].rule);
        rep_buf_member(b, "text", x->fact[i].text);
        rep_buf_str(b, "}");
    }
    rep_buf_str(b, "],\"rules\":{");
    for (size_t i = 0; i < x->facts; i++) {
        const char *rule = x->fact[i].rule;
        if (rule && is_first(x, i)) {
            rep_buf_member(b, rule, rule_text(x, rule));
        }
    }
    rep_buf_str(b, "}");
}

void explain_print_json(struct explain *x, struct rep_out *out)
{
    struct rep_buf b = {0};
    rep_buf_str(&b, "{\"explain\":1");
    rep_buf_member(&b, "case", x->what->name);
    rep_buf_member(&b, "run", x->what->run);
    rep_buf_member(&b, "result", x->result->result);
    rep_buf_member(&b, "asked", x->what->path);
    rep_buf_member(&b, "path", x->path);
    rep_buf_fmt(&b, ",\"exists\":%s", x->node ? "true" : "false");
    if (x->node) {
        add_node(&b, x->node);
    }
    if (x->mount >= 0) {
        add_mount(&b, &x->result->mounts[x->mount], x->mount);
    }
    add_facts(x, &b);
    rep_buf_str(&b, "}\n");
    if (!b.failed) {
        rep_out_raw(out, b.data);
    }
    out->line.failed = out->line.failed || b.failed;
    rep_buf_release(&b);
}
