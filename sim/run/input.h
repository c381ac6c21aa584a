/* input: what decides the result of a case, as a run records it. */
#ifndef SIMRUN_SIM_RUN_INPUT_H
#define SIMRUN_SIM_RUN_INPUT_H

#include <simrun/sim/run.h>

/* The parts point into the case and into `*flags`, a new text in `d` (NULL after a fate). */
void input_fill(struct domain *d, const struct sim_case *c, char **flags,
                struct text_range ret[RUN_INPUT_PARTS]);

#endif
