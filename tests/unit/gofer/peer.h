/* A scripted client of the base protocol, as others write them, on a channel of its own. */
#ifndef SIMRUN_TEST_GOFER_PEER_H
#define SIMRUN_TEST_GOFER_PEER_H

#include "fixture.h"

struct peer {
    struct fixture f;
    struct gofer_channel *channel;
    struct owned_fd *sock;
    uint8_t buf[70000]; /* the last reply */
};

/* `conf`: RO | LAZY. The server decides its personality by itself. */
void peer_open(struct peer *p, int conf, bool dir);
void peer_close(struct peer *p);
/* Run a test on backend mem, and as root on dir. */
void peer_both(int conf, void (*test)(struct peer *p));
/* Send one request, serve, take its one reply. */
struct p9_msg peer_call(struct peer *p, struct p9_msg t);
/* The errno of the reply, 0 for success. */
int peer_errno(struct peer *p, struct p9_msg t);
/* Tversion with NOTAG for exactly the base string, Tattach of fid 0 with an empty aname. */
void peer_attach(struct peer *p, uint32_t msize);
int peer_walk(struct peer *p, uint32_t fid, uint32_t newfid, const char *const *names, size_t n);
int peer_walk1(struct peer *p, uint32_t fid, uint32_t newfid, const char *name);
int peer_open_fid(struct peer *p, uint32_t fid, uint32_t flags);
int peer_clunk(struct peer *p, uint32_t fid);
struct p9_msg peer_getattr(struct peer *p, uint32_t fid);

#endif
