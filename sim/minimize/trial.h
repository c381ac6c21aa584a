/* Running candidates and judging whether they still show what is to be kept. */
#ifndef SIMRUN_SIM_MINIMIZE_TRIAL_H
#define SIMRUN_SIM_MINIMIZE_TRIAL_H

#include "shape.h"

enum { TRIAL_BATCH = 64 /* candidates of one batch */ };

/* What a run came to, as far as it is compared. Texts are owned. */
struct trial_sign {
    enum sim_outcome outcome;
    enum verdict_status status;
    char *error, *difference; /* "" = none */
    bool row;                 /* the row acted */
};
void trial_sign_release(struct trial_sign *sign);

struct trials {
    struct domain *d;
    const struct minimize_options *o;
    enum case_kind kind;
    char *dir;              /* owned: temporary folder */
    struct trial_sign want; /* of the case as it was given */
    struct str text[TRIAL_BATCH];
    size_t n; /* candidates of the batch that is being made */
    size_t runs;
    bool stopped;
};

int trials_open(struct domain *d, const struct minimize_options *o, enum case_kind kind,
                struct trials *ret, struct error *err);
void trials_close(struct trials *t);

/* Add the shape as it is now to the batch. 0 or CODE_FATE. */
int trials_add(struct trials *t, const struct shape *s);
/* Run the batch and empty it. *ret: the first candidate that shows what is wanted; t->n when none
 * does. */
int trials_run(struct trials *t, size_t *ret, struct error *err);
/* Run the one candidate of the batch: what it comes to is wanted from now on. */
int trials_learn(struct trials *t, struct error *err);

#endif
