#include "support.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

int open_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    assert_non_null(d);
    while (readdir(d)) {
        n++;
    }
    closedir(d);
    return n;
}

void make_tmp(char tmp[64], const char *what)
{
    (void)snprintf(tmp, 64, "/tmp/simrun-%s-XXXXXX", what);
    assert_non_null(mkdtemp(tmp));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

int remove_tree(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool can_mknod(void)
{
    char tmp[64], path[96];
    make_tmp(tmp, "mknod");
    (void)snprintf(path, sizeof(path), "%s/null", tmp);
    bool ok = mknod(path, S_IFCHR | 0600, makedev(1, 3)) == 0;
    (void)remove_tree(tmp);
    return ok;
}

void skip_without_assertions(void)
{
#ifdef NDEBUG
    skip();
#endif
}

bool asserts(void (*fn)(void *), void *arg)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        fn(arg);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
