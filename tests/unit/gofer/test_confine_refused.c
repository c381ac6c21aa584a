/* A machine that refuses one of the system calls of the confinement: that measure is told, with the
 * errno, and all others are taken. */
#include "child.h"
#include "confine.h"
#include "fixture.h"

#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- one call, one measure */

static const unsigned set_privileges = PR_SET_NO_NEW_PRIVS, drop_bound = PR_CAPBSET_DROP;

static const struct refusal {
    int number, error;
    const unsigned *first;
    enum gofer_measure lost; /* GOFER_MEASURES: none, there is another way */
    bool privileged;         /* the call is only made by those who may */
} refusals[] = {
    {SCMP_SYS(dup2), EMFILE, NULL, GOFER_OWN_DESCRIPTORS, false},
    {SCMP_SYS(close_range), ENOSYS, NULL, GOFER_MEASURES, false},
    {SCMP_SYS(open_tree), ENOSYS, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(unshare), ENOSPC, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(mount), EACCES, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(move_mount), EPERM, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(mkdir), ENOSPC, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(chdir), EACCES, NULL, GOFER_OWN_ROOT, false},
    {SCMP_SYS(pivot_root), EINVAL, NULL, GOFER_MEASURES, false},
    {SCMP_SYS(prlimit64), EPERM, NULL, GOFER_OWN_LIMITS, false},
    {SCMP_SYS(capget), EPERM, NULL, GOFER_FEW_CAPABILITIES, false},
    {SCMP_SYS(capset), EPERM, NULL, GOFER_FEW_CAPABILITIES, false},
    {SCMP_SYS(prctl), EPERM, &drop_bound, GOFER_FEW_CAPABILITIES, true},
    {SCMP_SYS(prctl), EINVAL, &set_privileges, GOFER_NO_NEW_PRIVILEGES, false},
    {SCMP_SYS(seccomp), EINVAL, NULL, GOFER_SYSCALL_FILTER, false},
};

static const struct refusal *refused;      /* by the next child */
static struct gofer_confinement unrefused; /* what this machine allows otherwise */

static bool holds(unsigned cap)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    return syscall(SYS_capget, &head, data) == 0 && data[0].effective >> cap & 1;
}

static int one_refused(void)
{
    int keep = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), high = 300;
    const enum gofer_measure lost = refused->lost;
    struct gofer_confinement c;
    EXPECT(keep >= 0 && dup2(keep, high) == high);
    if (refuse(refused->number, refused->error, refused->first)) {
        return NOT_ALLOWED_HERE;
    }
    gofer_confine(&keep, 1, &c);
    EXPECT(fcntl(keep, F_GETFD) >= 0 && fcntl(high, F_GETFD) < 0);
    EXPECT(open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC) >= 0); /* serving needs it */
    for (size_t i = 0; i < GOFER_MEASURES; i++) {
        /* libseccomp will not load a filter without no_new_privs */
        bool with = lost == GOFER_NO_NEW_PRIVILEGES && i == GOFER_SYSCALL_FILTER;
        if (i == lost) {
            EXPECT(c.code[i] == -refused->error);
        } else if (!with) {
            EXPECT(c.code[i] == unrefused.code[i]);
        }
    }
    return 0;
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(gofer_confinement_probe(true, &unrefused), 0);
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        refused = &refusals[i];
        enum gofer_measure lost = refused->lost;
        if ((refused->privileged && !holds(CAP_SETPCAP)) ||
            (lost < GOFER_MEASURES && unrefused.code[lost])) {
            print_message("not allowed here anyway: case %zu\n", i);
            continue;
        }
        int status = in_child(one_refused);
        if (status) {
            print_error("case %zu: status %#x\n", i, (unsigned)status);
        }
        assert_int_equal(status, 0);
    }
}

/* -------------------------------------------------------------------------- descriptors */

/* Closed in the parent, or no /dev/null: nothing else stays open for that. */
static int no_input(void)
{
    struct stat null, st;
    int none = -1;
    EXPECT(close(0) == 0 && stat("/dev/null", &null) == 0);
    EXPECT(confine_descriptors(&none, 0) == 0);
    for (int fd = 0; fd <= 2; fd++) {
        EXPECT(fstat(fd, &st) == 0 && st.st_rdev == null.st_rdev);
    }
    return 0;
}

static int no_null(void)
{
    int keep = dup(0), other = dup(0);
    EXPECT(keep >= 0 && other >= 0);
    if (refuse(SCMP_SYS(openat), EACCES, NULL)) {
        return NOT_ALLOWED_HERE;
    }
    EXPECT(confine_descriptors(&keep, 1) == -EACCES);
    EXPECT(fcntl(keep, F_GETFD) >= 0 && fcntl(other, F_GETFD) < 0);
    EXPECT(fcntl(0, F_GETFD) < 0 && fcntl(2, F_GETFD) < 0);
    return 0;
}

static void test_standard_descriptors(void **state)
{
    (void)state;
    assert_fine(no_input);
    assert_fine(no_null);
}

/* ---------------------------------------------------------------------- a user namespace */

static int give_up_admin(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    EXPECT(syscall(SYS_capget, &head, data) == 0);
    data[0].effective &= ~(1U << CAP_SYS_ADMIN);
    data[0].permitted &= ~(1U << CAP_SYS_ADMIN);
    EXPECT(syscall(SYS_capset, &head, data) == 0);
    return 0;
}

static int root_without_privilege(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int rc = give_up_admin();
    if (rc || confine_root(NULL, 0)) {
        return rc ? rc : NOT_ALLOWED_HERE;
    }
    EXPECT(access("/etc/passwd", F_OK) < 0 && errno == ENOENT);
    EXPECT(geteuid() == uid && getegid() == gid);
    return 0;
}

static int directories_without_privilege(void)
{
    int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = give_up_admin();
    EXPECT(rc == 0 && dir >= 0);
    EXPECT(confine_root(&dir, 1) == -EPERM && access("/etc/passwd", F_OK) == 0);
    return 0;
}

/* Owners of real files would look different from inside: then rather none. */
static void test_directories_without_privilege(void **state)
{
    (void)state;
    assert_fine(directories_without_privilege);
}

static void test_root_without_privilege(void **state)
{
    (void)state;
    assert_fine(root_without_privilege);
}

/* ------------------------------------------------------------------------------ probing */

static int probe_dies(void)
{
    struct gofer_confinement c = {.code = {1}};
    if (refuse(SCMP_SYS(capset), 0, NULL)) {
        return NOT_ALLOWED_HERE;
    }
    EXPECT(gofer_confinement_probe(false, &c) == -ECHILD && c.code[0] == 1);
    return 0;
}

static void nothing(int signal)
{
    (void)signal;
}

static int probe_is_interrupted(void)
{
    const struct sigaction action = {.sa_handler = nothing};
    const struct itimerval often = {.it_interval.tv_usec = 2000, .it_value.tv_usec = 2000};
    struct gofer_confinement c;
    EXPECT(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < 10; i++) {
        EXPECT(gofer_confinement_probe(false, &c) == 0);
        EXPECT(c.code[GOFER_OWN_DESCRIPTORS] == 0);
    }
    return 0;
}

static int probe_without_descriptors(void)
{
    struct gofer_confinement c = {.code = {1}};
    struct rlimit none;
    EXPECT(getrlimit(RLIMIT_NOFILE, &none) == 0);
    const rlim_t before = none.rlim_cur;
    none.rlim_cur = 0;
    EXPECT(setrlimit(RLIMIT_NOFILE, &none) == 0);
    EXPECT(gofer_confinement_probe(false, &c) == -EMFILE && c.code[0] == 1);
    none.rlim_cur = before;
    EXPECT(setrlimit(RLIMIT_NOFILE, &none) == 0);
    return 0;
}

static void test_probe(void **state)
{
    (void)state;
    assert_fine(probe_dies);
    assert_fine(probe_is_interrupted);
    assert_fine(probe_without_descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_standard_descriptors),
        cmocka_unit_test(test_root_without_privilege),
        cmocka_unit_test(test_directories_without_privilege),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests_name("gofer_confine_refused", tests, NULL, NULL);
}
