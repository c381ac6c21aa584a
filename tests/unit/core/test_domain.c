#include "core_test.h"

static void the_first_fate_stays(void **state)
{
    struct domain *d = *state;
    assert_false(domain_dead(d));
    assert_int_equal(domain_panic(d, "bad %s %d", "thing", 7), CODE_FATE);
    assert_int_equal(domain_hang(d, "later"), CODE_FATE);
    assert_int_equal(domain_oom(d), CODE_FATE);
    assert_true(domain_dead(d));
    assert_int_equal(d->fate, FATE_PANIC);
    assert_string_equal(d->fate_text, "bad thing 7");
}

static void every_fate_has_a_text(void **state)
{
    struct domain *d = *state;
    domain_oom(d);
    assert_int_equal(d->fate, FATE_OOM);
    assert_non_null(d->fate_text);

    struct domain other;
    domain_init(&other, "other", PROFILE_STRICT);
    domain_hang(&other, "waits");
    assert_int_equal(other.fate, FATE_HANG);
    assert_string_equal(other.fate_text, "waits");
    assert_int_equal(domain_close(&other, NULL, NULL), 0);
    assert_int_equal(other.fate, FATE_HANG);
}

/* An operation with three checks and allocations between them. */
static int operation(struct domain *d)
{
    for (int i = 0; i < 3; i++) {
        int r = domain_check(d);
        if (r) {
            return r;
        }
        CLEANUP_MEM char *text = mem_printf(d, "step %d", i);
        if (!text) {
            return CODE_FATE;
        }
        log_line(d, LOG_INFO, "%s", text);
    }
    return domain_dead(d) ? CODE_FATE : 0;
}

static void a_fate_at_each_check_until_none_fires(void **state)
{
    (void)state;
    uint64_t at = 1;
    for (;; at++) {
        struct domain d;
        domain_init(&d, "fate loop", PROFILE_GVISOR_2018_08_14);
        d.fate_inject_at = at;
        int r = operation(&d);
        bool fired = d.fate == FATE_PANIC;
        assert_int_equal(r, fired ? CODE_FATE : 0);
        assert_int_equal(d.log_n, fired ? at - 1 : 3);
        if (fired) {
            assert_string_equal(d.fate_text, "injected fate");
            assert_int_equal(domain_check(&d), CODE_FATE);
        }
        assert_int_equal(domain_close(&d, NULL, NULL), 0);
        if (!fired) {
            break;
        }
    }
    assert_int_equal(at, 4);
}

static void an_allocation_failure_at_each_call_until_none_fires(void **state)
{
    (void)state;
    uint64_t at = 1;
    for (;; at++) {
        struct domain d;
        domain_init(&d, "oom loop", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = at;
        int r = operation(&d);
        bool fired = d.fate == FATE_OOM;
        assert_int_equal(r, fired ? CODE_FATE : 0);
        assert_true(domain_close(&d, NULL, NULL) <= 1);
        if (!fired) {
            break;
        }
    }
    assert_int_equal(at, 7); /* three texts, three log lines */
}

static void the_clock_and_the_random_source_repeat(void **state)
{
    struct domain *d = *state;
    struct domain again;
    domain_init(&again, "again", PROFILE_GVISOR_2018_08_14);
    int64_t start = domain_now(d);
    assert_int_equal(start, INT64_C(1534204800000000000));
    assert_int_equal(domain_now(d), start + 1000);
    assert_int_equal(domain_now(&again), start);
    uint64_t first = domain_random(d);
    assert_true(domain_random(d) != first);
    assert_true(domain_random(&again) == first);
    assert_int_equal(domain_close(&again, NULL, NULL), 0);
}

static void the_log_outlives_a_fate(void **state)
{
    struct domain *d = *state;
    for (int i = 0; i < 100; i++) {
        log_line(d, i % 2 ? LOG_WARNING : LOG_DEBUG, "line %d", i);
    }
    domain_panic(d, "the end");
    log_line(d, LOG_INFO, "unheard");
    assert_int_equal(d->log_n, 100);
    assert_string_equal(d->log[99].text, "line 99");
    assert_int_equal(d->log[99].level, 'W');
    assert_int_equal(d->live, 0);
}

struct counted {
    unsigned puts;
    struct domain *d;
    struct job job;
    bool queue_at_put;
};

static void counted_job(struct job *job)
{
    container_of(job, struct counted, job)->puts += 10;
}

static void counted_put(void *obj)
{
    struct counted *c = obj;
    c->puts++;
    if (c->queue_at_put) {
        job_queue(c->d, &c->job, counted_job);
    }
}

static void leaks_are_counted_and_put_once(void **state)
{
    struct domain *d = *state;
    struct counted c = {.d = d};
    assert_int_equal(domain_leak(d, VQ_09, &c, counted_put), 0);
    assert_int_equal(domain_leak(d, VQ_09, &c, counted_put), 0);
    assert_int_equal(d->leak_count, 2);
    domain_release_leaks(d);
    domain_release_leaks(d);
    assert_int_equal(c.puts, 2);
    assert_int_equal(d->leak_count, 2);
    assert_int_equal(d->live, 0);
}

static void close_puts_leaks_and_runs_the_jobs_they_queue(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "closing", PROFILE_GVISOR_2018_08_14);
    struct counted c = {.d = &d, .queue_at_put = true};
    assert_int_equal(domain_leak(&d, VQ_09, &c, counted_put), 0);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    assert_int_equal(c.puts, 11);
}

static void after_a_fate_nothing_of_the_model_runs(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "dead", PROFILE_GVISOR_2018_08_14);
    struct counted c = {.d = &d}, queued = {.d = &d};
    assert_int_equal(domain_leak(&d, VQ_09, &c, counted_put), 0);
    job_queue(&d, &queued.job, counted_job);
    domain_panic(&d, "gone");
    domain_release_leaks(&d);
    jobs_drain(&d);
    assert_int_equal(domain_close(&d, NULL, NULL), 1);
    assert_int_equal(c.puts, 0);
    assert_int_equal(queued.puts, 0);
}

struct leftovers {
    unsigned n;
    size_t bytes;
    const char *last;
};

static void count_leftover(void *arg, const char *kind, size_t size)
{
    struct leftovers *l = arg;
    l->n++;
    l->bytes += size;
    l->last = kind;
}

static void a_leak_is_reported(void **state)
{
    (void)state;
    struct domain d;
    struct leftovers l = {0};
    domain_init(&d, "canary", PROFILE_GVISOR_2018_08_14);
    assert_non_null(mem_new(&d, 100, "canary"));
    assert_non_null(mem_new(&d, 11, "second canary"));
    assert_int_equal(domain_close(&d, count_leftover, &l), 2);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.bytes, 111);
    assert_string_equal(l.last, "second canary");
}

static void what_a_fate_abandons_is_counted_but_not_reported(void **state)
{
    (void)state;
    struct domain d;
    struct leftovers l = {0};
    domain_init(&d, "abandoned", PROFILE_GVISOR_2018_08_14);
    assert_non_null(mem_new(&d, 100, "abandoned"));
    domain_panic(&d, "gone");
    assert_int_equal(domain_close(&d, count_leftover, &l), 1);
    assert_int_equal(l.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(the_first_fate_stays),
        DOMAIN_TEST(every_fate_has_a_text),
        DOMAIN_TEST(a_fate_at_each_check_until_none_fires),
        DOMAIN_TEST(an_allocation_failure_at_each_call_until_none_fires),
        DOMAIN_TEST(the_clock_and_the_random_source_repeat),
        DOMAIN_TEST(the_log_outlives_a_fate),
        DOMAIN_TEST(leaks_are_counted_and_put_once),
        DOMAIN_TEST(close_puts_leaks_and_runs_the_jobs_they_queue),
        DOMAIN_TEST(after_a_fate_nothing_of_the_model_runs),
        DOMAIN_TEST(a_leak_is_reported),
        DOMAIN_TEST(what_a_fate_abandons_is_counted_but_not_reported),
    };
    return cmocka_run_group_tests_name("core_domain", tests, NULL, NULL);
}
