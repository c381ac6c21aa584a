/* Arguments, the directory of our own, and the order of the parts. */
#include "bench.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int bench_fail(int code, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(-code));
    return code;
}

int bench_fastest(const struct bench *b, int (*loop)(void *arg, size_t n), void *arg, size_t n,
                  double *ret)
{
    double best = 0;
    for (unsigned i = 0; i < b->repeats; i++) {
        double start = bench_now();
        int rc = loop(arg, n);
        if (rc) {
            return rc;
        }
        double t = bench_now() - start;
        best = i == 0 || t < best ? t : best;
    }
    *ret = best;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int usage(void)
{
    fputs("usage: bench [--quick | --full]\n"
          "  --quick  small numbers, to see that it runs\n"
          "  --full   growth from 1,000 to 100,000 cases (minutes)\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/simrun-bench-XXXXXX";
    struct bench b = {
        .repeats = 5, .round_trips = 20000, .rows = 500000, .suites = {1000, 10000}, .dir = dir};
    if (argc == 2 && strcmp(argv[1], "--quick") == 0) {
        b = (struct bench){1, 500, 5000, {20, 40}, dir};
    } else if (argc == 2 && strcmp(argv[1], "--full") == 0) {
        b.suites[2] = 100000;
    } else if (argc != 1) {
        return usage();
    }
    if (!mkdtemp(dir)) {
        return bench_fail(-errno, dir) ? 3 : 0;
    }
    int rc = bench_wire(&b);
    rc = rc ? rc : bench_flow(&b);
    rc = rc ? rc : bench_bound(&b);
    rc = rc ? rc : bench_replay(&b);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return rc ? 3 : 0;
}
