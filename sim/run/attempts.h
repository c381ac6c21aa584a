/* attempts: what the attempts of one case gave, in the order in which they ended. */
#ifndef SIMRUN_SIM_RUN_ATTEMPTS_H
#define SIMRUN_SIM_RUN_ATTEMPTS_H

#include "frame.h"

struct attempt {
    struct frame_brief brief;
    bool lost; /* no worker finished it: `bytes` is a text, else the payload of a result frame */
    unsigned same_as; /* the first one that gave the very same, from 1; that one has the bytes */
    char *bytes;      /* owned; NULL = see same_as */
    size_t n;
};
struct attempts {
    struct domain *d;
    struct attempt *v; /* owned */
    size_t n, cap;
    size_t bytes; /* held */
};
void attempts_init(struct attempts *a, struct domain *d);
void attempts_clear(struct attempts *a); /* keeps the array */
void attempts_release(struct attempts *a);

/* Bytes are copied, once for all that are equal. 0, -EBADMSG (no result frame) or CODE_FATE. */
int attempts_add_result(struct attempts *a, const char *bytes, size_t n);
int attempts_add_lost(struct attempts *a, enum sim_outcome outcome, const char *text);

/* Must the case run once more? */
bool attempts_again(const struct attempts *a, const struct run_options *opt);
/* The one that is the case's result: of repeats the first that failed, or else the first; of
 * retries the last. */
size_t attempts_chosen(const struct attempts *a, const struct run_options *opt);
/* Did they differ? */
bool attempts_flaky(const struct attempts *a);
/* The attempt that has the bytes of attempt `i`. */
const struct attempt *attempts_bytes(const struct attempts *a, size_t i);

#endif
