/* The process: clocks, terminals, signals. All else is in cli_main. */
#include <simrun/sim/cli.h>

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* What the functions of the environment need. */
struct process {
    sigset_t stop; /* signals that ask for an end */
    int fd;        /* a signalfd of them */
};

static int64_t now(void *arg)
{
    (void)arg;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void wall(void *arg, char ret[32])
{
    (void)arg;
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    (void)strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static const char *variable(void *arg, const char *name)
{
    (void)arg;
    return getenv(name);
}

static uint64_t entropy(void *arg)
{
    uint64_t number;
    return getrandom(&number, sizeof(number), 0) == (ssize_t)sizeof(number) ? number
                                                                            : (uint64_t)now(arg);
}

static void unwatch(void *arg)
{
    struct process *p = arg;
    sigprocmask(SIG_UNBLOCK, &p->stop, NULL);
}

/* The first signal asks for an orderly end; the next one has its default effect, at once. */
static void stopping(void *arg)
{
    struct process *p = arg;
    struct signalfd_siginfo info;
    if (read(p->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        (void)fputs("\nsimrun: ending: waiting for the cases that run; again to end at once\n",
                    stderr);
    }
    unwatch(p);
}

static int watch(void *arg)
{
    struct process *p = arg;
    sigprocmask(SIG_BLOCK, &p->stop, NULL);
    if (p->fd < 0) {
        p->fd = signalfd(-1, &p->stop, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    return p->fd;
}

static unsigned width_of(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static unsigned processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* Each case frees all that it had: the heap would go back to the kernel after every one, and come
 * back page by page for the next. */
static void keep_heap(void)
{
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

/* What was closed for us stays unusable, but its number goes to no socket, database or report: what
 * is printed would end there. */
static int fill_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int other_way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", other_way) != fd) {
            return -1;
        }
    }
    return 0;
}

/* A case needs two descriptors a mount and more for its files, so that the usual first limit would
 * decide its result. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    if (fill_standard()) {
        return EXIT_HARNESS;
    }
    keep_heap();
    allow_descriptors();
    struct process p = {.fd = -1};
    sigemptyset(&p.stop);
    sigaddset(&p.stop, SIGINT);
    sigaddset(&p.stop, SIGTERM);
    /* A write fails instead, so that what ran is still recorded. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    struct cli_env env = {
        .out = stdout,
        .err = stderr,
        .out_tty = isatty(STDOUT_FILENO) != 0,
        .err_tty = isatty(STDERR_FILENO) != 0,
        .no_color = (no_color && *no_color) || (term && strcmp(term, "dumb") == 0),
        .width = width_of(STDOUT_FILENO),
        .cpus = processors(),
        .now = now,
        .wall = wall,
        .variable = variable,
        .entropy = entropy,
        .watch = watch,
        .stopping = stopping,
        .unwatch = unwatch,
        .arg = &p,
    };
    int code = cli_main(&env, argc, argv);
    if (code == EXIT_PIPE) {
        signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    return code;
}
