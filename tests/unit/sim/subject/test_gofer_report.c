#include "gofer_report.h"

#include "fixture.h"

#include <unistd.h>

static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
}

static void comes_back(void **state)
{
    struct domain *d = *state, gofer_d, host_d;
    struct host *h;
    struct gofer *g;
    struct sim_result *report = NULL;
    int ends[2];
    open_pipe(ends);
    domain_init(&gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
    domain_init(&host_d, "host", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(host_mem_new(&host_d, &h), 0);
    assert_int_equal(gofer_new(&gofer_d, h, &g), 0);
    log_line(&gofer_d, LOG_WARNING, "a %s", "line");
    (void)quirk_on(&gofer_d, Q_39);
    assert_non_null(mem_new(&gofer_d, 7, "forgotten"));
    assert_int_equal(gofer_report_send(g, &gofer_d, NULL, &host_d, ends[1]), 0);
    assert_int_equal(gofer_report_receive(d, ends[0], 1 << 20, &report), 0);
    assert_int_equal(report->outcome, OUTCOME_OK);
    assert_int_equal(report->ledger.n, 1);
    assert_string_equal(report->ledger.v[0], "gofer: forgotten (7 bytes)");

    struct domain copy;
    domain_init(&copy, "gofer", PROFILE_GVISOR_2018_08_14);
    gofer_report_apply(report, &copy);
    assert_true(copy.quirks.asked[Q_39] && !copy.quirks.asked[Q_35]);
    assert_int_equal(copy.log_n, 1);
    assert_int_equal(copy.log[0].level, LOG_WARNING);
    assert_string_equal(copy.log[0].text, "a line");
    assert_false(domain_dead(&copy));
    assert_int_equal(domain_close(&copy, NULL, NULL), 0);
    sim_result_free(report);
    host_free(h);
    assert_int_equal(domain_close(&host_d, NULL, NULL), 0);
    close(ends[0]);
    close(ends[1]);
}

static void fates_come_back(void **state)
{
    struct domain *d = *state;
    for (int fate = FATE_PANIC; fate <= FATE_OOM; fate++) {
        struct domain gofer_d, host_d, copy;
        struct sim_result *report = NULL;
        int ends[2];
        open_pipe(ends);
        domain_init(&gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
        domain_init(&host_d, "host", PROFILE_GVISOR_2018_08_14);
        domain_init(&copy, "gofer", PROFILE_GVISOR_2018_08_14);
        (void)(fate == FATE_PANIC  ? domain_panic(&gofer_d, "why %d", 1)
               : fate == FATE_HANG ? domain_hang(&gofer_d, "because")
                                   : domain_oom(&gofer_d));
        assert_int_equal(gofer_report_send(NULL, &gofer_d, NULL, &host_d, ends[1]), 0);
        assert_int_equal(gofer_report_receive(d, ends[0], 1 << 20, &report), 0);
        gofer_report_apply(report, &copy);
        assert_int_equal(copy.fate, fate);
        assert_string_equal(copy.fate_text, gofer_d.fate_text);
        sim_result_free(report);
        (void)domain_close(&copy, NULL, NULL);
        (void)domain_close(&gofer_d, NULL, NULL);
        (void)domain_close(&host_d, NULL, NULL);
        close(ends[0]);
        close(ends[1]);
    }
}

static int receive(struct domain *d, const void *bytes, size_t n)
{
    struct sim_result *report = NULL;
    int ends[2];
    open_pipe(ends);
    assert_int_equal(write(ends[1], bytes, n), (ssize_t)n);
    close(ends[1]);
    int code = gofer_report_receive(d, ends[0], 1000, &report);
    close(ends[0]);
    assert_null(report);
    return code;
}

static void hostile(void **state)
{
    struct domain *d = *state;
    const struct {
        uint64_t n;
        char bytes[8];
    } cut = {1000, "x"}, large = {1001, "x"}, wrong = {8, "\xff\xff\xff\xff\xff\xff\xff"};
    assert_int_equal(receive(d, "", 0), -EPIPE);
    assert_int_equal(receive(d, &cut, 7), -EPIPE);
    assert_int_equal(receive(d, &cut, sizeof(cut)), -EPIPE);
    assert_int_equal(receive(d, &large, sizeof(large)), -E2BIG);
    assert_int_equal(receive(d, &wrong, sizeof(wrong)), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(comes_back),
        SUBJECT_TEST(fates_come_back),
        SUBJECT_TEST(hostile),
    };
    return cmocka_run_group_tests_name("sim_subject_gofer_report", tests, NULL, NULL);
}
