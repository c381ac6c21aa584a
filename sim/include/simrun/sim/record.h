/*
 * record: records of a run as results of reports.h, for the database and for renderers alike.
 */
#ifndef SIMRUN_SIM_RECORD_H
#define SIMRUN_SIM_RECORD_H

#include <simrun/reports.h>
#include <simrun/sim/run.h>

/* One record. What `result` points to belongs to the view or to the record, which must outlive it;
 * all else is private. */
struct record_view {
    struct rep_result result;

    struct domain d;
    struct rep_mount *mounts;
    struct rep_finding *findings;
    struct rep_node *nodes;
    struct rep_attempt *attempts;
};

/* Differences become findings with the code "expect". 0 and an open view, or CODE_FATE. */
int record_open(struct record_view *view, const struct run_record *record);
void record_close(struct record_view *view);

#endif
