/* The system calls of the server loop over a host side. Any other one kills the process. */
#include "confine.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

static const int allowed[] = {
    /* connections */
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(shutdown),
    /* files that are open */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(fstat),
    SCMP_SYS(fstatfs),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fsync),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchown),
    SCMP_SYS(getdents64),
    SCMP_SYS(memfd_create),
    /* names below them */
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(openat2),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(mkdirat),
    SCMP_SYS(symlinkat),
    SCMP_SYS(linkat),
    SCMP_SYS(unlinkat),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchownat),
    SCMP_SYS(utimensat),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* the process itself */
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#if CONFINE_SANITIZED
    /* what the sanitizers' runtimes need */
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
#endif
};

/* Of fcntl: flags and duplicates. */
static const int allowed_fcntl[] = {
    F_GETFD,  F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC,
#ifdef SIMRUN_COVERAGE
    F_SETLKW, /* of the files of counters */
#endif
};

/* Memory may never become code. */
static const int no_exec[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

static int allow(scmp_filter_ctx f, int number)
{
    int rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, number, 0, NULL);
    return rc == -EDOM ? 0 : rc; /* this machine has no such call */
}

static int allow_when(scmp_filter_ctx f, int number, struct scmp_arg_cmp cmp)
{
    return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, number, 1, &cmp);
}

static int add_rules(scmp_filter_ctx f)
{
    const struct scmp_arg_cmp not_exec = {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC};
    const struct scmp_arg_cmp itself = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (uint64_t)getpid()};
    int rc = 0;
    for (size_t i = 0; i < ARRAY_LEN(allowed) && rc == 0; i++) {
        rc = allow(f, allowed[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(allowed_fcntl) && rc == 0; i++) {
        rc = allow_when(f, SCMP_SYS(fcntl),
                        (struct scmp_arg_cmp){
                            .arg = 1, .op = SCMP_CMP_EQ, .datum_a = (uint64_t)allowed_fcntl[i]});
    }
    for (size_t i = 0; i < ARRAY_LEN(no_exec) && rc == 0; i++) {
        rc = allow_when(f, no_exec[i], not_exec);
    }
    return rc ? rc : allow_when(f, SCMP_SYS(tgkill), itself); /* abort() */
}

int confine_syscalls(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f) {
        return -ENOMEM;
    }
    (void)seccomp_attr_set(f, SCMP_FLTATR_API_SYSRAWRC, 1); /* the kernel's own errno, to be told */
    int rc = add_rules(f);
    rc = rc ? rc : seccomp_load(f);
    seccomp_release(f);
    return rc;
}
