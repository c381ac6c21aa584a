/* Handing out, collecting, delivering in order. */
#include "again.h"
#include "deliver.h"
#include "workers.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WATCH_MS = 1000, SLACK_MS = 50 };
#define NS_OF_MS INT64_C(1000000)

struct run {
    struct domain *d;
    struct run_options opt;
    struct work work;
    struct workers pool;
    struct window window;
    struct pollfd *polls; /* owned: one for each worker, and the stop descriptor */
    size_t out;           /* next position to hand out */
    struct again again;   /* positions to hand out once more, first */
    bool stopping;
    bool dropped;   /* a case that began needed another attempt then */
    int64_t looked; /* when the workers were last looked at */
};

bool run_failed(const struct run_options *opt, enum verdict_status status, enum sim_outcome outcome)
{
    bool bad = opt->fail_on ? opt->fail_on[outcome]
                            : outcome == OUTCOME_CRASH || outcome == OUTCOME_TIMEOUT;
    return bad || status == VERDICT_FAIL || status == VERDICT_XPASS;
}

int run_new(struct domain *d, const struct run_options *opt, struct run **ret, struct error *err)
{
    if (opt->jobs > LIMIT_JOBS) {
        return error_set(d, err, -E2BIG, "more than %d workers (LIMIT_JOBS)", LIMIT_JOBS);
    }
    struct run *r = MEM_NEW(d, struct run);
    if (!r) {
        return CODE_FATE;
    }
    r->d = d;
    r->opt = *opt;
    again_init(&r->again, d);
    size_t jobs = opt->jobs < opt->n ? opt->jobs : opt->n;
    int code = work_init(&r->work, d, &r->opt, err);
    code = code ? code : window_init(&r->window, d, jobs ? jobs * LIMIT_WINDOW_PER_JOB : 1);
    if (code == 0 && jobs) {
        r->polls = mem_resize(d, NULL, 0, jobs + 1, sizeof(*r->polls), "poll list");
        code = r->polls ? workers_init(&r->pool, d, &r->work, jobs, err) : CODE_FATE;
    }
    if (code) {
        run_free(r);
        return code;
    }
    *ret = r;
    return 0;
}

void run_free(struct run *r)
{
    if (r) {
        workers_release(&r->pool);
        window_release(&r->window);
        again_release(&r->again);
        work_release(&r->work);
        mem_free(r->polls);
        mem_free(r);
    }
}

static int64_t now(const struct run *r)
{
    return r->opt.now(r->opt.now_arg);
}

static void drop(struct run *r, size_t position)
{
    r->dropped = true;
    window_drop(&r->window, position);
}

/* No attempt begins any more. A case that needs one is as if it had not run: a record would tell
 * less than was asked, and nobody would make up for it. */
static void stop(struct run *r)
{
    r->stopping = true;
    while (r->again.n) {
        drop(r, again_take(&r->again));
    }
    if (r->opt.stopping) {
        r->opt.stopping(r->opt.stopping_arg);
    }
}

/* --------------------------------------------------------------------------------- delivering */

/* Everything whose turn it is. 0, RUN_ENDED or a negative code. */
static int deliver_turns(struct run *r, run_record_fn *each, void *arg)
{
    int code = 0;
    for (const struct window_slot *s;
         code == 0 && r->window.first < r->opt.n && (s = window_turn(&r->window)) != NULL;) {
        struct domain d;
        domain_init(&d, "record", PROFILE_GVISOR_2018_08_14);
        code = s->dropped ? 0 : deliver_case(&d, &r->opt, r->window.first, s, each, arg);
        domain_close(&d, NULL, NULL);
        window_advance(&r->window);
    }
    return code;
}

/* An attempt ended: will no other one of its case begin? */
static bool settle(struct run *r, size_t position)
{
    bool again = attempts_again(window_attempts(&r->window, position), &r->opt);
    if (again && r->stopping) {
        drop(r, position);
    } else if (!again) {
        window_done(&r->window, position);
    }
    return !again || r->stopping;
}

/* --------------------------------------------------------------------------- in this process */

static bool asked_to_stop(struct run *r)
{
    struct pollfd p = {.fd = r->opt.stop_fd, .events = POLLIN};
    if (!r->stopping && p.fd >= 0 && poll(&p, 1, 0) > 0) {
        stop(r);
    }
    return r->stopping;
}

static int attempt_here(struct run *r, size_t position)
{
    struct job_state j;
    struct answer answer;
    work_read(&r->work, r->opt.selection[position], &j);
    work_run(&r->work, &j);
    answer_init(&answer);
    int code = work_answer(&r->work, &j, &answer);
    work_done(&j);
    code = code ? code : window_put_result(&r->window, position, answer.text.p, answer.text.n);
    answer_release(&answer);
    return code;
}

static int go_here(struct run *r, run_record_fn *each, void *arg)
{
    for (size_t i = 0; i < r->opt.n; i++) {
        if (asked_to_stop(r)) {
            return RUN_STOPPED;
        }
        int code;
        do {
            code = attempt_here(r, i);
            (void)asked_to_stop(r);
        } while (code == 0 && !settle(r, i));
        code = code ? code : deliver_turns(r, each, arg);
        if (code) {
            return code;
        }
    }
    return r->dropped ? RUN_STOPPED : RUN_COMPLETE;
}

/* --------------------------------------------------------------------------------- collecting */

/* The place of a case that must run again is behind those that wait for the same already. */
static int settle_or_again(struct run *r, size_t position)
{
    if (settle(r, position)) {
        return 0;
    }
    return again_push(&r->again, position);
}

/* -EBADMSG: no answer for the case that runs; the worker has gone mad. */
static int take_frame(struct run *r, struct worker *w, const struct frame_head *head,
                      const char *payload)
{
    if (!w->n_queue || r->opt.selection[w->queue[0]] != head->index) {
        return -EBADMSG;
    }
    size_t position = w->queue[0];
    int code = window_put_result(&r->window, position, payload, head->size);
    if (code) {
        return code;
    }
    workers_next(w, now(r));
    return settle_or_again(r, position);
}

/* How a worker ended, for people. */
static void ending_text(int status, char *buf, size_t n)
{
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;
    if (name) {
        (void)snprintf(buf, n, "killed by SIG%s", name);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(buf, n, "killed by signal %d", WTERMSIG(status));
    } else {
        (void)snprintf(buf, n, "ended with exit status %d", WEXITSTATUS(status));
    }
}

/* The running case of a worker that has ended is lost: the record says how, a new worker goes on.
 */
static int lose_case(struct run *r, struct worker *w, enum sim_outcome outcome, const char *text,
                     struct error *err)
{
    size_t position = w->queue[0];
    const struct rep_input_key key = workers_key(w);
    int code = window_put_lost(&r->window, position, outcome, text, &key);
    workers_next(w, now(r));
    code = code ? code : settle_or_again(r, position);
    return code ? code : workers_replace(&r->pool, w, now(r), err);
}

/* A worker is gone, or must go because what it sends is `mad`. */
static int bury(struct run *r, struct worker *w, bool mad, struct error *err)
{
    char text[128] = "its worker sent what is no result";
    int status = workers_end(&r->pool, w);
    if (!mad) {
        ending_text(status, text, sizeof(text));
    }
    if (w->n_queue && (mad || workers_was_at_case(w))) {
        return lose_case(r, w, OUTCOME_CRASH, text, err);
    }
    return workers_replace(&r->pool, w, now(r), err);
}

/* Whatever there is of a worker. */
static int take_all(struct run *r, struct worker *w, struct error *err)
{
    int received = workers_receive(&r->pool, w), code;
    struct frame_head head;
    const char *payload;
    if (received == CODE_FATE) {
        return received;
    }
    while ((code = workers_frame(w, &head, &payload)) == 1) {
        code = take_frame(r, w, &head, payload);
        if (code) {
            break;
        }
        workers_drop(w, &head);
    }
    if (code && code != -EBADMSG) {
        return code;
    }
    return code || received == -EPIPE ? bury(r, w, code != 0, err) : 0;
}

/* --------------------------------------------------------------------------------- handing out */

/* The position that is to be handed out now; false = none. */
static bool next_position(struct run *r, size_t *ret)
{
    if (r->again.n) {
        *ret = again_take(&r->again);
        return true;
    }
    if (r->stopping || r->out >= r->opt.n || !window_has_room(&r->window, r->out)) {
        return false;
    }
    *ret = r->out++;
    return true;
}

static void hand_out(struct run *r)
{
    size_t position;
    for (unsigned depth = 0; depth < QUEUE_DEPTH; depth++) {
        for (size_t i = 0; i < r->pool.n; i++) {
            struct worker *w = &r->pool.v[i];
            if (w->n_queue != depth || depth >= w->depth) {
                continue;
            }
            if (!next_position(r, &position)) {
                return;
            }
            workers_send(&r->pool, w, position, now(r));
        }
    }
}

/* Milliseconds until the first running case is late, but no longer than nobody need look: a wait
 * that takes more time than it was given shows that this process was stopped. */
static int wait_time(const struct run *r)
{
    int64_t first = WATCH_MS * NS_OF_MS, at = now(r);
    for (size_t i = 0; i < r->pool.n && r->opt.timeout_ns; i++) {
        const struct worker *w = &r->pool.v[i];
        if (w->n_queue) {
            int64_t left = w->since + r->opt.timeout_ns - at;
            left = left < 0 ? 0 : left;
            first = left < first ? left : first;
        }
    }
    return (int)(first / NS_OF_MS) + 1;
}

static bool is_late(const struct run *r, const struct worker *w)
{
    return w->n_queue && r->looked - w->since > r->opt.timeout_ns;
}

/* A case is late when it had its time while somebody waited for it: what it answered meanwhile is
 * looked for first. */
static int end_late(struct run *r, struct error *err)
{
    int code = 0;
    for (size_t i = 0; i < r->pool.n && r->opt.timeout_ns && code == 0; i++) {
        struct worker *w = &r->pool.v[i];
        if (is_late(r, w)) {
            code = take_all(r, w, err);
        }
        if (code == 0 && is_late(r, w)) {
            char text[128];
            (void)snprintf(text, sizeof(text), "no result within %g s",
                           (double)r->opt.timeout_ns / 1e9);
            (void)workers_end(&r->pool, w);
            code = lose_case(r, w, OUTCOME_TIMEOUT, text, err);
        }
    }
    return code;
}

/* Time in which nobody waited is no case's: this process was busy storing, or stopped. */
static void forgive(struct run *r, int64_t unwatched, int64_t until)
{
    for (size_t i = 0; i < r->pool.n && unwatched > 0; i++) {
        struct worker *w = &r->pool.v[i];
        w->since = w->since + unwatched < until ? w->since + unwatched : until;
    }
}

static int wait_and_take(struct run *r, struct error *err)
{
    size_t n = r->pool.n;
    for (size_t i = 0; i < n; i++) {
        struct worker *w = &r->pool.v[i];
        r->polls[i] = (struct pollfd){.fd = w->n_queue ? w->fd : -1, .events = POLLIN};
    }
    r->polls[n] = (struct pollfd){.fd = r->stopping ? -1 : r->opt.stop_fd, .events = POLLIN};
    int64_t start = now(r);
    forgive(r, start - r->looked, start);
    int wait = wait_time(r), ready = poll(r->polls, n + 1, wait);
    if (ready < 0 && errno != EINTR) {
        return error_set(r->d, err, -errno, "poll: %s", code_text(-errno));
    }
    r->looked = now(r);
    forgive(r, r->looked - start - (wait + SLACK_MS) * NS_OF_MS, r->looked);
    if (ready == 0 && r->opt.idle) {
        int code = r->opt.idle(r->opt.idle_arg);
        if (code) {
            return code;
        }
    }
    if (r->polls[n].revents) {
        stop(r);
    }
    int code = 0;
    for (size_t i = 0; i < n && code == 0; i++) {
        code = r->polls[i].revents ? take_all(r, &r->pool.v[i], err) : 0;
    }
    return code ? code : end_late(r, err);
}

int run_go(struct run *r, run_record_fn *each, void *arg, struct error *err)
{
    if (r->pool.n == 0) {
        return go_here(r, each, arg);
    }
    r->looked = now(r);
    while (r->window.first < (r->stopping ? r->out : r->opt.n)) {
        hand_out(r);
        int code = wait_and_take(r, err);
        code = code ? code : deliver_turns(r, each, arg);
        if (code) {
            return code;
        }
    }
    return r->dropped || (r->stopping && r->out < r->opt.n) ? RUN_STOPPED : RUN_COMPLETE;
}
