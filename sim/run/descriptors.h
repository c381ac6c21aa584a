/* descriptors: the open file descriptors of this process, as /proc tells them. */
#ifndef SIMRUN_SIM_RUN_DESCRIPTORS_H
#define SIMRUN_SIM_RUN_DESCRIPTORS_H

#include <simrun/core.h>

struct descriptors {
    int *v; /* owned by the caller's domain; not sorted */
    size_t n;
};
/* Those that are open now (without the one that looking takes). 0, CODE_FATE or an errno. */
int descriptors_read(struct domain *d, struct descriptors *ret);
void descriptors_release(struct descriptors *f);
/* How many are open; -1 when that cannot be told. */
int descriptors_count(void);
/* Close all but `keep` and `fd`. For a child that was just forked. */
void descriptors_close_others(const struct descriptors *keep, int fd);

#endif
