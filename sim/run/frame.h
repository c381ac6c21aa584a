/* frame: what goes over the socket between the parent and a worker. Both are the same program, so
 * numbers are in the machine's own form. */
#ifndef SIMRUN_SIM_RUN_FRAME_H
#define SIMRUN_SIM_RUN_FRAME_H

#include <simrun/sim/run.h>

enum frame_kind {
    FRAME_INPUT = 1, /* the case was read: its input parts; it starts to run */
    FRAME_RESULT,    /* verdict and result */
};
struct frame_head {
    uint32_t size; /* of the payload */
    uint32_t kind;
    uint64_t index;
};

/* What stands at the front of a result, to be read without the rest. */
struct frame_brief {
    enum verdict_status status;
    enum sim_outcome outcome;
    int64_t duration_ns;
    uint64_t digest; /* of all but the duration; 0 = was not asked for */
};

/* Payloads; appended to `ret`. 0 or CODE_FATE. */
int frame_put_input(struct str *ret, const struct text_range input[RUN_INPUT_PARTS]);
int frame_put_result(struct str *ret, const struct verdict *v, const struct sim_result *r,
                     bool digest);
/* A digest of any bytes, never 0. */
uint64_t frame_digest(const char *bytes, size_t n);

/* The parts point into `bytes`. 0 or -EBADMSG. */
int frame_get_input(const char *bytes, size_t n, struct text_range ret[RUN_INPUT_PARTS]);
int frame_get_brief(const char *bytes, size_t n, struct frame_brief *ret);
/* New verdict and result in `d`. 0, -EBADMSG (nothing to release) or CODE_FATE. */
int frame_get_result(struct domain *d, const char *bytes, size_t n, struct verdict *v,
                     struct sim_result **ret);

#endif
