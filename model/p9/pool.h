/* Numbers handed out and taken back (contract 6.1). Private to p9. */
#ifndef SIMRUN_P9_POOL_H
#define SIMRUN_P9_POOL_H

#include <simrun/p9.h>

/* The number returned last is handed out first; otherwise a counter from `start` up to `limit` - 1.
 */
struct pool {
    struct domain *d;
    uint32_t next, start, limit;
    uint32_t *returned; /* owned; has room for every number ever handed out, so that putting cannot
                           fail */
    size_t n, cap;
};

void pool_init(struct pool *p, struct domain *d, uint32_t start, uint32_t limit);
void pool_release(struct pool *p);
int pool_get(struct pool *p, uint32_t *ret); /* -EAGAIN: exhausted; or CODE_FATE */
void pool_put(struct pool *p, uint32_t number);
size_t pool_in_use(const struct pool *p);

#endif
