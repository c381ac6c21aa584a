/* Handing out, collecting, delivering in order. */
#include "window.h"
#include "workers.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct run {
    struct domain *d;
    struct run_options opt;
    struct work work;
    struct workers pool;
    struct window window;
    struct pollfd *polls; /* owned: one for each worker, and the stop descriptor */
    size_t out;           /* next position to hand out */
    bool stopping;
};

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
    size_t jobs = opt->jobs < opt->n ? opt->jobs : opt->n;
    int code = work_init(&r->work, d, &r->opt, err);
    if (code == 0 && jobs) {
        r->polls = mem_resize(d, NULL, 0, jobs + 1, sizeof(*r->polls), "poll list");
        code = r->polls ? window_init(&r->window, d, jobs * LIMIT_WINDOW_PER_JOB) : CODE_FATE;
        code = code ? code : workers_init(&r->pool, d, &r->work, jobs, err);
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
        work_release(&r->work);
        mem_free(r->polls);
        mem_free(r);
    }
}

static int64_t now(const struct run *r)
{
    return r->opt.now(r->opt.now_arg);
}

static void stop(struct run *r)
{
    r->stopping = true;
    if (r->opt.stopping) {
        r->opt.stopping(r->opt.stopping_arg);
    }
}

/* --------------------------------------------------------------------------- in this process */

static int deliver_state(struct run *r, const struct job_state *j, run_record_fn *each, void *arg)
{
    struct run_record record = {.index = j->index, .result = j->result, .verdict = &j->verdict};
    memcpy(record.input, j->input, sizeof(record.input));
    case_source_info(r->opt.source, j->index, &record.info);
    return each(arg, &record);
}

static int go_here(struct run *r, run_record_fn *each, void *arg)
{
    for (size_t i = 0; i < r->opt.n; i++) {
        struct pollfd p = {.fd = r->opt.stop_fd, .events = POLLIN};
        if (p.fd >= 0 && poll(&p, 1, 0) > 0) {
            stop(r);
            return RUN_STOPPED;
        }
        struct job_state j;
        work_read(&r->work, r->opt.selection[i], &j);
        work_run(&r->work, &j);
        int code = deliver_state(r, &j, each, arg);
        work_done(&j);
        if (code) {
            return code < 0 ? code : RUN_ENDED;
        }
    }
    return RUN_COMPLETE;
}

/* --------------------------------------------------------------------------------- delivering */

static int deliver(struct run *r, struct domain *d, const struct window_slot *s,
                   run_record_fn *each, void *arg)
{
    struct run_record record = {.index = r->opt.selection[r->window.first]};
    struct sim_result *result;
    struct verdict v;
    case_source_info(r->opt.source, record.index, &record.info);
    if (s->input && frame_get_input(s->input, s->input_n, record.input)) {
        return -EBADMSG;
    }
    int code = s->lost ? work_lost(d, &record.info, s->lost, s->result, &result, &v)
                       : frame_get_result(d, s->result, s->result_n, &v, &result);
    if (code) {
        return code;
    }
    record.result = result;
    record.verdict = &v;
    code = each(arg, &record);
    verdict_release(&v);
    sim_result_free(result);
    return code < 0 ? code : code > 0 ? RUN_ENDED : 0;
}

/* Everything whose turn it is. 0, RUN_ENDED or a negative code. */
static int deliver_turns(struct run *r, run_record_fn *each, void *arg, struct error *err)
{
    int code = 0;
    for (const struct window_slot *s;
         code == 0 && r->window.first < r->opt.n && (s = window_turn(&r->window)) != NULL;) {
        struct domain d;
        domain_init(&d, "record", PROFILE_GVISOR_2018_08_14);
        code = deliver(r, &d, s, each, arg);
        domain_close(&d, NULL, NULL);
        if (code == -EBADMSG) {
            return error_set(r->d, err, code, "a worker sent a broken result");
        }
        window_advance(&r->window);
    }
    return code;
}

/* --------------------------------------------------------------------------------- collecting */

static int take_frame(struct run *r, struct worker *w, const struct frame_head *head,
                      const char *payload, struct error *err)
{
    size_t position = w->n_queue ? w->queue[0] : 0;
    if (!w->n_queue || r->opt.selection[position] != head->index) {
        return error_set(r->d, err, -EBADMSG, "a worker answered for a case that it was not given");
    }
    if (head->kind == FRAME_INPUT) {
        return window_put_input(&r->window, position, payload, head->size);
    }
    int code = window_put_result(&r->window, position, payload, head->size);
    workers_next(w, now(r));
    return code;
}

/* The running case of a worker is lost: the record says how, a new worker goes on. */
static int lose_case(struct run *r, struct worker *w, bool timeout, struct error *err)
{
    char text[128];
    int status = workers_end(&r->pool, w);
    if (timeout) {
        (void)snprintf(text, sizeof(text), "no result within %g s",
                       (double)r->opt.timeout_ns / 1e9);
    } else if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        (void)snprintf(text, sizeof(text), "signal SIG%s", name ? name : "?");
    } else {
        (void)snprintf(text, sizeof(text), "exit status %d", WEXITSTATUS(status));
    }
    int code =
        window_put_lost(&r->window, w->queue[0], timeout ? OUTCOME_TIMEOUT : OUTCOME_CRASH, text);
    return code ? code : workers_replace(&r->pool, w, now(r), err);
}

static int take_all(struct run *r, struct worker *w, struct error *err)
{
    int code = workers_receive(&r->pool, w);
    if (code == CODE_FATE) {
        return code;
    }
    bool gone = code == -EPIPE;
    struct frame_head head;
    const char *payload;
    for (code = 0; code == 0 && workers_frame(w, &head, &payload);) {
        code = take_frame(r, w, &head, payload, err);
        workers_drop(w, &head);
    }
    if (code || !gone) {
        return code;
    }
    if (w->n_queue == 0) {
        (void)workers_end(&r->pool, w);
        return error_set(r->d, err, -EPIPE, "an idle worker ended");
    }
    return lose_case(r, w, false, err);
}

/* --------------------------------------------------------------------------------- handing out */

static void hand_out(struct run *r)
{
    for (unsigned depth = 0; depth < QUEUE_DEPTH; depth++) {
        for (size_t i = 0; i < r->pool.n; i++) {
            struct worker *w = &r->pool.v[i];
            if (r->stopping || r->out >= r->opt.n || !window_has_room(&r->window, r->out)) {
                return;
            }
            if (w->n_queue == depth) {
                workers_send(&r->pool, w, r->out++, now(r));
            }
        }
    }
}

/* Milliseconds until the first running case is late; -1 = never. */
static int wait_time(const struct run *r)
{
    int64_t first = -1, at = now(r);
    for (size_t i = 0; i < r->pool.n && r->opt.timeout_ns; i++) {
        const struct worker *w = &r->pool.v[i];
        if (w->n_queue) {
            int64_t left = w->since + r->opt.timeout_ns - at;
            left = left < 0 ? 0 : left;
            first = first < 0 || left < first ? left : first;
        }
    }
    return first < 0 ? -1 : (int)(first / 1000000 > 60000 ? 60000 : first / 1000000 + 1);
}

static int end_late(struct run *r, struct error *err)
{
    int64_t at = now(r);
    int code = 0;
    for (size_t i = 0; i < r->pool.n && r->opt.timeout_ns && code == 0; i++) {
        struct worker *w = &r->pool.v[i];
        if (w->n_queue && at - w->since > r->opt.timeout_ns) {
            code = lose_case(r, w, true, err);
        }
    }
    return code;
}

static int wait_and_take(struct run *r, struct error *err)
{
    size_t n = r->pool.n;
    for (size_t i = 0; i < n; i++) {
        struct worker *w = &r->pool.v[i];
        r->polls[i] = (struct pollfd){.fd = w->n_queue ? w->fd : -1, .events = POLLIN};
    }
    r->polls[n] = (struct pollfd){.fd = r->stopping ? -1 : r->opt.stop_fd, .events = POLLIN};
    if (poll(r->polls, n + 1, wait_time(r)) < 0 && errno != EINTR) {
        return error_set(r->d, err, -errno, "poll: %s", code_text(-errno));
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
    while (r->window.first < (r->stopping ? r->out : r->opt.n)) {
        hand_out(r);
        int code = wait_and_take(r, err);
        code = code ? code : deliver_turns(r, each, arg, err);
        if (code) {
            return code;
        }
    }
    return r->stopping && r->out < r->opt.n ? RUN_STOPPED : RUN_COMPLETE;
}
