/* Runs the simrun binary as people do: the recorded engine cases with and without a database, and
 * generated suites of two sizes. */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <simrun/sim/gen.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENGINES SIMRUN_SOURCE_DIR "/tests/conformance/golden/engines.jsonl.gz"

struct cost {
    double seconds;
    double cpu; /* seconds of all its processes: hardly disturbed by what else runs */
    long kib;   /* the parent's largest resident size */
};

static double cpu_seconds(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1e-6;
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

/* ------------------------------------------------------------------------------------ recording */

static int64_t ask_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q;
    int64_t ret = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
        ret = sqlite3_column_int64(q, 0);
    }
    sqlite3_finalize(q);
    return ret;
}

/* All rows of all tables. */
static int count_rows(const char *path, uint64_t *ret)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    *ret = 0;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "SELECT format('SELECT count(*) FROM \"%w\"', name) FROM sqlite_schema"
                           " WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
                           -1, &q, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return -EIO;
    }
    while (sqlite3_step(q) == SQLITE_ROW) {
        *ret += (uint64_t)ask_number(db, (const char *)sqlite3_column_text(q, 0));
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    return 0;
}

static int measure_recording(const struct bench *b, struct bench_replay *ret)
{
    char db[256];
    struct cost plain = {0}, recorded = {0};
    const char *const without[] = {"--no-db", "--quiet", "-j1", ENGINES, NULL};
    const char *const with[] = {"--db", db, "--quiet", "-j1", ENGINES, NULL};
    int rc = fastest(b->repeats, without, &plain);
    for (unsigned i = 0; i < b->repeats && !rc;
         i++) { /* each into a new database: nothing is known */
        struct cost one;
        snprintf(db, sizeof db, "%s/%u.db", b->dir, i);
        rc = run_simrun(with, &one);
        recorded = !rc && (i == 0 || one.seconds < recorded.seconds) ? one : recorded;
    }
    rc = rc ? rc : count_rows(db, &ret->rows);
    if (rc) {
        return rc;
    }
    ret->seconds_plain = plain.seconds;
    ret->seconds_recorded = recorded.seconds;
    printf("replay: 300 recorded engine cases, one worker\n");
    printf("  without db  %8.0f cases a second\n", 300 / plain.seconds);
    printf("  with db     %8.0f cases a second   %.2f of the time without\n",
           300 / recorded.seconds, recorded.seconds / plain.seconds);
    return 0;
}

/* --------------------------------------------------------------------------------------- growth */

static int make_suite(const char *path, size_t count)
{
    struct domain d;
    struct gen_options opt = {.family = "mix", .seed = 1, .count = count};
    FILE *out = fopen(path, "we");
    if (!out) {
        return -errno;
    }
    domain_init(&d, "gen", PROFILE_GVISOR_2018_08_14);
    int rc = gen_run(&d, &opt, out, NULL);
    domain_close(&d, NULL, NULL);
    return fclose(out) && !rc ? -EIO : rc;
}

static int measure_suite(const struct bench *b, size_t count, struct cost *ret)
{
    char suite[256], db[256];
    snprintf(suite, sizeof suite, "%s/%zu.jsonl", b->dir, count);
    snprintf(db, sizeof db, "%s/%zu.db", b->dir, count);
    const char *const args[] = {"--db", db, "--quiet", suite, NULL};
    int rc = make_suite(suite, count);
    rc = rc ? rc : run_simrun(args, ret);
    if (!rc) {
        printf(
            "  %6zu cases %8.0f cases a second   %6.0f us of CPU a case   %6ld KiB in the parent\n",
            count, (double)count / ret->seconds, ret->cpu / (double)count * 1e6, ret->kib);
    }
    return rc;
}

static int measure_growth(const struct bench *b)
{
    struct cost small = {0}, large = {0};
    printf("growth: generated cases (family mix), recorded, all workers\n");
    int rc = measure_suite(b, b->suite_small, &small);
    rc = rc ? rc : measure_suite(b, b->suite_large, &large);
    if (!rc) {
        double factor = (double)b->suite_large / (double)b->suite_small;
        printf("  %.0f times the cases: %.2f times the time, %.2f times the CPU, %.2f times the "
               "memory\n",
               factor, large.seconds / small.seconds, large.cpu / small.cpu,
               (double)large.kib / (double)small.kib);
    }
    return rc;
}

int bench_replay(const struct bench *b, struct bench_replay *ret)
{
    int rc = measure_recording(b, ret);
    rc = rc ? rc : measure_growth(b);
    return rc ? bench_fail(rc, "simrun") : 0;
}
