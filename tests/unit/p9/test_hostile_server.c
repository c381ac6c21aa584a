/* Any bytes from a server (contract 15.2): what the client's other tests do not already throw at
 * it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proxy.h"

static const struct p9_client_options gv = {.personality = P9_AUTO, .n_uname = P9_NOUID};
static const struct p9_client_options std = {
    .personality = P9_AUTO, .n_uname = P9_NOUID, .version = "9P2000.L", .msize = 8192};

/* A bit of everything; the first code that is not 0. */
static int use_everything(struct proxy *p, const struct p9_client_options *o)
{
    static const char *const names[] = {"a", "b"};
    uint8_t buf[64];
    const uint8_t *data;
    struct p9_file root, f;
    struct p9_attr attr;
    struct p9_fsstat fsstat;
    uint64_t valid;
    struct owned_fd *fd = NULL;
    char *target;
    size_t n;
    int code = proxy_connect(p, o);
    code = code ? code : p9_attach(p->client, "/", &root);
    code = code ? code : p9_statfs(&root, &fsstat);
    code = code ? code : p9_walk(&root, names, 2, NULL, &f);
    code = code ? code : p9_walkgetattr(&root, names, 1, NULL, &valid, &attr, &f);
    code = code ? code : p9_mkdir(&f, "d", 0755, 1, 2, NULL);
    code = code ? code : p9_lopen(&f, P9_OPEN_RDWR, NULL, NULL, &fd);
    owned_fd_free(fd);
    code = code ? code : p9_read(&f, buf, sizeof(buf), 0, &n);
    code = code ? code : p9_write(&f, buf, sizeof(buf), 0, &n);
    code = code ? code : p9_readdir(&f, 0, 4096, &data, &n);
    code = code ? code : p9_fsync(&f);
    if (!code) {
        code = p9_readlink(&root, &target);
        if (!code) {
            mem_free(target);
        }
    }
    code = code ? code : p9_clunk(&f);
    return code ? code : p9_remove(&root);
}

/* proves: QI-14 QI-15 */
static void the_server_dies_at_every_byte(void **state)
{
    const struct p9_client_options *const options[] = {&gv, &std};
    (void)state;
    int fds = open_fds();
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        int code = -1;
        for (size_t cut = 0; code; cut++) {
            struct proxy p;
            proxy_open(&p);
            p.cut_at = cut;
            code = use_everything(&p, options[i]);
            if (code && p.client) {
                struct p9_file f = {.client = p.client, .fid = 1};
                unsigned requests = p.requests;
                assert_int_equal(code, -EIO);
                assert_non_null(p9_client_info(p.client).dead);
                assert_int_equal(p9_fsync(&f), -EIO); /* at once, nothing is sent any more */
                assert_int_equal(p9_client_info(p.client).pending, 0);
                assert_int_equal(p.requests, requests);
            }
            assert_true(cut < 5000);
            proxy_close(&p);
        }
    }
    assert_int_equal(open_fds(), fds);
}

/* ------------------------------------------------------------------- one evil reply each */

struct evil {
    uint8_t type;    /* answer the request of this type... */
    const char *hex; /* ...with this frame, its tag filled in */
    size_t n;
    const uint8_t *bytes; /* or with these */
};

static bool evil_request(struct proxy *p, uint8_t *frame, size_t n, const struct p9_msg *t)
{
    const struct evil *e = p->arg;
    uint8_t reply[512];
    (void)n;
    if (t->type != e->type) {
        return false;
    }
    size_t reply_n = e->hex ? unhex(e->hex, reply) : e->n;
    if (!e->hex) {
        memcpy(reply, e->bytes, reply_n);
    }
    reply[5] = frame[5];
    reply[6] = frame[6];
    proxy_answer_bytes(p, reply, reply_n);
    return true;
}

/* proves: Q-19 Q-21 Q-25 P-12 */
static void evil_replies_end_the_session(void **state)
{
    static const struct evil evils[] = {
        {P9_TREAD, "0e000000 75 0000 04000000 78797a", 0, NULL}, /* count beyond the tail */
        {P9_TREAD, "0e000000 75 0000 02000000 78797a", 0, NULL}, /* count short of it */
        {P9_TREAD, "0a000000 75 0000 000000", 0, NULL},          /* no whole count */
        {P9_TWRITE, "0b000000 77 0000 41000000", 0, NULL},       /* more than was given */
        {P9_TWALK, "08000000 6f 0000 00", 0, NULL},              /* truncated */
        {P9_TWALK, "09000000 6f 0000 ffff", 0, NULL},            /* qids that are not there */
        {P9_TSTATFS, "07000000 09 0000", 0, NULL},               /* empty */
        {P9_TCLUNK, "0b000000 77 0000 00000000", 0, NULL},       /* of another type */
        {P9_TATTACH, "07000000 68 0000", 0, NULL},               /* a request */
        {P9_TREADDIR, "0a000000 29 0000 000000", 0, NULL},       /* no whole count */
        {P9_TFSYNC, "09000000 07 0000 0500", 0, NULL},           /* truncated Rlerror */
        {P9_TFSYNC, "06000000 33 0000", 0, NULL},                /* below the smallest size */
        {P9_TFSYNC, "ffffffff 33 0000", 0, NULL},                /* above every size */
        {P9_TMKDIR, "14000000 49 0000 80040302", 0, NULL},       /* ends in the middle */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(evils); i++) {
        struct proxy p;
        proxy_open(&p);
        p.request = evil_request;
        p.arg = (void *)(uintptr_t)&evils[i];
        if (i == ARRAY_LEN(evils) - 1) {
            p.cut_at = 500; /* and then never another byte: the end must come instead */
        }
        int code = use_everything(&p, &std);
        if (code != -EIO && code != -ENOENT) {
            fail_msg("evil %zu: %d", i, code);
        }
        proxy_close(&p);
    }
}

/* proves: Q-21 */
static void error_numbers_are_made_sane(void **state)
{
    static const struct {
        const char *hex;
        int code;
    } rows[] = {
        {"0b000000 07 0000 00000000", -EIO},  {"0b000000 07 0000 0d000000", -EACCES},
        {"0b000000 07 0000 ff0f0000", -4095}, {"0b000000 07 0000 00100000", -EIO},
        {"0b000000 07 0000 ffffffff", -EIO},  {"0b000000 07 0000 00000080", -EIO},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct evil e = {.type = P9_TSTATFS, .hex = rows[i].hex};
        struct proxy p;
        proxy_open(&p);
        p.request = evil_request;
        p.arg = &e;
        assert_int_equal(use_everything(&p, &std), rows[i].code);
        assert_null(p9_client_info(p.client).dead);
        proxy_close(&p);
    }
}

static void odd_versions(void **state)
{
    static const struct {
        const char *hex;
        int code;
        const char *wanted;
    } rows[] = {
        {"14000000 65 ffff 00200000 0700 756e6b6e6f776e", -EIO, "9P2000.L"},   /* "unknown" again */
        {"0d000000 65 ffff 00200000 0000", -EIO, "9P2000.L"},                  /* empty */
        {"15000000 65 ffff 00000000 0800 3950323030302e4c", -EIO, "9P2000.L"}, /* msize 0 */
        {"15000000 65 ffff ffffffff 0800 3950323030302e4c", 0, "9P2000.L"},    /* more than asked */
        {"1e000000 65 ffff 00200000 1100 3950323030302e4c2e476f6f676c652e36", 0, "9P2000.L"},
        {"0b000000 07 ffff 0b000000", -EIO, "9P2000.L.Google.6"}, /* endless EAGAIN */
        {"0b000000 07 ffff 05000000", -EIO, "9P2000.L.Google.6"}, /* EIO to both */
        {"0b000000 07 ffff 0d000000", -EACCES, "9P2000.L.Google.6"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct evil e = {.type = P9_TVERSION, .hex = rows[i].hex};
        struct p9_client_options o = std;
        struct proxy p;
        o.version = rows[i].wanted;
        proxy_open(&p);
        p.request = evil_request;
        p.arg = &e;
        int code = proxy_connect(&p, &o);
        if (code != rows[i].code) {
            fail_msg("row %zu: %d", i, code);
        }
        assert_true(p.requests <= P9_VERSION_HIGHEST + 2);
        if (!code) { /* never more than was asked for */
            assert_int_equal(p9_client_info(p.client).version, 0);
            assert_int_equal(p9_client_info(p.client).msize, 8192);
        }
        proxy_close(&p);
    }
}

/* --------------------------------------------------------------------------- descriptors */

struct gift {
    uint8_t type; /* the request whose reply brings it */
    int fds[8];
    size_t n;
};

static bool gift_request(struct proxy *p, uint8_t *frame, size_t n, const struct p9_msg *t)
{
    static uint8_t reply[1 << 12];
    const struct gift *g = p->arg;
    if (t->type != g->type) {
        return false;
    }
    raw_send(p->s.raw->fd, frame, n);
    while (p9_server_serve_some(p->s.server) == P9_PUMP_PROGRESS) {
    }
    ssize_t got = recv(p->s.raw->fd, reply, sizeof(reply), MSG_DONTWAIT);
    assert_true(got > 0);
    raw_send_fds(p->fd->fd, reply, (size_t)got, g->fds, g->n);
    return true;
}

static void check_gift(struct gift *g, uint32_t flags, bool accepted)
{
    struct proxy p;
    struct p9_file f;
    struct owned_fd *fd = NULL;
    proxy_open(&p);
    p.request = gift_request;
    p.arg = g;
    assert_int_equal(proxy_connect(&p, &gv), 0);
    assert_int_equal(p9_attach(p.client, "/", &f), 0);
    assert_int_equal(p9_lopen(&f, flags, NULL, NULL, &fd), 0);
    assert_int_equal(fd != NULL, accepted);
    if (fd) {
        assert_true(fcntl(fd->fd, F_GETFD) & FD_CLOEXEC);
    }
    owned_fd_free(fd);
    assert_null(p9_client_info(p.client).dead);
    proxy_close(&p);
}

/* proves: Q-13 QI-07 */
static void only_fitting_descriptors_are_taken(void **state)
{
    (void)state;
    char path[] = "/tmp/simrun-gift-XXXXXX";
    int pipes[2], sockets[2], file = mkstemp(path);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    const struct {
        int fd;
        uint32_t flags;
        bool accepted;
    } rows[] = {
        {dup(file), P9_OPEN_RDWR, true},
        {dup(file), P9_OPEN_READ, true},
        {dup(file), P9_OPEN_WRITE, true},
        {open(path, O_RDONLY), P9_OPEN_READ, true},
        {open(path, O_RDONLY), P9_OPEN_WRITE, false},
        {open(path, O_RDONLY), P9_OPEN_RDWR, false},
        {open(path, O_WRONLY), P9_OPEN_WRITE, true},
        {open(path, O_WRONLY), P9_OPEN_READ, false},
        {open(path, O_PATH), P9_OPEN_READ, false},
        {open("/tmp", O_RDONLY | O_DIRECTORY), P9_OPEN_READ, false},
        {open("/dev/null", O_RDWR), P9_OPEN_READ, false},
        {dup(pipes[0]), P9_OPEN_READ, false},
        {dup(sockets[0]), P9_OPEN_RDWR, false},
    };
    int fds = open_fds();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gift g = {.type = P9_TLOPEN, .fds = {rows[i].fd}, .n = 1};
        assert_true(rows[i].fd >= 0);
        check_gift(&g, rows[i].flags, rows[i].accepted);
        struct gift many = {.type = P9_TLOPEN, .n = 8};
        for (size_t k = 0; k < 8; k++) {
            many.fds[k] = rows[i].fd;
        }
        check_gift(&many, rows[i].flags, rows[i].accepted); /* the first one counts */
        struct gift wrong = {.type = P9_TATTACH, .fds = {rows[i].fd}, .n = 1};
        check_gift(&wrong, rows[i].flags, false); /* a reply that may carry none */
    }
    assert_int_equal(open_fds(), fds);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        close(rows[i].fd);
    }
    close(pipes[0]), close(pipes[1]), close(sockets[0]), close(sockets[1]), close(file);
    unlink(path);
}

/* proves: I-29 */
static void a_base_peers_descriptors_are_closed(void **state)
{
    (void)state;
    struct gift g = {.type = P9_TLOPEN, .fds = {memfd_create("gift", MFD_CLOEXEC)}, .n = 1};
    struct proxy p;
    struct p9_file f;
    struct owned_fd *fd = NULL;
    proxy_open(&p);
    p.request = gift_request;
    p.arg = &g;
    assert_int_equal(proxy_connect(&p, &std), 0);
    assert_int_equal(p9_attach(p.client, "/", &f), 0);
    assert_int_equal(p9_lopen(&f, P9_OPEN_READ, NULL, NULL, &fd), 0);
    assert_null(fd);
    proxy_close(&p);
    close(g.fds[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_dies_at_every_byte),
        cmocka_unit_test(evil_replies_end_the_session),
        cmocka_unit_test(error_numbers_are_made_sane),
        cmocka_unit_test(odd_versions),
        cmocka_unit_test(only_fitting_descriptors_are_taken),
        cmocka_unit_test(a_base_peers_descriptors_are_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
