#include "core_test.h"

#include <fcntl.h>
#include <unistd.h>

static int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void freeing_closes(void **state)
{
    struct domain *d = *state;
    struct owned_fd *f = NULL;
    int fd = open_null();
    assert_int_equal(owned_fd_new(d, fd, "null device", &f), 0);
    assert_int_equal(f->fd, fd);
    assert_true(is_open(fd));
    owned_fd_free(f);
    assert_false(is_open(fd));
    owned_fd_free(NULL);
}

static void a_negative_descriptor_is_refused(void **state)
{
    struct owned_fd *f = NULL;
    assert_int_equal(owned_fd_new(*state, -1, "none", &f), -EBADF);
    assert_null(f);
}

static void failure_closes_too(void **state)
{
    struct domain *d = *state;
    struct owned_fd *f = NULL;
    int fd = open_null();
    d->alloc_fail_at = 1;
    assert_int_equal(owned_fd_new(d, fd, "null device", &f), CODE_FATE);
    assert_null(f);
    assert_false(is_open(fd));
}

static void an_abandoned_domain_closes_once(void **state)
{
    (void)state;
    struct domain d;
    struct owned_fd *f = NULL;
    int fd = open_null();
    domain_init(&d, "abandoned", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(owned_fd_new(&d, fd, "null device", &f), 0);
    domain_panic(&d, "gone");
    owned_fd_free(f);
    assert_true(is_open(fd));
    assert_int_equal(domain_close(&d, NULL, NULL), 1);
    assert_false(is_open(fd));
}

static void the_ledger_tells_them(void **state)
{
    struct domain *d = *state;
    struct owned_fd *a, *b;
    int v[2] = {-1, -1};
    assert_int_equal(domain_fds(d, NULL, 0), 0);
    assert_non_null(mem_new(d, 4, "no descriptor"));
    assert_int_equal(owned_fd_new(d, open_null(), "one", &a), 0);
    assert_int_equal(owned_fd_new(d, open_null(), "two", &b), 0);
    assert_int_equal(domain_fds(d, v, 1), 2);
    assert_int_equal(v[0], a->fd);
    assert_int_equal(v[1], -1);
    assert_int_equal(domain_fds(d, v, 2), 2);
    assert_int_equal(v[1], b->fd);
    owned_fd_free(a);
    assert_int_equal(domain_fds(d, v, 2), 1);
    assert_int_equal(v[0], b->fd);
    (void)domain_panic(d, "the ledger closes the rest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(freeing_closes),
        DOMAIN_TEST(the_ledger_tells_them),
        DOMAIN_TEST(a_negative_descriptor_is_refused),
        DOMAIN_TEST(failure_closes_too),
        DOMAIN_TEST(an_abandoned_domain_closes_once),
    };
    return cmocka_run_group_tests_name("core_fd", tests, NULL, NULL);
}
