/*
 * run: many cases through a subject, by forked workers, with results in the order of discovery.
 *
 * Case numbers go out to the workers, framed results come back; the calling process alone sees
 * records, one at a time and in order, whatever the number of workers. At most a bounded window of
 * results waits for its turn; beyond it no case is handed out. A worker that dies or passes the
 * time limit costs the one case that it was at: its record has the outcome crash or timeout, and a
 * new worker takes the place. A case may run several times; its attempts are delivered as one
 * record.
 *
 *     run_new     checks, forks the workers (no thread may exist yet)
 *     run_go      hands out and delivers; may open files and databases that no worker sees
 *     run_free    ends the workers
 */
#ifndef SIMRUN_SIM_RUN_H
#define SIMRUN_SIM_RUN_H

#include <simrun/reports.h>
#include <simrun/sim/case.h>
#include <simrun/sim/expect.h>
#include <simrun/sim/subject.h>

enum {
    LIMIT_JOBS = 1024,              /* workers of one run */
    LIMIT_ATTEMPTS = 10000,         /* of one case: --repeat, --retries */
    LIMIT_RUN_FRAME = 1 << 30,      /* bytes of one result on its way to the parent */
    LIMIT_WINDOW_PER_JOB = 64,      /* results that wait for their turn, for each worker */
    LIMIT_WINDOW_BYTES = 256 << 20, /* and bytes of them, unless it is the next in turn */
};

/* One attempt of a case that ran more than once. */
struct run_attempt {
    enum sim_outcome outcome;
    enum verdict_status status;
    const char *error;
    unsigned same_as; /* the first attempt, from 1, that gave the very same */
    int64_t duration_ns;
};

/*
 * What decides each case of `selection`, as a run would record it: one call each, all parts absent
 * for a case that cannot be read. `selection` may be overwritten up to the case of the call. What
 * `each` returns, unless 0, ends the walk and is returned; else 0, or a code with `err`.
 */
typedef int run_input_fn(void *arg, size_t index, const struct rep_input_key *key);
int run_inputs(struct domain *d, const struct case_source *source, const size_t *selection,
               size_t n, run_input_fn *each, void *arg, struct error *err);

/* What is delivered. Everything is borrowed for the call. */
struct run_record {
    size_t index;             /* in the source */
    struct case_info info;    /* of the case */
    struct rep_input_key key; /* what decided it; all absent: it could not be read */
    /* As rep_record_packed takes it, when that was asked for and is possible. Then `result` has no
     * more than name, outcome, error, checks, duration and the first finding that warns. */
    struct rep_bytes packed;
    const struct sim_result *result;
    const struct verdict *verdict;
    bool flaky;                         /* its attempts did not agree */
    const struct run_attempt *attempts; /* as they ended */
    size_t n_attempts;                  /* 0 = it ran once */
};

/*
 * 0 to go on; > 0 to end here (running cases are dropped): RUN_ENDED; < 0 is returned by run_go.
 */
typedef int run_record_fn(void *arg, const struct run_record *record);

/* Everything is borrowed and must outlive the run. */
struct run_options {
    const struct subject *subject;
    const struct case_source *source;
    const struct expect_set *expect;
    const size_t *selection; /* numbers in the source, in the order of running and delivering */
    size_t n;
    unsigned repeat; /* run every case so often; its result is the first attempt that fails; 0: 1 */
    unsigned retries; /* or run a case that fails again, up to so often; its result is the last */
    const bool
        *fail_on;       /* [OUTCOME_COUNT]: what fails whatever is expected; NULL: crash, timeout */
    unsigned jobs;      /* 0: in this process, without time limit or protection from crashes */
    int64_t timeout_ns; /* for one case; 0 = none */
    int64_t (*now)(void *arg); /* nanoseconds of a clock that never goes back */
    void *now_arg;
    int stop_fd;                 /* readable: hand out no more, deliver what runs; -1 = none */
    void (*stopping)(void *arg); /* called once when that happens; may be NULL */
    void *stopping_arg;
    /* Called now and then while no worker has anything to say; what it returns, unless 0, is
     * returned by run_go. May be NULL. */
    int (*idle)(void *arg);
    void *idle_arg;
    bool pack; /* every record goes into one run of a database, and nobody reads more of it */
    bool check_descriptors; /* a case that leaves the number of open descriptors changed fails */
};

enum {
    RUN_COMPLETE = 0,
    RUN_STOPPED = 1, /* by stop_fd: of the cases up to some one, those that had all their
                        attempts were delivered */
    RUN_ENDED = 2,   /* by the record function */
};

/* Does this fail a run? */
bool run_failed(const struct run_options *opt, enum verdict_status status,
                enum sim_outcome outcome);

struct run;

/* 0, or a code with `err`: -E2BIG past LIMIT_JOBS, what --rootfs gave, what fork gave. */
int run_new(struct domain *d, const struct run_options *opt, struct run **ret, struct error *err);
/* Once. RUN_* or a negative code with `err` (but for codes of `each`, which say it themselves). */
int run_go(struct run *r, run_record_fn *each, void *arg, struct error *err);
void run_free(struct run *r); /* takes NULL */

#endif
