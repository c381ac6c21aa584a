/*
 * compare: one case under two settings of the model, what changes, and which row of the contract
 * does it.
 *
 * A row is the cause of a difference if flipping it alone changes the result (design, section 3):
 * the case runs once more under A for each row that was asked and whose value differs between A and
 * B, with that row as in B.
 */
#ifndef SIMRUN_SIM_COMPARE_H
#define SIMRUN_SIM_COMPARE_H

#include <simrun/sim/subject.h>

enum { LIMIT_COMPARE_CHANGES = 50 /* changes kept of one case */ };

struct comparison {
    struct domain *d;
    bool equal;
    struct ptrvec changes; /* owned texts: "result: ok -> error", "nodes /a: gone", "nodes /b: mode
                              0755 -> 0700" */
    size_t more;           /* changes that were not kept */
    struct ptrvec
        causes; /* ids of rows, static texts; empty although not equal: no single row does it */
};
void comparison_init(struct comparison *c, struct domain *d);
void comparison_release(struct comparison *c);

/* Run `c` under both. 0, or CODE_FATE when `d` ran out of memory. */
int compare_case(struct domain *d, const struct sim_case *c, const struct model_options *a,
                 const struct model_options *b, struct comparison *ret);
/* What differs from `a` to `b`, for people. 0 or CODE_FATE. */
int compare_results(const struct sim_result *a, const struct sim_result *b, struct comparison *ret);

#endif
