/* The request loop: hostile frames, bounds, the end of a connection, fates (contract 7.2, 15.1). */
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "p9_test.h"

static void expect_reply(struct session *s, const char *hex)
{
    uint8_t want[64], got[64];
    struct p9_msg m;
    size_t n = unhex(hex, want);
    assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_PROGRESS);
    assert_int_equal(raw_receive(s->raw->fd, got, sizeof(got), &m), n);
    assert_memory_equal(got, want, n);
}

/* proves: Q-16 */
static void frames_that_are_no_request_are_answered(void **state)
{
    struct session *s = *state;
    raw_send_hex(s->raw->fd, "07000000 06 0500"); /* unknown type */
    expect_reply(s, "0b000000 07 0500 05000000");
    raw_send_hex(s->raw->fd, "09000000 78 0500 0100"); /* truncated Tclunk */
    expect_reply(s, "0b000000 07 ffff 05000000");
    raw_send_hex(s->raw->fd, "07000000 79 0700"); /* Rclunk */
    expect_reply(s, "0b000000 07 0700 26000000");
    raw_send_hex(s->raw->fd, "0b000000 78 ffff 01000000"); /* NOTAG is an ordinary tag */
    expect_reply(s, "0b000000 07 ffff 09000000");
    p9_server_set_personality(s->server, P9_STD);
    raw_send_hex(s->raw->fd, "09000000 78 0500 0100");
    expect_reply(s, "0b000000 07 0500 05000000");
    assert_int_equal(p9_server_info(s->server).requests, 5);
}

static void every_type_gets_exactly_one_reply(void **state)
{
    struct session *s = *state;
    uint8_t buf[256];
    struct p9_msg m;
    for (unsigned type = 0; type < 256; type++) {
        uint8_t frame[64] = {sizeof(frame), 0, 0, 0, (uint8_t)type, 9, 0};
        raw_send(s->raw->fd, frame, sizeof(frame));
        assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_PROGRESS);
        assert_true(raw_receive(s->raw->fd, buf, sizeof(buf), &m) > 0);
        assert_int_equal(raw_receive(s->raw->fd, buf, sizeof(buf), &m), 0);
    }
    assert_int_equal(p9_server_info(s->server).fids, 0);
}

static void attach(struct session *s, uint32_t fid)
{
    const struct p9_msg t = {
        .type = P9_TATTACH, .fid = fid, .fid2 = P9_NOFID, .name2 = p9_str("/")};
    assert_int_equal(raw_errno(s, &t), 0);
}

/* proves: QI-06 */
static void sizes_out_of_bounds_end_the_connection(void **state)
{
    static const char *const frames[] = {"00000000 78 0100", "06000000 78 0100", "01004000 78 0100",
                                         "ffffffff 78 0100"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
        struct session s;
        assert_int_equal(session_open(&s), 0);
        attach(&s, 1);
        attach(&s, 2);
        raw_send_hex(s.raw->fd, frames[i]);
        assert_int_equal(p9_server_serve_some(s.server), P9_PUMP_DEAD);
        struct p9_server_info info = p9_server_info(s.server);
        assert_true(info.ended);
        assert_int_equal(info.fids, 0);
        assert_int_equal(info.fid_inserts, 2);
        assert_int_equal(info.fid_deletes, 2);
        assert_int_equal(s.mock.closes, 2);
        assert_int_equal(p9_server_fd(s.server), -1);
        assert_int_equal(p9_server_serve_some(s.server), P9_PUMP_DEAD);
        char byte;
        assert_int_equal(recv(s.raw->fd, &byte, 1, MSG_DONTWAIT), 0);
        assert_int_equal(session_close(&s), 0);
    }
}

/* proves: Q-08 */
static void a_refused_version_still_changes_the_limit(void **state)
{
    struct session *s = *state;
    raw_send_hex(s->raw->fd, "0e000000 64 0100 08000000 0100 78");
    expect_reply(s, "0b000000 07 0100 16000000");
    raw_send_hex(s->raw->fd, "0b000000 78 0100 01000000");
    assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_DEAD);
}

/* proves: QI-07 */
static void an_end_at_any_byte_drops_everything(void **state)
{
    (void)state;
    uint8_t frames[64];
    int before = open_fds();
    size_t n = unhex("18000000 68 0201 01000000ffffffff000001002fffffffff"
                     "11000000 6e 0201 01000000 02000000 0000",
                     frames);
    for (size_t cut = 0; cut <= n; cut++) {
        struct session s;
        assert_int_equal(session_open(&s), 0);
        raw_send(s.raw->fd, frames, cut);
        owned_fd_free(s.raw);
        s.raw = NULL;
        int result;
        while ((result = p9_server_serve_some(s.server)) == P9_PUMP_PROGRESS) {
        }
        assert_int_equal(result, P9_PUMP_DEAD);
        assert_int_equal(s.mock.live, 0);
        assert_int_equal(session_close(&s), 0);
        assert_int_equal(open_fds(), before);
    }
}

static void descriptors_from_a_client_are_never_kept(void **state)
{
    struct session *s = *state;
    uint8_t frame[32];
    int fds[100] = {0};
    size_t n = unhex("18000000 0d 0700 8004030201181716151413121109000000", frame); /* Rlopen */
    int before = open_fds();
    raw_send_fds(s->raw->fd, frame, n, fds, ARRAY_LEN(fds));
    expect_reply(s, "0b000000 07 0700 26000000");
    assert_int_equal(open_fds(), before);
}

/* proves: Q-28 QI-03 Q-29 */
static void a_peer_that_never_reads_is_not_served_for_ever(void **state)
{
    struct session *s = *state;
    const struct p9_msg read = {.type = P9_TREAD, .tag = 3, .fid = 1, .count = 1 << 19};
    const struct p9_msg open = {.type = P9_TLOPEN, .fid = 1};
    attach(s, 1);
    assert_int_equal(raw_errno(s, &open), 0);
    unsigned calls = s->mock.calls;
    for (int i = 0; i < 100; i++) {
        raw_send_msg(s->raw->fd, &read);
    }
    while (p9_server_serve_some(s->server) == P9_PUMP_PROGRESS) {
    }
    assert_true(s->mock.calls - calls <= P9_QUEUE_BOUND / (1 << 19) + 2);
    assert_false(p9_server_wants_read(s->server));
    assert_true(p9_server_wants_write(s->server));
    size_t got = 0, want = 100 * ((1 << 19) + 11);
    static char sink[1 << 20];
    while (got < want) { /* once it reads, everything comes */
        ssize_t n = recv(s->raw->fd, sink, sizeof(sink), MSG_DONTWAIT);
        got += n > 0 ? (size_t)n : 0;
        assert_true(n > 0 || p9_server_serve_some(s->server) == P9_PUMP_PROGRESS);
    }
    assert_int_equal(s->mock.calls - calls, 100);
    assert_true(p9_server_wants_read(s->server));
}

static void the_number_of_fids_is_bounded(void **state)
{
    struct session *s = *state;
    attach(s, 0);
    for (uint32_t fid = 1; fid < P9_FIDS_MAX; fid++) {
        const struct p9_msg t = {.type = P9_TWALK, .fid = 0, .fid2 = fid};
        assert_int_equal(raw_errno(s, &t), 0);
    }
    unsigned calls = s->mock.calls;
    const struct p9_msg more = {.type = P9_TWALK, .fid = 0, .fid2 = P9_NOFID};
    assert_int_equal(raw_errno(s, &more), EMFILE);
    assert_int_equal(s->mock.calls, calls);
    const struct p9_msg same = {.type = P9_TWALK, .fid = 0, .fid2 = 5};
    assert_int_equal(raw_errno(s, &same), 0);
}

static void fates_end_the_serving(void **state)
{
    (void)state;
    struct session s;
    for (int fate = 0; fate < 2; fate++) {
        assert_int_equal(session_open(&s), 0);
        attach(&s, 1);
        raw_send_hex(s.raw->fd, "0b000000 08 0201 01000000");
        s.mock.fail = CODE_FATE;
        if (fate == 0) {
            domain_hang(&s.server_domain, "test");
        } else {
            domain_panic(&s.server_domain, "test");
        }
        int want = fate == 0 ? P9_PUMP_HUNG : P9_PUMP_DEAD;
        assert_int_equal(p9_server_serve_some(s.server), want);
        assert_int_equal(p9_server_serve_some(s.server), want);
        assert_int_equal(p9_server_run(s.server), CODE_FATE);
        char byte;
        assert_int_equal(recv(s.raw->fd, &byte, 1, MSG_DONTWAIT), -1); /* nothing, and no end */
        assert_int_equal(session_close(&s), 0);
    }
}

static void *run_server(void *arg)
{
    return (void *)(intptr_t)p9_server_run(arg);
}

static void a_server_in_a_thread_serves_until_the_end(void **state)
{
    struct session *s = *state;
    pthread_t thread;
    void *result = (void *)1;
    struct owned_fd *end = s->raw;
    struct p9_file root;
    s->raw = NULL;
    assert_int_equal(pthread_create(&thread, NULL, run_server, s->server), 0);
    assert_int_equal(
        p9_client_new(&s->client_domain, end, 1 << 20, "9P2000.L.Google.6", NULL, NULL, &s->client),
        0);
    assert_int_equal(p9_attach(s->client, "/", &root), 0);
    assert_int_equal(p9_lopen(&root, 0, NULL, NULL, NULL), 0);
    static uint8_t buf[1 << 20];
    size_t done;
    assert_int_equal(p9_read(&root, buf, sizeof(buf), 0, &done), 0);
    assert_int_equal(done, sizeof(buf));
    p9_client_free(s->client);
    s->client = NULL;
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_null(result);
    assert_int_equal(s->mock.live, 0);
}

/* proves: Q-11 */
static void a_new_limit_holds_for_the_very_next_frame(void **state)
{
    struct session *s = *state;
    raw_send_hex(s->raw->fd,
                 "15000000 64 ffff 0a000000 0800 3950323030302e4c 0b000000 78 0100 01000000");
    assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_DEAD);
    assert_int_equal(p9_server_info(s->server).requests, 1);
}

/* proves: Q-30 Q-32 QI-02 QI-03 */
static void a_flush_comes_after_what_it_flushes(void **state)
{
    struct session *s = *state;
    uint8_t buf[64];
    struct p9_msg m;
    static const struct {
        uint8_t type;
        uint16_t tag;
    } want[] = {{P9_RLERROR, 1}, {P9_TFLUSH + 1, 2}, {P9_TFLUSH + 1, 3}, {P9_TFLUSH + 1, 4}};
    raw_send_hex(s->raw->fd, "0b000000 08 0100 01000000" /* tag 1 */
                             "09000000 6c 0200 0100"     /* flush it */
                             "09000000 6c 0300 0300"     /* flush oneself */
                             "09000000 6c 0400 0200");   /* flush the flush */
    assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_PROGRESS);
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_true(raw_receive(s->raw->fd, buf, sizeof(buf), &m) > 0);
        assert_int_equal(m.type, want[i].type);
        assert_int_equal(m.tag, want[i].tag);
    }
    assert_int_equal(raw_receive(s->raw->fd, buf, sizeof(buf), &m), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RAW_TEST(frames_that_are_no_request_are_answered),
        RAW_TEST(every_type_gets_exactly_one_reply),
        cmocka_unit_test(sizes_out_of_bounds_end_the_connection),
        RAW_TEST(a_refused_version_still_changes_the_limit),
        cmocka_unit_test(an_end_at_any_byte_drops_everything),
        RAW_TEST(descriptors_from_a_client_are_never_kept),
        RAW_TEST(a_peer_that_never_reads_is_not_served_for_ever),
        RAW_TEST(the_number_of_fids_is_bounded),
        cmocka_unit_test(fates_end_the_serving),
        RAW_TEST(a_server_in_a_thread_serves_until_the_end),
        RAW_TEST(a_new_limit_holds_for_the_very_next_frame),
        RAW_TEST(a_flush_comes_after_what_it_flushes),
    };
    return cmocka_run_group_tests_name("p9_server", tests, NULL, NULL);
}
