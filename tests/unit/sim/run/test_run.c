#include "fixture.h"

#include <simrun/sim/record.h>

#include <stdio.h>
#include <unistd.h>

static void assert_order(struct fixture *f, size_t n)
{
    assert_int_equal(f->n_seen, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(f->seen[i].index, i);
    }
}

static void records_come_in_order_whatever_the_workers(void **state)
{
    struct fixture *f = *state;
    make_many(f, 300);
    for (unsigned jobs = 0; jobs <= 3; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_COMPLETE);
        assert_order(f, 300);
    }
}

static void a_slow_case_holds_the_others_back(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "slow-0 ok-1 ok-2 slow-3 ok-4 ok-5 ok-6 ok-7 ok-8 ok-9 ok-10 ok-11 ok-12 ok-13 "
                  "ok-14 ok-15 ok-16 ok-17 ok-18 ok-19 ok-20 ok-21 ok-22 ok-23 ok-24");
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_order(f, 25);
}

static void the_same_records_with_and_without_workers(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 error-1 bad-2 leak-3 oom-4 big-5 ok-6");
    assert_int_equal(run_cases(f, 0), RUN_COMPLETE);
    struct seen here[7];
    memcpy(here, f->seen, sizeof(here));
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_order(f, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(here[i].error, f->seen[i].error);
        assert_string_equal(here[i].difference, f->seen[i].difference);
        assert_int_equal(here[i].outcome, f->seen[i].outcome);
        assert_int_equal(here[i].status, f->seen[i].status);
    }
    assert_int_equal(f->seen[1].outcome, OUTCOME_ERROR);
    assert_int_equal(f->seen[2].outcome, OUTCOME_UNSUPPORTED);
    assert_int_equal(f->seen[3].status, VERDICT_FAIL);
    assert_int_equal(f->seen[4].outcome, OUTCOME_OOM);
    assert_int_equal(f->seen[5].outcome, OUTCOME_OK);
    assert_true(f->seen[6].has_spec);
}

static void a_crash_costs_one_case(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 segv-1 ok-2 abort-3 exit-4 ok-5 segv-6 ok-7");
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_order(f, 8);
    const char *const want[] = {
        "", "killed by SIGSEGV", "", "killed by SIGABRT", "ended with exit status 7",
        "", "killed by SIGSEGV", ""};
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(f->seen[i].error, want[i]);
        assert_int_equal(f->seen[i].outcome, *want[i] ? OUTCOME_CRASH : OUTCOME_OK);
        assert_int_equal(f->seen[i].status, *want[i] ? VERDICT_FAIL : VERDICT_RECORDED);
        assert_true(f->seen[i].has_spec); /* the input of a lost case is known */
    }
}

static void a_late_case_costs_one_case(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 hang-1 ok-2 ok-3");
    f->opt.timeout_ns = 300 * 1000 * 1000;
    assert_int_equal(run_cases(f, 1), RUN_COMPLETE);
    assert_order(f, 4);
    assert_int_equal(f->seen[1].outcome, OUTCOME_TIMEOUT);
    assert_string_equal(f->seen[1].error, "no result within 0.3 s");
    assert_int_equal(f->seen[2].outcome, OUTCOME_OK);
    assert_int_equal(f->seen[3].outcome, OUTCOME_OK);
}

static void an_open_descriptor_fails_the_case(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 fd-1 ok-2");
    f->opt.check_descriptors = true;
    assert_int_equal(run_cases(f, 1), RUN_COMPLETE);
    assert_int_equal(f->seen[0].status, VERDICT_RECORDED);
    assert_int_equal(f->seen[1].status, VERDICT_FAIL);
    assert_non_null(strstr(f->seen[1].difference, "descriptors: "));
    assert_int_equal(f->seen[2].status, VERDICT_RECORDED);
}

static void what_a_world_left_behind_fails_the_case(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "leak-0");
    assert_int_equal(run_cases(f, 1), RUN_COMPLETE);
    assert_string_equal(f->seen[0].difference, "ledger: left behind: inode (96 bytes)");
}

static void the_record_function_ends_the_run(void **state)
{
    struct fixture *f = *state;
    make_many(f, 100);
    f->end_after = 10;
    for (unsigned jobs = 0; jobs <= 2; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_ENDED);
        assert_order(f, 10);
    }
}

static void count_stop(void *arg)
{
    ++*(int *)arg;
}

static void a_stop_delivers_what_runs(void **state)
{
    struct fixture *f = *state;
    int stops = 0, fds[2];
    make_many(f, 100);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    f->opt.stop_fd = fds[0];
    f->opt.stopping = count_stop;
    f->opt.stopping_arg = &stops;
    for (unsigned jobs = 0; jobs <= 2; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_STOPPED);
        assert_true(f->n_seen < 100);
        assert_order(f, f->n_seen);
    }
    assert_int_equal(stops, 3);
    close(fds[0]);
    close(fds[1]);
}

/* What a stop cuts short is for the next run: a record says all that was asked. */
static void a_stop_leaves_out_what_needs_another_attempt(void **state)
{
    struct fixture *f = *state;
    make_many(f, 100);
    f->opt.repeat = 3;
    f->stop_after = 5;
    for (unsigned jobs = 0; jobs <= 2; jobs++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        f->opt.stop_fd = fds[0];
        f->stop_fd = fds[1];
        assert_int_equal(run_cases(f, jobs), RUN_STOPPED);
        assert_in_range(f->n_seen, 5, 99);
        for (size_t i = 0; i < f->n_seen; i++) {
            assert_string_equal(f->seen[i].attempts, "ok:1 ok:1 ok:1 ");
        }
        close(fds[0]);
        close(fds[1]);
    }
}

static void a_stop_before_the_last_attempt_of_all_is_one(void **state)
{
    struct fixture *f = *state;
    int fds[2];
    make_cases(f, "slow-0");
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    f->opt.stop_fd = fds[0];
    f->opt.repeat = 2;
    assert_int_equal(run_cases(f, 1), RUN_STOPPED);
    assert_int_equal(f->n_seen, 0);
    close(fds[0]);
    close(fds[1]);
}

/* A clock that jumps once, at some look of the process that the test runs in. */
struct jumping {
    int64_t (*now)(void *arg);
    pid_t pid;
    unsigned looks, jumps_at;
};

static int64_t jumping_now(void *arg)
{
    struct jumping *j = arg;
    if (getpid() == j->pid) {
        j->looks++;
    }
    return j->now(NULL) + (j->looks >= j->jumps_at ? INT64_C(30000000000) : 0);
}

/* As when the parent waits for a disk, or all processes were stopped for a while. */
static void time_in_which_nobody_looked_is_no_cases(void **state)
{
    struct fixture *f = *state;
    struct jumping j = {.now = f->opt.now, .pid = getpid()};
    make_cases(f, "slow-0 ok-1 ok-2");
    f->opt.timeout_ns = INT64_C(10000000000);
    f->opt.now = jumping_now;
    f->opt.now_arg = &j;
    do { /* at every look, until a run has no such */
        j.jumps_at++;
        j.looks = 0;
        assert_int_equal(run_cases(f, 1), RUN_COMPLETE);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(f->seen[i].outcome, OUTCOME_OK);
        }
    } while (j.looks >= j.jumps_at);
    assert_true(j.jumps_at > 5);
}

static int count_idle(void *arg)
{
    return ++*(int *)arg == 2 ? -ENOSPC : 0;
}

static void who_waits_may_do_something_else(void **state)
{
    struct fixture *f = *state;
    int times = 0;
    make_cases(f, "ok-0 hang-1");
    f->opt.idle = count_idle;
    f->opt.idle_arg = &times;
    assert_int_equal(run_cases(f, 1), -ENOSPC);
    assert_int_equal(times, 2);
    assert_int_equal(f->n_seen, 1);
}

static void a_worker_that_talks_nonsense_costs_one_case(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 mad-1 ok-2 liar-3 ok-4");
    for (unsigned jobs = 1; jobs <= 2; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_COMPLETE);
        assert_order(f, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(f->seen[i].outcome, i % 2 ? OUTCOME_CRASH : OUTCOME_OK);
            assert_string_equal(f->seen[i].error, i % 2 ? "its worker sent what is no result" : "");
        }
    }
}

static void a_selection_is_kept(void **state)
{
    struct fixture *f = *state;
    make_many(f, 10);
    f->selection[0] = 3;
    f->selection[1] = 7;
    f->opt.n = 2;
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_int_equal(f->n_seen, 2);
    assert_string_equal(f->seen[0].name, "ok-3");
    assert_string_equal(f->seen[1].name, "ok-7");
}

static void an_order_that_is_not_ascending_is_kept(void **state)
{
    struct fixture *f = *state;
    make_many(f, 20);
    for (size_t i = 0; i < 20; i++) {
        f->selection[i] = (i * 7 + 3) % 20;
    }
    for (unsigned jobs = 0; jobs <= 2; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_COMPLETE);
        assert_int_equal(f->n_seen, 20);
        for (size_t i = 0; i < 20; i++) {
            assert_int_equal(f->seen[i].index, (i * 7 + 3) % 20);
        }
    }
}

static void assert_attempts(const struct seen *s, const char *want, bool flaky)
{
    assert_string_equal(s->attempts, want);
    assert_int_equal(s->flaky, flaky);
}

static void a_failed_case_is_tried_again(void **state)
{
    struct fixture *f = *state;
    static const bool fail_on[OUTCOME_COUNT] = {[OUTCOME_ERROR] = true, [OUTCOME_CRASH] = true};
    make_cases(f, "ok-0 odd-1 error-2 crashonce-3 ok-4 odd-5");
    f->opt.retries = 2;
    f->opt.fail_on = fail_on;
    for (unsigned jobs = 1; jobs <= 3; jobs++) {
        assert_int_equal(run_cases(f, jobs), RUN_COMPLETE);
        assert_order(f, 6);
        assert_attempts(&f->seen[0], "", false);
        assert_attempts(&f->seen[1], "error:1 ok:2 ", true);
        assert_attempts(&f->seen[2], "error:1 error:1 error:1 ", false);
        assert_attempts(&f->seen[3], "crash:1 ok:2 ", true);
        assert_attempts(&f->seen[5], "error:1 ok:2 ", true);
        assert_int_equal(f->seen[1].outcome, OUTCOME_OK);
        assert_int_equal(f->seen[2].outcome, OUTCOME_ERROR);
        assert_int_equal(f->seen[3].outcome, OUTCOME_OK);
    }
}

static void every_case_runs_so_often(void **state)
{
    struct fixture *f = *state;
    static const bool fail_on[OUTCOME_COUNT] = {[OUTCOME_ERROR] = true};
    make_cases(f, "ok-0 odd-1 error-2 bad-3 ok-4");
    f->opt.repeat = 3;
    for (unsigned jobs = 0; jobs <= 3; jobs++) {
        f->opt.fail_on = jobs == 2 ? NULL : fail_on;
        assert_int_equal(run_cases(f, jobs), RUN_COMPLETE);
        assert_order(f, 5);
        assert_attempts(&f->seen[0], "ok:1 ok:1 ok:1 ", false);
        assert_attempts(&f->seen[1], "error:1 ok:2 error:1 ", true);
        assert_attempts(&f->seen[2], "error:1 error:1 error:1 ", false);
        assert_attempts(&f->seen[3], "unsupported:1 unsupported:1 unsupported:1 ", false);
        assert_int_equal(f->seen[1].outcome, OUTCOME_ERROR);
        assert_string_equal(f->seen[1].error, "told to");
    }
}

static int record_packed(void *arg, const struct run_record *r)
{
    struct record_view view;
    if (r->packed.data) {
        return rep_record_packed(arg, &r->packed);
    }
    assert_int_equal(record_open(&view, r), 0);
    int code = rep_record(arg, &view.result);
    record_close(&view);
    return code;
}

/* A number that says what a database has, whatever times it took. */
static int64_t sum_up(struct fixture *f, unsigned jobs, bool pack)
{
    struct rep_db *db;
    struct rep_run *records;
    struct run *run;
    struct rep_counts counts;
    const struct rep_run_options o = {.subject = "fake", .started = "now"};
    f->opt.jobs = jobs;
    f->opt.pack = pack;
    assert_int_equal(run_new(&f->d, &f->opt, &run, &f->err), 0);
    assert_int_equal(rep_open_memory(NULL, &db), 0);
    assert_int_equal(rep_run_begin(db, &o, &records), 0);
    assert_int_equal(run_go(run, record_packed, records, &f->err), RUN_COMPLETE);
    run_free(run);
    assert_int_equal(rep_run_end(records, REP_FINISHED, "later", &counts), 0);
    assert_int_equal(rep_close(db), 0);
    return counts.recorded * 1000 + counts.status[REP_FAIL];
}

/* Whatever worker packs what, and whichever is lost on the way, all is there. */
static void packed_records_are_whole(void **state)
{
    struct fixture *f = *state;
    make_cases(f, "ok-0 segv-1 ok-2 error-3 bad-4 ok-5 segv-6 error-7 ok-8 oom-9");
    for (unsigned jobs = 1; jobs <= 3; jobs++) {
        assert_int_equal(sum_up(f, jobs, true), sum_up(f, jobs, false));
    }
    assert_int_equal(sum_up(f, 2, true), 10004);
    f->opt.pack = true;
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_order(f, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(f->seen[i].packed, i != 1 && i != 6);
    }
    assert_string_equal(f->seen[3].error, "told to");
    f->opt.repeat = 2; /* attempts are compared as they are */
    assert_int_equal(run_cases(f, 2), RUN_COMPLETE);
    assert_false(f->seen[0].packed);
}

static void too_many_workers_are_refused(void **state)
{
    struct fixture *f = *state;
    struct run *run;
    make_many(f, 1);
    f->opt.jobs = LIMIT_JOBS + 1;
    assert_int_equal(run_new(&f->d, &f->opt, &run, &f->err), -E2BIG);
    assert_non_null(strstr(f->err.text, "LIMIT_JOBS"));
}

int main(void)
{
    const struct CMUnitTest run_tests[] = {
        test(records_come_in_order_whatever_the_workers),
        test(a_slow_case_holds_the_others_back),
        test(the_same_records_with_and_without_workers),
        test(a_crash_costs_one_case),
        test(a_late_case_costs_one_case),
        test(a_stop_leaves_out_what_needs_another_attempt),
        test(a_stop_before_the_last_attempt_of_all_is_one),
        test(time_in_which_nobody_looked_is_no_cases),
        test(who_waits_may_do_something_else),
        test(a_worker_that_talks_nonsense_costs_one_case),
        test(an_open_descriptor_fails_the_case),
        test(what_a_world_left_behind_fails_the_case),
        test(the_record_function_ends_the_run),
        test(a_stop_delivers_what_runs),
        test(a_selection_is_kept),
        test(an_order_that_is_not_ascending_is_kept),
        test(a_failed_case_is_tried_again),
        test(every_case_runs_so_often),
        test(packed_records_are_whole),
        test(too_many_workers_are_refused),
    };
    return cmocka_run_group_tests(run_tests, NULL, NULL);
}
