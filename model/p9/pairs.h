/* The two ends of a socketpair that waits for the next connection when both have ended. Private to
 * p9. */
#ifndef SIMRUN_P9_PAIRS_H
#define SIMRUN_P9_PAIRS_H

#include <simrun/p9.h>

struct pair_end {
    struct pair *pair;
    int fd;
    bool open;
    size_t unread; /* bytes that it sent and the other end has not received */
};

/* The end that `sock` is; NULL: it is no end of such a pair. */
struct pair_end *pair_end_of(const struct owned_fd *sock);
struct pair_end *pair_other_end(const struct pair_end *end);

#endif
