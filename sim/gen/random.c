#include <simrun/sim/random.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, unsigned k)
{
    return x << k | x >> (64 - k);
}

/* Each part passes the mixer before the next one joins, so that (seed 1, case 2) and (seed 2,
 * case 1) differ. */
void gen_random_init(struct gen_random *r, const char *family, uint64_t seed, uint64_t index)
{
    uint64_t state = seed;
    state = splitmix(&state);
    for (const char *p = family; *p; p++) {
        state ^= (unsigned char)*p;
        state = splitmix(&state);
    }
    state ^= index;
    for (size_t i = 0; i < 4; i++) {
        r->s[i] = splitmix(&state);
    }
}

uint64_t gen_random_next(struct gen_random *r)
{
    uint64_t *s = r->s;
    uint64_t ret = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return ret;
}

/* The high half scaled by n: no division, and its bias (n / 2^32) is nothing for tables. */
size_t gen_random_below(struct gen_random *r, size_t n)
{
    return (size_t)((gen_random_next(r) >> 32) * (uint64_t)n >> 32);
}

bool gen_random_chance(struct gen_random *r, unsigned percent)
{
    return gen_random_below(r, 100) < percent;
}
