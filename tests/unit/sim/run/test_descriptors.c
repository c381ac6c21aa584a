#include "fixture.h"

#include "descriptors.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void counting_sees_one_more(void **state)
{
    (void)state;
    int before = descriptors_count(), fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(descriptors_count(), before + 1);
    close(fd);
    assert_int_equal(descriptors_count(), before);
}

static void others_are_closed(void **state)
{
    struct fixture *f = *state;
    struct descriptors keep;
    assert_int_equal(descriptors_read(&f->d, &keep), 0);
    assert_int_equal((int)keep.n, descriptors_count());
    int own = open("/dev/null", O_RDONLY | O_CLOEXEC), other = open("/dev/null", O_RDONLY);
    pid_t pid = fork();
    if (pid == 0) {
        descriptors_close_others(&keep, own);
        bool right = fcntl(own, F_GETFD) >= 0 && fcntl(other, F_GETFD) < 0 &&
                     fcntl(STDERR_FILENO, F_GETFD) >= 0;
        _exit(right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(own);
    close(other);
    descriptors_release(&keep);
}

int main(void)
{
    const struct CMUnitTest descriptors_tests[] = {
        test(counting_sees_one_more),
        test(others_are_closed),
    };
    return cmocka_run_group_tests(descriptors_tests, NULL, NULL);
}
