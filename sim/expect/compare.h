/* compare: a wanted value against a result, as differences of a verdict. */
#ifndef SIMRUN_SIM_EXPECT_COMPARE_H
#define SIMRUN_SIM_EXPECT_COMPARE_H

#include "cursor.h"

#include <cjson/cJSON.h>
#include <simrun/sim/expect.h>

/* ---- subtrees.json ---- */

struct subtree_text {
    struct text_range name, nodes; /* raw: name without quotes, the list from its bracket on */
};
/* The subtrees of one folder: a cJSON object of lists of nodes, or NULL. */
struct subtrees {
    struct domain *d;
    char *path;                 /* owned */
    cJSON *all;                 /* owned; NULL until first asked */
    char *text;                 /* owned: `all` by cJSON, or NULL */
    struct subtree_text *texts; /* owned; in `text` */
    size_t n_texts;
    bool tried;
};
/* The nodes of `name`; NULL after adding a difference that says why. */
const cJSON *subtrees_find(struct subtrees *s, const char *name, struct verdict *v);
/* The text of its nodes; NULL: none of this name, or the file has not been asked for or is wrong.
 */
const struct text_range *subtrees_text(struct subtrees *s, const char *name, size_t n);
void subtrees_release(struct subtrees *s);

/* ---- values ---- */

/* One value as JSON without escapes, of at most LIMIT_DIFFERENCE_VALUE bytes; NULL (the value) is
 * "nothing". */
char *value_text(struct domain *d, const cJSON *value);
/* Absent, null, false, zero, "", [] and {}: what a result line leaves out. */
bool value_is_empty(const cJSON *value);
/* Is it a list, or nothing? Adds a difference otherwise. */
bool value_is_list(struct verdict *v, const char *where, const cJSON *want);
/* Compare one field but nodes; `where` begins every difference. */
void compare_value(struct verdict *v, const char *where, const cJSON *want, const cJSON *got);
/* The operations: a value `*` stands for any text. */
void compare_ops(struct verdict *v, const cJSON *want, const cJSON *got);

/* ---- nodes ---- */

/* The whole tree. `s` may be NULL when there is no subtrees.json. */
void compare_nodes(struct verdict *v, const cJSON *want, const struct sim_result *r,
                   struct subtrees *s);
/* Some nodes, and of each only the given fields. */
void compare_nodes_include(struct verdict *v, const cJSON *want, const struct sim_result *r,
                           struct subtrees *s);

/* ---- mounts ---- */

/* The mounts of a result as JSON, in the form of simrun's result lines. */
void mounts_text(struct str *out, const struct sim_result *r);
/* Of each only the given fields count (null = absent). `all`: the whole list, by place; else those
 * that the list names, by destination. */
void compare_mounts(struct verdict *v, const cJSON *want, const struct sim_result *r, bool all);

/* ---- results ---- */

/* What is expected: a result line, or the `expect` of a case with the overrides of a profile. */
struct expectation {
    const cJSON *base, *over; /* over: may be NULL */
    bool whole;               /* a result line: absent members count */
    struct subtrees *subtrees;
};
/* A member with the overrides, or NULL. */
const cJSON *expectation_member(const struct expectation *e, const char *key);
/* Does the wanted `result` say this outcome? */
bool expectation_is_of(const struct expectation *e, enum sim_outcome outcome);
/* Does a field count? `same`: the outcome is the wanted one. Of a panic only result and error do,
 * of a hang only the result. */
bool expectation_counts(const char *field, enum sim_outcome outcome, bool same);
void compare_result(struct verdict *v, const struct expectation *e, const struct sim_result *r);

/* ---- manifests (manifest.c) ---- */

/* The mtree manifest of a case: what `mtree` of the expectation names, else one beside the spec
 * that is there. A new string in v->d; NULL: none, or after a difference. */
char *manifest_path(struct verdict *v, const struct expectation *e, const struct sim_case *c,
                    const char *profile);
/* Where the one beside a spec or bundle would be; NULL: cases of this kind have none. */
char *manifest_beside(struct domain *d, const struct sim_case *c, const char *profile);
/* Compare with it; false = there is none. */
bool compare_manifest(struct verdict *v, const struct expectation *e, const struct sim_case *c,
                      const char *profile, const struct sim_result *r);

/* ---- quickly (same_line.c, same_nodes.c) ---- */

/*
 * Does the text of an expected line say just what the result's line says, spaces between values
 * aside? False says nothing: look closely. `s` may be NULL.
 */
bool line_is_result(struct domain *d, const char *p, size_t n, const struct sim_result *r,
                    struct subtrees *s);
/* Takes the list of the nodes of the result. */
bool nodes_are(struct domain *d, struct cursor *c, const struct sim_result *r, struct subtrees *s);

/* ---- one node against one wanted object (field.c) ---- */

/* Append "KEY want X got Y" for each field that differs, comma separated; nothing = equal. */
void node_differences(struct str *out, const cJSON *want, const struct sim_node *got, bool partial);

#endif
