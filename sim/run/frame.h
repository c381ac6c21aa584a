/* frame: what goes over the socket between the parent and a worker. Both are the same program, so
 * numbers are in the machine's own form. */
#ifndef SIMRUN_SIM_RUN_FRAME_H
#define SIMRUN_SIM_RUN_FRAME_H

#include <simrun/sim/run.h>

struct frame_head {
    uint64_t size; /* of the payload */
    uint64_t index;
};

/* What stands at the front of a result, to be read without the rest. */
struct frame_brief {
    enum verdict_status status;
    enum sim_outcome outcome;
    bool packed;
    int64_t duration_ns;
    uint64_t digest; /* of all but the duration; 0 = was not asked for */
};

/* A whole result: what decided it, verdict and result. */
struct frame_result {
    struct rep_input_key key;
    struct rep_bytes packed; /* data NULL = the result is all here */
    struct verdict verdict;
    struct sim_result *result;
};

/* What a worker answers; appended to `ret`. 0 or CODE_FATE. */
int frame_put_result(struct str *ret, const struct frame_result *f, bool digest);
/* A digest of any bytes, never 0. */
uint64_t frame_digest(const char *bytes, size_t n);

int frame_get_brief(const char *bytes, size_t n, struct frame_brief *ret);
/* New verdict and result in `d`, to be released by the caller; packed points into `bytes`. 0,
 * -EBADMSG (nothing to release) or CODE_FATE. */
int frame_get_result(struct domain *d, const char *bytes, size_t n, struct frame_result *ret);

#endif
