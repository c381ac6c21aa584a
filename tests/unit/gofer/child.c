#include "child.h"

#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

int in_child(int (*body)(void))
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int line = body();
        _exit(line == 0 || line == NOT_ALLOWED_HERE ? line : line % 50 + 100);
    }
    int status;
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_ALLOWED_HERE) {
        skip();
    }
    return status;
}

void assert_fine(int (*body)(void))
{
    assert_int_equal(in_child(body), 0);
}

void assert_killed(int (*body)(void))
{
    int status = in_child(body);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

int refuse(int number, int error, const unsigned *first)
{
    const uint32_t action = error ? SCMP_ACT_ERRNO((unsigned)error) : SCMP_ACT_KILL_PROCESS;
    const struct scmp_arg_cmp cmp = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = first ? *first : 0};
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    int rc = f ? seccomp_rule_add_array(f, action, number, first ? 1 : 0, &cmp) : -1;
    rc = rc ? rc : seccomp_load(f);
    seccomp_release(f);
    return rc;
}
