/* worker: what a forked process does: take a case number, answer with frames, until the end of the
 * stream. */
#ifndef SIMRUN_SIM_RUN_WORKER_H
#define SIMRUN_SIM_RUN_WORKER_H

#include "work.h"

/* Returns when the parent has closed its end, or an errno when it cannot be reached. */
int worker_loop(struct work *w, int fd);

#endif
