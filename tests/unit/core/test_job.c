#include "core_test.h"

/* Work that notes its turn and may queue a successor or drain in the middle. */
struct work {
    struct job job;
    struct domain *d;
    struct work *next;
    char *trace;
    char mark;
    bool drain;
    bool dies;
};

static void work_run(struct job *job)
{
    struct work *w = container_of(job, struct work, job);
    w->trace[strlen(w->trace)] = w->mark;
    if (w->next) {
        job_queue(w->d, &w->next->job, work_run);
    }
    if (w->drain) {
        jobs_drain(w->d);
    }
    if (w->dies) {
        domain_panic(w->d, "in a job");
    }
}

static void jobs_run_in_order_with_what_they_queue(void **state)
{
    struct domain *d = *state;
    char trace[8] = "";
    struct work c = {.d = d, .trace = trace, .mark = 'c'};
    struct work a = {.d = d, .trace = trace, .mark = 'a', .next = &c};
    struct work b = {.d = d, .trace = trace, .mark = 'b'};
    job_queue(d, &a.job, work_run);
    job_queue(d, &b.job, work_run);
    assert_string_equal(trace, "");
    jobs_drain(d);
    assert_string_equal(trace, "abc");
    job_queue(d, &a.job, work_run); /* a job that ran may be queued again */
    jobs_drain(d);
    assert_string_equal(trace, "abcac");
}

static void a_drain_inside_a_job_is_left_to_the_outer_one(void **state)
{
    struct domain *d = *state;
    char trace[8] = "";
    struct work b = {.d = d, .trace = trace, .mark = 'b'};
    struct work a = {.d = d, .trace = trace, .mark = 'a', .next = &b, .drain = true};
    job_queue(d, &a.job, work_run);
    jobs_drain(d);
    assert_string_equal(trace, "ab");
}

static void nothing_runs_under_a_lock(void **state)
{
    struct domain *d = *state;
    char trace[8] = "";
    struct work a = {.d = d, .trace = trace, .mark = 'a'};
    struct lockword l = {0}, m = {0};
    job_queue(d, &a.job, work_run);
    assert_int_equal(lock_read(d, &l, "l"), 0);
    assert_int_equal(lock_write(d, &m, "m"), 0);
    jobs_drain(d);
    unlock_write(d, &m);
    jobs_drain(d);
    assert_string_equal(trace, "");
    unlock_read(d, &l);
    jobs_drain(d);
    assert_string_equal(trace, "a");
}

static void a_fate_in_a_job_stops_the_queue(void **state)
{
    struct domain *d = *state;
    char trace[8] = "";
    struct work a = {.d = d, .trace = trace, .mark = 'a', .dies = true};
    struct work b = {.d = d, .trace = trace, .mark = 'b'};
    job_queue(d, &a.job, work_run);
    job_queue(d, &b.job, work_run);
    jobs_drain(d);
    assert_string_equal(trace, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(jobs_run_in_order_with_what_they_queue),
        DOMAIN_TEST(a_drain_inside_a_job_is_left_to_the_outer_one),
        DOMAIN_TEST(nothing_runs_under_a_lock),
        DOMAIN_TEST(a_fate_in_a_job_stops_the_queue),
    };
    return cmocka_run_group_tests_name("core_job", tests, NULL, NULL);
}
