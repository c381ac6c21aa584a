/* Numbers that are the same everywhere: xoshiro256** seeded by splitmix64. */
#ifndef SIMRUN_SIM_GEN_RANDOM_H
#define SIMRUN_SIM_GEN_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen_random {
    uint64_t s[4];
};

/* The stream of case `index` of a suite; streams of different cases are unrelated. */
void gen_random_init(struct gen_random *r, const char *family, uint64_t seed, uint64_t index);
uint64_t gen_random_next(struct gen_random *r);
/* 0 to n - 1; n must not be 0. */
size_t gen_random_below(struct gen_random *r, size_t n);
/* True in `percent` of 100 cases. */
bool gen_random_chance(struct gen_random *r, unsigned percent);

#endif
