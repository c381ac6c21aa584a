/* Confining a gofer process: all measures one after the other, and what came of them as text. */
#include "confine.h"

#include <sys/wait.h>
#include <unistd.h>

static const char *const measure_names[GOFER_MEASURES] = {
    [GOFER_OWN_DESCRIPTORS] = "own descriptors only",
    [GOFER_OWN_ROOT] = "own mount namespace and root",
    [GOFER_OWN_LIMITS] = "resource limits",
    [GOFER_FEW_CAPABILITIES] = "dropped capabilities",
    [GOFER_NO_NEW_PRIVILEGES] = "no new privileges",
    [GOFER_SYSCALL_FILTER] = "system call filter",
};

void gofer_confine(int *keep, size_t n, struct gofer_confinement *ret)
{
    struct gofer_confinement c;
    c.code[GOFER_OWN_DESCRIPTORS] = confine_descriptors(keep, n);
    c.code[GOFER_OWN_ROOT] = confine_root(keep, n);
    c.code[GOFER_OWN_LIMITS] = confine_limits();
    c.code[GOFER_FEW_CAPABILITIES] = confine_capabilities();
    c.code[GOFER_NO_NEW_PRIVILEGES] = confine_privileges();
    c.code[GOFER_SYSCALL_FILTER] = confine_syscalls();
    *ret = c;
}

static void add_measures(struct str *s, const struct gofer_confinement *c, bool in_force)
{
    const char *comma = "";
    for (size_t i = 0; i < GOFER_MEASURES; i++) {
        if ((c->code[i] == 0) == in_force) {
            str_addf(s, "%s%s", comma, measure_names[i]);
            if (!in_force) {
                str_addf(s, " (%s)", code_text(c->code[i]));
            }
            comma = ", ";
        }
    }
    if (!*comma) {
        str_add(s, "nothing");
    }
}

void gofer_confinement_text(const struct gofer_confinement *c, struct str *s)
{
    str_add(s, "confined by: ");
    add_measures(s, c, true);
    str_add(s, "; not allowed here: ");
    add_measures(s, c, false);
}

/* ------------------------------------------------------------------------- trying it out */

/* Never returns. */
static void probe_child(int out, bool real_directories)
{
    int keep[2] = {out, -1};
    size_t n = 1;
    if (real_directories) {
        keep[n] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        n += keep[n] >= 0;
    }
    struct gofer_confinement c;
    gofer_confine(keep, n, &c);
    _exit(write(out, &c, sizeof(c)) == (ssize_t)sizeof(c) ? 0 : 1);
}

static ssize_t read_all(int fd, void *buf, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = read(fd, (char *)buf + done, n - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : (ssize_t)done;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int gofer_confinement_probe(bool real_directories, struct gofer_confinement *ret)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return -errno;
    }
    pid_t pid = fork();
    if (pid == 0) {
        probe_child(ends[1], real_directories);
    }
    int rc = pid < 0 ? -errno : 0;
    (void)close(ends[1]);
    if (rc == 0) {
        struct gofer_confinement c;
        ssize_t n = read_all(ends[0], &c, sizeof(c));
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        if (n == (ssize_t)sizeof(c)) {
            *ret = c;
        } else {
            rc = n < 0 ? (int)n : -ECHILD;
        }
    }
    (void)close(ends[0]);
    return rc;
}
