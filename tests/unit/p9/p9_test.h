/* What the tests of p9 share: domains that must close empty, a recording mock backend, and raw
 * peers. */
#ifndef SIMRUN_TESTS_P9_TEST_H
#define SIMRUN_TESTS_P9_TEST_H

#include <setjmp.h>
#include <simrun/p9.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <support.h>

/* Bytes of "0b000000 07 0201"; returns how many. */
size_t unhex(const char *hex, uint8_t *ret);

int open_domain(void **state);
int close_domain(
    void **state); /* fails when something still stands in the ledger of a live domain */
#define DOMAIN_TEST(f) cmocka_unit_test_setup_teardown(f, open_domain, close_domain)

/* ------------------------------------------------------------------------------ mock backend */

/* Counts and remembers what it is asked. The names "missing" do not exist. */
struct mock {
    struct domain *d;
    struct p9_attach_point attach;
    bool no_walkgetattr; /* have no combined call */
    bool donate;         /* opens and connects give a descriptor away */
    bool no_clone_qid;   /* a walk without names yields no qid */
    int fail;            /* the next call fails with it */
    unsigned fail_later; /* but so many calls pass before */
    uint64_t file_size;  /* read yields the low bytes of the offsets up to here */
    unsigned entries;    /* of every directory: "e0", "e1", ... */
    size_t link_n;       /* length of link targets */
    unsigned calls, closes, live;
    char last[256]; /* the last call as text: "mkdir dir 755 1 2" */
    uint64_t written;
};

void mock_init(struct mock *m, struct domain *d);

/* --------------------------------------------------------------------------- a whole session */

/* A server on the mock and a raw or a real client on the other end, each in a domain of its own. */
struct session {
    struct domain server_domain, client_domain;
    struct mock mock;
    struct p9_server *server;
    struct owned_fd *raw; /* the client's end until p9_client_new takes it */
    struct p9_client *client;
    struct p9_pump pump;
};

/* What tests may call in a loop: no assertions inside, 0 or the code that came. */
void session_domains(struct session *s);
int session_start(struct session *s); /* after session_domains */
int session_open(struct session *s);  /* both */
int session_connect(struct session *s, uint32_t msize, const char *version);
/* Everything left in either ledger, 0 when both are empty; what a dead domain abandoned is not
 * counted. */
size_t session_close(struct session *s);
int session_setup(void **state);     /* server and raw end */
int session_connected(void **state); /* with a client: 9P2000.L.Google.6, msize 1 MiB */
int session_teardown(void **state);
#define RAW_TEST(f)     cmocka_unit_test_setup_teardown(f, session_setup, session_teardown)
#define SESSION_TEST(f) cmocka_unit_test_setup_teardown(f, session_connected, session_teardown)

/* ---------------------------------------------------------------------------------- raw peers */

void raw_send(int fd, const void *bytes, size_t n);
void raw_send_hex(int fd, const char *hex);
void raw_send_fds(int fd, const void *bytes, size_t n, const int *fds, size_t fds_n);
void raw_send_msg(int fd, const struct p9_msg *m);
/* The next whole frame that is there; 0 when none is, -1 at the end of file. `m` views `buf`. */
int raw_receive(int fd, uint8_t *buf, size_t cap, struct p9_msg *m);
/* Send to the session's server, let it serve, receive the one reply. */
struct p9_msg raw_call(struct session *s, const struct p9_msg *m);
/* The errno of the reply, 0 for success. */
int raw_errno(struct session *s, const struct p9_msg *m);

#endif
