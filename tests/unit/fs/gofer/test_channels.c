/* channels.c */
#include "world.h"

#include <fcntl.h>
#include <unistd.h>

static int open_null(struct domain *d, struct owned_fd **ret)
{
    return owned_fd_new(d, open("/dev/null", O_RDWR | O_CLOEXEC), "test descriptor", ret);
}

static void a_number_is_taken_once(void **state)
{
    struct world *w = *state;
    struct owned_fd *sock = NULL, *again;
    struct p9_pump pump = {0};
    assert_int_equal(gfs_channels_take(&w->ch, 99, &sock, &pump), -EBADF);
    assert_int_equal(gfs_channels_take(&w->ch, -1, &sock, &pump), -EBADF);
    assert_null(sock);
    assert_int_equal(gfs_channels_take(&w->ch, FIRST_NUMBER, &sock, &pump), 0);
    assert_non_null(sock);
    assert_ptr_equal(pump.arg, w->peer[0]->server);
    assert_int_equal(gfs_channels_take(&w->ch, FIRST_NUMBER, &again, &pump), -EBADF);
    owned_fd_free(sock);
}

static void a_number_is_entered_once_and_a_refused_socket_is_closed(void **state)
{
    struct world *w = *state;
    struct owned_fd *fd;
    assert_int_equal(open_null(&w->s.d, &fd), 0);
    size_t live = w->s.d.live;
    assert_int_equal(gofer_channels_add(&w->ch, FIRST_NUMBER, fd, NULL), -EEXIST);
    assert_int_equal(w->s.d.live, live - 1);
    for (int i = 10; i < 30; i++) {
        assert_int_equal(open_null(&w->s.d, &fd), 0);
        assert_int_equal(gofer_channels_add(&w->ch, i, fd, NULL), 0);
    }
    assert_int_equal(w->ch.n, PEERS + 20);
}

int main(void)
{
    const struct CMUnitTest channels[] = {
        WORLD_TEST(a_number_is_taken_once),
        WORLD_TEST(a_number_is_entered_once_and_a_refused_socket_is_closed),
    };
    return cmocka_run_group_tests(channels, NULL, NULL);
}
