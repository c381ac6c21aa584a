/* result: results of cases as a few bytes say, with texts that are hard to write and to read. */
#ifndef FUZZ_SUPPORT_RESULT_H
#define FUZZ_SUPPORT_RESULT_H

#include "bytes.h"

#include <simrun/sim/result.h>

enum {
    RESULT_BYTES = 64, /* describe one */
    RESULT_NODES = 12,
    RESULT_ITEMS = 4,
};

/* A result and all that it points to. */
struct made_result {
    struct sim_result r;
    struct sim_compiled compiled[RESULT_ITEMS];
    struct sim_node nodes[RESULT_NODES];
    struct sim_op_result ops[RESULT_ITEMS];
    struct sim_restore restore;
    struct sim_restore_mount restore_mounts[RESULT_ITEMS];
    struct sim_mount mounts[RESULT_ITEMS];
    const char *texts[8][RESULT_ITEMS];
    size_t n_texts; /* lists of texts that are in use */
};

/* Zero bytes make the plainest. `m` must stay where it is. */
void make_result(struct made_result *m, struct bytes b);

#endif
