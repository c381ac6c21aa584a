#include "fixture.h"

#include "frame.h"
#include "work.h"

static void one_case_from_number_to_verdict(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct job_state j;
    make_cases(f, "ok-0 error-1");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    work_read(&w, 1, &j);
    assert_non_null(j.c);
    struct rep_hash flags = rep_input_hash(&(struct rep_input){{[REP_FLAGS] = {"", 0}}});
    assert_true(j.key.present[REP_SPEC] && j.key.present[REP_FLAGS] && !j.key.present[REP_OPS]);
    assert_memory_not_equal(&j.key.part[REP_FLAGS], &flags, sizeof(flags));
    work_run(&w, &j);
    assert_int_equal(j.result->outcome, OUTCOME_ERROR);
    assert_true(j.result->duration_ns >= 0);
    assert_int_equal(j.verdict.status, VERDICT_RECORDED);
    assert_int_equal(work_done(&j), 0);
    work_release(&w);
}

static void an_unreadable_case_is_a_failed_result(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct job_state j;
    make_cases(f, "bad-0");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    work_read(&w, 0, &j);
    assert_null(j.c);
    work_run(&w, &j);
    assert_int_equal(j.result->outcome, OUTCOME_UNSUPPORTED);
    assert_int_equal(j.verdict.status, VERDICT_FAIL);
    assert_non_null(strstr(j.result->error, "expected a string, found a number (line 1, column "));
    assert_int_equal(work_done(&j), 0);
    work_release(&w);
}

static void out_of_memory_is_a_result(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct job_state j;
    make_cases(f, "oom-0");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    work_read(&w, 0, &j);
    work_run(&w, &j);
    assert_int_equal(j.result->outcome, OUTCOME_OOM);
    assert_int_equal(j.verdict.status, VERDICT_FAIL);
    assert_int_equal(work_done(&j), 0);
    work_release(&w);
}

/* What a case came to was too much for the memory that is left. */
static void an_answer_without_memory_tells_that(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct job_state j;
    struct answer answer;
    struct frame_result r;
    make_cases(f, "big-0");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    work_read(&w, 0, &j);
    work_run(&w, &j);
    answer_init(&answer);
    answer.d.alloc_fail_at = answer.d.allocs + 1;
    assert_int_equal(work_answer(&w, &j, &answer), 0);
    assert_int_equal(j.result->outcome, OUTCOME_OOM);
    assert_int_equal(frame_get_result(&f->d, answer.text.p, answer.text.n, &r), 0);
    assert_int_equal(r.result->outcome, OUTCOME_OOM);
    assert_true(r.key.present[REP_SPEC]);
    verdict_release(&r.verdict);
    sim_result_free(r.result);
    assert_int_equal(work_done(&j), 0);
    answer_release(&answer);
    work_release(&w);
}

static void much_memory_is_not_kept_for_the_next_answer(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct answer answer;
    make_cases(f, "big-0 ok-1");
    assert_int_equal(work_init(&w, &f->d, &f->opt, &f->err), 0);
    answer_init(&answer);
    for (size_t i = 0; i < 2; i++) {
        struct job_state j;
        work_read(&w, i, &j);
        work_run(&w, &j);
        assert_int_equal(work_answer(&w, &j, &answer), 0);
        assert_int_equal(work_done(&j), 0);
        assert_true((answer.text.n > 1 << 20) == (i == 0));
        answer_clear(&answer);
        assert_true((answer.text.cap == 0) == (i == 0));
    }
    answer_release(&answer);
    work_release(&w);
}

static void a_missing_rootfs_is_told_at_once(void **state)
{
    struct fixture *f = *state;
    struct work w;
    struct case_options opt = CASE_OPTIONS_INIT;
    make_cases(f, "ok-0");
    case_source_free(f->source);
    f->source = NULL;
    opt.rootfs = "/nonexistent/rootfs";
    char path[128];
    strcpy(path, f->dir);
    strcat(path, "/s.jsonl");
    const char *paths[] = {path};
    assert_int_equal(case_source_open(&f->d, &opt, paths, 1, &f->source, &f->err), 0);
    f->opt.source = f->source;
    assert_true(work_init(&w, &f->d, &f->opt, &f->err) < 0);
    assert_non_null(strstr(f->err.text, "/nonexistent/rootfs"));
}

int main(void)
{
    const struct CMUnitTest work_tests[] = {
        test(one_case_from_number_to_verdict),
        test(an_unreadable_case_is_a_failed_result),
        test(out_of_memory_is_a_result),
        test(an_answer_without_memory_tells_that),
        test(much_memory_is_not_kept_for_the_next_answer),
        test(a_missing_rootfs_is_told_at_once),
    };
    return cmocka_run_group_tests(work_tests, NULL, NULL);
}
