/* worker: what a forked process does: take a case number, answer with a frame, until the end of the
 * stream. */
#ifndef SIMRUN_SIM_RUN_WORKER_H
#define SIMRUN_SIM_RUN_WORKER_H

#include "work.h"

/* In memory that a worker shares with its parent, who looks at it when the worker is dead: how far
 * it came, and what decides the case that it read last. */
struct worker_note {
    _Atomic uint64_t taken, read; /* cases so far */
    struct rep_input_key key;
};

/* Returns when the parent has closed its end, or an errno when it cannot be reached. */
int worker_loop(struct work *w, int fd, struct worker_note *note);

#endif
