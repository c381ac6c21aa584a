/* A gofer over a small tree, a 9P client on the other end of its channel, inline. */
#ifndef SIMRUN_TEST_GOFER_FIXTURE_H
#define SIMRUN_TEST_GOFER_FIXTURE_H

#include <setjmp.h>
#include <simrun/gofer.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <support.h>

enum { RW = 0, RO = 1, LAZY = 2 };

struct fixture {
    struct domain host_domain, gofer_domain, d;
    struct host *h;
    struct gofer *g;
    struct gofer_point *point;
    struct gofer_channel *channel;
    struct p9_client *client;
    struct p9_file root; /* attached unless the test does it itself */
    char tmp[64];        /* backend dir */
    int fds;
};

/*
 * The tree: file "hello", dir/{sub/, x}, link -> file, pipe, sock, special/{null, tty, loop}.
 * `conf`: RO | LAZY. `dir`: on a real directory instead of mem. `off` (may be NULL): ids of quirks
 * to switch off, ended by NULL.
 */
void fixture_open(struct fixture *f, int conf, bool dir, const char *const *off);
/* One more point and channel, at a host path; nothing is attached. */
struct p9_client *fixture_connect(struct fixture *f, const char *prefix, int conf,
                                  struct gofer_channel **ret);
void fixture_attach(struct fixture *f);
/* Everything is gone: fids, ledgers, descriptors. */
void fixture_close(struct fixture *f);
/* After a fate nothing is released one by one. */
void fixture_abandon(struct fixture *f);

int walk1(const struct p9_file *dir, const char *name, struct p9_file *ret);
struct p9_file walk_to(struct fixture *f, const char *name);
struct p9_file clone_of(const struct p9_file *f);
struct p9_attr attr_of(const struct p9_file *f);
/* Walk and open; a donated descriptor is closed. */
struct p9_file open_at(struct fixture *f, const char *name, uint32_t flags);

#endif
