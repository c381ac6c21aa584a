#include "world.h"

/* Section 18. */
static void test_default_log(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    expect_log(w.d, "I Mounting root over 9P, ioFD: 0\n"
                    "I Mounted \"/r\" to \"/\" type root\n"
                    "I Mounted \"\" to \"/proc\" type proc\n"
                    "I Mounted \"\" to \"/sys\" type sysfs\n"
                    "I Mounted \"\" to \"/tmp\" type tmpfs\n"
                    "I Adding submount overlay over \"/dev\"\n"
                    "I Mounted \"\" to \"/dev\" type devtmpfs\n"
                    "I Mounted \"\" to \"/dev/pts\" type devpts\n");
    world_close(&w);
}

/* Section 10: ids in compile order, skipped mounts use none. */
/* proves: PI-08 PQ-11 PQ-12 */
static void test_ids(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/sys", "cgroup", "c", OPTS("ro", "x")),
                            MOUNT("/a", "none", "s\"", OPTS("bind")),
                            MOUNT("/a", "tmpfs", "t", OPTS("mode=0700", "noatime", "size=1")));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    static const uint64_t ids[] = {2, 3, 4, 5, 0, 6, 7};
    assert_int_equal(w.rec.compiled.n, ARRAY_LEN(ids));
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        assert_int_equal(w.rec.mounts[i].mount_id, ids[i]);
    }
    assert_int_equal(world_mount_at(&w, "/sys"), 1); /* only a stub */
    assert_int_equal(world_mount_at(&w, "/a"), 7);   /* stacked on 6 */
    char *log = log_text(w.d, 0);
    assert_non_null(strstr(log, "W ignoring unknown filesystem type \"cgroup\"\n"
                                "W ignoring unknown mount option \"bind\"\n"
                                "I Mounted \"s\\\"\" to \"/a\" type none\n"
                                "W ignoring unsupported key [\"noatime\"]\n"
                                "W ignoring unsupported key \"size\"\n"
                                "W ignoring unknown mount option \"mode=0700\"\n"
                                "W ignoring unknown mount option \"size=1\"\n"
                                "I Mounted \"t\" to \"/a\" type tmpfs\n"));
    free(log);
    assert_int_equal(w.rec.mounts[4].state, BOOT_MOUNT_SKIPPED);
    world_close(&w);
}

/* proves: PQ-11 PQ-10 */
static void test_relative_mandatory(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("proc", "tmpfs", ""), MOUNT("/tmp/x", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    assert_int_equal(w.rec.mounts[0].mount_id, 2);
    assert_int_equal(world_mount_at(&w, "/proc"), 7); /* on top of the mandatory one */
    assert_int_equal(world_mount_at(&w, "/tmp/x"), 8);
    assert_true(has_rule(&w.rec.mounts[2], "PQ-10"));
    world_close(&w);
}

/* proves: PI-01 PI-02 PP-01 */
static void test_fds(void **state)
{
    (void)state;
    struct world w;
    struct spec spec =
        SPEC(MOUNT("/a", "bind", "/x"), MOUNT("/dev/null", "bind", "/x"), MOUNT("/b", "bind", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 3);
    assert_int_equal(w.r, 0);
    assert_int_equal(w.rec.root.fd, 0);
    assert_int_equal(w.rec.mounts[5].fd, 1);
    assert_int_equal(w.rec.mounts[6].fd, 2);
    assert_int_equal(w.rec.mounts[0].fd, -1);
    world_close(&w);

    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 5);
    expect_error(&w, -EINVAL, "not all mount points were consumed, remaining: &{[3 4]}");
    assert_int_equal(w.rec.fds_left, 2);
    assert_int_equal(w.rec.mounts[6].state, BOOT_MOUNT_DONE); /* only after everything */
    world_close(&w);

    world_init(&w, PROFILE_STRICT);
    world_run(&w, &spec, 2);
    expect_error(&w, -EINVAL,
                 "failed to configure mounts: failed to create mount with source \"\": fdDispenser "
                 "out of fds");
    world_close(&w);

    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 2);
    expect_panic(w.d, "fdDispenser out of fds");
    assert_int_equal(w.rec.fds_left, 0);
    world_close(&w);
}

static bool exists_all(struct world *w, const char *const *paths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!world_exists(w, paths[i])) {
            print_error("missing: %s\n", paths[i]);
            return false;
        }
    }
    return true;
}

/* What the original's loader tests assert (section 23), with direct access and a read-only root. */
static void test_loader_cases(void **state)
{
    (void)state;
    struct spec specs[] = {
        SPEC(MOUNT("/proc", "tmpfs", "")),
        SPEC(MOUNT("/some/very/very/deep/path", "tmpfs", "")),
        SPEC(MOUNT("/foo", "tmpfs", ""), MOUNT("/foo/qux", "bind", "1"),
             MOUNT("/foo/qux-quz", "tmpfs", ""), MOUNT("/foo/bar", "tmpfs", ""),
             MOUNT("/foo/bar/baz", "tmpfs", ""),
             MOUNT("/foo/some/very/very/deep/path", "tmpfs", "")),
        SPEC(MOUNT("/dev", "tmpfs", ""), MOUNT("/dev/fd", "tmpfs", ""),
             MOUNT("/dev/foo", "tmpfs", ""), MOUNT("/dev/bar", "bind", "1"),
             MOUNT("/dev/fd-foo", "bind", "1"), MOUNT("/dev/mqueue", "mqueue", "")),
        SPEC(MOUNT("/sys/bar", "tmpfs", ""), MOUNT("/tmp/baz", "tmpfs", "")),
    };
    static const char *const paths[][9] = {
        {"/proc", "/dev", "/sys"},
        {"/some/very/very/deep/path"},
        {"/foo", "/foo/bar", "/foo/bar/baz", "/foo/qux", "/foo/qux-quz",
         "/foo/some/very/very/deep/path"},
        {"/dev/fd-foo", "/dev/foo", "/dev/bar", "/dev/mqueue"},
        {"/sys/bar", "/tmp/baz", "/sys", "/tmp"},
    };
    static const size_t n_paths[] = {3, 1, 6, 4, 4};
    for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
        struct world w;
        world_init(&w, PROFILE_GVISOR_2018_08_14);
        w.conf.file_access = ACCESS_DIRECT;
        w.trees[1] = "F";
        specs[i].root_readonly = true;
        specs[i].root_path = "0";
        world_run(&w, &specs[i], 0);
        assert_null(w.err.text);
        assert_int_equal(w.r, 0);
        assert_true(exists_all(&w, paths[i], n_paths[i]));
        world_close(&w);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    spec.n_mounts = LIMIT_SPEC_MOUNTS + 1;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    expect_error(&w, -E2BIG, "spec has 10001 mounts, the bound is 10000");
    assert_int_equal(w.rec.fds_left, 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_log),        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_relative_mandatory), cmocka_unit_test(test_fds),
        cmocka_unit_test(test_loader_cases),       cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("boot_namespace", tests, NULL, NULL);
}
