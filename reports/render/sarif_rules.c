/* Rules: rows of the contract, codes of findings, and what simrun itself says of cases. */
#include "sarif.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *id;
    const char *text;
} own_rules[] = {
    {"expect", "The result differs from what the case expects."},
    {"xpass", "The case passes, though it is expected to fail."},
    {"crash", "The subject ended by a signal: there is no result."},
    {"timeout", "There was no result within the time limit."},
    {"oom", "The subject ran out of memory."},
    {"error", "The container would not start: building its file system fails."},
    {"panic", "The original aborts."},
    {"hang", "The original never comes back."},
    {"unsupported", "A part of the case is not modelled."},
    {"flaky", "Attempts of the same case gave different results."},
    {"ledger", "Something was left behind after the case."},
    {"descriptors", "The case left descriptors open."},
    {"mount-not-made", "An entry of the spec's mounts is not mounted."},
    {"mount-hidden", "A later mount hides this one."},
    {"mount-lost", "A mount was made, and yet the container does not see it."},
    {"option-ignored", "A mount option has no effect."},
};

int sarif_rule_index(struct sarif_state *state, const char *id, const char *level)
{
    for (size_t i = 0; i < state->rules; i++) {
        if (strcmp(state->rule[i].id, id) == 0) {
            return (int)i;
        }
    }
    if (state->rules == SARIF_RULES || strlen(id) >= sizeof state->rule[0].id) {
        return -1;
    }
    struct sarif_rule *rule = &state->rule[state->rules];
    (void)snprintf(rule->id, sizeof rule->id, "%s", id);
    rule->level = level;
    return (int)state->rules++;
}

static const char *rule_text(const struct rep_report *report, const char *id)
{
    const char *text = report->head.rule ? report->head.rule(id) : NULL;
    for (size_t i = 0; !text && i < sizeof own_rules / sizeof own_rules[0]; i++) {
        text = strcmp(own_rules[i].id, id) == 0 ? own_rules[i].text : NULL;
    }
    return text ? text : id;
}

void sarif_add_rules(struct rep_report *report)
{
    const struct sarif_state *state = report->state;
    struct rep_buf *out = &report->out.line;
    for (size_t i = 0; i < state->rules; i++) {
        const struct sarif_rule *rule = &state->rule[i];
        rep_buf_str(out, i ? ",\n{\"id\":" : "\n{\"id\":");
        rep_add_quoted(out, rule->id);
        rep_buf_str(out, ",\"shortDescription\":{\"text\":");
        rep_add_quoted(out, rule_text(report, rule->id));
        rep_buf_fmt(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", rule->level);
    }
}
