/* What the files of the client share. Private to p9. */
#ifndef SIMRUN_P9_CLIENT_H
#define SIMRUN_P9_CLIENT_H

#include "pool.h"

/* A request on its way. The slot of a tag; slot 0 is NOTAG's. */
struct pending {
    enum { PENDING_FREE, PENDING_WAITING, PENDING_DONE } state;
    uint8_t request; /* its type */
    bool unwatched;  /* nobody waits: its reply ends the fid below and the request */
    uint32_t fid;    /* of an unwatched clunk */
    uint8_t *frame;  /* owned copy of a reply that came while another was waited for; else NULL */
    size_t frame_n;
    struct owned_fd *fd; /* owned */
};

struct p9_client {
    struct domain *d;
    struct p9_transport *transport;  /* owned; NULL once the session is dead */
    struct p9_pump pump;             /* run NULL: poll */
    enum p9_personality wanted;      /* as set */
    enum p9_personality personality; /* in force: P9_AUTO until negotiated */
    const char *uname;               /* of Tattach; borrowed */
    uint32_t n_uname;
    uint32_t msize, version, payload;
    const char *dead; /* static text */
    struct pool tags, fids;
    size_t lost_fids;
    struct pending *slots; /* owned, by tag */
    size_t slots_cap, pending;
    size_t unwatched;    /* of the pending */
    size_t may_donate;   /* how many of the pending replies may carry a descriptor */
    struct p9_msg reply; /* of the wait at hand */
    uint8_t *held;       /* owned frame that the last reply points into */
    uint32_t sent[256];
};

/* client.c: as p9_submit, but it leaves with the next request or wait. */
int client_queue(struct p9_client *c, const struct p9_msg *t, uint16_t *ret);
/* client.c: queue a request under this very tag, and send what the socket takes. */
int client_submit(struct p9_client *c, const struct p9_msg *request, uint16_t tag);
/* Wait for the replies that nobody waits for. 0 or CODE_FATE; a session that dies is no failure. */
int client_settle(struct p9_client *c);
/* client_file.c: a fid has ended with this code: its number is free again, or lost for good. */
void client_fid_ended(struct p9_client *c, uint8_t type, uint32_t fid, int code);
/* client_file.c: p9_call on an open or closed (-EBADF) file, whose fid `t` gets; a fid number, or
 * -EMFILE. */
int client_file_call(const struct p9_file *f, struct p9_msg *t, struct p9_msg *ret,
                     struct owned_fd **ret_fd);
int client_fid_get(struct p9_client *c, uint32_t *ret);
/* client_file.c: does a walk reply name every file of the way? `f` is clunked when not. */
int client_check_walk(struct p9_file *f, const struct p9_msg *r, size_t n);
/* client_open.c: a request that opens `f`; results may be NULL. */
int client_open_call(const struct p9_file *f, struct p9_msg *t, struct p9_qid *ret_qid,
                     uint32_t *ret_iounit, struct owned_fd **ret_fd);

/* The session is dead from now on: closes the socket, returns -EIO. */
int client_die(struct p9_client *c, const char *why);

/* `fd` itself, or NULL after closing it when it is no regular file open for the I/O that `flags`
 * ask for. Takes NULL. */
struct owned_fd *donated_file_or_null(const struct p9_client *c, struct owned_fd *fd,
                                      uint32_t flags);

static inline bool client_std(const struct p9_client *c)
{
    return c->personality == P9_STD;
}

#endif
