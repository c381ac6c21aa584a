/* Running the operations of a case. */
#ifndef SIMRUN_SIM_OPS_H
#define SIMRUN_SIM_OPS_H

#include <simrun/sim/case.h>
#include <simrun/sim/result.h>
#include <simrun/syscalls.h>

/*
 * Applies the operations of `c` in order by the process and adds their results to `r`. 0, or
 * CODE_FATE (of the world or of the result's domain).
 */
int ops_run(struct process *p, const struct sim_case *c, struct sim_result *r);

#endif
