/* Private to the checks of invariants. */
#ifndef SIMRUN_SIM_INVARIANTS_IMPL_H
#define SIMRUN_SIM_INVARIANTS_IMPL_H

#include "invariants.h"

enum invariant {
#define INVARIANT(ident, id, rows) ident,
#include "invariants.def"
#undef INVARIANT
    INVARIANT_COUNT
};

struct checker {
    const struct invariant_input *in;
    struct sim_result *r;
    bool suspended[INVARIANT_COUNT];
    bool looked[INVARIANT_COUNT]; /* checked or skipped, for the counts */
    int code;                     /* sticky: 0 or CODE_FATE */
};

/* Shall `which` be looked at? Counts it, checked or skipped, once for a case. */
bool invariant_wanted(struct checker *k, enum invariant which);
/* `which` does not hold, unless it is suspended. */
void invariant_broken(struct checker *k, enum invariant which, const char *fmt, ...)
    SIMRUN_PRINTF(3, 4);

/* The node of a captured path, or NULL. */
const struct sim_node *invariant_node(const struct sim_result *r, const char *path);
/* How far a path leads. */
struct invariant_way {
    const struct sim_node *last; /* the last node that was there */
    unsigned links;              /* followed */
};
/* The node that `path` leads to, links followed, on the captured tree; NULL also after too many. */
const struct sim_node *invariant_resolve(struct checker *k, const char *path,
                                         struct invariant_way *way);

void invariants_of_pipeline(struct checker *k); /* PI- of the record */
void invariants_of_places(struct checker *k);   /* PI-07, PI-09: mounts in the captured tree */
void invariants_of_listing(struct checker *k);  /* FI- of the captured tree and the operations */

#endif
