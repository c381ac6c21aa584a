/* Walk + GetAttr + Clunk in gofer mode inline, against a raw ping-pong of frames of the same sizes
 * and, on a real directory, the same calls on the bare host tree (design 8). */
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <simrun/gofer.h>
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

static int raw_loop(const int fd[2], size_t n)
{
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
    int rc = 0;
    for (unsigned i = 0; i < b->repeats && !rc; i++) {
        double start = bench_now();
        rc = raw_loop(fd, b->round_trips);
        double t = bench_now() - start;
        *ret = i == 0 || t < *ret ? t : *ret;
    }
    close(fd[0]);
    close(fd[1]);
    return rc;
}

/* ------------------------------------------------------------------------------------------ 9P */

/* One gofer and its client in one thread, as a replay has them. */
struct peers {
    struct domain host_d, gofer_d, d;
    struct host *host;
    struct gofer *gofer;
    struct gofer_channel *channel;
    struct p9_client *client;
    struct p9_file root;
};

static const struct host_entry entries[] = {
    {.path = "file", .type = HOST_FILE, .content = "hello", .content_n = 5},
};

static int open_host(struct peers *p, const char *dir)
{
    int rc;
    if (dir) {
        int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        rc = fd < 0 ? -errno : host_dir_new(&p->host_d, fd, &p->host);
        if (fd >= 0) {
            close(fd);
        }
    } else {
        rc = host_mem_new(&p->host_d, &p->host);
    }
    const struct host_manifest m = {.entries = entries, .n = ARRAY_LEN(entries)};
    return rc ? rc : host_add_tree(p->host, "/root", &m);
}

static int connect_client(struct peers *p)
{
    struct gofer_attach attach = {.prefix = "/root", .lazy_open_for_write = true};
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    int rc = p9_socketpair(&p->d, &p->gofer_d, &ours, &theirs);
    if (rc) {
        return rc;
    }
    rc = gofer_new(&p->gofer_d, p->host, &p->gofer);
    rc = rc ? rc : gofer_point_new(p->gofer, &attach, &point);
    rc = rc ? rc : gofer_serve(point, theirs, &p->channel);
    if (rc) {
        return rc; /* the domains close what is left */
    }
    struct p9_pump pump = {.run = gofer_channel_pump, .arg = p->channel};
    rc = p9_client_new(&p->d, ours, P9_MSIZE_DEFAULT, "9P2000.L.Google.6", &pump, NULL, &p->client);
    return rc ? rc : p9_attach(p->client, "/", &p->root);
}

static int peers_open(struct peers *p, const char *dir)
{
    memset(p, 0, sizeof *p);
    domain_init(&p->host_d, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->d, "client", PROFILE_GVISOR_2018_08_14);
    int rc = open_host(p, dir);
    return rc ? rc : connect_client(p);
}

static void peers_close(struct peers *p)
{
    if (p->root.client) {
        p9_clunk(&p->root);
    }
    p9_client_free(p->client);
    if (p->gofer) {
        gofer_pump(p->gofer);
        gofer_free(p->gofer);
    }
    domain_close(&p->d, NULL, NULL);
    domain_close(&p->gofer_d, NULL, NULL);
    host_free(p->host);
    domain_close(&p->host_d, NULL, NULL);
}

static int p9_loop(struct peers *p, size_t n)
{
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
static int host_loop(struct peers *p, size_t n)
{
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

static int fastest(const struct bench *b, struct peers *p, int (*loop)(struct peers *, size_t),
                   double *ret)
{
    int rc = 0;
    for (unsigned i = 0; i < b->repeats && !rc; i++) {
        double start = bench_now();
        rc = loop(p, b->round_trips);
        double t = bench_now() - start;
        *ret = i == 0 || t < *ret ? t : *ret;
    }
    return rc;
}

/* `raw`: seconds of the raw loop. */
static int measure_p9(const struct bench *b, const char *dir, double raw)
{
    struct peers p;
    double p9 = 0, host = 0;
    int rc = peers_open(&p, dir);
    rc = rc ? rc : fastest(b, &p, p9_loop, &p9);
    rc = rc ? rc : fastest(b, &p, host_loop, &host);
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
