/*
 * Coverage builds only: a confined process finds no file by its name any more. It keeps a
 * descriptor of the build's folder and reaches the files of its counters through /proc/self/fd. The
 * linker puts these functions in front of the first two steps (--wrap). Parallel processes share
 * the files under a lock, which is the one thing that the filter allows beyond what serving needs.
 */
#include "confine.h"

#include <stdio.h>
#include <unistd.h>

int __real_confine_descriptors(int *keep, size_t n);
int __real_confine_root(const int *keep, size_t n);
int __wrap_confine_descriptors(int *keep, size_t n);
int __wrap_confine_root(const int *keep, size_t n);

enum { HIGH = 400 }; /* out of the way of numbers that a test expects */

static const char prefix[] = "/proc/self/fd/";

/* The descriptor, open from the first step on; the environment remembers it. -1 when a test keeps
 * this process from opening anything: its counters are lost. */
static int build_folder(void)
{
    const char *known = getenv("GCOV_PREFIX");
    if (known && strncmp(known, prefix, strlen(prefix)) == 0) {
        return atoi(known + strlen(prefix));
    }
    int named = open(SIMRUN_BINARY_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = fcntl(named, F_DUPFD_CLOEXEC, HIGH), depth = 0;
    char text[32];
    if (fd < 0) {
        return -1;
    }
    (void)close(named);
    for (const char *p = SIMRUN_BINARY_DIR; *p; p++) {
        depth += *p == '/';
    }
    (void)snprintf(text, sizeof(text), "%s%d", prefix, fd);
    (void)setenv("GCOV_PREFIX", text, 1);
    (void)snprintf(text, sizeof(text), "%d", depth);
    (void)setenv("GCOV_PREFIX_STRIP", text, 1);
    return fd;
}

int __wrap_confine_descriptors(int *keep, size_t n)
{
    int folder = build_folder();
    int *more = folder < 0 ? NULL : malloc((n + 1) * sizeof(*more));
    if (!more) {
        return __real_confine_descriptors(keep, n);
    }
    more[0] = folder;
    for (size_t i = 0; i < n; i++) {
        more[i + 1] = keep[i];
    }
    int rc = __real_confine_descriptors(more, n + 1);
    free(more);
    return rc;
}

/* The folder is not among `keep`: it stays a descriptor of the old tree, and a gofer without
 * directories stays one. */
int __wrap_confine_root(const int *keep, size_t n)
{
    (void)build_folder();
    return __real_confine_root(keep, n);
}
