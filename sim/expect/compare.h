/* compare: a wanted value against a result, as differences of a verdict. */
#ifndef SIMRUN_SIM_EXPECT_COMPARE_H
#define SIMRUN_SIM_EXPECT_COMPARE_H

#include <cjson/cJSON.h>
#include <simrun/sim/expect.h>

/* ---- subtrees.json ---- */

/* The subtrees of one folder: a cJSON object of lists of nodes, or NULL. */
struct subtrees {
    struct domain *d;
    char *path; /* owned */
    cJSON *all; /* owned; NULL until first asked */
    bool tried;
};
/* The nodes of `name`; NULL after adding a difference that says why. */
const cJSON *subtrees_find(struct subtrees *s, const char *name, struct verdict *v);
void subtrees_release(struct subtrees *s);

/* ---- values ---- */

/* One value as JSON text of at most LIMIT_DIFFERENCE_VALUE bytes; NULL (the value) is "nothing". */
char *value_text(struct domain *d, const cJSON *value);
/* Absent, null, false, zero, "", [] and {}: what a result line leaves out. */
bool value_is_empty(const cJSON *value);
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

/* ---- results ---- */

/* What is expected: a result line, or the `expect` of a case with the overrides of a profile. */
struct expectation {
    const cJSON *base, *over; /* over: may be NULL */
    bool whole;               /* a result line: absent members count */
    struct subtrees *subtrees;
};
void compare_result(struct verdict *v, const struct expectation *e, const struct sim_result *r);

/* ---- one node against one wanted object (field.c) ---- */

/* Append "KEY want X got Y" for each field that differs, comma separated; nothing = equal. */
void node_differences(struct str *out, const cJSON *want, const struct sim_node *got, bool partial);

#endif
