/*
 * The restore trip: run a case, save its namespace, restore it into a fresh sentry through the
 * restore environment that the pipeline makes of the same spec, and compare the two trees
 * (contract vfs 24, pipeline 15, ninep 10.8). The host side and the gofer stay; the gofer gets new
 * channels, as a restored sandbox does.
 */
#ifndef SIMRUN_SIM_TRIP_H
#define SIMRUN_SIM_TRIP_H

#include <simrun/sim/subject.h>

enum trip_outcome {
    TRIP_NOTHING,   /* the case gives no tree: an error, a fate */
    TRIP_REJECTED,  /* the save is refused: `text` */
    TRIP_FAILED,    /* the environment or the restore fails: `text` */
    TRIP_DIFFERENT, /* it came back, but not equal: `text` names the first difference */
    TRIP_EQUAL,
};

struct trip {
    enum trip_outcome outcome;
    char *text;     /* owned by the domain of the trip; NULL when there is nothing to say */
    size_t n_nodes; /* of the saved tree */
    size_t left;    /* what stood in a ledger at the end: must be 0 */
};

/* Always with the gofer inline. 0, or CODE_FATE when `d` ran out of memory. */
int model_trip(const struct model_options *options, struct domain *d, const struct sim_case *c,
               struct trip *ret);
void trip_release(struct trip *t);

#endif
