/* absent: nodes that are missing or not expected, told by the topmost of them. */
#ifndef SIMRUN_SIM_EXPECT_ABSENT_H
#define SIMRUN_SIM_EXPECT_ABSENT_H

#include <simrun/sim/expect.h>

/* A run of them, in the order of their paths; it begins with `what` alone. */
struct absent {
    const char *what, *top; /* "missing"; borrowed until absent_flush */
    char detail[64];
    size_t below;
};
/* `type`, `mode` and `fs` may be "". */
void absent_add(struct verdict *v, struct absent *a, const char *path, const char *type,
                const char *mode, const char *fs);
/* Add the difference for those that were not told yet. */
void absent_flush(struct verdict *v, struct absent *a);

#endif
