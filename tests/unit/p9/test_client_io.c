/* Split reads and writes, directory reads, pipelining (contract 6.5). */
#include <sys/socket.h>

#include "p9_test.h"

static uint8_t buf[1 << 21];

static struct p9_file opened(struct session *s)
{
    struct p9_file f;
    assert_int_equal(p9_attach(s->client, "/", &f), 0);
    assert_int_equal(p9_lopen(&f, P9_OPEN_RDWR, NULL, NULL, NULL), 0);
    return f;
}

static uint32_t sent(const struct session *s, uint8_t type)
{
    return p9_client_sent(s->client)[type];
}

static int session_small(void **state)
{
    int code = session_setup(state);
    return code ? code : session_connect(*state, 8192, "9P2000.L.Google.6");
}

/* proves: QI-16 */
static void reads_are_split_at_the_payload(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    static const struct {
        uint64_t size, offset;
        size_t n, done;
        unsigned messages;
    } rows[] = {
        {1 << 20, 5, 20000, 20000, 3}, /* 7680, 7680, 4640 */
        {1 << 20, 0, 7680, 7680, 1},   {1 << 20, 0, 7681, 7681, 2},
        {1 << 20, 0, 0, 0, 1},         {10000, 0, 20000, 10000, 2},
        {7680, 0, 20000, 7680, 2},     {100, 0, 20000, 100, 1},
        {100, 100, 50, 0, 1},          {0, 0, 1, 0, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t done = 99;
        uint32_t before = sent(s, P9_TREAD);
        s->mock.file_size = rows[i].size;
        memset(buf, 0xee, rows[i].n + 1);
        assert_int_equal(p9_read(&f, buf, rows[i].n, rows[i].offset, &done), 0);
        assert_int_equal(done, rows[i].done);
        assert_int_equal(sent(s, P9_TREAD) - before, rows[i].messages);
        for (size_t k = 0; k <= rows[i].n; k++) {
            uint8_t want = k < done ? (uint8_t)(rows[i].offset + k) : 0xee;
            assert_int_equal(buf[k], want);
        }
    }
}

static void writes_are_split_at_the_payload(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    size_t done;
    assert_int_equal(p9_write(&f, buf, 20000, 100, &done), 0);
    assert_int_equal(done, 20000);
    assert_int_equal(sent(s, P9_TWRITE), 3);
    assert_string_equal(s->mock.last, "write 4640 15460");
    assert_int_equal(s->mock.written, 20000);
    assert_int_equal(p9_write(&f, buf, 0, 1, &done), 0);
    assert_string_equal(s->mock.last, "write 0 1");
    s->mock.fail = -ENOSPC;
    assert_int_equal(p9_write(&f, buf, 10, 0, &done), -ENOSPC);
    assert_int_equal(done, 0);
}

/* proves: Q-25 P-01 */
static void more_bytes_than_asked_kill_the_session(void **state)
{
    (void)state;
    static const char *const replies[] = {
        "0f000000 75 0100 04000000 61626364", /* four bytes read */
        "0b000000 77 0100 04000000",          /* four bytes written */
    };
    for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
        struct session s;
        size_t done = 99;
        assert_int_equal(session_open(&s), 0);
        assert_int_equal(session_connect(&s, 8192, "9P2000.L"), 0);
        struct p9_file f = {.client = s.client, .fid = 1};
        int server_fd = p9_server_fd(s.server);
        raw_send_hex(server_fd, replies[i]); /* in the server's name, before it can answer */
        memset(buf, 0xee, 4);
        int code = i == 0 ? p9_read(&f, buf, 3, 0, &done) : p9_write(&f, buf, 3, 0, &done);
        assert_int_equal(code, -EIO);
        assert_int_equal(done, 0);
        assert_int_equal(buf[0], 0xee);
        assert_non_null(p9_client_info(s.client).dead);
        assert_int_equal(session_close(&s), 0);
    }
}

static void directories_come_in_pieces(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    s->mock.entries = 1000;
    uint64_t offset = 0, seen = 0;
    for (;;) {
        const uint8_t *data;
        size_t n, cursor = 0;
        struct p9_dirent e;
        assert_int_equal(p9_readdir(&f, offset, 65536, &data, &n), 0);
        assert_true(n <= 8192 - 24);
        while (p9_dirent_next(data, n, &cursor, &e)) {
            assert_int_equal(e.qid.path, 1000 + seen);
            offset = e.offset;
            seen++;
        }
        if (cursor == 0) {
            break;
        }
    }
    assert_int_equal(seen, 1000);
    assert_int_equal(sent(s, P9_TREADDIR), 5);
}

/* A frame of a mebibyte each way through socket buffers that hold a fraction of it. */
static void a_mebibyte_in_one_message(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    size_t done, n = p9_client_info(s->client).payload;
    int tiny = 1;
    assert_int_equal(
        setsockopt(p9_server_fd(s->server), SOL_SOCKET, SO_SNDBUF, &tiny, sizeof(tiny)), 0);
    assert_int_equal(n, 1048064);
    assert_int_equal(p9_read(&f, buf, n, 1, &done), 0);
    assert_int_equal(done, n);
    for (size_t i = 0; i < n; i++) {
        if (buf[i] != (uint8_t)(i + 1)) {
            fail_msg("byte %zu", i);
        }
    }
    assert_int_equal(sent(s, P9_TREAD), 1);
    assert_int_equal(p9_write(&f, buf, n, 0, &done), 0);
    assert_int_equal(done, n);
    assert_int_equal(sent(s, P9_TWRITE), 1);
}

/* proves: QI-01 QI-14 */
static void a_thousand_requests_on_their_way_at_once(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    static uint16_t tags[1000];
    int tiny = 1;
    assert_int_equal(
        setsockopt(p9_server_fd(s->server), SOL_SOCKET, SO_SNDBUF, &tiny, sizeof(tiny)), 0);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct p9_msg t = {.type = P9_TREAD, .fid = f.fid, .offset = i, .count = 100 + i};
        assert_int_equal(p9_submit(s->client, &t, &tags[i]), 0);
    }
    assert_int_equal(p9_client_info(s->client).pending, 1000);
    for (uint32_t k = 0; k < 1000; k++) {
        uint32_t i = (k * 7) % 1000; /* in another order than they come */
        struct p9_msg r;
        assert_int_equal(p9_wait(s->client, tags[i], &r, NULL), 0);
        assert_int_equal(r.count, 100 + i);
        assert_int_equal(r.data[0], (uint8_t)i);
    }
    assert_int_equal(p9_client_info(s->client).pending, 0);
}

/* More bytes than any bound on either side: nobody waits for the other for ever. */
static void both_directions_full_do_not_block(void **state)
{
    struct session *s = *state;
    struct p9_file f = opened(s);
    static uint16_t tags[64];
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        const struct p9_msg t = {
            .type = i % 2 ? P9_TREAD : P9_TWRITE, .fid = f.fid, .count = 500000, .data = buf};
        assert_int_equal(p9_submit(s->client, &t, &tags[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        struct p9_msg r;
        assert_int_equal(p9_wait(s->client, tags[i], &r, NULL), 0);
        assert_int_equal(r.count, 500000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_are_split_at_the_payload, session_small,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(writes_are_split_at_the_payload, session_small,
                                        session_teardown),
        cmocka_unit_test(more_bytes_than_asked_kill_the_session),
        cmocka_unit_test_setup_teardown(directories_come_in_pieces, session_small,
                                        session_teardown),
        SESSION_TEST(a_mebibyte_in_one_message),
        SESSION_TEST(a_thousand_requests_on_their_way_at_once),
        SESSION_TEST(both_directions_full_do_not_block),
    };
    return cmocka_run_group_tests_name("p9_client_io", tests, NULL, NULL);
}
