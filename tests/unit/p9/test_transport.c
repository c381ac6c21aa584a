/* Real socketpairs, small buffers, descriptors. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "p9_test.h"

struct pair {
    struct domain *d;
    struct p9_transport *a, *b; /* b takes descriptors */
};

static struct pair open_pair(struct domain *d)
{
    struct pair p = {.d = d};
    struct owned_fd *a, *b;
    assert_int_equal(p9_socketpair(d, d, &a, &b), 0);
    assert_int_equal(p9_transport_new(d, a, &p.a), 0);
    assert_int_equal(p9_transport_new(d, b, &p.b), 0);
    p9_transport_take_fds(p.b, true);
    return p;
}

static void close_pair(struct pair *p)
{
    p9_transport_free(p->a);
    p9_transport_free(p->b);
}

static void shrink(int fd)
{
    int n = 1; /* the kernel makes it the smallest it has */
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n)), 0);
}

static void queue(struct p9_transport *t, const struct p9_msg *m, struct owned_fd *fd)
{
    uint8_t *p;
    size_t n = p9_msg_bound(m);
    assert_int_equal(p9_transport_reserve(t, n, &p), 0);
    assert_int_equal(p9_encode(m, 0, p, n, &n), 0);
    p9_transport_commit(t, n, fd);
}

static void flush(struct p9_transport *t)
{
    size_t n;
    assert_int_equal(p9_transport_flush(t, &n), 0);
    assert_int_equal(p9_transport_queued(t), 0);
}

/* The next frame, receiving as needed; fails when there is none. */
static struct p9_frame take(struct p9_transport *t)
{
    struct p9_frame f;
    size_t n;
    int code;
    while ((code = p9_transport_next(t, &f)) == -EAGAIN) {
        assert_int_equal(p9_transport_fill(t, &n), 0);
    }
    assert_int_equal(code, 0);
    return f;
}

static struct owned_fd *some_file(struct domain *d, ino_t *ret_ino)
{
    struct owned_fd *fd;
    struct stat st;
    assert_int_equal(owned_fd_new(d, memfd_create("donated", MFD_CLOEXEC), "test file", &fd), 0);
    assert_int_equal(fstat(fd->fd, &st), 0);
    *ret_ino = st.st_ino;
    return fd;
}

static ino_t inode_of(const struct owned_fd *fd)
{
    struct stat st;
    assert_int_equal(fstat(fd->fd, &st), 0);
    return st.st_ino;
}

static void one_message_arrives_as_it_was_sent(void **state)
{
    struct pair p = open_pair(*state);
    struct p9_msg m;
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN, .tag = 1, .fid = 5, .flags = 2}, NULL);
    flush(p.a);
    struct p9_frame f = take(p.b);
    assert_int_equal(f.type, P9_TLOPEN);
    assert_int_equal(f.tag, 1);
    assert_null(f.fd);
    assert_int_equal(p9_decode(f.p, f.n, 0, &m), 0);
    assert_int_equal(m.fid, 5);
    close_pair(&p);
}

static void a_frame_of_a_mebibyte_passes_a_tiny_buffer(void **state)
{
    struct pair p = open_pair(*state);
    const size_t n = 1024 * 1024;
    uint8_t *data = malloc(n);
    struct p9_frame f;
    struct p9_msg m;
    size_t moved, rounds = 0;
    int code;
    assert_non_null(data);
    for (size_t i = 0; i < n; i++) {
        data[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    shrink(p9_transport_fd(p.a));
    queue(p.a, &(struct p9_msg){.type = P9_TWRITE, .count = (uint32_t)n, .data = data}, NULL);
    while ((code = p9_transport_next(p.b, &f)) == -EAGAIN) {
        assert_int_equal(p9_transport_flush(p.a, &moved), 0);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        rounds++;
    }
    assert_int_equal(code, 0);
    assert_true(rounds > 10); /* it did not fit at once, or this proves nothing */
    assert_int_equal(p9_decode(f.p, f.n, 0, &m), 0);
    assert_int_equal(m.count, n);
    assert_memory_equal(m.data, data, n);
    free(data);
    close_pair(&p);
}

static void a_thousand_frames_pipelined_through_a_tiny_buffer(void **state)
{
    struct pair p = open_pair(*state);
    struct p9_frame f;
    size_t moved;
    uint16_t next = 0;
    shrink(p9_transport_fd(p.a));
    for (uint16_t i = 0; i < 1000; i++) {
        queue(p.a, &(struct p9_msg){.type = P9_TUNLINKAT, .tag = i, .name = p9_str("a-name")},
              NULL);
    }
    while (next < 1000) {
        assert_int_equal(p9_transport_flush(p.a, &moved), 0);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        while (p9_transport_next(p.b, &f) == 0) {
            assert_int_equal(f.tag, next++);
        }
    }
    assert_int_equal(p9_transport_queued(p.a), 0);
    close_pair(&p);
}

static void frames_split_at_every_byte_arrive(void **state)
{
    struct pair p = open_pair(*state);
    uint8_t frame[64];
    struct p9_frame f;
    size_t moved;
    size_t n = unhex("18000000 6e 0201 0100000002000000020002006162010063", frame);
    int raw = p9_transport_fd(p.a);
    for (size_t cut = 1; cut < n; cut++) {
        raw_send(raw, frame, cut);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        assert_int_equal(p9_transport_next(p.b, &f), -EAGAIN);
        assert_int_equal(p9_transport_fill(p.b, &moved), -EAGAIN);
        raw_send(raw, frame + cut, n - cut);
        f = take(p.b);
        assert_memory_equal(f.p, frame, n);
    }
    close_pair(&p);
}

static void sizes_out_of_bounds_are_final(void **state)
{
    static const struct {
        const char *header;
        uint32_t limit;
        int code;
    } rows[] = {
        {"00000000 78 0100", P9_FRAME_MAX, -EBADMSG},
        {"06000000 78 0100", P9_FRAME_MAX, -EBADMSG},
        {"07000000 78 0100", P9_FRAME_MAX, 0},
        {"01004000 78 0100", P9_FRAME_MAX, -EMSGSIZE},
        {"00004000 78 0100", P9_FRAME_MAX, -EAGAIN},
        {"ffffffff 78 0100", UINT32_MAX, -EMSGSIZE},
        {"01004000 78 0100", UINT32_MAX, -EMSGSIZE},
        {"0b000000 78 0100", 10, -EMSGSIZE},
        {"0b000000 78 0100", 11, -EAGAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pair p = open_pair(*state);
        struct p9_frame f;
        size_t moved;
        p9_transport_set_limit(p.b, rows[i].limit);
        raw_send_hex(p9_transport_fd(p.a), rows[i].header);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        assert_int_equal(p9_transport_next(p.b, &f), rows[i].code);
        close_pair(&p);
    }
}

static void the_end_of_a_peer_is_seen_from_both_sides(void **state)
{
    struct pair p = open_pair(*state);
    size_t moved = 99;
    p9_transport_free(p.a);
    p.a = NULL;
    assert_int_equal(p9_transport_fill(p.b, &moved), -EPIPE);
    queue(p.b, &(struct p9_msg){.type = P9_TCLUNK}, NULL);
    assert_int_equal(p9_transport_flush(p.b, &moved), -EPIPE);
    assert_int_equal(moved, 99);
    close_pair(&p);
}

/* proves: Q-13 */
static void a_descriptor_travels_with_its_frame(void **state)
{
    struct pair p = open_pair(*state);
    ino_t ino;
    struct owned_fd *file = some_file(p.d, &ino);
    int sent = file->fd;
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = 1}, file);
    flush(p.a);
    assert_int_equal(fcntl(sent, F_GETFD), -1); /* the sender's is closed after the send */
    struct p9_frame f = take(p.b);
    assert_non_null(f.fd);
    assert_int_equal(inode_of(f.fd), ino);
    assert_true(fcntl(f.fd->fd, F_GETFD) & FD_CLOEXEC);
    owned_fd_free(f.fd);
    close_pair(&p);
}

/* Every third of 60 pipelined replies carries one; small and large frames take turns. */
static void pipelined_descriptors_reach_their_frames(void **state)
{
    struct pair p = open_pair(*state);
    static uint8_t data[30000];
    ino_t inos[60] = {0};
    size_t moved;
    uint16_t next = 0;
    struct p9_frame f;
    shrink(p9_transport_fd(p.a));
    for (uint16_t i = 0; i < 60; i++) {
        if (i % 3 == 1) {
            struct owned_fd *file = some_file(p.d, &inos[i]);
            queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = i}, file);
        } else if (i % 3 == 0) {
            queue(p.a,
                  &(struct p9_msg){.type = P9_TREAD + 1, .tag = i, .count = i * 500U, .data = data},
                  NULL);
        } else {
            queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = i}, NULL);
        }
    }
    while (next < 60) {
        assert_int_equal(p9_transport_flush(p.a, &moved), 0);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        while (p9_transport_next(p.b, &f) == 0) {
            assert_int_equal(f.tag, next);
            assert_int_equal(f.fd != NULL, next % 3 == 1);
            assert_true(!f.fd || inode_of(f.fd) == inos[next]);
            owned_fd_free(f.fd);
            next++;
        }
    }
    close_pair(&p);
}

/* The kernel may hand over plain frames and one with a descriptor in the same receive. */
static void a_descriptor_is_not_given_to_an_older_frame(void **state)
{
    struct pair p = open_pair(*state);
    ino_t ino;
    size_t moved;
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = 1}, NULL);
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = 2}, NULL);
    flush(p.a);
    struct owned_fd *file = some_file(p.d, &ino);
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = 3}, file);
    queue(p.a, &(struct p9_msg){.type = P9_TLOPEN + 1, .tag = 4}, NULL);
    flush(p.a);
    assert_int_equal(p9_transport_fill(p.b, &moved), 0);
    assert_int_equal(moved, 3 * 24); /* so this kernel does, and the rule is needed */
    for (uint16_t tag = 1; tag <= 4; tag++) {
        struct p9_frame f = take(p.b);
        assert_int_equal(f.tag, tag);
        assert_int_equal(f.fd != NULL, tag == 3);
        owned_fd_free(f.fd);
    }
    close_pair(&p);
}

/* proves: Q-15 */
static void descriptors_in_the_middle_of_a_frame_are_dropped(void **state)
{
    struct pair p = open_pair(*state);
    uint8_t frame[32];
    size_t n = unhex("18000000 0d 0201 8004030201181716151413121109000000", frame), moved;
    int before = open_fds();
    int fds[2] = {STDIN_FILENO, STDOUT_FILENO};
    for (size_t cut = 1; cut < n; cut++) {
        raw_send(p9_transport_fd(p.a), frame, cut);
        assert_int_equal(p9_transport_fill(p.b, &moved), 0);
        raw_send_fds(p9_transport_fd(p.a), frame + cut, n - cut, fds, 2);
        struct p9_frame f = take(p.b);
        assert_null(f.fd);
        assert_int_equal(open_fds(), before);
    }
    close_pair(&p);
}

static void surplus_and_unwanted_descriptors_are_closed(void **state)
{
    struct pair p = open_pair(*state);
    uint8_t frame[32];
    int fds[253];
    size_t moved;
    int before = open_fds();
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = STDIN_FILENO;
    }
    size_t n = unhex("18000000 0d 0201 8004030201181716151413121109000000", frame);
    raw_send_fds(p9_transport_fd(p.a), frame, n, fds, ARRAY_LEN(fds));
    struct p9_frame f = take(p.b);
    assert_non_null(f.fd);
    assert_int_equal(open_fds(), before + 1);
    owned_fd_free(f.fd);
    n = unhex("0b000000 77 0201 03000000", frame); /* Rwrite may carry none */
    raw_send_fds(p9_transport_fd(p.a), frame, n, fds, 3);
    f = take(p.b);
    assert_null(f.fd);
    assert_int_equal(open_fds(), before);
    raw_send_fds(p9_transport_fd(p.b), frame, n, fds, ARRAY_LEN(fds)); /* a takes none at all */
    f = take(p.a);
    assert_null(f.fd);
    assert_int_equal(open_fds(), before);
    raw_send_fds(p9_transport_fd(p.a), frame, 5, fds, 2); /* never finished: closed with the end */
    assert_int_equal(p9_transport_fill(p.b, &moved), 0);
    assert_int_equal(p9_transport_next(p.b, &f), -EAGAIN);
    close_pair(&p);
    assert_int_equal(open_fds(), before - 2);
}

static void a_fate_stops_the_sender(void **state)
{
    struct domain *d = *state;
    struct pair p = open_pair(d);
    size_t moved = 7;
    queue(p.a, &(struct p9_msg){.type = P9_TCLUNK}, NULL);
    d->fate_inject_at = d->fate_checks + 1;
    assert_int_equal(p9_transport_flush(p.a, &moved), CODE_FATE);
    assert_int_equal(moved, 7);
    char byte;
    assert_int_equal(recv(p9_transport_fd(p.b), &byte, 1, MSG_DONTWAIT), -1);
}

static void a_bad_descriptor_is_refused(void **state)
{
    struct domain *d = *state;
    struct owned_fd *a, *b;
    struct p9_transport *t = NULL;
    assert_int_equal(p9_socketpair(d, d, &a, &b), 0);
    int number = fcntl(a->fd, F_DUPFD_CLOEXEC, 500);
    close(a->fd);
    assert_int_equal(p9_transport_new(d, a, &t), -EBADF);
    assert_null(t);
    close(number);
    owned_fd_free(b);
}

static void the_bounds_are_told(void **state)
{
    struct pair p = open_pair(*state);
    static uint8_t data[65536];
    ino_t ino;
    const struct p9_msg big = {.type = P9_TREAD + 1, .count = sizeof(data), .data = data};
    for (size_t i = 0; i * sizeof(data) < P9_QUEUE_BOUND; i++) {
        assert_false(p9_transport_busy(p.a));
        queue(p.a, &big, NULL);
    }
    assert_true(p9_transport_busy(p.a));
    for (unsigned i = 0; i < P9_QUEUED_FDS_MAX; i++) {
        assert_false(p9_transport_busy(p.b));
        queue(p.b, &(struct p9_msg){.type = P9_TLOPEN + 1}, some_file(p.d, &ino));
    }
    assert_true(p9_transport_busy(p.b));
    queue(p.b, &(struct p9_msg){.type = P9_TLOPEN + 1}, some_file(p.d, &ino)); /* dropped */
    close_pair(&p);
}

/* The bytes of a connection are a stream without marks: frames are cut by their size fields. */
/* proves: Q-12 */
static void connections_are_streams(void **state)
{
    struct domain *d = *state;
    struct owned_fd *a, *b;
    int type = 0;
    socklen_t n = sizeof(type);
    assert_int_equal(p9_socketpair(d, d, &a, &b), 0);
    assert_int_equal(getsockopt(a->fd, SOL_SOCKET, SO_TYPE, &type, &n), 0);
    assert_int_equal(type, SOCK_STREAM);
    owned_fd_free(a);
    owned_fd_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(one_message_arrives_as_it_was_sent),
        DOMAIN_TEST(a_frame_of_a_mebibyte_passes_a_tiny_buffer),
        DOMAIN_TEST(a_thousand_frames_pipelined_through_a_tiny_buffer),
        DOMAIN_TEST(frames_split_at_every_byte_arrive),
        DOMAIN_TEST(sizes_out_of_bounds_are_final),
        DOMAIN_TEST(the_end_of_a_peer_is_seen_from_both_sides),
        DOMAIN_TEST(a_descriptor_travels_with_its_frame),
        DOMAIN_TEST(pipelined_descriptors_reach_their_frames),
        DOMAIN_TEST(a_descriptor_is_not_given_to_an_older_frame),
        DOMAIN_TEST(descriptors_in_the_middle_of_a_frame_are_dropped),
        DOMAIN_TEST(surplus_and_unwanted_descriptors_are_closed),
        DOMAIN_TEST(a_fate_stops_the_sender),
        DOMAIN_TEST(a_bad_descriptor_is_refused),
        DOMAIN_TEST(the_bounds_are_told),
        DOMAIN_TEST(connections_are_streams),
    };
    return cmocka_run_group_tests_name("p9_transport", tests, NULL, NULL);
}
