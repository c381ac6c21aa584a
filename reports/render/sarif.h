/* What the files of the SARIF renderer share. */
#ifndef SIMRUN_REPORTS_RENDER_SARIF_H
#define SIMRUN_REPORTS_RENDER_SARIF_H

#include "internal.h"

#define SARIF_RULES 1024u /* described; results of further ones name them all the same */

struct sarif_state {
    struct sarif_rule {
        char id[64];
        const char *level; /* static */
    } rule[SARIF_RULES];   /* in the order of first use */
    size_t rules;
    int64_t results;
};

/* One thing to say about a case. Texts are not escaped. */
struct sarif_item {
    const char *rule;
    const char *level;      /* error, warning, note */
    const char *text;       /* lines */
    const char *key;        /* what tells it from others of the same case and rule, in every run */
    const char *suppressed; /* why it does not count; NULL = it does */
};

/* sarif_rules.c: the index of a rule, which is new or not; -1 past the bound. */
int sarif_rule_index(struct sarif_state *state, const char *id, const char *level);
/* The array of descriptors. */
void sarif_add_rules(struct rep_report *report);

/* sarif_mounts.c: what rows of the contract did to the mounts of a case, and what became of them */
void sarif_add_mounts(struct rep_report *report, const struct rep_result *result);

/* sarif.c: appends one result. */
void sarif_add_item(struct rep_report *report, const struct rep_result *result,
                    const struct sarif_item *item);

#endif
