#include "world.h"

/* proves: PQ-25 */
static void test_second_process(void **state)
{
    (void)state;
    static const int fds[] = {0, 1};
    struct world w;
    struct boot_kernel k;
    struct spec first = SPEC_EMPTY, second = SPEC(MOUNT("/x", "bind", "/y"));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_register(&w);
    boot_kernel_init(&k);
    assert_int_equal(boot_set_process_filesystem(&w.c, &k, &first, &w.conf, fds, 1, &w.rec, &w.err),
                     0);
    assert_non_null(k.root_ns);
    assert_int_equal(w.rec.fds_left, 0);
    struct mount_ns *ns = k.root_ns;
    size_t lines = w.d->log_n;
    struct boot_record rec;
    boot_record_init(&rec, w.d);
    assert_int_equal(boot_set_process_filesystem(&w.c, &k, &second, &w.conf, fds, 2, &rec, &w.err),
                     0);
    assert_ptr_equal(k.root_ns, ns);
    assert_int_equal(w.d->log_n, lines);
    assert_int_equal(rec.fds_left, 2);
    assert_true(has_rule(&rec.root, "PQ-25"));
    boot_record_release(&rec);
    boot_kernel_release(&k);
    world_close(&w);
}

static void test_failure(void **state)
{
    (void)state;
    static const int fds[] = {0, 1};
    struct world w;
    struct boot_kernel k;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_register(&w);
    boot_kernel_init(&k);
    w.r = boot_set_process_filesystem(&w.c, &k, &spec, &w.conf, fds, 2, &w.rec, &w.err);
    expect_error(&w, -EINVAL,
                 "error creating mounts: not all mount points were consumed, remaining: &{[1]}");
    assert_null(k.root_ns);
    boot_kernel_release(&k);
    world_close(&w);
}

/* proves: PP-03 */
static void test_restore_set_twice(void **state)
{
    (void)state;
    static const int fds[] = {0};
    for (int strict = 0; strict < 2; strict++) {
        struct domain d;
        struct boot_kernel k;
        struct error err = {0};
        struct restore_env env, again;
        struct spec spec = SPEC_EMPTY;
        struct config conf = {.file_access = ACCESS_PROXY_EXCLUSIVE};
        domain_init(&d, "test", strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        boot_kernel_init(&k);
        assert_int_equal(boot_restore_env(&d, &spec, &conf, fds, 1, &env, &err), 0);
        assert_int_equal(boot_restore_env(&d, &spec, &conf, fds, 1, &again, &err), 0);
        assert_int_equal(boot_set_restore_env(&d, &k, &env, &err), 0);
        assert_int_equal(env.n, 0);
        assert_int_equal(k.restore.n, 6);
        int r = boot_set_restore_env(&d, &k, &again, &err);
        if (strict) {
            assert_int_equal(r, -EBUSY);
            assert_string_equal(err.text, "RestoreEnvironment may only be set once");
        } else {
            expect_panic(&d, "RestoreEnvironment may only be set once");
        }
        assert_int_equal(again.n, 6); /* still the caller's */
        restore_env_release(&again);
        error_release(&err);
        boot_kernel_release(&k);
        close_domain(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_process),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_restore_set_twice),
    };
    return cmocka_run_group_tests_name("boot_kernel", tests, NULL, NULL);
}
