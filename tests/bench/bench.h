/*
 * bench: what the model and the recorder cost, as ratios against the bare work in the same run.
 *
 *   wire     9P calls against a raw ping-pong of the same sizes on a socketpair
 *   flow     16 requests in flight and bulk bytes, a gofer in a thread, against two threads on a
 *            socketpair
 *   replay   cases a second, with and without recording, and how time and memory grow
 *   inserts  rows a second of bare prepared inserts, and the recorder's against it
 *
 * A ratio says something on any machine, an absolute number only here. Nothing is judged: people
 * and CI compare.
 */
#ifndef SIMRUN_BENCH_H
#define SIMRUN_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct bench {
    unsigned repeats;                /* of a measured loop; the fastest counts */
    size_t round_trips;              /* of a loop on the wire */
    size_t rows;                     /* of the raw inserts */
    size_t suite_small, suite_large; /* generated cases; growth is large against small */
    const char *dir;                 /* a directory of our own, for databases, suites and trees */
};

/* What the other parts hand on. */
struct bench_replay {
    double seconds_plain, seconds_recorded; /* of the same cases */
    uint64_t rows;                          /* in the database afterwards */
};

/* All return 0, or a negative errno with a line on standard error. */
int bench_wire(const struct bench *b);
int bench_flow(const struct bench *b);
int bench_replay(const struct bench *b, struct bench_replay *ret);
int bench_inserts(const struct bench *b, const struct bench_replay *replay);

/* Says what failed; returns the negative errno `code`. */
int bench_fail(int code, const char *what);

/* Run `loop(arg, n)` b->repeats times; *ret: seconds of the fastest. 0, or the first failure. */
int bench_fastest(const struct bench *b, int (*loop)(void *arg, size_t n), void *arg, size_t n,
                  double *ret);

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
