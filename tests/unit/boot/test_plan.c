#include "world.h"

/* proves: PQ-08 */
static void test_plan(void **state)
{
    (void)state;
    struct domain d;
    struct boot_plan plan;
    struct config conf = {.file_access = ACCESS_PROXY};
    struct spec spec =
        SPEC(MOUNT("/proc", "proc", ""), MOUNT("/a", "bind", "/h//a", OPTS("ro", "rw")),
             MOUNT("/dev/null", "bind", "/n"), MOUNT("/b", "bind", "rel/../b", OPTS("rw")),
             MOUNT("/c", "bind", ""), MOUNT("/d", "none", "/d", OPTS("bind")));
    spec.root_path = "rootfs";
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(boot_gofer_plan(&d, &spec, &conf, "/bundle", &plan), 0);
    assert_int_equal(plan.n, 3);
    assert_string_equal(plan.v[0].path, "/bundle/rootfs");
    assert_string_equal(plan.v[1].path, "/h//a"); /* absolute ones stay uncleaned */
    assert_string_equal(plan.v[2].path, "/bundle/b");
    assert_int_equal(plan.v[0].spec_index, -1);
    assert_int_equal(plan.v[1].spec_index, 1);
    assert_int_equal(plan.v[2].spec_index, 3);
    assert_true(plan.v[0].lazy_open && !plan.v[1].lazy_open && !plan.v[2].lazy_open);
    assert_true(!plan.v[0].read_only && plan.v[1].read_only && !plan.v[2].read_only);
    struct mount_flags inside; /* `ro,rw`: the last one decides there */
    boot_mount_flags(&d, spec.mounts[1].options, spec.mounts[1].n_options, &inside);
    assert_false(inside.read_only);
    boot_plan_release(&plan);
    spec.root_readonly = true;
    assert_int_equal(boot_gofer_plan(&d, &spec, &conf, "/bundle", &plan), 0);
    assert_true(plan.v[0].read_only);
    boot_plan_release(&plan);
    conf.file_access = ACCESS_DIRECT;
    assert_int_equal(boot_gofer_plan(&d, &spec, &conf, "/bundle", &plan), 0);
    assert_int_equal(plan.n, 0);
    boot_plan_release(&plan);
    close_domain(&d);
}

static void test_announce(void **state)
{
    (void)state;
    static const int fds[] = {3, 4, 5};
    struct domain d;
    struct boot_plan plan;
    struct error err = {0};
    struct config conf = {.file_access = ACCESS_PROXY};
    struct spec spec = SPEC(MOUNT("/a", "bind", "/h/a\n"));
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(boot_gofer_plan(&d, &spec, &conf, "/bundle", &plan), 0);
    assert_int_equal(boot_plan_announce(&d, &spec, &plan, fds, 2, &err), 0);
    expect_log(&d, "I Serving \"/\" mapped to \"/r\" on FD 3\n"
                   "I Serving \"/a\" mapped to \"/h/a\\n\" on FD 4\n");
    assert_int_equal(boot_plan_announce(&d, &spec, &plan, fds, 3, &err), -EINVAL);
    assert_string_equal(err.text, "Too many FDs passed for mounts. mounts: 2, FDs: 3");
    assert_int_equal(boot_plan_announce(&d, &spec, &plan, fds, 1, &err), -EINVAL);
    assert_string_equal(err.text, "No FD found for mount. Did you forget --io-fd? mount: 1, ");
    error_release(&err);
    boot_plan_release(&plan);
    close_domain(&d);
}

/* proves: PQ-07 */
static void test_fd_flag(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
        int value;
    } rows[] = {
        {"0", NULL, 0},
        {"17", NULL, 17},
        {"-1", "flag value must be greater than 0: -1", 0},
        {"x", "invalid flag value: strconv.Atoi: parsing \"x\": invalid syntax", 0},
        {"", "invalid flag value: strconv.Atoi: parsing \"\": invalid syntax", 0},
        {"99999999999999999999",
         "invalid flag value: strconv.Atoi: parsing \"99999999999999999999\": value out of range",
         0},
    };
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        int fd = -7;
        int r = boot_parse_fd_flag(&d, rows[i].text, &fd, &err);
        if (rows[i].error) {
            assert_string_equal(err.text, rows[i].error);
            assert_int_equal(fd, -7);
        } else {
            assert_int_equal(r, 0);
            assert_int_equal(fd, rows[i].value);
        }
        error_release(&err);
    }
    close_domain(&d);
}

/* With a source for every bind the host makes as many channels as the inside takes. */
/* proves: PI-03 PQ-09 */
static void test_counts_agree(void **state)
{
    (void)state;
    struct world w;
    struct boot_plan plan;
    struct spec spec =
        SPEC(MOUNT("/a", "bind", "/x"), MOUNT("/dev/fd", "bind", "/x"), MOUNT("b", "bind", "/x"),
             MOUNT("/dev/tty", "bind", "/x"), MOUNT("/c", "none", "/x"));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(boot_gofer_plan(w.d, &spec, &w.conf, "/", &plan), 0);
    world_run(&w, &spec, plan.n);
    assert_int_equal(w.r, 0);
    assert_int_equal(w.rec.fds_left, 0);
    boot_plan_release(&plan);
    world_close(&w);

    spec.mounts[0].source = "";
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(boot_gofer_plan(w.d, &spec, &w.conf, "/", &plan), 0);
    world_run(&w, &spec, plan.n);
    expect_panic(w.d, "fdDispenser out of fds");
    assert_int_equal(w.rec.mounts[5].fd, 1); /* the channel of its successor */
    assert_true(has_rule(&w.rec.mounts[5], "PQ-09"));
    boot_plan_release(&plan);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_announce),
        cmocka_unit_test(test_fd_flag),
        cmocka_unit_test(test_counts_agree),
    };
    return cmocka_run_group_tests_name("boot_plan", tests, NULL, NULL);
}
