/* worker: what a forked process does: take a case number, answer with a frame, until the end of the
 * stream. */
#ifndef SIMRUN_SIM_RUN_WORKER_H
#define SIMRUN_SIM_RUN_WORKER_H

#include "work.h"

#define WORKER_NO_CASE UINT64_MAX

/* In memory that a worker shares with its parent, who looks at it when the worker is dead: what is
 * known of the case that it was at. */
struct worker_note {
    uint64_t index; /* of the case that was read; WORKER_NO_CASE = none */
    struct rep_input_key key;
};

/* Returns when the parent has closed its end, or an errno when it cannot be reached. */
int worker_loop(struct work *w, int fd, struct worker_note *note);

#endif
