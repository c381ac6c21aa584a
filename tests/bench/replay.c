/* Runs the simrun binary as people do: the recorded engine cases with and without a database, and
 * generated suites of two sizes. */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <simrun/sim/gen.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct cost {
    double seconds;
    double cpu; /* seconds of all its processes: hardly disturbed by what else runs */
    long kib;   /* the largest resident size of a process */
};

static double cpu_seconds(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1e-6;
}

/* What is spawned from now on may use so many processors; 0 = all. `all`: those of this process. */
static int confine(const cpu_set_t *all, unsigned count)
{
    cpu_set_t some;
    CPU_ZERO(&some);
    for (unsigned i = 0, n = 0; i < CPU_SETSIZE && (!count || n < count); i++) {
        if (CPU_ISSET(i, all)) {
            CPU_SET(i, &some);
            n++;
        }
    }
    return sched_setaffinity(0, sizeof some, &some) ? -errno : 0;
}

/* Runs simrun with these arguments (NULL ends), silently. Any exit code up to 1 is fine. */
static int run_simrun(const char *const *args, struct cost *ret)
{
    extern char **environ;
    char *argv[16] = {(char *)(uintptr_t)SIMRUN_BINARY};
    for (size_t i = 0; args[i] && i < ARRAY_LEN(argv) - 2; i++) {
        argv[i + 1] = (char *)(uintptr_t)args[i];
    }
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    double start = bench_now();
    int rc = -posix_spawn(&pid, argv[0], &quiet, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&quiet);
    if (rc) {
        return rc;
    }
    int status;
    struct rusage usage;
    if (wait4(pid, &status, 0, &usage) < 0) {
        return -errno;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        return -ECHILD;
    }
    *ret = (struct cost){bench_now() - start, cpu_seconds(&usage), usage.ru_maxrss};
    return 0;
}

static int fastest(unsigned repeats, const char *const *args, struct cost *ret)
{
    for (unsigned i = 0; i < repeats; i++) {
        struct cost one;
        int rc = run_simrun(args, &one);
        if (rc) {
            return rc;
        }
        if (i == 0 || one.seconds < ret->seconds) {
            *ret = one;
        }
    }
    return 0;
}

/* ----------------------------------------------------------------------------------- engines */

/* Into a new database: nothing is known there. */
static int record_engines(const struct bench *b, const char *jobs, struct cost *ret)
{
    char db[256];
    snprintf(db, sizeof db, "%s/engines.db", b->dir);
    const char *const args[] = {"--db", db, "--quiet", jobs, BENCH_ENGINES, NULL};
    int rc = run_simrun(args, ret);
    (void)unlink(db);
    return rc;
}

static int fastest_suite(const struct bench *b, const char *suite, const char *jobs,
                         struct cost *ret);

static int measure_engines(const struct bench *b)
{
    struct cost plain = {0}, recorded = {0}, *one = &recorded;
    const char *const without[] = {"--no-db", "--quiet", "-j1", BENCH_ENGINES, NULL};
    int rc = fastest(b->repeats, without, &plain);
    rc = rc ? rc : fastest_suite(b, NULL, "-j1", one);
    if (!rc) {
        printf("replay: 300 recorded engine cases by the program, one worker\n");
        printf("  without db  %8.0f cases a second\n", 300 / plain.seconds);
        printf("  with db     %8.0f cases a second   %.2f of the time, %.2f of the CPU without\n",
               300 / one->seconds, one->seconds / plain.seconds, one->cpu / plain.cpu);
    }
    return rc;
}

/* ------------------------------------------------------------------------------------- suites */

static int make_suite(const struct bench *b, size_t count, char path[256])
{
    struct domain d;
    struct gen_options opt = {.family = "mix", .seed = 1, .count = count};
    snprintf(path, 256, "%s/%zu.jsonl", b->dir, count);
    FILE *out = fopen(path, "we");
    if (!out) {
        return -errno;
    }
    domain_init(&d, "gen", PROFILE_GVISOR_2018_08_14);
    int rc = gen_run(&d, &opt, out, NULL);
    domain_close(&d, NULL, NULL);
    return fclose(out) && !rc ? -EIO : rc;
}

/* Into a database that is gone afterwards; *ret_bytes: its size. */
static int record_suite(const struct bench *b, const char *suite, const char *jobs,
                        struct cost *ret, int64_t *ret_bytes)
{
    char db[256];
    struct stat st;
    snprintf(db, sizeof db, "%s/suite.db", b->dir);
    const char *const args[] = {"--db", db, "--quiet", jobs, suite, NULL};
    int rc = run_simrun(args, ret);
    rc = rc ? rc : stat(db, &st) ? -errno : 0;
    *ret_bytes = rc ? 0 : st.st_size;
    (void)unlink(db);
    return rc;
}

/* One worker with one processor to itself and the writer, the same with two, two workers with two.
 */
struct scaling {
    struct cost alone, one, two;
};

static void print_scaling(const char *what, const struct scaling *s)
{
    printf("  %-14s one processor %5.2f s   two processors: one worker %5.2f s, two %5.2f s   "
           "%.2f times one processor, %.2f times one worker\n",
           what, s->alone.seconds, s->one.seconds, s->two.seconds,
           s->alone.seconds / s->two.seconds, s->one.seconds / s->two.seconds);
}

/* The fastest of `b->repeats`. */
static int fastest_suite(const struct bench *b, const char *suite, const char *jobs,
                         struct cost *ret)
{
    for (unsigned i = 0; i < b->repeats; i++) {
        struct cost one;
        int64_t bytes;
        int rc = suite ? record_suite(b, suite, jobs, &one, &bytes) : record_engines(b, jobs, &one);
        if (rc) {
            return rc;
        }
        *ret = i == 0 || one.seconds < ret->seconds ? one : *ret;
    }
    return 0;
}

/* `suite` NULL: the recorded engine cases. */
static int measure_scaling(const struct bench *b, const cpu_set_t *all, const char *suite,
                           struct scaling *ret)
{
    int rc = confine(all, 1);
    rc = rc ? rc : fastest_suite(b, suite, "-j1", &ret->alone);
    int restored = confine(all, 2);
    rc = rc ? rc : restored;
    rc = rc ? rc : fastest_suite(b, suite, "-j1", &ret->one);
    rc = rc ? rc : fastest_suite(b, suite, "-j2", &ret->two);
    restored = confine(all, 0);
    return rc ? rc : restored;
}

static int measure_workers(const struct bench *b)
{
    char suite[256];
    cpu_set_t all;
    struct scaling engines = {0}, mix = {0};
    if (sched_getaffinity(0, sizeof all, &all)) {
        return -errno;
    }
    if (CPU_COUNT(&all) < 2) {
        printf("workers: there is one processor\n");
        return 0;
    }
    int rc = measure_scaling(b, &all, NULL, &engines);
    rc = rc ? rc : make_suite(b, b->suites[0], suite);
    rc = rc ? rc : measure_scaling(b, &all, suite, &mix);
    if (!rc) {
        printf("workers: recorded; the process that writes the file has no processor of its own\n");
        print_scaling("engine cases", &engines);
        print_scaling("generated mix", &mix);
    }
    return rc;
}

static int measure_suite(const struct bench *b, size_t count, struct cost *ret, int64_t *ret_bytes)
{
    char suite[256];
    struct cost plain = {0};
    int rc = make_suite(b, count, suite);
    const char *const without[] = {"--no-db", "--quiet", "-j2", suite, NULL};
    rc = rc ? rc : run_simrun(without, &plain);
    rc = rc ? rc : record_suite(b, suite, "-j2", ret, ret_bytes);
    (void)unlink(suite);
    if (!rc) {
        const double n = (double)count;
        printf("  %6zu cases  %6.0f a second  CPU a case %5.0f us, %5.0f without db  "
               "%6ld KiB  %6.0f bytes a case\n",
               count, n / ret->seconds, ret->cpu / n * 1e6, plain.cpu / n * 1e6, ret->kib,
               (double)*ret_bytes / n);
    }
    return rc;
}

static int measure_growth(const struct bench *b)
{
    struct cost first = {0}, c = {0};
    int64_t first_bytes = 0, bytes = 0;
    int rc = 0;
    printf("growth: generated cases (family mix), two workers; memory of the largest process\n");
    for (size_t i = 0; i < ARRAY_LEN(b->suites) && b->suites[i] && !rc; i++) {
        rc = measure_suite(b, b->suites[i], &c, &bytes);
        if (i == 0) {
            first = c;
            first_bytes = bytes;
        } else if (!rc) {
            printf(
                "  %.0f times the cases: %.2f times the time, %.2f times the CPU, %.2f times the "
                "memory, %.2f times the bytes\n",
                (double)b->suites[i] / (double)b->suites[0], c.seconds / first.seconds,
                c.cpu / first.cpu, (double)c.kib / (double)first.kib,
                (double)bytes / (double)first_bytes);
        }
    }
    return rc;
}

int bench_replay(const struct bench *b)
{
    int rc = measure_engines(b);
    rc = rc ? rc : measure_workers(b);
    rc = rc ? rc : measure_growth(b);
    return rc ? bench_fail(rc, "simrun") : 0;
}
