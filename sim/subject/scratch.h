/* A private temporary directory, removed with all it holds. */
#ifndef SIMRUN_SIM_SCRATCH_H
#define SIMRUN_SIM_SCRATCH_H

#include <simrun/core.h>

struct scratch;

/* Below `base` (NULL: $TMPDIR or /tmp). 0, -errno or CODE_FATE. */
int scratch_new(struct domain *d, const char *base, struct scratch **ret);
int scratch_fd(const struct scratch *s); /* borrowed */
/* Removes the directory, also after a fate of its domain (what is freed then is only the tree on
 * disk). Takes NULL. */
void scratch_free(struct scratch *s);

#endif
