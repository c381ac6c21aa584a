/* The world of one case: host side, gofer, sentry, opened in this order and closed in the reverse.
 */
#ifndef SIMRUN_SIM_WORLD_H
#define SIMRUN_SIM_WORLD_H

#include <simrun/fs/gofer.h>
#include <simrun/fs/proc.h>
#include <simrun/gofer.h>
#include <simrun/host.h>
#include <simrun/sim/subject.h>

#include "gofer_task.h"
#include "scratch.h"

struct world {
    const struct model_options *opt;
    const struct sim_case *c;

    struct domain host_d; /* the host side's own domain */
    struct scratch *scratch;
    struct host *host;
    struct host_snapshot *before;

    struct domain gofer_d;    /* the gofer's own domain */
    struct gofer_task task_g; /* zero for direct access */

    struct sentry s;
    struct kernel kernel;
    struct task task;
    struct task *tasks[1];
    struct gofer_channels channels;
    int *fds; /* numbers of the fd list; owned by s.d */
    size_t n_fds;
    size_t n_restore_fds; /* the restore environment's fresh list has so many, whatever the access
                             (contract pipeline 24) */
};

/* 0; CODE_FATE (of one of the domains); or a code with `text` (owned by s.d) saying what could not
 * be made. */
int world_open(struct world *w, const struct model_options *opt, const struct sim_case *c,
               struct error *err);
/* The domain that met its fate, or NULL. While a gofer runs by itself, only a fate of which the
 * sentry has felt something is sure to be seen. */
const struct domain *world_dead(struct world *w);
/*
 * Closes everything; works on a world of which only a part could be opened, and after any fate.
 * What was left in a ledger is added to the result (after a fate that is what the model abandoned,
 * and is not). The changes of the host side are added when the world came to a good end. A gofer
 * process that died by itself makes the outcome `crash`. The domains' quirk rows stay readable.
 */
int world_close(struct world *w, struct sim_result *r, bool good_end);

#endif
