/* What a result keeps of a world's end: what stood in a ledger, what changed on the host side. */
#ifndef SIMRUN_SIM_KEEP_H
#define SIMRUN_SIM_KEEP_H

#include <simrun/host.h>
#include <simrun/sim/result.h>

/* Told by domain_close, for each thing that was left. */
struct leftover {
    struct sim_result *r;
    const char *where; /* name of the domain */
    int code;          /* sticky: 0 or CODE_FATE */
};
void leftover_report(void *leftover, const char *kind, size_t size);

/* Close the domain; what was left without a fate is added to the result's `ledger`. 0 or CODE_FATE
 * of the result's domain. */
int keep_leftovers(struct domain *d, struct sim_result *r);
/* Add what changed since the snapshot to `host_diff`. `d` is the host side's domain. */
int keep_host_diff(struct host_snapshot *before, struct domain *d, struct sim_result *r);

#endif
