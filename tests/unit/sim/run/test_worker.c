#include "fixture.h"

#include "frame.h"
#include "worker.h"

#include <sys/socket.h>
#include <unistd.h>

static void read_all(int fd, void *p, size_t n)
{
    for (char *at = p; n;) {
        ssize_t got = read(fd, at, n);
        assert_true(got > 0);
        at += got;
        n -= (size_t)got;
    }
}

static void a_number_gives_a_frame(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct worker_note note = {0};
    struct frame_head head;
    int pair[2];
    static char buf[64 << 10];
    uint64_t index = 1;
    make_cases(f, "ok-0 error-1");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(write(pair[0], &index, sizeof(index)), sizeof(index));
    assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
    assert_int_equal(worker_loop(&w, pair[1], &note), 0);
    assert_int_equal(note.taken, 1);
    assert_int_equal(note.read, 1);
    assert_true(note.key.present[REP_SPEC]);
    read_all(pair[0], &head, sizeof(head));
    assert_int_equal(head.index, 1);
    assert_true(head.size <= sizeof(buf));
    read_all(pair[0], buf, head.size);
    struct frame_result r;
    assert_int_equal(frame_get_result(&f->d, buf, head.size, &r), 0);
    assert_string_equal(r.result->name, "error-1");
    assert_memory_equal(&r.key, &note.key, sizeof(r.key));
    verdict_release(&r.verdict);
    sim_result_free(r.result);
    close(pair[0]);
    close(pair[1]);
    work_release(&w);
}

static void a_parent_that_is_gone_ends_it(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct worker_note note = {0};
    int pair[2];
    uint64_t index = 0;
    make_cases(f, "ok-0");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(write(pair[0], &index, sizeof(index)), sizeof(index));
    close(pair[0]);
    assert_int_equal(worker_loop(&w, pair[1], &note), -EPIPE);
    close(pair[1]);
    work_release(&w);
}

int main(void)
{
    const struct CMUnitTest worker_tests[] = {
        test(a_number_gives_a_frame),
        test(a_parent_that_is_gone_ends_it),
    };
    return cmocka_run_group_tests(worker_tests, NULL, NULL);
}
