/* Mode process: a fork of the world's process becomes the gofer, confined to what it serves. */
#include "gofer_report.h"
#include "gofer_task.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------------- in the process */

/* Handlers are of the program that was forked. An interrupt from the terminal is its business; the
 * gofer ends when its connections do. */
static void forget_signals(void)
{
    static const int own[] = {SIGHUP, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        (void)signal(own[i], SIG_DFL);
    }
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int confine(const struct gofer_task *t, int out)
{
    struct gofer_confinement c;
    size_t gofers = domain_fds(t->gofer_d, NULL, 0), hosts = domain_fds(t->host_d, NULL, 0);
    int *keep = mem_resize(t->gofer_d, NULL, 0, gofers + hosts + 1, sizeof(*keep), "descriptors");
    if (!keep) {
        return CODE_FATE;
    }
    (void)domain_fds(t->gofer_d, keep, gofers);
    (void)domain_fds(t->host_d, keep + gofers, hosts);
    keep[gofers + hosts] = out;
    gofer_confine(keep, gofers + hosts + 1, &c); /* gofer_confinement_probe has told what it can */
    mem_free(keep);
    return 0;
}

/* Sockets stay open, silent, until the world has let go. */
static void hang_on(int out)
{
    struct pollfd p = {.fd = out};
    while (poll(&p, 1, -1) < 0 && errno == EINTR) {
    }
}

/* Never returns. No destructor and no exit handler of the world's process runs here. */
static void process(struct gofer_task *t, int out, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) {
        _exit(1);
    }
    forget_signals();
    (void)umask(0); /* contract pipeline 7 */
    if (confine(t, out) == 0) {
        (void)gofer_run(t->gofer);
    }
    bool hung = t->gofer_d->fate == FATE_HANG;
    int r = gofer_report_send(t->gofer, t->gofer_d, t->before, t->host_d, out);
    if (r == 0 && hung) {
        hang_on(out);
    }
    _exit(r ? 1 : 0);
}

/* --------------------------------------------------------------------- in the world's one */

int gofer_process_start(struct gofer_task *t)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return -errno;
    }
    pid_t self = getpid();
    t->pid = fork();
    if (t->pid == 0) {
        (void)close(ends[0]);
        process(t, ends[1], self);
    }
    int r = t->pid < 0 ? -errno : 0;
    (void)close(ends[1]);
    if (r) {
        (void)close(ends[0]);
        return r;
    }
    gofer_free(t->gofer); /* else the clients would not see the process end */
    t->gofer = NULL;
    r = owned_fd_new(t->host_d, ends[0], "gofer report", &t->pipe);
    if (r) {
        (void)kill(t->pid, SIGKILL);
        (void)gofer_process_wait(t);
    }
    return r;
}

void gofer_process_collect(struct gofer_task *t, bool wait)
{
    struct pollfd p = {.fd = t->pipe ? t->pipe->fd : -1, .events = POLLIN};
    if (t->report || !t->pipe || (!wait && poll(&p, 1, 0) <= 0)) {
        return;
    }
    if (gofer_report_receive(t->host_d, t->pipe->fd, LIMIT_GOFER_REPORT, &t->report) == 0) {
        gofer_report_apply(t->report, t->gofer_d);
    }
    owned_fd_free(t->pipe); /* a process that hangs may end now */
    t->pipe = NULL;
}

int gofer_process_wait(struct gofer_task *t)
{
    int status = 0;
    while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}
