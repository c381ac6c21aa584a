/*
 * record: records of a run as results of the database (reports.h).
 */
#ifndef SIMRUN_SIM_RECORD_H
#define SIMRUN_SIM_RECORD_H

#include <simrun/reports.h>
#include <simrun/sim/run.h>

/*
 * Store one record. Differences become findings with the code "expect". 0, CODE_FATE, or a code of
 * rep_record: its text stands in rep_error_text of the database.
 */
int record_store(struct rep_run *run, const struct run_record *record);

#endif
