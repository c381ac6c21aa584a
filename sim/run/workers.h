/* workers: the worker processes and their sockets. */
#ifndef SIMRUN_SIM_RUN_WORKERS_H
#define SIMRUN_SIM_RUN_WORKERS_H

#include "descriptors.h"
#include "frame.h"
#include "worker.h"

#include <sys/types.h>

/*
 * The case that runs, and those that wait, so that no worker idles while the parent is busy: one,
 * or for as long as cases are short more and more. Behind a long one none waits that another worker
 * could have run.
 */
enum { QUEUE_LEAST = 2, QUEUE_DEPTH = 32, QUEUE_SHORT_NS = 2000000 };

struct worker {
    pid_t pid;                 /* 0 = none */
    int fd;                    /* our end, non-blocking; -1 = none */
    size_t queue[QUEUE_DEPTH]; /* positions in the selection; [0] runs */
    unsigned n_queue;
    unsigned depth;    /* how many it may have: QUEUE_LEAST .. QUEUE_DEPTH */
    uint64_t answered; /* cases, by this process */
    int64_t since;     /* when [0] became the one that runs */
    struct worker_note *note;
    char *buf; /* owned: received, not yet a whole frame */
    size_t n, cap;
};

struct workers {
    struct domain *d;
    struct work *work;
    struct descriptors keep;   /* what workers may hold beside their own socket */
    struct worker *v;          /* owned */
    struct worker_note *notes; /* owned; shared memory, one for each */
    size_t n, n_notes;
};

/* Forks `n` workers. */
int workers_init(struct workers *p, struct domain *d, struct work *work, size_t n,
                 struct error *err);
void workers_release(struct workers *p);

/* Hand one more case to a worker with room in its queue. A dead worker shows at the next receive.
 */
void workers_send(struct workers *p, struct worker *w, size_t position, int64_t now);
/* The running case is done, or lost: the next one runs. */
void workers_next(struct worker *w, int64_t now);
/* Receive what is there: 1 = something came, 0 = nothing, -EPIPE = the worker is gone, CODE_FATE.
 */
int workers_receive(struct workers *p, struct worker *w);
/* Is a whole frame at the front of what was received? 1: take it off with workers_drop; 0; or
 * -EBADMSG: what is there is none, and no more will make it one. */
int workers_frame(const struct worker *w, struct frame_head *head, const char **payload);
void workers_drop(struct worker *w, const struct frame_head *head);
/* End a worker (it may be dead already) and tell how: its wait status. */
int workers_end(struct workers *p, struct worker *w);
/* Was a worker that ended at its first case? Not when it died between two cases; but one that never
 * took any dies of the first, too, or its followers would die for ever. */
bool workers_was_at_case(const struct worker *w);
/* What decides the case that it was at; all absent when it had not read it. */
struct rep_input_key workers_key(const struct worker *w);
/* A new process in the place of one that ended; hands it what is queued. */
int workers_replace(struct workers *p, struct worker *w, int64_t now, struct error *err);

#endif
