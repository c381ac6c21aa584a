#include "gofer_task.h"

#include <sys/wait.h>

int gofer_task_open(struct gofer_task *t, enum gofer_mode mode, struct domain *gofer_d,
                    struct domain *host_d, struct host *h, struct host_snapshot *before,
                    size_t channels)
{
    t->mode = mode;
    t->gofer_d = gofer_d;
    t->host_d = host_d;
    t->before = before;
    atomic_init(&t->ended, false);
    int r = gofer_new(gofer_d, h, &t->gofer);
    if (r || mode == GOFER_INLINE) {
        return r;
    }
    t->waits = mem_resize(host_d, NULL, 0, channels, sizeof(*t->waits), "gofer waits");
    if (!t->waits) {
        return CODE_FATE;
    }
    int fd = gofer_hang_fd(t->gofer);
    if (fd < 0) {
        return fd;
    }
    /* one of our own: the gofer's goes with it */
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : owned_fd_new(host_d, copy, "gofer hang", &t->hang);
}

struct p9_pump gofer_task_pump(struct gofer_task *t, size_t i, struct gofer_channel *channel,
                               int client_fd)
{
    if (t->mode == GOFER_INLINE) {
        return (struct p9_pump){.run = gofer_channel_pump, .arg = channel};
    }
    t->waits[i] = (struct gofer_wait){.client_fd = client_fd, .hang_fd = t->hang->fd};
    return (struct p9_pump){
        .run = gofer_wait_pump, .arg = &t->waits[i], .unsent = &t->waits[i].unsent};
}

int gofer_task_start(struct gofer_task *t)
{
    int r = t->mode == GOFER_THREAD    ? gofer_thread_start(t)
            : t->mode == GOFER_PROCESS ? gofer_process_start(t)
                                       : 0;
    t->started = r == 0;
    return r;
}

bool gofer_task_over(struct gofer_task *t)
{
    if (!t->started || t->mode == GOFER_INLINE) {
        return true;
    }
    if (t->mode == GOFER_THREAD) {
        return atomic_load_explicit(&t->ended, memory_order_acquire);
    }
    gofer_process_collect(t, false);
    return true; /* the domains here are not those of the process */
}

static const char *death_text(struct sim_result *r, int status)
{
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return sim_result_printf(r, "the gofer process ended by signal SIG%s", name ? name : "?");
    }
    return sim_result_printf(r, "the gofer process ended without a report (status %d)",
                             WEXITSTATUS(status));
}

static int keep_texts(struct sim_result *r, struct sim_texts *to, const struct sim_texts *from)
{
    for (size_t i = 0; i < from->n; i++) {
        if (sim_result_add(r, to, from->v[i])) {
            return CODE_FATE;
        }
    }
    return 0;
}

static int end_process(struct gofer_task *t, struct sim_result *r, bool want_diff,
                       const char **ret_death)
{
    gofer_process_collect(t, true);
    int status = gofer_process_wait(t);
    if (!t->report) {
        *ret_death = death_text(r, status);
        return *ret_death ? 0 : CODE_FATE;
    }
    int code = keep_texts(r, &r->ledger, &t->report->ledger);
    return code || !want_diff ? code : keep_texts(r, &r->host_diff, &t->report->host_diff);
}

static void release(struct gofer_task *t)
{
    if (t->gofer && t->mode == GOFER_INLINE) {
        gofer_pump(t->gofer); /* it sees the connections end */
    }
    gofer_free(t->gofer);
    sim_result_free(t->report);
    owned_fd_free(t->pipe);
    owned_fd_free(t->hang);
    mem_free(t->waits);
    t->gofer = NULL;
    t->report = NULL;
    t->pipe = t->hang = NULL;
    t->waits = NULL;
}

int gofer_task_end(struct gofer_task *t, struct sim_result *r, bool want_diff,
                   const char **ret_death)
{
    int code = 0;
    *ret_death = NULL;
    if (t->started && t->mode == GOFER_THREAD) {
        gofer_thread_join(t);
    } else if (t->started && t->mode == GOFER_PROCESS) {
        code = end_process(t, r, want_diff, ret_death);
    }
    t->started = false;
    release(t);
    return code;
}
