/* A confined process: what it can no longer do, and what it still can. Each check runs in a fork.
 */
#include "child.h"
#include "confine.h"
#include "fixture.h"

#include <dirent.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ------------------------------------------------------------------------- descriptors */

static int descriptors(void)
{
    int keep[3], other = open("/", O_PATH | O_CLOEXEC), low = dup(other), high = 300;
    EXPECT(pipe(keep) == 0 && other >= 0 && dup2(other, high) == high);
    keep[2] = fcntl(keep[0], F_DUPFD, 200);
    int kept[3] = {keep[2], keep[0], keep[1]};
    EXPECT(confine_descriptors(kept, 3) == 0);
    for (int i = 0; i < 3; i++) {
        EXPECT(fcntl(keep[i], F_GETFD) >= 0);
    }
    EXPECT(fcntl(other, F_GETFD) < 0 && fcntl(low, F_GETFD) < 0 && fcntl(high, F_GETFD) < 0);
    struct stat null, st;
    EXPECT(stat("/dev/null", &null) == 0);
    for (int fd = 0; fd <= 2; fd++) {
        EXPECT(fstat(fd, &st) == 0 && st.st_rdev == null.st_rdev && st.st_ino == null.st_ino);
    }
    return 0;
}

static void test_descriptors(void **state)
{
    (void)state;
    assert_fine(descriptors);
}

/* -------------------------------------------------------------------------------- root */

static char served[64]; /* a directory with a file "inside" */

static int only_proc_is_there(void)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    EXPECT(d);
    for (struct dirent *e; (e = readdir(d));) {
        EXPECT(e->d_name[0] == '.' || strcmp(e->d_name, "proc") == 0);
    }
    closedir(d);
    return 0;
}

static int root(void)
{
    char name[64];
    struct stat top, up;
    int dir = open(served, O_PATH | O_DIRECTORY | O_CLOEXEC);
    EXPECT(dir >= 0 && access("/etc/passwd", F_OK) == 0);
    EXPECT(openat(dir, "../../etc/passwd", O_RDONLY) >= 0);
    if (confine_root(&dir, 1)) {
        return NOT_ALLOWED_HERE;
    }
    EXPECT(open("/etc/passwd", O_RDONLY) < 0 && errno == ENOENT);
    EXPECT(openat(dir, "../../etc/passwd", O_RDONLY) < 0 && errno == ENOENT);
    EXPECT(openat(dir, "../tmp", O_PATH) < 0 && errno == ENOENT);
    EXPECT(fstat(dir, &top) == 0 && fstatat(dir, "..", &up, 0) == 0 && top.st_ino == up.st_ino);
    EXPECT(access("/proc/1", F_OK) < 0 && access("/proc/self/mem", F_OK) < 0);
    EXPECT(open("/new", O_CREAT | O_WRONLY, 0600) < 0 && errno == EROFS);
    int fd = openat(dir, "inside", O_PATH | O_CLOEXEC);
    (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    EXPECT(fd >= 0 && open(name, O_RDWR) >= 0);
    EXPECT(openat(dir, "made", O_CREAT | O_WRONLY, 0600) >= 0 && unlinkat(dir, "made", 0) == 0);
    return only_proc_is_there();
}

static void test_root(void **state)
{
    (void)state;
    char file[80];
    (void)snprintf(served, sizeof(served), "/tmp/simrun-confine-XXXXXX");
    assert_non_null(mkdtemp(served));
    (void)snprintf(file, sizeof(file), "%s/inside", served);
    int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    int status = in_child(root);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(served), 0);
    assert_int_equal(status, 0);
}

/* Served from memory, without a directory. */
static int empty_root(void)
{
    if (confine_root(NULL, 0)) {
        return NOT_ALLOWED_HERE;
    }
    EXPECT(open("/etc/passwd", O_RDONLY) < 0 && errno == ENOENT);
    return only_proc_is_there();
}

static void test_empty_root(void **state)
{
    (void)state;
    assert_fine(empty_root);
}

/* ------------------------------------------------------------------ limits, privileges */

static int limits(void)
{
    struct rlimit core, files, files_after;
    EXPECT(getrlimit(RLIMIT_NOFILE, &files) == 0);
    EXPECT(confine_limits() == 0);
    EXPECT(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
    EXPECT(getrlimit(RLIMIT_NPROC, &core) == 0 && core.rlim_max == 0);
    EXPECT(getrlimit(RLIMIT_NOFILE, &files_after) == 0);
    EXPECT(files_after.rlim_cur == files.rlim_cur && files_after.rlim_max == files.rlim_cur);
    return 0;
}

static void test_limits(void **state)
{
    (void)state;
    assert_fine(limits);
}

static int capabilities(void)
{
    static const unsigned served_ones[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                                           CAP_FOWNER, CAP_FSETID};
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct before[2], after[2];
    uint32_t served_set = 0;
    for (size_t i = 0; i < ARRAY_LEN(served_ones); i++) {
        served_set |= 1U << served_ones[i];
    }
    EXPECT(syscall(SYS_capget, &head, before) == 0);
    EXPECT(confine_capabilities() == 0);
    EXPECT(syscall(SYS_capget, &head, after) == 0);
    EXPECT(after[0].effective == (before[0].permitted & served_set) && after[1].effective == 0);
    EXPECT(after[0].permitted == after[0].effective && after[1].permitted == 0);
    EXPECT(chroot("/") < 0 && errno == EPERM);
    if (before[0].effective >> CAP_SETPCAP & 1) {
        EXPECT(prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0);
        EXPECT(prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0) == 1);
    }
    return 0;
}

static void test_capabilities(void **state)
{
    (void)state;
    assert_fine(capabilities);
}

static int privileges(void)
{
    EXPECT(confine_privileges() == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    return 0;
}

static void test_privileges(void **state)
{
    (void)state;
    assert_fine(privileges);
}

/* ------------------------------------------------------------------------- the filter */

static int filtered(void)
{
    return confine_privileges() || confine_syscalls() ? NOT_ALLOWED_HERE : 0;
}

static int call_socket(void)
{
    int rc = filtered();
    return rc ? rc : ((void)socket(AF_INET, SOCK_STREAM, 0), 0);
}

static int call_execve(void)
{
    char *const none[] = {NULL};
    int rc = filtered();
    return rc ? rc : ((void)execve("/bin/true", none, none), 0);
}

static int call_fork(void)
{
    int rc = filtered();
    return rc ? rc : ((void)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0), 0);
}

static int call_ptrace(void)
{
    int rc = filtered();
    return rc ? rc : ((void)ptrace(PTRACE_TRACEME, 0, NULL, NULL), 0);
}

static int call_mount(void)
{
    int rc = filtered();
    return rc ? rc : ((void)syscall(SYS_mount, "a", "/", "tmpfs", 0, NULL), 0);
}

static int make_code(void)
{
    int rc = filtered();
    return rc ? rc
              : ((void)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                 0);
}

static int kill_others(void)
{
    int rc = filtered();
    return rc ? rc : ((void)syscall(SYS_tgkill, getpid() + 1, getpid() + 1, 0), 0);
}

static void test_refused(void **state)
{
    (void)state;
    int (*const calls[])(void) = {call_socket, call_execve, call_fork,  call_ptrace,
                                  call_mount,  make_code,   kill_others};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        assert_killed(calls[i]);
    }
}

static int serving(void)
{
    int pair[2];
    char c = 'x';
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    int rc = filtered();
    if (rc) {
        return rc;
    }
    struct iovec iov = {.iov_base = &c, .iov_len = 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    EXPECT(sendmsg(pair[0], &m, 0) == 1 && recvmsg(pair[1], &m, 0) == 1);
    int fd = memfd_create("x", MFD_CLOEXEC);
    EXPECT(fd >= 0 && pwrite(fd, "y", 1, 0) == 1 && ftruncate(fd, 0) == 0);
    EXPECT(fcntl(fd, F_DUPFD_CLOEXEC, 0) > fd && fsync(fd) == 0);
    void *p = malloc(1 << 24);
    EXPECT(p);
    free(p);
    return 0;
}

static void test_allowed(void **state)
{
    (void)state;
    assert_fine(serving);
}

/* ------------------------------------------------------------------------- all at once */

static void test_probe(void **state)
{
    (void)state;
    int fds = open_fds();
    for (int dirs = 0; dirs < 2; dirs++) {
        struct gofer_confinement c;
        assert_int_equal(gofer_confinement_probe(dirs, &c), 0);
        for (size_t i = 0; i < GOFER_MEASURES; i++) {
            assert_true(c.code[i] <= 0 && c.code[i] >= -4095);
        }
        assert_int_equal(c.code[GOFER_OWN_DESCRIPTORS], 0);
        assert_int_equal(c.code[GOFER_NO_NEW_PRIVILEGES], 0);
    }
    assert_int_equal(open_fds(), fds);
}

static void assert_text(const struct gofer_confinement *c, const char *want)
{
    struct domain d;
    struct str s;
    domain_init(&d, "text", PROFILE_STRICT);
    str_init(&s, &d);
    gofer_confinement_text(c, &s);
    assert_string_equal(str_get(&s), want);
    str_release(&s);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

static void test_text(void **state)
{
    (void)state;
    assert_text(
        &(struct gofer_confinement){
            .code = {[GOFER_OWN_ROOT] = -EPERM, [GOFER_SYSCALL_FILTER] = -EINVAL}},
        "confined by: own descriptors only, resource limits, dropped capabilities, no new "
        "privileges; not allowed here: own mount namespace and root (operation not "
        "permitted), system call filter (invalid argument)");
    assert_text(&(struct gofer_confinement){0},
                "confined by: own descriptors only, own mount namespace and root, resource limits, "
                "dropped capabilities, no new privileges, system call filter; not allowed here: "
                "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),  cmocka_unit_test(test_root),
        cmocka_unit_test(test_empty_root),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_capabilities), cmocka_unit_test(test_privileges),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_probe),        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests_name("gofer_confine", tests, NULL, NULL);
}
