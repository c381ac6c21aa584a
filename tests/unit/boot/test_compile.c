#include "world.h"

/* Section 6: what stays out because the pipeline makes it itself. */
static void test_supported_dev(void **state)
{
    (void)state;
    static const struct {
        const char *destination;
        bool supported;
    } rows[] = {
        {"/dev", false},
        {"/dev/", false},
        {"//dev/.", false},
        {"/dev/fd", false},
        {"/dev/fd/3", false},
        {"/dev/stdin", false},
        {"/dev/stdout", false},
        {"/dev/stderr", false},
        {"/dev/null", false},
        {"/dev/zero", false},
        {"/dev/full", false},
        {"/dev/random", false},
        {"/dev/urandom", false},
        {"/dev/shm", false},
        {"/dev/shm/x", false},
        {"/dev/pts", false},
        {"/dev/ptmx", false},
        {"/x/../dev/null", false},
        {"/dev/fd-foo", true},
        {"/dev/tty", true},
        {"/dev/mqueue", true},
        {"dev/null", true},
        {"dev", true},
        {"", true},
        {"/", true},
        {"/devx", true},
    };
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct spec_mount m = MOUNT(rows[i].destination, "bind", "/x");
        assert_int_equal(mount_is_supported_dev(&d, &m), rows[i].supported);
        assert_int_equal(mount_is_9p(&d, &m), rows[i].supported);
    }
    close_domain(&d);
}

/* proves: PQ-06 */
static void test_is_9p(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    struct spec_mount yes = MOUNT("/a", "bind", "/x");
    struct spec_mount no[] = {
        MOUNT("/a", "bind", ""),
        MOUNT("/a", "none", "/x", OPTS("bind")),
        MOUNT("/a", "", "/x", OPTS("rbind")),
        MOUNT("/a", "Bind", "/x"),
        MOUNT("/dev/shm", "bind", "/x"),
    };
    assert_true(mount_is_9p(&d, &yes));
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        assert_false(mount_is_9p(&d, &no[i]));
    }
    close_domain(&d);
}

/* One line an entry: "<destination> <type> <spec index>". */
static void expect_compiled(const struct spec *spec, const char *list, const char *log)
{
    struct domain d;
    struct boot_mounts mounts;
    struct str s;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    str_init(&s, &d);
    assert_int_equal(boot_compile(&d, spec, &mounts), 0);
    for (size_t i = 0; i < mounts.n; i++) {
        str_addf(&s, "%s %s %d\n", mounts.v[i].m.destination, mounts.v[i].m.type,
                 mounts.v[i].spec_index);
        if (mounts.v[i].spec_index < 0) {
            assert_string_equal(mounts.v[i].m.source, "");
            assert_int_equal(mounts.v[i].m.n_options, 0);
        }
    }
    assert_string_equal(str_get(&s), list);
    expect_log(&d, log);
    str_release(&s);
    boot_mounts_release(&mounts);
    close_domain(&d);
}

/* proves: PQ-10 PI-05 PI-06 */
static void test_compile_order(void **state)
{
    (void)state;
    struct spec empty = SPEC_EMPTY;
    expect_compiled(&empty,
                    "/proc proc -1\n/sys sysfs -1\n/tmp tmpfs -1\n/dev devtmpfs -1\n"
                    "/dev/pts devpts -1\n",
                    "");
    struct spec all = SPEC(MOUNT("/tmp/x", "tmpfs", ""), MOUNT("//proc/.", "proc", ""),
                           MOUNT("/tmp/", "tmpfs", ""), MOUNT("/sys", "sysfs", ""));
    expect_compiled(&all,
                    "/dev devtmpfs -1\n/dev/pts devpts -1\n/tmp/x tmpfs 0\n//proc/. proc 1\n"
                    "/tmp/ tmpfs 2\n/sys sysfs 3\n",
                    "");
}

/* proves: PQ-11 */
static void test_compile_destination_decides(void **state)
{
    (void)state;
    struct spec spec = SPEC(MOUNT("/sys", "cgroup", ""), MOUNT("proc", "proc", ""),
                            MOUNT("/tmp", "bind", "/x", OPTS("ro")));
    expect_compiled(&spec,
                    "/proc proc -1\n/dev devtmpfs -1\n/dev/pts devpts -1\n/sys cgroup 0\n"
                    "proc proc 1\n/tmp bind 2\n",
                    "");
}

static void test_compile_drops_dev(void **state)
{
    (void)state;
    struct spec spec = SPEC(MOUNT("/dev/", "tmpfs", ""), MOUNT("/a", "bind", "/x"),
                            MOUNT("/dev/fd/\n", "bind", "/x"), MOUNT("/dev/fd-foo", "bind", ""));
    expect_compiled(&spec,
                    "/proc proc -1\n/sys sysfs -1\n/tmp tmpfs -1\n/dev devtmpfs -1\n"
                    "/dev/pts devpts -1\n/a bind 1\n/dev/fd-foo bind 3\n",
                    "W ignoring dev mount at \"/dev/\"\n"
                    "W ignoring dev mount at \"/dev/fd/\\n\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supported_dev),
        cmocka_unit_test(test_is_9p),
        cmocka_unit_test(test_compile_order),
        cmocka_unit_test(test_compile_destination_decides),
        cmocka_unit_test(test_compile_drops_dev),
    };
    return cmocka_run_group_tests_name("boot_compile", tests, NULL, NULL);
}
