/* The process: how channels end, a gofer in a thread of its own, a gofer that hangs, memory that
 * runs out. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"

/* The end of one connection ends the others. */
/* proves: Q-35 */
static void test_shutdown(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-35", NULL};
    for (int fixed = 0; fixed < 2; fixed++) {
        struct fixture f;
        struct gofer_channel *channel;
        struct p9_attr attr;
        uint64_t valid;
        fixture_open(&f, RW, false, fixed ? off : NULL);
        fixture_attach(&f);
        struct p9_client *other = fixture_connect(&f, "/h/root/dir", RW, &channel);
        p9_client_free(other);
        while (gofer_pump(f.g) == P9_PUMP_PROGRESS) {
        }
        assert_int_equal(p9_getattr(&f.root, P9_ATTR_ALL, NULL, &valid, &attr), fixed ? 0 : -EIO);
        assert_int_equal(f.gofer_domain.log_n, fixed ? 0 : 1);
        if (!fixed) {
            assert_string_equal(f.gofer_domain.log[0].text,
                                "FATAL ERROR: P9 server returned error. Gofer is shutting down. "
                                "FD: 4, err: EOF");
            assert_null(gofer_channel_server(f.channel));
            assert_int_equal(gofer_pump(f.g), P9_PUMP_DEAD);
            (void)p9_clunk(&f.root);
        }
        fixture_close(&f);
    }
}

/* A client that waits, its gofer in a thread. */
struct threaded {
    struct fixture f;
    struct gofer_wait wait;
    pthread_t thread;
    int result; /* of gofer_run */
};

static void *run(void *arg)
{
    struct threaded *t = arg;
    t->result = gofer_run(t->f.g);
    return NULL;
}

static void threaded_open(struct threaded *t, int conf)
{
    struct fixture *f = &t->f;
    struct owned_fd *ours, *theirs;
    const struct gofer_attach attach = {.prefix = "/h/root", .lazy_open_for_write = conf & LAZY};
    fixture_open(f, conf, false, NULL);
    p9_client_free(f->client);
    gofer_free(f->g);
    assert_int_equal(gofer_new(&f->gofer_domain, f->h, &f->g), 0);
    assert_int_equal(p9_socketpair(&f->d, &f->gofer_domain, &ours, &theirs), 0);
    assert_int_equal(gofer_point_new(f->g, &attach, &f->point), 0);
    assert_int_equal(gofer_serve(f->point, theirs, &f->channel), 0);
    t->wait = (struct gofer_wait){.client_fd = ours->fd, .hang_fd = gofer_hang_fd(f->g)};
    assert_true(t->wait.hang_fd >= 0);
    assert_int_equal(pthread_create(&t->thread, NULL, run, t), 0);
    const struct p9_pump pump = {
        .run = gofer_wait_pump, .arg = &t->wait, .unsent = &t->wait.unsent};
    assert_int_equal(
        p9_client_new(&f->d, ours, P9_MSIZE_DEFAULT, "9P2000.L.Google.6", &pump, NULL, &f->client),
        0);
    fixture_attach(f);
}

static void test_thread(void **state)
{
    (void)state;
    struct threaded t;
    threaded_open(&t, LAZY);
    for (int i = 0; i < 100; i++) {
        struct p9_file file = walk_to(&t.f, "dir");
        assert_int_equal(attr_of(&file).nlink, 3);
        assert_int_equal(p9_clunk(&file), 0);
    }
    assert_int_equal(p9_clunk(&t.f.root), 0);
    p9_client_free(t.f.client);
    t.f.client = NULL;
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    assert_int_equal(t.result, 0);
    fixture_close(&t.f);
}

/* A request that no socket buffer holds: the waiting client must send on while it waits. */
static void test_thread_large_requests(void **state)
{
    (void)state;
    enum { LARGE = 1 << 20 };
    struct threaded t;
    threaded_open(&t, LAZY);
    char *out = malloc(LARGE), *in = malloc(LARGE);
    for (size_t i = 0; i < LARGE; i++) {
        out[i] = (char)(i * 31 >> 3);
    }
    struct p9_file file = walk_to(&t.f, "file");
    size_t n = 0;
    assert_int_equal(p9_lopen(&file, P9_OPEN_RDWR, NULL, NULL, NULL), 0);
    assert_int_equal(p9_write(&file, out, LARGE, 0, &n), 0);
    assert_int_equal(n, LARGE);
    assert_int_equal(p9_read(&file, in, LARGE, 0, &n), 0);
    assert_int_equal(n, LARGE);
    assert_memory_equal(in, out, LARGE);
    free(in);
    free(out);
    assert_int_equal(p9_clunk(&file), 0);
    assert_int_equal(p9_clunk(&t.f.root), 0);
    p9_client_free(t.f.client);
    t.f.client = NULL;
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    fixture_close(&t.f);
}

/* proves: Q-39 */
static void test_thread_hangs(void **state)
{
    (void)state;
    struct threaded t;
    struct p9_file file;
    threaded_open(&t, LAZY);
    assert_int_equal(walk1(&t.f.root, "pipe", &file), CODE_FATE);
    assert_int_equal(t.f.d.fate, FATE_HANG);
    assert_int_equal(pthread_join(t.thread, NULL), 0);
    assert_int_equal(t.result, CODE_FATE);
    assert_int_equal(t.f.gofer_domain.fate, FATE_HANG);
    fixture_abandon(&t.f);
}

/* A little of everything; any failure but the injected one is a failure of the test. */
static void session(struct fixture *f)
{
    struct p9_file file, clone, made;
    struct p9_qid qid;
    struct owned_fd *fd = NULL;
    const uint8_t *data;
    size_t n;
    if (p9_attach(f->client, "/", &f->root) < 0 || walk1(&f->root, "file", &file) < 0 ||
        p9_walk(&file, NULL, 0, NULL, &clone) < 0 || p9_lopen(&clone, 2, NULL, NULL, &fd) < 0) {
        return;
    }
    owned_fd_free(fd);
    if (p9_write(&clone, "x", 1, 9, &n) < 0 || p9_walk(&f->root, NULL, 0, NULL, &made) < 0 ||
        p9_create(&made, "new", 2, 0644, 1, 1, NULL, NULL, NULL) < 0 ||
        p9_mkdir(&f->root, "d", 0755, 1, 1, &qid) < 0 || p9_rename(&file, &f->root, "g") < 0 ||
        p9_setattr(&file, P9_SETATTR_MODE, &(struct p9_setattr){.mode = 0600}) < 0 ||
        p9_unlinkat(&f->root, "d", 0x200) < 0) {
        return;
    }
    (void)p9_clunk(&made);
    (void)p9_clunk(&clone);
    if (p9_walk(&f->root, NULL, 0, NULL, &clone) == 0 &&
        p9_lopen(&clone, 0, NULL, NULL, NULL) == 0) {
        (void)p9_readdir(&clone, 0, 8192, &data, &n);
        (void)p9_clunk(&clone);
    }
    (void)p9_clunk(&file);
}

/* Fail the n-th allocation of the gofer, or of the host, until none fails. */
static void run_out(bool of_host)
{
    for (uint64_t i = 1;; i++) {
        struct fixture f;
        fixture_open(&f, LAZY, false, NULL);
        struct domain *d = of_host ? &f.host_domain : &f.gofer_domain;
        d->alloc_fail_at = d->allocs + i;
        session(&f);
        if (d->fate == FATE_NONE) {
            assert_true(i > (of_host ? 5 : 20));
            d->alloc_fail_at = 0;
            fixture_close(&f);
            return;
        }
        assert_int_equal(d->fate, FATE_OOM);
        assert_int_equal(f.gofer_domain.fate, FATE_OOM);
        fixture_abandon(&f);
    }
}

static int start(struct domain *d, struct host *h, struct owned_fd *sock)
{
    const struct gofer_attach attach = {.prefix = "/h/root"};
    struct gofer *g;
    struct gofer_point *point;
    struct gofer_channel *channel;
    int rc = gofer_new(d, h, &g);
    rc = rc ? rc : gofer_point_new(g, &attach, &point);
    rc = rc ? rc : gofer_serve(point, sock, &channel);
    if (rc) {
        return rc;
    }
    rc = gofer_hang_fd(g);
    gofer_free(g);
    return rc < 0 ? rc : 0;
}

/* Before the first request: fail the n-th allocation of what starts a gofer. */
static void run_out_at_the_start(void)
{
    struct fixture f;
    fixture_open(&f, RW, false, NULL);
    for (uint64_t i = 1, done = 0; !done; i++) {
        struct domain d;
        struct owned_fd *ours, *theirs;
        domain_init(&d, "gofer", PROFILE_GVISOR_2018_08_14);
        assert_int_equal(p9_socketpair(&f.d, &d, &ours, &theirs), 0);
        d.alloc_fail_at = d.allocs + i;
        int rc = start(&d, f.h, theirs);
        done = d.fate == FATE_NONE;
        assert_int_equal(rc, done ? 0 : CODE_FATE);
        assert_int_equal(d.fate, done ? FATE_NONE : FATE_OOM);
        assert_true(!done || i > 6);
        owned_fd_free(ours);
        (void)domain_close(&d, NULL, NULL);
    }
    fixture_close(&f);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    run_out_at_the_start();
    run_out(false);
    run_out(true);
}

/* --------------------------------------------------------------- what the machine refuses */

static rlim_t limit_descriptors(rlim_t n)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = n;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static void test_no_descriptors(void **state)
{
    (void)state;
    struct fixture f;
    struct owned_fd *ours = NULL, *theirs = NULL;
    fixture_open(&f, RW, false, NULL);
    const rlim_t before = limit_descriptors(0);
    int hang = gofer_hang_fd(f.g), pair = p9_socketpair(&f.d, &f.gofer_domain, &ours, &theirs);
    struct gofer_wait wait = {.client_fd = 0, .hang_fd = 1}; /* more than poll may take */
    int waited = gofer_wait_pump(&wait);
    (void)limit_descriptors(before);
    assert_int_equal(hang, -EMFILE);
    assert_int_equal(pair, -EMFILE);
    assert_null(ours);
    assert_null(theirs);
    assert_int_equal(waited, P9_PUMP_DEAD);
    assert_true(gofer_hang_fd(f.g) >= 0); /* later it can be had */
    fixture_close(&f);
}

/* What is no socket is refused, and closed. */
static void test_bad_socket(void **state)
{
    (void)state;
    struct fixture f;
    struct owned_fd *sock;
    struct gofer_point *point;
    struct gofer_channel *channel = NULL;
    const struct gofer_attach attach = {.prefix = "/h/root"};
    fixture_open(&f, RW, false, NULL);
    assert_int_equal(gofer_point_new(f.g, &attach, &point), 0);
    int fds = open_fds(), fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(owned_fd_new(&f.gofer_domain, fd, "no socket", &sock), 0);
    assert_int_equal(gofer_serve(point, sock, &channel), -EBADF);
    assert_null(channel);
    assert_int_equal(open_fds(), fds);
    fixture_close(&f);
}

static void nothing(int signal)
{
    (void)signal;
}

/* A signal is no end. */
static void test_wait_is_interrupted(void **state)
{
    (void)state;
    int quiet[2];
    struct sigaction old;
    const struct sigaction action = {.sa_handler = nothing};
    const struct itimerval soon = {.it_interval.tv_usec = 5000, .it_value.tv_usec = 5000};
    const struct itimerval never = {0};
    assert_int_equal(pipe2(quiet, O_CLOEXEC), 0);
    struct gofer_wait wait = {.client_fd = quiet[0], .hang_fd = quiet[0]};
    assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    int result = gofer_wait_pump(&wait);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
    assert_int_equal(result, P9_PUMP_PROGRESS);
    close(quiet[0]);
    close(quiet[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shutdown),
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_thread_large_requests),
        cmocka_unit_test(test_thread_hangs),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_bad_socket),
        cmocka_unit_test(test_wait_is_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
