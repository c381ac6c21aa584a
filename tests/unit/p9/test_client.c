/* Negotiation, and a client against a scripted hostile server (contract 6.2, 6.3, 15.2). */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "p9_test.h"

/* Answers the n-th request with the n-th text of hex; "" answers nothing, NULL hangs up. */
struct script {
    struct domain d;
    struct owned_fd *client_end, *end;
    const char *const *replies;
    size_t at;
    uint8_t last[256]; /* the last request */
    struct p9_msg request;
    struct p9_pump pump;
    struct p9_client *client;
};

static int run_script(void *arg)
{
    struct script *s = arg;
    bool progress = false;
    while (s->end && raw_receive(s->end->fd, s->last, sizeof(s->last), &s->request) > 0) {
        const char *reply = s->replies[s->at++];
        progress = true;
        if (!reply) {
            owned_fd_free(s->end);
            s->end = NULL;
        } else {
            raw_send_hex(s->end->fd, reply);
        }
    }
    return progress ? P9_PUMP_PROGRESS : s->end ? P9_PUMP_IDLE : P9_PUMP_DEAD;
}

static void script_open(struct script *s, const char *const *replies)
{
    *s = (struct script){.replies = replies};
    domain_init(&s->d, "script", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(p9_socketpair(&s->d, &s->d, &s->client_end, &s->end), 0);
    s->pump = (struct p9_pump){.run = run_script, .arg = s};
}

static int script_connect(struct script *s, uint32_t msize, const char *version, struct error *err)
{
    return p9_client_new(&s->d, s->client_end, msize, version, &s->pump, err, &s->client);
}

static void script_close(struct script *s)
{
    p9_client_free(s->client);
    owned_fd_free(s->end);
    assert_int_equal(domain_close(&s->d, NULL, NULL), 0);
}

#define R_VERSION(msize, digit)                                                                    \
    "1e000000 65 ffff " msize " 1100 3950323030302e4c2e476f6f676c652e" digit
#define R_BASE  "15000000 65 ffff 00001000 0800 3950323030302e4c"
#define R_SIX   R_VERSION("00001000", "36")
#define R_AGAIN "0b000000 07 ffff 0b000000"

/* proves: Q-17 Q-18 */
static void negotiation_by_table(void **state)
{
    (void)state;
    static const struct {
        uint32_t msize;
        const char *version;
        const char *replies[8];
        const char *error; /* NULL: success */
        uint32_t got_msize, got_version, payload;
    } rows[] = {
        {1 << 20, "9P2000.L.Google.6", {R_SIX}, NULL, 1 << 20, 6, 1048064},
        {8192, "9P2000.L.Google.6", {R_VERSION("00200000", "36")}, NULL, 8192, 6, 7680},
        {154, "9P2000.L.Google.6", {R_SIX}, NULL, 154, 6, 1},
        {665, "9P2000.L.Google.6", {R_SIX}, NULL, 665, 6, 512},
        {666, "9P2000.L.Google.6", {R_SIX}, NULL, 666, 6, 512},
        {1 << 20, "9P2000.L.Google.6", {R_VERSION("00100000", "36")}, NULL, 4096, 6, 3584},
        {1 << 20, "9P2000.L.Google.6", {R_BASE}, NULL, 1 << 20, 0, 1048064},
        {1 << 20, "9P2000.L.Google.2", {R_SIX}, NULL, 1 << 20, 2, 1048064},
        {1 << 20, "9P2000.L.Google.99", {R_SIX}, NULL, 1 << 20, 6, 1048064},
        {1 << 20, "9P2000.L.Google.6", {R_AGAIN, R_AGAIN, R_SIX}, NULL, 1 << 20, 4, 1048064},
        {1 << 20,
         "9P2000.L.Google.2",
         {R_AGAIN, R_AGAIN, R_AGAIN},
         "exhausted all versions to negotiate",
         0,
         0,
         0},
        {153,
         "9P2000.L.Google.6",
         {NULL},
         "message too large for fixed buffer: size is 153, limit is 153",
         0,
         0,
         0},
        {0,
         "9P2000.L.Google.6",
         {NULL},
         "message too large for fixed buffer: size is 0, limit is 153",
         0,
         0,
         0},
        {1 << 20,
         "9P2000.L.Google.6",
         {R_VERSION("00000000", "36")},
         "message too large for fixed buffer: size is 0, limit is 153",
         0,
         0,
         0},
        {1 << 20, "nonsense", {NULL}, "bad version string", 0, 0, 0},
        {1 << 20,
         "9P2000.L.Google.6",
         {R_VERSION("00001000", "78")},
         "bad version string",
         0,
         0,
         0},
        {1 << 20, "9P2000.L.Google.6", {"0b000000 07 ffff 16000000"}, "invalid argument", 0, 0, 0},
        {1 << 20,
         "9P2000.L.Google.6",
         {"0b000000 07 ffff 00000000"},
         "input/output error",
         0,
         0,
         0},
        {1 << 20, "9P2000.L.Google.6", {NULL}, "input/output error", 0, 0, 0},
        {1 << 20, "9P2000.L.Google.6", {""}, "input/output error", 0, 0, 0},
        {1 << 20, "9P2000.L.Google.6", {"07000000 79 ffff"}, "input/output error", 0, 0, 0},
        {1 << 20,
         "9P2000.L.Google.6",
         {"0d000000 65 0100 00001000 0000"},
         "input/output error",
         0,
         0,
         0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct script s;
        struct error err = {0};
        script_open(&s, rows[i].replies);
        int code = script_connect(&s, rows[i].msize, rows[i].version, &err);
        if (rows[i].error) {
            assert_true(code < 0);
            assert_string_equal(err.text, rows[i].error);
            error_release(&err);
        } else {
            assert_int_equal(code, 0);
            struct p9_client_info info = p9_client_info(s.client);
            assert_int_equal(info.msize, rows[i].got_msize);
            assert_int_equal(info.version, rows[i].got_version);
            assert_int_equal(info.payload, rows[i].payload);
            assert_int_equal(s.request.tag, P9_NOTAG);
            assert_int_equal(info.pending, 0);
        }
        script_close(&s);
    }
}

static void a_bad_socket_is_told(void **state)
{
    struct domain *d = *state;
    struct owned_fd *a, *b;
    struct p9_client *c;
    struct error err = {0};
    assert_int_equal(p9_socketpair(d, d, &a, &b), 0);
    owned_fd_free(b);
    int fd = dup(a->fd);
    close(a->fd);
    assert_int_equal(p9_client_new(d, a, 8192, "9P2000.L", NULL, &err, &c), -EBADF);
    assert_string_equal(err.text, "bad file descriptor");
    error_release(&err);
    close(fd);
}

/* What one reply to Tgetattr (tag 1) does to the session. */
/* proves: Q-19 Q-21 QI-15 */
static void one_bad_reply_kills_the_session(void **state)
{
    (void)state;
    static const struct {
        const char *reply;
        int code;
        bool dead;
    } rows[] = {
        {"0b000000 07 0100 02000000", -ENOENT, false},
        {"0b000000 07 0100 ff0f0000", -4095, false},
        {"0b000000 07 0100 00000000", -EIO, false},
        {"0b000000 07 0100 00100000", -EIO, false},
        {"0b000000 07 0100 ffffffff", -EIO, false},
        {"0f000000 07 0100 02000000 00000000", -ENOENT, false}, /* surplus bytes: Q-02 */
        {"0a000000 07 0100 020000", -EIO, true},
        {"07000000 07 0100", -EIO, true},
        {"0b000000 07 0200 02000000", -EIO, true},
        {"0b000000 07 0000 02000000", -EIO, true},
        {"0b000000 07 ffff 02000000", -EIO, true},
        {"0b000000 07 fefe 02000000", -EIO, true},
        {"07000000 79 0100", -EIO, true},
        {"07000000 18 0100", -EIO, true},
        {"07000000 19 0100", -EIO, true},
        {"07000000 fe 0100", -EIO, true},
        {"06000000 07 0100", -EIO, true},
        {"00000000", -EIO, true},
        {"01001000 19 0100", -EIO, true},
        {"ffffffff 19 0100", -EIO, true},
        {"0b0000", -EIO, true},
        {"", -EIO, true},
        {NULL, -EIO, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct script s;
        const char *const replies[] = {R_SIX, rows[i].reply, "07000000 79 0100"};
        uint64_t valid;
        struct p9_attr attr;
        script_open(&s, replies);
        assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
        struct p9_file f = {.client = s.client, .fid = 1};
        assert_int_equal(p9_getattr(&f, P9_ATTR_ALL, NULL, &valid, &attr), rows[i].code);
        struct p9_client_info info = p9_client_info(s.client);
        assert_int_equal(info.dead != NULL, rows[i].dead);
        assert_int_equal(info.pending, 0);
        size_t asked = s.at;
        assert_int_equal(p9_fsync(&f) == 0, false);
        assert_int_equal(s.at - asked, rows[i].dead ? 0 : 1); /* a dead session sends nothing */
        script_close(&s);
    }
}

static void two_replies_to_one_request_are_fatal(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "07000000 33 0100 07000000 33 0100", "07000000 33 0100"};
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    struct p9_file f = {.client = s.client, .fid = 1};
    assert_int_equal(p9_fsync(&f), 0);
    uint16_t tag;
    struct p9_msg r;
    assert_int_equal(p9_call(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &r, NULL), -EIO);
    assert_string_equal(p9_client_info(s.client).dead, "unexpected message type");
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &tag), -EIO);
    script_close(&s);
}

/* proves: QI-14 */
static void replies_may_come_in_any_order(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "", "",
                                   ("0b000000 77 0300 03000000 0b000000 77 0100 01000000"
                                    "0b000000 07 0200 02000000")};
    struct p9_msg r;
    uint16_t tags[3];
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TWRITE}, &tags[i]), 0);
        assert_int_equal(tags[i], i + 1);
    }
    assert_int_equal(p9_client_info(s.client).pending, 3);
    assert_int_equal(p9_wait(s.client, 2, &r, NULL), -ENOENT);
    assert_int_equal(p9_wait(s.client, 2, &r, NULL), -EINVAL);
    assert_int_equal(p9_wait(s.client, 1, &r, NULL), 0);
    assert_int_equal(r.count, 1);
    assert_int_equal(p9_wait(s.client, 3, &r, NULL), 0);
    assert_int_equal(r.count, 3);
    assert_int_equal(p9_wait(s.client, 4, &r, NULL), -EINVAL);
    assert_int_equal(p9_client_info(s.client).pending, 0);
    assert_int_equal(p9_client_sent(s.client)[P9_TWRITE], 3);
    script_close(&s);
}

/* proves: Q-20 */
static void the_end_wakes_every_waiter(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "", NULL};
    struct p9_msg r;
    uint16_t a, b;
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &a), 0);
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &b), 0);
    assert_int_equal(p9_wait(s.client, b, &r, NULL), -EIO);
    assert_int_equal(p9_wait(s.client, a, &r, NULL), -EIO);
    assert_int_equal(p9_client_info(s.client).pending, 0);
    script_close(&s);
}

static void a_client_may_go_with_requests_on_their_way(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "07000000 79 0100", "07000000 79 0200"};
    struct p9_msg r;
    uint16_t a, b;
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &a), 0);
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TCLUNK}, &b), 0);
    assert_int_equal(p9_wait(s.client, b, &r, NULL), 0); /* the reply of a is kept as a copy */
    script_close(&s);
}

/* proves: Q-03 Q-14 */
static void what_does_not_fit_is_not_sent(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_VERSION("00020000", "36"), "07000000 4d 0100"};
    char *name = malloc(P9_STRING_MAX + 2);
    assert_non_null(name);
    memset(name, 'n', P9_STRING_MAX + 1);
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 512, "9P2000.L.Google.6", NULL), 0);
    struct p9_file f = {.client = s.client, .fid = 1};
    name[P9_STRING_MAX + 1] = '\0';
    assert_int_equal(p9_unlinkat(&f, name, 0), -ENAMETOOLONG);
    name[512 - 17 + 1] = '\0';
    assert_int_equal(p9_unlinkat(&f, name, 0), -ENAMETOOLONG);
    assert_int_equal(s.at, 1);
    name[200] = '\0';
    assert_int_equal(p9_unlinkat(&f, name, 0), 0);
    assert_int_equal(p9_client_sent(s.client)[P9_TUNLINKAT], 1);
    assert_int_equal(p9_client_info(s.client).pending, 0);
    free(name);
    script_close(&s);
}

static int hung_pump(void *arg)
{
    (void)arg;
    return P9_PUMP_HUNG;
}

static void a_peer_that_hangs_hangs_the_waiting_client(void **state)
{
    (void)state;
    struct session s;
    assert_int_equal(session_open(&s), 0);
    struct owned_fd *end = s.raw;
    s.raw = NULL;
    s.pump = (struct p9_pump){.run = hung_pump};
    assert_int_equal(
        p9_client_new(&s.client_domain, end, 8192, "9P2000.L", &s.pump, NULL, &s.client),
        CODE_FATE);
    assert_int_equal(s.client_domain.fate, FATE_HANG);
    assert_int_equal(session_close(&s), 0);
}

static void the_last_words_of_a_peer_are_heard(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "07000000 33 0100"};
    struct p9_msg r;
    uint16_t tag;
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TFSYNC}, &tag), 0);
    assert_int_equal(run_script(&s), P9_PUMP_PROGRESS);
    owned_fd_free(s.end);
    s.end = NULL;
    assert_int_equal(p9_wait(s.client, tag, &r, NULL), 0);
    struct p9_file f = {.client = s.client, .fid = 1};
    assert_int_equal(p9_fsync(&f), -EIO);
    script_close(&s);
}

static void unwanted_descriptors_are_closed(void **state)
{
    (void)state;
    struct script s;
    const char *const replies[] = {R_SIX, "", "", ""};
    uint8_t frame[32];
    int pipe_fds[2];
    struct p9_msg r;
    uint16_t tag;
    assert_int_equal(pipe(pipe_fds), 0);
    script_open(&s, replies);
    assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
    int before = open_fds();
    assert_int_equal(p9_submit(s.client, &(struct p9_msg){.type = P9_TLOPEN}, &tag), 0);
    size_t n = unhex("18000000 0d 0100 8004030201181716151413121109000000", frame);
    raw_send_fds(s.end->fd, frame, n, pipe_fds, 2);
    assert_int_equal(p9_wait(s.client, tag, &r, NULL), 0); /* nobody wants it */
    assert_int_equal(open_fds(), before);
    raw_send_fds(s.end->fd, frame, n, pipe_fds, 1); /* a pipe is no regular file */
    struct p9_file f = {.client = s.client, .fid = 1};
    struct owned_fd *fd = (struct owned_fd *)&s;
    assert_int_equal(p9_lopen(&f, 0, NULL, NULL, &fd), 0);
    assert_null(fd);
    assert_int_equal(open_fds(), before);
    n = unhex("0b000000 07 0100 02000000", frame);
    raw_send_fds(s.end->fd, frame, n, pipe_fds, 1); /* an error carries none */
    assert_int_equal(p9_lopen(&f, 0, NULL, NULL, &fd), -ENOENT);
    assert_int_equal(open_fds(), before);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    script_close(&s);
}

/* Rwalk for n names with so many qids as the reply has. */
/* proves: Q-22 P-06 */
static void walk_replies_are_counted(void **state)
{
    (void)state;
#define QID_BYTES "80 00000000 0100000000000000 "
    static const struct {
        size_t names;
        const char *reply;
        int code;
        bool clunked, dead;
    } rows[] = {
        {0, "09000000 6f 0100 0000", 0, false, false},
        {0, "16000000 6f 0100 0100 " QID_BYTES, 0, false, false},
        {0, "23000000 6f 0100 0200 " QID_BYTES QID_BYTES, -EIO, false, true},
        {1, "16000000 6f 0100 0100 " QID_BYTES, 0, false, false},
        {1, "09000000 6f 0100 0000", -EIO, true, false},
        {2, "09000000 6f 0100 0000", -EIO, true, false},
        {2, "16000000 6f 0100 0100 " QID_BYTES, -ENOENT, true, false},
        {2, "23000000 6f 0100 0200 " QID_BYTES QID_BYTES, 0, false, false},
        {1, "23000000 6f 0100 0200 " QID_BYTES QID_BYTES, -EIO, false, true},
        {1, "0b000000 07 0100 02000000", -ENOENT, false, false},
    };
    static const char *const names[] = {"a", "b"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct script s;
        const char *const replies[] = {R_SIX, rows[i].reply, "07000000 79 0100"};
        struct p9_qid qids[2] = {{.path = 77}, {.path = 77}};
        struct p9_file to = {.fid = 77};
        script_open(&s, replies);
        assert_int_equal(script_connect(&s, 1 << 20, "9P2000.L.Google.6", NULL), 0);
        struct p9_file f = {.client = s.client, .fid = 9};
        assert_int_equal(p9_walk(&f, names, rows[i].names, qids, &to), rows[i].code);
        assert_int_equal(to.fid, rows[i].code ? 77 : 1);
        assert_int_equal(qids[0].path, rows[i].code || rows[i].names == 0 ? 77 : 1);
        assert_int_equal(p9_client_sent(s.client)[P9_TCLUNK], rows[i].clunked);
        struct p9_client_info info = p9_client_info(s.client);
        assert_int_equal(info.dead != NULL, rows[i].dead);
        assert_true(rows[i].dead || info.live_fids == (rows[i].code ? 0 : 1));
        script_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negotiation_by_table),
        DOMAIN_TEST(a_bad_socket_is_told),
        cmocka_unit_test(one_bad_reply_kills_the_session),
        cmocka_unit_test(two_replies_to_one_request_are_fatal),
        cmocka_unit_test(replies_may_come_in_any_order),
        cmocka_unit_test(the_end_wakes_every_waiter),
        cmocka_unit_test(a_client_may_go_with_requests_on_their_way),
        cmocka_unit_test(what_does_not_fit_is_not_sent),
        cmocka_unit_test(a_peer_that_hangs_hangs_the_waiting_client),
        cmocka_unit_test(the_last_words_of_a_peer_are_heard),
        cmocka_unit_test(unwanted_descriptors_are_closed),
        cmocka_unit_test(walk_replies_are_counted),
    };
    return cmocka_run_group_tests_name("p9_client", tests, NULL, NULL);
}
