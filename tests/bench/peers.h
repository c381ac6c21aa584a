/* One gofer over a host and one client of it, as a replay has them. */
#ifndef SIMRUN_BENCH_PEERS_H
#define SIMRUN_BENCH_PEERS_H

#include <pthread.h>
#include <simrun/gofer.h>

struct peers {
    struct domain host_d, gofer_d, d;
    struct host *host;
    struct gofer *gofer;
    struct gofer_channel *channel;
    struct p9_client *client;
    struct p9_file root; /* a directory with a file "file" */
    pthread_t thread;    /* of the gofer, when `threaded` */
    bool threaded;
};

/*
 * `dir` NULL: a mem host; else the tree is made below that directory. `threaded`: gofer mode
 * thread instead of inline. 0, -errno or CODE_FATE; peers_close is due in any case.
 */
int peers_open(struct peers *p, const char *dir, bool threaded);
void peers_close(struct peers *p);

#endif
