/*
 * bench: what the model and the recorder cost, as ratios against the bare work in the same run.
 *
 *   wire     9P calls against a raw ping-pong of the same sizes on a socketpair
 *   flow     16 requests in flight and bulk bytes, a gofer in a thread, against two threads on a
 *            socketpair
 *   bound    recorded engine cases against their own bound: round trips and rows, both bare
 *   replay   cases a second of the program, with and without recording
 *   workers  two of them against one
 *   growth   how time, memory and database grow with the number of cases
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

#define BENCH_ENGINES SIMRUN_SOURCE_DIR "/tests/conformance/golden/engines.jsonl.gz"

struct bench {
    unsigned repeats;   /* of a measured loop; the fastest counts */
    size_t round_trips; /* of a loop on the wire */
    size_t rows;        /* of the raw inserts */
    size_t suites[4];   /* numbers of generated cases, growing, 0 ends */
    const char *dir;    /* a directory of our own, for databases, suites and trees */
};

/* All return 0, or a negative errno with a line on standard error. */
int bench_wire(const struct bench *b);
int bench_flow(const struct bench *b);
int bench_bound(const struct bench *b);
int bench_replay(const struct bench *b);
/* Processor seconds of a round trip on a socketpair with frames as of Walk, GetAttr and Clunk. */
int bench_raw_trip(const struct bench *b, double *ret);
/* Processor seconds of a bare prepared insert in one transaction. */
int bench_raw_row(const struct bench *b, double *ret);

/* Says what failed; returns the negative errno `code`. */
int bench_fail(int code, const char *what);

/* Run `loop(arg, n)` b->repeats times; *ret: seconds of the fastest. 0, or the first failure. */
int bench_fastest(const struct bench *b, int (*loop)(void *arg, size_t n), void *arg, size_t n,
                  double *ret);

/* Processor time of this process: hardly disturbed by what else runs. */
static inline double bench_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
