/* --shuffle: the order of running. */
#include "cli.h"

#include <simrun/sim/random.h>

uint64_t order_seed(const struct cli *c)
{
    if (c->o.seed >= 0) {
        return (uint64_t)c->o.seed;
    }
    /* Short enough to be typed again. */
    return c->env->entropy ? c->env->entropy(c->env->arg) & UINT32_MAX : 1;
}

void order_shuffle(size_t *v, size_t n, uint64_t seed)
{
    struct gen_random r;
    gen_random_init(&r, "shuffle", seed, 0);
    for (size_t i = n; i > 1; i--) {
        size_t other = gen_random_below(&r, i), value = v[i - 1];
        v[i - 1] = v[other];
        v[other] = value;
    }
}
