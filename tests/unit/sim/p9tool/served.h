/* A directory that is served by a thread, and clients of it whose output is kept. */
#ifndef SIMRUN_TEST_P9TOOL_SERVED_H
#define SIMRUN_TEST_P9TOOL_SERVED_H

#include <pthread.h>
#include <setjmp.h>
#include <simrun/sim/p9tool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <support.h>

#include "tool.h"

struct served {
    char tmp[64]; /* TMP/tree is served: file "hello", dir/x, link -> file, fifo; TMP/outside/secret
                     is not */
    char tree[96], sock[96];
    int stop[2]; /* a pipe; written: the end */
    pthread_t thread;
    struct domain d; /* of the server */
    struct p9tool_serve_options o;
    const char *listen[2];
    FILE *out; /* what the server tells */
    char *told;
    size_t told_n;
    int code; /* of p9tool_serve */
    int fds;  /* descriptors before all */
};

int64_t steady(void *arg);
void served_tree(struct served *s);
/* Start; returns when it listens. */
void served_start(struct served *s, bool writable);
/* Ask for the end and check that nothing is left. */
void served_stop(struct served *s);
/* Without a server. */
void served_remove(struct served *s);

/* Run one action; *ret_text (free) is what it printed. `o` without address: the served socket. */
int run_p9(struct served *s, struct p9tool_p9_options o, const char *input, char **ret_text);

#endif
