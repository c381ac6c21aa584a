/* listing: the names in a real folder, in byte order. Apart from the rest because <dirent.h> and
 * the model both have a `struct dirent`. */
#ifndef SIMRUN_SIM_INPUT_LISTING_H
#define SIMRUN_SIM_INPUT_LISTING_H

#include <simrun/core.h>

struct listing {
    struct domain *d;
    char **names; /* owned */
    size_t n, cap;
};

/* All names that do not begin with a dot. 0, -errno, CODE_FATE; on failure nothing is to be
 * released. */
int listing_read(struct domain *d, const char *path, struct listing *ret);
void listing_release(struct listing *l);

#endif
