/* What a gofer process tells its world at its end: fate, log, quirk rows asked, what its ledger
 * still held, and the changes of a mem host. It travels as an encoded result behind its length. */
#ifndef SIMRUN_SIM_GOFER_REPORT_H
#define SIMRUN_SIM_GOFER_REPORT_H

#include <simrun/gofer.h>
#include <simrun/sim/result.h>

/* In the process: ends the gofer and its domain and writes the report. `before` (NULL: no changes
 * are told) lives in `host_d`. 0 or a negative code. */
int gofer_report_send(struct gofer *g, struct domain *gofer_d, struct host_snapshot *before,
                      struct domain *host_d, int out);
/*
 * In the world: blocks until all of it came. -EPIPE: the writer died before; -E2BIG: more than
 * `limit` bytes; -EBADMSG; -errno; CODE_FATE. The report lives in `d`.
 */
int gofer_report_receive(struct domain *d, int in, size_t limit, struct sim_result **ret);
/* Log, asked rows and fate become those of `gofer_d`. */
void gofer_report_apply(const struct sim_result *report, struct domain *gofer_d);

#endif
