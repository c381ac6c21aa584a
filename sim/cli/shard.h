/* shard: which part of the cases this process takes: by flag, or as a scheduler tells it. */
#ifndef SIMRUN_SIM_CLI_SHARD_H
#define SIMRUN_SIM_CLI_SHARD_H

#include <stddef.h>

enum { LIMIT_SHARDS = 1000000 };

struct cli;

struct shard {
    unsigned index, count; /* 1..count; 0 of 0 = all cases */
    const char *from;      /* what told it, for people; static */
};

/*
 * --shard wins. Otherwise one of
 *   TEST_SHARD_INDEX (from 0), TEST_TOTAL_SHARDS            Bazel; TEST_SHARD_STATUS_FILE is
 * touched SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _STEP                a Slurm array, wherever it starts
 *   JOB_COMPLETION_INDEX (from 0) with --shard-count or JOB_COMPLETIONS    a Kubernetes indexed job
 * Two that disagree, an index without a count and one outside of it are usage errors. An exit code;
 * the complaint is made.
 */
int shard_find(const struct cli *c, struct shard *ret);

/* The cases of a shard: every count-th, so that neighbours, which cost alike, are spread. Returns
 * how many stay in `v`, in their order. */
size_t shard_keep(const struct shard *s, size_t *v, size_t n);

#endif
