#include "scratch.h"

#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the scratch directory is, by its descriptor. */
static void find(const struct scratch *s, char *path, size_t n)
{
    char link[64];
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", scratch_fd(s));
    ssize_t len = readlink(link, path, n - 1);
    assert_true(len > 0);
    path[len] = '\0';
}

static void fill(int at, int depth)
{
    int fd = openat(at, "file", O_CREAT | O_WRONLY, 0400);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(symlinkat("/", at, "link"), 0);
    assert_int_equal(mkfifoat(at, "pipe", 0600), 0);
    if (depth > 0) {
        assert_int_equal(mkdirat(at, "sub", 0700), 0);
        fd = openat(at, "sub", O_RDONLY | O_DIRECTORY);
        fill(fd, depth - 1);
        assert_int_equal(fchmod(fd, 0), 0); /* in the way of who is not root */
        close(fd);
    }
}

static void removes_everything(void **state)
{
    struct scratch *s = NULL;
    char path[256];
    int fds = open_fds();
    assert_int_equal(scratch_new(*state, NULL, &s), 0);
    find(s, path, sizeof(path));
    fill(scratch_fd(s), 20);
    scratch_free(s);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access("/", F_OK), 0);
    assert_int_equal(open_fds(), fds);
    scratch_free(NULL);
}

static void removes_after_a_fate(void **state)
{
    (void)state;
    struct domain d;
    struct scratch *s = NULL;
    char path[256];
    domain_init(&d, "doomed", PROFILE_STRICT);
    assert_int_equal(scratch_new(&d, "/tmp", &s), 0);
    find(s, path, sizeof(path));
    assert_int_equal(strncmp(path, "/tmp/simrun-", 12), 0);
    fill(scratch_fd(s), 1);
    (void)domain_panic(&d, "gone");
    scratch_free(s);
    assert_int_equal(access(path, F_OK), -1);
    assert_true(domain_close(&d, NULL, NULL) > 0);
}

static void nowhere(void **state)
{
    struct scratch *s = NULL;
    assert_int_equal(scratch_new(*state, "/does/not/exist", &s), -ENOENT);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(removes_everything),
        SUBJECT_TEST(removes_after_a_fate),
        SUBJECT_TEST(nowhere),
    };
    return cmocka_run_group_tests_name("sim_subject_scratch", tests, NULL, NULL);
}
