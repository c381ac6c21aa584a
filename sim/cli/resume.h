/* resume: a run that did not finish, from what is recorded of it. */
#ifndef SIMRUN_SIM_CLI_RESUME_H
#define SIMRUN_SIM_CLI_RESUME_H

#include "choose.h"

#include <simrun/sim/json.h>

/* What a resumed run had recorded before. */
struct earlier {
    size_t cases, failed, flaky;
    size_t status[VERDICT_STATUSES], outcome[OUTCOME_COUNT];
};

struct resume {
    bool on;
    char ref[32];             /* number of the run */
    struct rep_run_info info; /* owned */
    struct json_doc argv, options;
    char **words; /* owned: argv of the run, NULL terminated; the texts belong to `argv` */
    struct earlier earlier;
};

/*
 * With --resume: reads the record of the run and puts its options in place of those of the command
 * line, of which only some that do not change results may be given. Without: does nothing. An exit
 * code; the complaint is made.
 */
int resume_load(struct cli *c, struct resume *ret);
void resume_release(struct resume *r);

/* Where the run was begun, for paths that start there; a note on standard error, or nothing. */
void resume_tell_place(const struct cli *c, const struct resume *r);

/*
 * As choose_cases: the plan of the run, and what it has no result of. Refuses when the cases that
 * are found now are not those of the plan, when one that has a result has changed since, and when
 * the subject is another.
 */
int resume_choose(struct cli *c, struct resume *r, const struct settings *set,
                  const struct subject *subject, const struct case_source *source,
                  struct choice *ret);

#endif
