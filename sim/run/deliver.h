/* deliver: a finished case as the record that the caller of a run sees. */
#ifndef SIMRUN_SIM_RUN_DELIVER_H
#define SIMRUN_SIM_RUN_DELIVER_H

#include "window.h"

/*
 * Hands the case at `position` of the selection to `each`. Everything that the record needs lives
 * in `d`, a domain for this one call. 0, RUN_ENDED, CODE_FATE or a negative code of `each`.
 */
int deliver_case(struct domain *d, const struct run_options *opt, size_t position,
                 const struct window_slot *s, run_record_fn *each, void *arg);

#endif
