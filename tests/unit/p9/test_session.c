/*
 * A small session under every injected failure: the n-th allocation, the n-th check, on either
 * side. It must end with a code, never crash, and leave no descriptor behind.
 */
#include "p9_test.h"

/* A bit of everything that allocates or sends, in fresh domains. 0 when all went well, else the
 * first code. */
static int use_session(struct session *s)
{
    struct p9_file root, f;
    struct p9_attr attr;
    uint64_t valid;
    uint16_t tags[12];
    struct owned_fd *fd;
    char *target;
    size_t done;
    struct p9_msg r;
    static uint8_t buf[20000];
    static const char *const names[] = {"a", "b"};
    int code = session_start(s);
    s->mock.donate = true;
    if (!code) {
        code = session_connect(s, 8192, "9P2000.L.Google.6");
    }
    if (!code) {
        code = p9_attach(s->client, "/", &root);
    }
    if (!code) {
        code = p9_walkgetattr(&root, names, 2, NULL, &valid, &attr, &f);
    }
    if (!code) {
        code = p9_lopen(&f, P9_OPEN_RDWR, NULL, NULL, &fd);
    }
    if (!code) {
        owned_fd_free(fd);
        code = p9_read(&f, buf, sizeof(buf), 0, &done);
    }
    if (!code) {
        code = p9_readlink(&f, &target);
    }
    if (!code) {
        mem_free(target);
    }
    for (size_t i = 0; !code && i < ARRAY_LEN(tags); i++) {
        const struct p9_msg t = {.type = P9_TGETATTR, .fid = f.fid, .mask = P9_ATTR_ALL};
        code = p9_submit(s->client, &t, &tags[i]);
    }
    for (size_t i = ARRAY_LEN(tags); !code && i > 0; i--) {
        code = p9_wait(s->client, tags[i - 1], &r, NULL);
    }
    for (unsigned i = 0; !code && i < 40; i++) {
        struct p9_file more;
        code = p9_walk(&root, names, 1, NULL, &more);
    }
    if (!code) {
        code = p9_clunk(&f);
    }
    return code ? code : p9_clunk(&root);
}

/* What one failure may turn into: the own fate, or EIO when it was the peer's. */
static void check_end(struct session *s, int code)
{
    if (domain_dead(&s->client_domain)) {
        assert_int_equal(code, CODE_FATE);
    } else if (s->client || code != CODE_FATE) {
        assert_int_equal(code, -EIO);
    }
    assert_true(domain_dead(&s->client_domain) || domain_dead(&s->server_domain));
}

enum kind { ALLOC, CHECK };

static void every_failure_ends_cleanly(enum kind kind, bool server)
{
    struct session s;
    uint64_t at;
    int before = open_fds();
    for (at = 1; at < 10000; at++) {
        session_domains(&s);
        struct domain *d = server ? &s.server_domain : &s.client_domain;
        *(kind == ALLOC ? &d->alloc_fail_at : &d->fate_inject_at) = at;
        int code = use_session(&s);
        bool fired = domain_dead(d);
        if (fired) {
            check_end(&s, code);
        } else {
            assert_int_equal(code, 0);
        }
        assert_int_equal(session_close(&s), 0);
        assert_int_equal(open_fds(), before);
        if (!fired) {
            break;
        }
    }
    assert_in_range(at, 3, 9999); /* some fired, and the loop came to its end */
}

static void the_clients_memory_runs_out(void **state)
{
    (void)state;
    every_failure_ends_cleanly(ALLOC, false);
}

static void the_servers_memory_runs_out(void **state)
{
    (void)state;
    every_failure_ends_cleanly(ALLOC, true);
}

static void a_fate_of_the_client_at_every_check(void **state)
{
    (void)state;
    every_failure_ends_cleanly(CHECK, false);
}

static void a_fate_of_the_server_at_every_check(void **state)
{
    (void)state;
    every_failure_ends_cleanly(CHECK, true);
}

/* Design 8: four system calls a round trip, so one message each way and nothing else. */
static void no_message_is_sent_that_was_not_asked_for(void **state)
{
    (void)state;
    struct session s;
    session_domains(&s);
    assert_int_equal(use_session(&s), 0);
    static const struct {
        uint8_t type;
        uint32_t n;
    } rows[] = {{P9_TVERSION, 1},  {P9_TATTACH, 1}, {P9_TWALKGETATTR, 1},
                {P9_TLOPEN, 1},    {P9_TREAD, 3},   {P9_TREADLINK, 1},
                {P9_TGETATTR, 12}, {P9_TWALK, 40},  {P9_TCLUNK, 2}};
    uint32_t total = 0, want = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(p9_client_sent(s.client)[rows[i].type], rows[i].n);
        want += rows[i].n;
    }
    for (unsigned type = 0; type < 256; type++) {
        total += p9_client_sent(s.client)[type];
    }
    assert_int_equal(total, want);
    assert_int_equal(p9_server_info(s.server).requests, total);
    assert_int_equal(p9_client_info(s.client).live_fids, 40);
    assert_int_equal(p9_server_info(s.server).fids, 40);
    assert_int_equal(session_close(&s), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clients_memory_runs_out),
        cmocka_unit_test(the_servers_memory_runs_out),
        cmocka_unit_test(a_fate_of_the_client_at_every_check),
        cmocka_unit_test(a_fate_of_the_server_at_every_check),
        cmocka_unit_test(no_message_is_sent_that_was_not_asked_for),
    };
    return cmocka_run_group_tests_name("p9_session", tests, NULL, NULL);
}
