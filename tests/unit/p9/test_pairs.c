/* Sockets that are used again: what either end sees is what the kernel would show. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "p9_test.h"

struct connection {
    struct p9_transport *a, *b;
};

static struct connection connect_pair(struct p9_pairs *pairs, struct domain *a, struct domain *b)
{
    struct connection c;
    struct owned_fd *fa, *fb;
    assert_int_equal(p9_pairs_take(pairs, a, b, &fa, &fb), 0);
    assert_int_equal(p9_transport_new(a, fa, &c.a), 0);
    assert_int_equal(p9_transport_new(b, fb, &c.b), 0);
    return c;
}

static int flush_clunk(struct p9_transport *t)
{
    const struct p9_msg m = {.type = P9_TCLUNK, .tag = 1, .fid = 2};
    uint8_t *p;
    size_t n = p9_msg_bound(&m);
    assert_int_equal(p9_transport_reserve(t, n, &p), 0);
    assert_int_equal(p9_encode(&m, 0, p, n, &n), 0);
    p9_transport_commit(t, n, NULL);
    return p9_transport_flush(t, &n);
}

static int receive_clunk(struct p9_transport *t)
{
    struct p9_frame f;
    size_t n;
    int code = p9_transport_fill(t, &n);
    if (code == 0) {
        assert_int_equal(p9_transport_next(t, &f), 0);
        assert_int_equal(f.type, P9_TCLUNK);
    }
    return code;
}

static void same_sockets_again(void **state)
{
    struct domain *d = *state;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    int first[2] = {-1, -1};
    for (int i = 0; i < 3; i++) {
        struct connection c = connect_pair(pairs, d, d);
        int fds[2] = {p9_transport_fd(c.a), p9_transport_fd(c.b)};
        if (i == 0) {
            memcpy(first, fds, sizeof(first));
        }
        assert_memory_equal(fds, first, sizeof(first));
        assert_int_equal(receive_clunk(c.b), -EAGAIN); /* nothing is left of the one before */
        assert_int_equal(flush_clunk(c.a), 0);
        assert_int_equal(receive_clunk(c.b), 0);
        p9_transport_free(i == 1 ? c.b : c.a);
        p9_transport_free(i == 1 ? c.a : c.b);
    }
    struct connection one = connect_pair(pairs, d, d), two = connect_pair(pairs, d, d);
    assert_int_equal(p9_transport_fd(one.a), first[0]);
    assert_int_not_equal(p9_transport_fd(two.a), first[0]);
    p9_transport_free(one.a);
    p9_transport_free(one.b);
    p9_transport_free(two.a);
    p9_transport_free(two.b);
    p9_pairs_free(pairs);
    p9_pairs_free(NULL);
}

static void a_closed_end(void **state)
{
    struct domain *d = *state;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    struct connection c = connect_pair(pairs, d, d);
    assert_int_equal(flush_clunk(c.a), 0);
    p9_transport_free(c.a);
    assert_int_equal(receive_clunk(c.b), 0); /* what came before the end of file */
    assert_int_equal(receive_clunk(c.b), -EPIPE);
    assert_int_equal(flush_clunk(c.b), -EPIPE);
    p9_transport_free(c.b);
    c = connect_pair(pairs, d, d);
    assert_int_equal(receive_clunk(c.a), -EAGAIN); /* not the end of the one before */
    p9_transport_free(c.a);
    p9_transport_free(c.b);
    p9_pairs_free(pairs);
}

static void unread_bytes_end_the_sockets(void **state)
{
    struct domain *d = *state;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    struct connection c = connect_pair(pairs, d, d);
    int fd = p9_transport_fd(c.a);
    assert_int_equal(flush_clunk(c.a), 0);
    p9_transport_free(c.a);
    p9_transport_free(c.b);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    c = connect_pair(pairs, d, d);
    assert_int_equal(receive_clunk(c.a), -EAGAIN);
    assert_int_equal(receive_clunk(c.b), -EAGAIN);
    p9_transport_free(c.a);
    p9_transport_free(c.b);
    p9_pairs_free(pairs);
}

/* The ledger of an abandoned domain ends its end as a close does. */
static void a_domain_that_is_abandoned(void **state)
{
    struct domain *d = *state, other;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    domain_init(&other, "other", PROFILE_GVISOR_2018_08_14);
    struct connection c = connect_pair(pairs, d, &other);
    int fd = p9_transport_fd(c.a);
    domain_hang(&other, "test");
    domain_close(&other, NULL, NULL);
    assert_int_equal(receive_clunk(c.a), -EPIPE);
    p9_transport_free(c.a);
    c = connect_pair(pairs, d, d);
    assert_int_equal(p9_transport_fd(c.a), fd);
    p9_transport_free(c.a);
    p9_transport_free(c.b);
    p9_pairs_free(pairs);
}

static void no_memory(void **state)
{
    struct domain *d = *state, other;
    struct p9_pairs *pairs;
    struct owned_fd *a, *b;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    for (int i = 0; i < 2; i++) {
        domain_init(&other, "other", PROFILE_GVISOR_2018_08_14);
        other.alloc_fail_at = 1;
        assert_int_equal(p9_pairs_take(pairs, i ? d : &other, i ? &other : d, &a, &b), CODE_FATE);
        domain_close(&other, NULL, NULL);
    }
    p9_pairs_free(pairs);
}

/* A child that took its parent's sockets would speak to its parent's peer. */
static void a_child_makes_its_own(void **state)
{
    struct domain *d = *state;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    struct connection c = connect_pair(pairs, d, d);
    struct stat parent, child;
    assert_int_equal(fstat(p9_transport_fd(c.a), &parent), 0);
    p9_transport_free(c.a);
    p9_transport_free(c.b);
    pid_t pid = fork();
    if (pid == 0) {
        struct owned_fd *a, *b;
        bool own = p9_pairs_take(pairs, d, d, &a, &b) == 0 && fstat(a->fd, &child) == 0 &&
                   child.st_ino != parent.st_ino;
        _exit(own ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    p9_pairs_free(pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(same_sockets_again),
        DOMAIN_TEST(a_closed_end),
        DOMAIN_TEST(unread_bytes_end_the_sockets),
        DOMAIN_TEST(a_domain_that_is_abandoned),
        DOMAIN_TEST(no_memory),
        DOMAIN_TEST(a_child_makes_its_own),
    };
    return cmocka_run_group_tests_name("p9_pairs", tests, NULL, NULL);
}
