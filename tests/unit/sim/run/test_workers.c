#include "fixture.h"

#include "workers.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* Receive until a result frame of `index` was taken. */
static void wait_result(struct workers *p, struct worker *w, uint64_t index)
{
    struct frame_head head;
    const char *payload;
    for (;;) {
        while (workers_frame(w, &head, &payload) == 1) {
            bool done = head.index == index;
            workers_drop(w, &head);
            if (done) {
                return;
            }
        }
        assert_true(workers_receive(p, w) >= 0);
    }
}

static void a_queue_of_cases(void **state)
{
    struct fixture *f = *state;
    struct work work;
    struct workers p;
    make_cases(f, "ok-0 ok-1");
    assert_int_equal(work_init(&work, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(workers_init(&p, &f->d, &work, 1, &f->err), 0);
    struct worker *w = &p.v[0];
    workers_send(&p, w, 0, 10);
    workers_send(&p, w, 1, 20);
    assert_int_equal(w->n_queue, 2);
    assert_int_equal(w->since, 10);
    wait_result(&p, w, 0);
    workers_next(w, 30);
    assert_int_equal(w->queue[0], 1);
    assert_int_equal(w->since, 30);
    wait_result(&p, w, 1);
    workers_release(&p);
    work_release(&work);
}

static void a_new_process_gets_what_was_behind_the_lost_case(void **state)
{
    struct fixture *f = *state;
    struct work work;
    struct workers p;
    make_cases(f, "hang-0 ok-1");
    assert_int_equal(work_init(&work, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(workers_init(&p, &f->d, &work, 1, &f->err), 0);
    struct worker *w = &p.v[0];
    pid_t first = w->pid;
    workers_send(&p, w, 0, 0);
    workers_send(&p, w, 1, 0);
    int status = workers_end(&p, w);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    workers_next(w, 4);
    assert_int_equal(workers_replace(&p, w, 5, &f->err), 0);
    assert_int_not_equal(w->pid, first);
    assert_int_equal(w->since, 5);
    assert_int_equal(w->n_queue, 1);
    wait_result(&p, w, 1);
    workers_release(&p);
    work_release(&work);
}

/* Waits for the end of a process without taking its status away. */
static void kill_and_wait(pid_t pid)
{
    siginfo_t info;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void one_that_dies_between_two_cases_costs_none(void **state)
{
    struct fixture *f = *state;
    struct work work;
    struct workers p;
    make_cases(f, "ok-0 ok-1 ok-2");
    assert_int_equal(work_init(&work, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(workers_init(&p, &f->d, &work, 1, &f->err), 0);
    struct worker *w = &p.v[0];
    workers_send(&p, w, 0, 0);
    wait_result(&p, w, 0);
    workers_next(w, 0);
    kill_and_wait(w->pid);
    workers_send(&p, w, 1, 0);
    workers_send(&p, w, 2, 0);
    assert_int_equal(workers_receive(&p, w), -EPIPE);
    (void)workers_end(&p, w);
    assert_false(workers_was_at_case(w));
    assert_int_equal(workers_replace(&p, w, 0, &f->err), 0);
    wait_result(&p, w, 1);
    workers_next(w, 0);
    wait_result(&p, w, 2);
    workers_release(&p);
    work_release(&work);
}

static void the_input_of_a_lost_case_is_its_own(void **state)
{
    struct fixture *f = *state;
    struct work work;
    struct workers p;
    make_cases(f, "ok-0 hang-1 bad-2");
    assert_int_equal(work_init(&work, &f->d, &f->opt, &f->err), 0);
    assert_int_equal(workers_init(&p, &f->d, &work, 1, &f->err), 0);
    struct worker *w = &p.v[0];
    workers_send(&p, w, 0, 0);
    workers_send(&p, w, 1, 0);
    wait_result(&p, w, 0);
    workers_next(w, 0);
    while (w->note->read < 2) {
        sched_yield();
    }
    (void)workers_end(&p, w);
    assert_true(workers_was_at_case(w));
    assert_true(workers_key(w).present[REP_SPEC]);
    workers_next(w, 0);
    assert_int_equal(workers_replace(&p, w, 0, &f->err), 0);
    kill_and_wait(w->pid);
    w->note->taken = w->note->read = 0;
    assert_true(workers_was_at_case(w)); /* it took none, nor would the next */
    assert_false(workers_key(w).present[REP_SPEC]);
    workers_release(&p);
    work_release(&work);
}

/* All of it may come at once, and nothing after it. */
static void a_head_beyond_the_bound_is_no_frame(void **state)
{
    (void)state;
    struct frame_head head = {.size = (uint64_t)LIMIT_RUN_FRAME + 1}, got;
    const char *payload;
    struct worker w = {.buf = (char *)&head, .n = sizeof(head)};
    assert_int_equal(workers_frame(&w, &got, &payload), -EBADMSG);
    head.size = LIMIT_RUN_FRAME;
    assert_int_equal(workers_frame(&w, &got, &payload), 0);
    head.size = 0;
    assert_int_equal(workers_frame(&w, &got, &payload), 1);
    w.n--;
    assert_int_equal(workers_frame(&w, &got, &payload), 0);
}

int main(void)
{
    const struct CMUnitTest workers_tests[] = {
        test(a_queue_of_cases),
        test(a_new_process_gets_what_was_behind_the_lost_case),
        test(one_that_dies_between_two_cases_costs_none),
        test(the_input_of_a_lost_case_is_its_own),
        cmocka_unit_test(a_head_beyond_the_bound_is_no_frame),
    };
    return cmocka_run_group_tests(workers_tests, NULL, NULL);
}
