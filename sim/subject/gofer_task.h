/*
 * The gofer of one world at work, in one of three ways:
 *
 *   inline    the waiting client serves it: nothing runs by itself
 *   thread    one thread serves all channels; it alone uses the gofer's domain, the host and the
 *             host's domain from start to end
 *   process   one confined process with a copy of all that; the changes of a mem host, the quirk
 *             rows that were asked and the gofer's fate come back in one report
 *
 * The sentry's side is the same in all of them but for the pump of its clients. A gofer that dies
 * is an end of file to it, one that hangs makes the hang descriptor readable.
 */
#ifndef SIMRUN_SIM_GOFER_TASK_H
#define SIMRUN_SIM_GOFER_TASK_H

#include <pthread.h>
#include <simrun/gofer.h>
#include <simrun/sim/subject.h>
#include <stdatomic.h>
#include <sys/types.h>

enum { LIMIT_GOFER_REPORT = 256 << 20 }; /* bytes of what a gofer process tells at its end */

struct gofer_task {
    enum gofer_mode mode;
    struct domain *gofer_d, *host_d; /* borrowed */
    struct host_snapshot *before; /* borrowed; NULL where the world itself asks for the changes */
    struct gofer *gofer;      /* owned; NULL before gofer_task_open, and once a process has it */
    struct gofer_wait *waits; /* owned by host_d; one for each channel */
    struct owned_fd *hang;    /* owned by host_d */
    bool started;

    pthread_t thread;
    atomic_bool ended; /* set by the thread, after its last use of the domains */

    pid_t pid;
    struct owned_fd *pipe;     /* owned by host_d; where the report comes from */
    struct sim_result *report; /* owned by host_d; NULL until it came */
};

/*
 * Make the gofer over `h`, for `channels` channels; the domains are borrowed. `before` is the
 * snapshot that a process is to compare with, NULL for none. Works on a zeroed task. 0, -errno or
 * CODE_FATE of one of the domains; gofer_task_end is due in any case.
 */
int gofer_task_open(struct gofer_task *t, enum gofer_mode mode, struct domain *gofer_d,
                    struct domain *host_d, struct host *h, struct host_snapshot *before,
                    size_t channels);
/* How the client of channel `i`, whose own end is `client_fd`, waits. */
struct p9_pump gofer_task_pump(struct gofer_task *t, size_t i, struct gofer_channel *channel,
                               int client_fd);
/* Set it to work, once all channels are there. From now on the domains of the gofer and the host
 * are its own. */
int gofer_task_start(struct gofer_task *t);
/*
 * May the gofer's domain be looked at (its fate)? True when nothing runs by itself, or when it has
 * come to its end. A fate that a client felt as an end of file is always there to see.
 */
bool gofer_task_over(struct gofer_task *t);
/*
 * After the sentry has closed all connections: waits for the end. The gofer's domain is alive and
 * empty afterwards, or dead. What a process reported (ledger, changes of a mem host when
 * `want_diff`) is added to `r`. `*ret_death` (owned by `r`): how a process died that should not
 * have, or NULL. 0 or CODE_FATE.
 */
int gofer_task_end(struct gofer_task *t, struct sim_result *r, bool want_diff,
                   const char **ret_death);

/* ------------------------------------------------------------------------- for gofer_task.c */

int gofer_thread_start(struct gofer_task *t);
void gofer_thread_join(struct gofer_task *t);
int gofer_process_start(struct gofer_task *t);
/* Take the report if it is there; with `wait`, when it comes. */
void gofer_process_collect(struct gofer_task *t, bool wait);
/* The status of waitpid. */
int gofer_process_wait(struct gofer_task *t);

#endif
