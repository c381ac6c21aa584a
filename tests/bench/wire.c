/* Walk + GetAttr + Clunk in gofer mode inline, against a raw ping-pong of frames of the same sizes
 * and, on a real directory, the same calls on the bare host tree (design 8). */
#include "bench.h"
#include "peers.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LARGEST = P9_HEADER + P9_LARGEST_FIXED };

/* Bytes of the frames of one loop with a name of 4 bytes: request, reply. */
static const size_t sizes[][2] = {
    {P9_HEADER + 4 + 4 + 2 + 2 + 4, P9_HEADER + 2 + 13}, /* Twalk, Rwalk */
    {P9_HEADER + 4 + 8, LARGEST},                        /* Tgetattr, Rgetattr */
    {P9_HEADER + 4, P9_HEADER},                          /* Tclunk, Rclunk */
};

/* ------------------------------------------------------------------------------- raw ping-pong */

static int pass(int from, int to, uint8_t *buf, size_t n)
{
    if (send(from, buf, n, MSG_NOSIGNAL) != (ssize_t)n || recv(to, buf, LARGEST, 0) != (ssize_t)n) {
        return errno ? -errno : -EIO;
    }
    return 0;
}

static int raw_loop(void *pair, size_t n)
{
    const int *fd = pair;
    uint8_t buf[LARGEST] = {0};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
            int rc = pass(fd[0], fd[1], buf, sizes[k][0]);
            rc = rc ? rc : pass(fd[1], fd[0], buf, sizes[k][1]);
            if (rc) {
                return rc;
            }
        }
    }
    return 0;
}

static int measure_raw(const struct bench *b, double *ret)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
        return -errno;
    }
    int rc = bench_fastest(b, raw_loop, fd, b->round_trips, ret);
    close(fd[0]);
    close(fd[1]);
    return rc;
}

int bench_raw_trip(const struct bench *b, double *ret)
{
    int fd[2], rc = 0;
    double best = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
        return -errno;
    }
    for (unsigned i = 0; i < b->repeats && !rc; i++) {
        double start = bench_cpu();
        rc = raw_loop(fd, b->round_trips);
        double t = bench_cpu() - start;
        best = i == 0 || t < best ? t : best;
    }
    close(fd[0]);
    close(fd[1]);
    *ret = best / (double)(b->round_trips * ARRAY_LEN(sizes));
    return rc;
}

/* ------------------------------------------------------------------------------------------ 9P */

static int p9_loop(void *peers, size_t n)
{
    struct peers *p = peers;
    static const char *const names[] = {"file"};
    for (size_t i = 0; i < n; i++) {
        struct p9_file f;
        struct p9_attr attr;
        struct p9_qid qid;
        uint64_t valid;
        int rc = p9_walk(&p->root, names, 1, &qid, &f);
        if (rc) {
            return rc;
        }
        rc = p9_getattr(&f, P9_ATTR_ALL, NULL, &valid, &attr);
        int clunk = p9_clunk(&f);
        if (rc || clunk) {
            return rc ? rc : clunk;
        }
    }
    return 0;
}

/* What the gofer asks of its host for the same loop: open, fstat, fstat, close. */
static int host_loop(void *peers, size_t n)
{
    struct peers *p = peers;
    struct host_file *root = NULL;
    int rc = host_open(p->host, &p->gofer_d, "/root", O_RDONLY | O_DIRECTORY, &root);
    for (size_t i = 0; i < n && !rc; i++) {
        struct host_file *f;
        struct stat st;
        rc = host_openat(root, "file", O_RDONLY | O_NOFOLLOW, 0, &f);
        if (!rc) {
            rc = host_fstat(f, &st);
            rc = rc ? rc : host_fstat(f, &st);
            host_file_put(f);
        }
    }
    host_file_put(root);
    return rc;
}

/* `raw`: seconds of the raw loop. */
static int measure_p9(const struct bench *b, const char *dir, double raw)
{
    struct peers p;
    double p9 = 0, host = 0;
    int rc = peers_open(&p, dir, false);
    rc = rc ? rc : bench_fastest(b, p9_loop, &p, b->round_trips, &p9);
    rc = rc ? rc : bench_fastest(b, host_loop, &p, b->round_trips, &host);
    peers_close(&p);
    if (rc) {
        return rc;
    }
    double trips = (double)(b->round_trips * ARRAY_LEN(sizes)), bare = dir ? raw + host : raw;
    printf("  9P on %s   %8.2f us a round trip   %.2f of raw%s\n", dir ? "dir" : "mem",
           p9 / trips * 1e6, p9 / bare, dir ? " and the same host calls" : "");
    return 0;
}

int bench_wire(const struct bench *b)
{
    double raw = 0;
    int rc = measure_raw(b, &raw);
    if (rc) {
        return bench_fail(rc, "raw ping-pong");
    }
    double trips = (double)(b->round_trips * ARRAY_LEN(sizes));
    printf("wire: Walk + GetAttr + Clunk, %zu times, the fastest of %u\n", b->round_trips,
           b->repeats);
    printf("  raw         %8.2f us a round trip\n", raw / trips * 1e6);
    rc = measure_p9(b, NULL, raw);
    rc = rc ? rc : measure_p9(b, b->dir, raw);
    return rc ? bench_fail(rc > -4096 ? rc : -EIO, "9P") : 0;
}
