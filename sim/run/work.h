/* work: one case, from its number to a result and a verdict, in this process. */
#ifndef SIMRUN_SIM_RUN_WORK_H
#define SIMRUN_SIM_RUN_WORK_H

#include <simrun/sim/run.h>

/* Can a case run more than once? */
static inline bool run_many(const struct run_options *opt)
{
    return opt->repeat > 1 || opt->retries;
}

/* What lives as long as a worker. Nothing of it is opened before the first case. */
struct work {
    const struct run_options *opt;
    struct case_reader *reader;  /* owned */
    struct expect_reader *judge; /* owned */
    struct rep_packer *packer;   /* owned; NULL: results are not packed */
};
int work_init(struct work *w, struct domain *d, const struct run_options *opt, struct error *err);
void work_release(struct work *w);

/* One case on its way. */
struct job_state {
    struct domain d; /* all below live here */
    size_t index;
    struct sim_case *c;        /* owned; NULL: it could not be read */
    struct rep_input_key key;  /* what decides it */
    struct error err;          /* why it could not be read */
    struct sim_result *result; /* owned */
    struct verdict verdict;
};
/* Read the case. Never fails: what went wrong shows in the result. */
void work_read(struct work *w, size_t index, struct job_state *j);
/* Run and judge it. */
void work_run(struct work *w, struct job_state *j);
/* What a case came to, as the payload of a frame. The domain is for answers alone: it begins anew
 * when memory runs out. */
struct answer {
    struct domain d;
    struct str text;
};
void answer_init(struct answer *a);
void answer_clear(struct answer *a); /* keeps the memory for the next one, unless it is much */
void answer_release(struct answer *a);
/* Packed, unless the record must say more than a packed one can. What is too large, or finds no
 * memory, is told instead. 0 or CODE_FATE. */
int work_answer(struct work *w, struct job_state *j, struct answer *ret);
/* How many things stood in the domain's ledger after all was freed: 0, or a bug of ours. */
size_t work_done(struct job_state *j);

/* A record for a case that no worker could finish. `d` is a fresh domain. 0 or CODE_FATE. */
int work_lost(struct domain *d, const struct case_info *info, enum sim_outcome outcome,
              const char *text, struct sim_result **ret, struct verdict *v);

#endif
