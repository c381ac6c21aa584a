/* Every allocation and every fate check of a run fails once; nothing may be touched after it,
 * nothing may stay. */
#include "world.h"

static struct spec sample(void)
{
    static const char *ro[] = {"ro", "x"};
    static const char *mode[] = {"mode=0755", "size=1"};
    static struct spec_mount mounts[] = {
        {.destination = "/a/b", .type = "bind", .source = "/x"},
        {.destination = "/a", .type = "tmpfs", .source = "", .options = mode, .n_options = 2},
        {.destination = "rel/x", .type = "bind", .source = "/x", .options = ro, .n_options = 2},
        {.destination = "/f", .type = "bind", .source = "/x"},
        {.destination = "/c", .type = "cgroup", .source = "c", .options = ro, .n_options = 1},
        {.destination = "/dev/shm", .type = "tmpfs", .source = ""},
    };
    struct spec spec = SPEC_EMPTY;
    spec.mounts = mounts;
    spec.n_mounts = ARRAY_LEN(mounts);
    return spec;
}

static bool run_with(uint64_t alloc_fail, uint64_t fate_at, bool failing)
{
    struct world w;
    struct spec spec = sample();
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    w.trees[3] = "F";
    w.failing = failing ? "devpts" : NULL;
    w.d->alloc_fail_at = alloc_fail ? w.d->allocs + alloc_fail : 0;
    w.d->fate_inject_at = fate_at;
    world_run(&w, &spec, 4);
    bool dead = domain_dead(w.d);
    if (dead) {
        assert_int_equal(w.r, CODE_FATE);
        assert_null(w.ns);
        assert_int_equal(w.d->fate, alloc_fail ? FATE_OOM : FATE_PANIC);
    } else {
        assert_int_equal(w.r, failing ? -EIO : 0);
    }
    world_close(&w);
    return dead;
}

static void test_allocations(void **state)
{
    (void)state;
    for (int failing = 0; failing < 2; failing++) {
        uint64_t n = 1;
        while (run_with(n, 0, failing)) {
            n++;
        }
        assert_true(n > 100);
    }
}

static void test_fates(void **state)
{
    (void)state;
    uint64_t n = 1;
    while (run_with(0, n, false)) {
        n++;
    }
    assert_true(n > 10);
}

static void test_restore_allocations(void **state)
{
    (void)state;
    static const int fds[] = {0, 1, 2, 3};
    struct config conf = {.file_access = ACCESS_PROXY, .overlay = true};
    struct spec spec = sample();
    bool dead = true;
    uint64_t n = 0;
    while (dead) {
        struct domain d;
        struct error err = {0};
        struct restore_env env;
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = ++n;
        int r = boot_restore_env(&d, &spec, &conf, fds, 4, &env, &err);
        dead = domain_dead(&d);
        assert_int_equal(r, dead ? CODE_FATE : 0);
        restore_env_release(&env);
        close_domain(&d);
    }
    assert_true(n > 30);
}

static void test_plan_allocations(void **state)
{
    (void)state;
    struct config conf = {.file_access = ACCESS_PROXY};
    struct spec spec = sample();
    bool dead = true;
    uint64_t n = 0;
    while (dead) {
        struct domain d;
        struct boot_plan plan = {0};
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = ++n;
        int r = boot_gofer_plan(&d, &spec, &conf, "/b", &plan);
        dead = domain_dead(&d);
        assert_int_equal(r, dead ? CODE_FATE : 0);
        assert_int_equal(plan.n, dead ? 0 : 4);
        boot_plan_release(&plan);
        close_domain(&d);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_restore_allocations),
        cmocka_unit_test(test_plan_allocations),
    };
    return cmocka_run_group_tests_name("boot_faults", tests, NULL, NULL);
}
