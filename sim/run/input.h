/* input: what decides the result of a case, as a run records it. */
#ifndef SIMRUN_SIM_RUN_INPUT_H
#define SIMRUN_SIM_RUN_INPUT_H

#include <simrun/sim/run.h>

/* 0 or CODE_FATE. */
int input_key(struct domain *d, const struct sim_case *c, struct rep_input_key *ret);

#endif
