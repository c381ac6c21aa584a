/* A man in the middle: between a client under test and a real server on the mock backend. */
#ifndef SIMRUN_TEST_P9_PROXY_H
#define SIMRUN_TEST_P9_PROXY_H

#include "p9_test.h"

struct proxy {
    struct session s;           /* the server; `s.raw` is our end of it */
    struct owned_fd *client_fd; /* the client's end; NULL once a client took it */
    struct owned_fd *fd;        /* our end; NULL once dropped */
    struct p9_client *client;
    /* Looks at a request. True: it was answered or the connection dropped; false: pass it on. */
    bool (*request)(struct proxy *p, uint8_t *frame, size_t n, const struct p9_msg *t);
    void *arg;
    size_t reply_bytes; /* passed to the client so far */
    size_t cut_at;      /* drop the connection before this byte of the replies; SIZE_MAX: never */
    unsigned requests;
};

void proxy_open(struct proxy *p);
/* Connect a client; the code of p9_client_connect. */
int proxy_connect(struct proxy *p, const struct p9_client_options *o);
/* Everything is gone, both ledgers are empty. */
void proxy_close(struct proxy *p);
void proxy_drop(struct proxy *p);
void proxy_answer(struct proxy *p, const struct p9_msg *r);
void proxy_answer_bytes(struct proxy *p, const void *bytes, size_t n);

#endif
