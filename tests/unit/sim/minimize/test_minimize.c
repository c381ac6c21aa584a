#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <simrun/sim/minimize.h>
#include <simrun/sim/result.h>
#include <stdlib.h>
#include <time.h>

static int64_t now(void *arg)
{
    (void)arg;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static bool has_mount(const struct sim_case *c, const char *where)
{
    for (size_t i = 0; i < c->spec.n_mounts; i++) {
        if (strcmp(c->spec.mounts[i].destination, where) == 0) {
            return true;
        }
    }
    return false;
}

/* Crashes when /a and /b are both mounted; never ends with /loop; else an error that names how many
 * mounts there are. */
static int fake_run(const struct subject *s, struct domain *d, const struct sim_case *c,
                    struct sim_result **ret)
{
    (void)s;
    struct sim_result *r = sim_result_new(d, c->name);
    if (has_mount(c, "/a") && has_mount(c, "/b")) {
        abort();
    }
    while (has_mount(c, "/loop")) {
    }
    *ret = r;
    return r ? sim_result_outcome(r, has_mount(c, "/e") ? OUTCOME_ERROR : OUTCOME_OK,
                                  has_mount(c, "/e") ? "because of /e" : "")
             : CODE_FATE;
}

static const struct subject fake = {.name = "fake", .version = "1", .run = fake_run};

struct attempt {
    struct domain d;
    struct str text;
    struct minimize_report report;
    struct error err;
    int code;
};

static void minimize(struct attempt *a, const char *line, enum minimize_keep keep, unsigned jobs,
                     size_t max_runs)
{
    static const struct case_options cases = CASE_OPTIONS_INIT;
    const struct minimize_options o = {
        .subject = &fake,
        .cases = &cases,
        .profile = "gvisor-2018-08-14",
        .keep = keep,
        .row = "PQ-12",
        .jobs = jobs,
        .max_runs = max_runs,
        .timeout_ns = 500000000,
        .now = now,
        .stop_fd = -1,
    };
    *a = (struct attempt){0};
    domain_init(&a->d, "test", PROFILE_GVISOR_2018_08_14);
    str_init(&a->text, &a->d);
    a->code = minimize_case(&a->d, &o, CASE_SUITE, "x.jsonl", line, strlen(line), &a->text,
                            &a->report, &a->err);
}

static void attempt_close(struct attempt *a)
{
    str_release(&a->text);
    error_release(&a->err);
    assert_int_equal(domain_close(&a->d, NULL, NULL), 0);
}

#define HEAD "{\"id\":\"x\",\"spec\":{\"mounts\":["
#define M(where)                                                                                   \
    "{\"destination\":\"" where "\",\"type\":\"tmpfs\",\"options\":[\"ro\",\"mode=1\"]}"

/* Exactly the two mounts that it takes, whatever the number of workers. */
static void a_crash_is_minimized(void **state)
{
    (void)state;
    static const char line[] = HEAD M("/1") "," M("/a") "," M("/2") "," M("/3") "," M("/b") "," M(
        "/4") "]},\"ops\":[[\"stat\",\"/\"],[\"stat\",\"/x\"]],\"comment\":\"c\"}";
    for (unsigned jobs = 1; jobs < 4; jobs++) {
        struct attempt a;
        minimize(&a, line, MINIMIZE_SAME, jobs, 1000);
        assert_int_equal(a.code, 0);
        assert_string_equal(
            str_get(&a.text),
            "{\"id\":\"x\",\"spec\":{\"mounts\":[{\"destination\":\"/a\"},{\"destination\":\"/b\"}"
            "]},\"rootfs\":[]}");
        assert_int_equal(a.report.before[PART_MOUNTS], 6);
        assert_int_equal(a.report.after[PART_MOUNTS], 2);
        assert_int_equal(a.report.before[PART_OPTIONS], 12);
        assert_int_equal(a.report.after[PART_OPTIONS], 0);
        assert_int_equal(a.report.before[PART_OPS], 2);
        assert_int_equal(a.report.after[PART_OPS], 0);
        assert_true(a.report.empty_root);
        assert_false(a.report.stopped);
        assert_non_null(strstr(a.report.holds, "crash"));
        attempt_close(&a);
    }
}

static void a_timeout_is_minimized(void **state)
{
    (void)state;
    struct attempt a;
    minimize(&a, HEAD M("/1") "," M("/loop") "]},\"rootfs\":[]}", MINIMIZE_RESULT, 2, 1000);
    assert_int_equal(a.code, 0);
    assert_string_equal(
        str_get(&a.text),
        "{\"id\":\"x\",\"spec\":{\"mounts\":[{\"destination\":\"/loop\"}]},\"rootfs\":[]}");
    attempt_close(&a);
}

static void an_error_is_kept_with_its_text(void **state)
{
    (void)state;
    struct attempt a;
    minimize(&a, HEAD M("/1") "," M("/e") "]},\"rootfs\":[{\"path\":\"d\",\"type\":\"dir\"}]}",
             MINIMIZE_ERROR, 1, 1000);
    assert_int_equal(a.code, 0);
    assert_string_equal(
        str_get(&a.text),
        "{\"id\":\"x\",\"spec\":{\"mounts\":[{\"destination\":\"/e\"}]},\"rootfs\":[]}");
    assert_non_null(strstr(a.report.holds, "because of /e"));
    attempt_close(&a);
}

/* The bound ends it with what there is, and says so. */
static void runs_are_bounded(void **state)
{
    (void)state;
    struct attempt a;
    minimize(&a, HEAD M("/1") "," M("/e") "," M("/2") "]},\"rootfs\":[]}", MINIMIZE_SAME, 1, 4);
    assert_int_equal(a.code, 0);
    assert_true(a.report.stopped);
    assert_true(a.report.runs <= 4);
    assert_non_null(strstr(str_get(&a.text), "/e"));
    attempt_close(&a);
}

static void nothing_to_keep(void **state)
{
    (void)state;
    struct attempt a;
    minimize(&a, HEAD "]},\"rootfs\":[]}", MINIMIZE_ROW, 1, 100);
    assert_int_equal(a.code, -EINVAL);
    assert_non_null(strstr(a.err.text, "PQ-12 does not act"));
    attempt_close(&a);
    minimize(&a, HEAD "]},\"rootfs\":[]}", MINIMIZE_DIFFERENCE, 1, 100);
    assert_int_equal(a.code, -EINVAL);
    assert_non_null(strstr(a.err.text, "does not differ"));
    attempt_close(&a);
    minimize(&a, "{", MINIMIZE_SAME, 1, 100);
    assert_int_equal(a.code, -EINVAL);
    attempt_close(&a);
}

/* What differs from the expectation stays, with the part of the expectation that says so. */
static void a_difference_is_kept(void **state)
{
    (void)state;
    struct attempt a;
    minimize(
        &a,
        HEAD M("/1") "," M("/e") "]},\"rootfs\":[],\"expect\":{\"result\":\"ok\",\"fds_left\":0}}",
        MINIMIZE_DIFFERENCE, 1, 1000);
    assert_int_equal(a.code, 0);
    assert_string_equal(str_get(&a.text),
                        "{\"id\":\"x\",\"spec\":{\"mounts\":[{\"destination\":\"/e\"}]},\"rootfs\":"
                        "[],\"expect\":{\"result\":\"ok\"}}");
    attempt_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_is_minimized),
        cmocka_unit_test(a_timeout_is_minimized),
        cmocka_unit_test(an_error_is_kept_with_its_text),
        cmocka_unit_test(runs_are_bounded),
        cmocka_unit_test(nothing_to_keep),
        cmocka_unit_test(a_difference_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
