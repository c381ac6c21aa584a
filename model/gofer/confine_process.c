/* Descriptors, limits, capabilities: what a process can give up of itself. */
#include "confine.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --------------------------------------------------------------------------- descriptors */

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static bool kept(const int *keep, size_t n, int fd)
{
    return bsearch(&fd, keep, n, sizeof(*keep), by_number) != NULL;
}

/* Closes `first` to `last`; by hand on a kernel before 5.9. */
static int close_span(unsigned first, unsigned last)
{
    struct rlimit limit;
    if (first > last || close_range(first, last, 0) == 0) {
        return 0;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
        return -errno;
    }
    for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++) {
        (void)close((int)fd);
    }
    return 0;
}

/* 0 to 2 stay taken: what a library writes to standard error must not land in a served file. */
static int silence(const int *keep, size_t n)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int rc = null < 0 ? -errno : 0;
    for (int fd = 0; fd <= 2; fd++) {
        if (kept(keep, n, fd) || fd == null) {
            continue;
        }
        if (null < 0) {
            (void)close(fd);
        } else if (dup2(null, fd) < 0) {
            rc = -errno;
        }
    }
    return rc;
}

static int first_error(int before, int rc)
{
    return before ? before : rc;
}

/* What cannot be done at one number does not leave the others open. */
int confine_descriptors(int *keep, size_t n)
{
    qsort(keep, n, sizeof(*keep), by_number);
    int rc = silence(keep, n);
    unsigned from = 3;
    for (size_t i = 0; i < n; i++) {
        unsigned fd = (unsigned)keep[i];
        if (fd >= from) {
            rc = first_error(rc, close_span(from, fd - 1));
            from = fd + 1;
        }
    }
    return first_error(rc, close_span(from, ~0U));
}

/* -------------------------------------------------------------------------------- limits */

static int limit_to(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0) {
        return -errno;
    }
    const struct rlimit lower = {
        .rlim_cur = now.rlim_cur < value ? now.rlim_cur : value,
        .rlim_max = now.rlim_max < value ? now.rlim_max : value,
    };
    return setrlimit(what, &lower) < 0 ? -errno : 0;
}

int confine_limits(void)
{
    struct rlimit files;
    int rc = limit_to(RLIMIT_CORE, 0);
    rc = rc ? rc : limit_to(RLIMIT_NPROC, 0);
    rc = rc ? rc : limit_to(RLIMIT_MEMLOCK, 0);
    rc = rc ? rc : limit_to(RLIMIT_MSGQUEUE, 0);
    if (rc == 0 && !CONFINE_SANITIZED) { /* whose shadow counts as data */
        rc = limit_to(RLIMIT_DATA, (rlim_t)GOFER_PROCESS_BYTES);
    }
    /* as many files as anywhere else, but never more */
    if (rc == 0 && getrlimit(RLIMIT_NOFILE, &files) == 0) {
        rc = limit_to(RLIMIT_NOFILE, files.rlim_cur);
    }
    return rc;
}

/* -------------------------------------------------------------------------- capabilities */

static const uint32_t served_capabilities = /* contract 8 */
    1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_FOWNER |
    1U << CAP_FSETID;

static int drop_bounding(void)
{
    for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
        bool served = cap < 32 && (served_capabilities >> cap & 1);
        if (!served && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
            return -errno;
        }
    }
    return 0;
}

int confine_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &head, data) < 0) {
        return -errno;
    }
    if (data[0].effective >> CAP_SETPCAP & 1) { /* others have nothing that could grow back */
        int rc = drop_bounding();
        if (rc) {
            return rc;
        }
    }
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* follows inheritable anyway */
    data[0].effective = data[0].permitted = data[0].permitted & served_capabilities;
    data[0].inheritable = 0;
    data[1] = (struct __user_cap_data_struct){0};
    return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

int confine_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}
