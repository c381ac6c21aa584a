/* again: positions that wait for another attempt, first come, first served. */
#ifndef SIMRUN_SIM_RUN_AGAIN_H
#define SIMRUN_SIM_RUN_AGAIN_H

#include <simrun/core.h>

struct again {
    struct domain *d;
    size_t *v; /* owned */
    size_t first, n, cap;
};
void again_init(struct again *a, struct domain *d);
void again_release(struct again *a);
int again_push(struct again *a, size_t position); /* 0 or CODE_FATE */
/* The one that waits longest; there must be one (`n`). */
size_t again_take(struct again *a);

#endif
