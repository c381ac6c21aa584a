/* choose: which of the cases that were found a run takes, and in which order. */
#ifndef SIMRUN_SIM_CLI_CHOOSE_H
#define SIMRUN_SIM_CLI_CHOOSE_H

#include "shard.h"

#include <simrun/reports.h>
#include <simrun/sim/run.h>

struct cli;
struct settings;
struct resume;

struct choice {
    size_t *plan; /* owned: numbers in the source, in the order of discovery */
    size_t n_plan;
    size_t *todo; /* owned: those that are to run now, in the order of running */
    size_t n;
    struct shard shard;
    uint64_t seed; /* of --shuffle; 0 = not shuffled */
    /* The database that told what failed or changed has nothing such: no run is to be recorded. */
    bool nothing;
};

/*
 * --filter and --exclude, then the shard, then --failed and --changed-since, so that the shards do
 * not depend on what is recorded; then the order. Nothing left by the first is a usage error, by
 * the others it is fine. An exit code; the complaint is made.
 */
int choose_cases(struct cli *c, const struct settings *set, const struct case_source *source,
                 struct choice *ret);
void choice_release(struct choice *choice);

#endif
