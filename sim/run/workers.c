#include "workers.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A case takes and gives back its memory as a whole: what one had the next one gets, not the
 * kernel, which would have to clear it again. */
static void keep_memory(void)
{
    enum { KEPT_BYTES = 64 << 20 };
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TOP_PAD, 1 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

/* The life of a worker process. It shares memory with nobody and must leave the parent's buffered
 * output alone: _exit. */
static _Noreturn void be_worker(struct workers *p, const struct worker *w, int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    keep_memory();
    descriptors_close_others(&p->keep, fd);
    _exit(worker_loop(p->work, fd, w->note) ? 1 : 0);
}

static int start(struct workers *p, struct worker *w, struct error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        return error_set(p->d, err, -errno, "workers: %s", code_text(-errno));
    }
    *w->note = (struct worker_note){0};
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(pair[0]);
        be_worker(p, w, pair[1], parent);
    }
    int code = -errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return error_set(p->d, err, code, "workers: fork: %s", code_text(code));
    }
    w->pid = pid;
    w->fd = pair[0];
    w->n = 0;
    w->answered = 0;
    w->depth = QUEUE_LEAST;
    return 0;
}

static int share_notes(struct workers *p, size_t n, struct error *err)
{
    void *v = mmap(NULL, n * sizeof(*p->notes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);
    if (v == MAP_FAILED) {
        return error_set(p->d, err, -errno, "workers: mmap: %s", code_text(-errno));
    }
    p->notes = v;
    p->n_notes = n;
    return 0;
}

bool workers_was_at_case(const struct worker *w)
{
    return w->note->taken > w->answered || w->note->taken == 0;
}

struct rep_input_key workers_key(const struct worker *w)
{
    static const struct rep_input_key none;
    return w->note->read == w->answered + 1 ? w->note->key : none;
}

int workers_init(struct workers *p, struct domain *d, struct work *work, size_t n,
                 struct error *err)
{
    *p = (struct workers){.d = d, .work = work};
    int code = descriptors_read(d, &p->keep);
    if (code && code != CODE_FATE) {
        return error_set(d, err, code, "/proc/self/fd: %s", code_text(code));
    }
    p->v = code ? NULL : mem_resize(d, NULL, 0, n, sizeof(*p->v), "workers");
    if (!p->v) {
        descriptors_release(&p->keep);
        return CODE_FATE;
    }
    code = share_notes(p, n, err);
    if (code) {
        workers_release(p);
        return code;
    }
    for (p->n = 0; p->n < n; p->n++) {
        p->v[p->n].fd = -1;
        p->v[p->n].note = &p->notes[p->n];
        code = start(p, &p->v[p->n], err);
        if (code) {
            workers_release(p);
            return code;
        }
    }
    return 0;
}

int workers_end(struct workers *p, struct worker *w)
{
    (void)p;
    int status = 0;
    if (w->fd >= 0) {
        close(w->fd);
        w->fd = -1;
    }
    if (w->pid) {
        kill(w->pid, SIGKILL);
        while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
        }
        w->pid = 0;
    }
    return status;
}

void workers_release(struct workers *p)
{
    for (size_t i = 0; i < p->n; i++) {
        (void)workers_end(p, &p->v[i]);
        mem_free(p->v[i].buf);
    }
    mem_free(p->v);
    if (p->notes) {
        (void)munmap(p->notes, p->n_notes * sizeof(*p->notes));
    }
    descriptors_release(&p->keep);
    *p = (struct workers){0};
}

static void send_position(struct workers *p, struct worker *w, size_t position)
{
    uint64_t index = p->work->opt->selection[position];
    /* Eight bytes always fit: at most QUEUE_DEPTH of them are in the socket. */
    (void)send(w->fd, &index, sizeof(index), MSG_NOSIGNAL);
}

void workers_send(struct workers *p, struct worker *w, size_t position, int64_t now)
{
    if (w->n_queue == 0) {
        w->since = now;
    }
    w->queue[w->n_queue++] = position;
    send_position(p, w, position);
}

void workers_next(struct worker *w, int64_t now)
{
    for (unsigned i = 1; i < w->n_queue; i++) {
        w->queue[i - 1] = w->queue[i];
    }
    w->n_queue--;
    w->answered++;
    if (now - w->since > QUEUE_SHORT_NS) {
        w->depth = QUEUE_LEAST;
    } else if (w->depth < QUEUE_DEPTH) {
        w->depth++;
    }
    w->since = now;
}

int workers_receive(struct workers *p, struct worker *w)
{
    if (w->cap - w->n < 4096) {
        size_t cap = w->cap ? 2 * w->cap : 64 << 10;
        char *buf = mem_buffer(p->d, w->buf, cap, "worker buffer");
        if (!buf) {
            return CODE_FATE;
        }
        w->buf = buf;
        w->cap = cap;
    }
    ssize_t got;
    do {
        got = recv(w->fd, w->buf + w->n, w->cap - w->n, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        w->n += (size_t)got;
        return 1;
    }
    return got < 0 && errno == EAGAIN ? 0 : -EPIPE;
}

int workers_frame(const struct worker *w, struct frame_head *head, const char **payload)
{
    if (w->n < sizeof(*head)) {
        return 0;
    }
    memcpy(head, w->buf, sizeof(*head));
    *payload = w->buf + sizeof(*head);
    return head->size > LIMIT_RUN_FRAME ? -EBADMSG : w->n - sizeof(*head) >= head->size;
}

void workers_drop(struct worker *w, const struct frame_head *head)
{
    size_t n = sizeof(*head) + head->size;
    memmove(w->buf, w->buf + n, w->n - n);
    w->n -= n;
}

int workers_replace(struct workers *p, struct worker *w, int64_t now, struct error *err)
{
    int code = start(p, w, err);
    w->since = now;
    for (unsigned i = 0; i < w->n_queue && code == 0; i++) {
        send_position(p, w, w->queue[i]);
    }
    return code;
}
