/* A gofer in a thread of its own: many requests in flight, and bytes through messages (nothing
 * donated), against the bare socket work of two threads (design 8). */
#include "bench.h"
#include "peers.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 16,
    REQUEST = P9_HEADER + 4 + 8, /* Tgetattr */
    REPLY = P9_HEADER + P9_LARGEST_FIXED,
    CALL = 1 << 20, /* bytes of one read or write; at the default msize two messages */
    FILE_BYTES = 8 << 20,
};

/* -------------------------------------------------------------------------- bare socket work */

/* All `n` bytes one way through a blocking socket. */
static int transfer(int fd, bool sends, uint8_t *buf, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = sends ? write(fd, buf + done, n - done) : read(fd, buf + done, n - done);
        if (got <= 0) {
            return got < 0 ? -errno : -EPIPE;
        }
        done += (size_t)got;
    }
    return 0;
}

/* The thread at the other end. It ends by itself or when our end is closed. */
struct other_end {
    int fd;
    bool sends;
    uint8_t *buf; /* CALL bytes of its own */
    size_t n;     /* calls of CALL bytes */
};

static void *echo(void *arg)
{
    const struct other_end *o = arg;
    while (!transfer(o->fd, false, o->buf, REQUEST) && !transfer(o->fd, true, o->buf, REPLY)) {
    }
    return NULL;
}

static void *stream(void *arg)
{
    const struct other_end *o = arg;
    int rc = 0;
    for (size_t i = 0; i < o->n && !rc; i++) {
        rc = transfer(o->fd, o->sends, o->buf, CALL);
    }
    (void)shutdown(o->fd, SHUT_RDWR);
    return NULL;
}

/* What a bare loop needs; `sends` is our side of a stream. */
struct bare {
    uint8_t *ours, *theirs; /* CALL bytes each */
    bool sends;
};

static int pipelined(int fd, uint8_t *buf, size_t n)
{
    int rc = 0;
    for (size_t sent = 0, received = 0; received < n && !rc;) {
        if (sent < n && sent < received + IN_FLIGHT) {
            rc = transfer(fd, true, buf, REQUEST);
            sent++;
        } else {
            rc = transfer(fd, false, buf, REPLY);
            received++;
        }
    }
    return rc;
}

static int streamed(int fd, const struct bare *x, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = transfer(fd, x->sends, x->ours, CALL);
    }
    char end;
    /* sent is not yet received */
    return rc || !x->sends ? rc : read(fd, &end, 1) == 0 ? 0 : -EIO;
}

static int with_thread(const struct bare *x, bool pipelines, size_t n)
{
    int fd[2];
    pthread_t thread;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
        return -errno;
    }
    struct other_end o = {.fd = fd[1], .sends = !x->sends, .buf = x->theirs, .n = n};
    int rc = -pthread_create(&thread, NULL, pipelines ? echo : stream, &o);
    if (!rc) {
        rc = pipelines ? pipelined(fd[0], x->ours, n) : streamed(fd[0], x, n);
        (void)shutdown(fd[0], SHUT_RDWR);
        pthread_join(thread, NULL);
    }
    close(fd[0]);
    close(fd[1]);
    return rc;
}

static int bare_pipeline(void *x, size_t n)
{
    return with_thread(x, true, n);
}

static int bare_stream(void *x, size_t n)
{
    return with_thread(x, false, n);
}

/* ----------------------------------------------------------------------------------------- 9P */

static int p9_pipeline(void *peers, size_t n)
{
    struct peers *p = peers;
    const struct p9_msg t = {.type = P9_TGETATTR, .fid = p->root.fid, .mask = P9_ATTR_ALL};
    uint16_t tags[IN_FLIGHT];
    struct p9_msg r;
    int rc = 0;
    for (size_t sent = 0, received = 0; received < n && !rc;) {
        if (sent < n && sent < received + IN_FLIGHT) {
            rc = p9_submit(p->client, &t, &tags[sent % IN_FLIGHT]);
            sent++;
        } else {
            rc = p9_wait(p->client, tags[received % IN_FLIGHT], &r, NULL);
            received++;
        }
    }
    return rc;
}

struct big_file {
    struct p9_file f;
    uint8_t *buf; /* CALL bytes */
    bool writes;
};

static int p9_copy(void *big, size_t n)
{
    const struct big_file *x = big;
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        size_t done = 0;
        rc = x->writes ? p9_write(&x->f, x->buf, CALL, i * CALL, &done)
                       : p9_read(&x->f, x->buf, CALL, i * CALL, &done);
        rc = rc || done == CALL ? rc : -EIO;
    }
    return rc;
}

/* ------------------------------------------------------------------------------------ figures */

static int in_flight(const struct bench *b, struct peers *p, struct bare *x)
{
    double bare = 0, p9 = 0;
    int rc = bench_fastest(b, bare_pipeline, x, b->round_trips, &bare);
    rc = rc ? rc : bench_fastest(b, p9_pipeline, p, b->round_trips, &p9);
    if (!rc) {
        double n = (double)b->round_trips;
        printf("  GetAttr, %d in flight   raw %8.0f a second   9P %8.0f   %.2f of raw\n", IN_FLIGHT,
               n / bare, n / p9, bare / p9);
    }
    return rc;
}

static int bandwidth(const struct bench *b, struct big_file *f, struct bare *x, bool writes)
{
    const size_t calls = FILE_BYTES / CALL;
    double bare = 0, p9 = 0;
    x->sends = f->writes = writes;
    int rc = bench_fastest(b, bare_stream, x, calls, &bare);
    rc = rc ? rc : bench_fastest(b, p9_copy, f, calls, &p9);
    if (!rc) {
        const double mib = FILE_BYTES / (double)(1 << 20);
        printf("  %-5s of 1 MiB          raw %8.0f MiB/s      9P %8.0f   %.2f of raw\n",
               writes ? "write" : "read", mib / bare, mib / p9, bare / p9);
    }
    return rc;
}

/* The first write makes the file. */
static int both_ways(const struct bench *b, struct peers *p, struct bare *x)
{
    struct big_file big = {.buf = x->ours};
    uint32_t iounit;
    int rc = p9_walk(&p->root, NULL, 0, NULL, &big.f);
    if (rc) {
        return rc;
    }
    rc = p9_create(&big.f, "big", P9_OPEN_RDWR, 0644, 0, 0, NULL, &iounit, NULL);
    rc = rc ? rc : bandwidth(b, &big, x, true);
    rc = rc ? rc : bandwidth(b, &big, x, false);
    int clunk = p9_clunk(&big.f);
    return rc ? rc : clunk;
}

int bench_flow(const struct bench *b)
{
    struct peers p;
    struct bare x = {.ours = calloc(1, CALL), .theirs = calloc(1, CALL)};
    int rc = peers_open(&p, NULL, true);
    rc = x.ours && x.theirs ? rc : -ENOMEM;
    if (!rc) {
        printf("flow: a gofer in a thread, the fastest of %u\n", b->repeats);
        rc = in_flight(b, &p, &x);
    }
    rc = rc ? rc : both_ways(b, &p, &x);
    peers_close(&p);
    free(x.ours);
    free(x.theirs);
    return rc ? bench_fail(rc > -4096 ? rc : -EIO, "flow") : 0;
}
