#include "world.h"

static const int FDS[] = {0, 1, 2, 3};

struct restored {
    struct domain d;
    struct restore_env env;
    struct error err;
    int r;
};

static void restore_run(struct restored *t, enum profile profile, const struct spec *spec,
                        struct config conf, size_t n_fds)
{
    memset(t, 0, sizeof(*t));
    domain_init(&t->d, "test", profile);
    t->r = boot_restore_env(&t->d, spec, &conf, FDS, n_fds, &t->env, &t->err);
}

static void restore_end(struct restored *t)
{
    restore_env_release(&t->env);
    error_release(&t->err);
    close_domain(&t->d);
}

/* "<fs> <dev> [ro] [noatime] <data>" a line. */
static void expect_env(const struct restored *t, const char *expected)
{
    char *text = strdup("");
    for (size_t i = 0; i < t->env.n; i++) {
        const struct restore_mount *m = &t->env.v[i];
        char *longer = NULL;
        assert_true(asprintf(&longer, "%s%s %s%s%s %s\n", text, m->fs, m->dev,
                             m->flags.read_only ? " ro" : "", m->flags.no_atime ? " noatime" : "",
                             m->data) >= 0);
        free(text);
        text = longer;
    }
    assert_string_equal(text, expected);
    free(text);
}

/* The example of section 15. */
static void test_example(void **state)
{
    (void)state;
    struct restored t;
    struct spec spec =
        SPEC(MOUNT("/dev/fd-foo/very/deep", "tmpfs", "s"), MOUNT("/proc", "tmpfs", ""));
    spec.root_readonly = true;
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, (struct config){ACCESS_PROXY, false, NULL},
                1);
    assert_int_equal(t.r, 0);
    expect_env(&t, "9p 9pfs-/ ro "
                   "trans=fd,rfdno=0,wfdno=0,privateunixsocket=true,cache=remote_revalidating\n"
                   "sysfs none \ntmpfs none \ndevtmpfs none \ndevpts none \ntmpfs none \n"
                   "tmpfs none \n");
    restore_end(&t);
}

/* proves: PQ-09 PQ-26 */
static void test_table(void **state)
{
    (void)state;
    struct restored t;
    struct spec spec = SPEC(MOUNT("/dev/fd-foo", "bind", ""),
                            MOUNT("/x", "tmpfs", "s", OPTS("uid=1022", "noatime")),
                            MOUNT("/y", "ext4", ""), MOUNT("/dev/shm", "tmpfs", ""));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec,
                (struct config){ACCESS_PROXY_EXCLUSIVE, false, NULL}, 4);
    assert_int_equal(t.r, 0);
    expect_env(&t, "9p 9pfs-/ trans=fd,rfdno=0,wfdno=0,privateunixsocket=true\n"
                   "proc none \nsysfs none \ntmpfs none \ndevtmpfs none \ndevpts none \n"
                   "9p 9pfs-/dev/fd-foo trans=fd,rfdno=1,wfdno=1,privateunixsocket=true\n"
                   "tmpfs none noatime uid=1022\n");
    assert_int_equal(t.env.fds_left, 2);
    char *log = log_text(&t.d, 0);
    assert_string_equal(
        log, "W ignoring dev mount at \"/dev/shm\"\n"
             "I Added mount at \"proc\": {Dev:none Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:}\n"
             "I Added mount at \"sysfs\": {Dev:none Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:}\n"
             "I Added mount at \"tmpfs\": {Dev:none Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:}\n"
             "I Added mount at \"devtmpfs\": {Dev:none Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:}\n"
             "I Added mount at \"devpts\": {Dev:none Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:}\n"
             "I Added mount at \"9p\": {Dev:9pfs-/dev/fd-foo Flags:{ReadOnly:false NoAtime:false "
             "ForcePageCache:false} Data:trans=fd,rfdno=1,wfdno=1,privateunixsocket=true}\n"
             "W ignoring unsupported key [\"noatime\"]\n"
             "W ignoring unknown mount option \"uid=1022\"\n"
             "I Added mount at \"tmpfs\": {Dev:none Flags:{ReadOnly:false NoAtime:true "
             "ForcePageCache:false} Data:uid=1022}\n"
             "W ignoring unknown filesystem type \"ext4\"\n");
    free(log);
    restore_end(&t);
}

static void test_direct(void **state)
{
    (void)state;
    struct restored t;
    struct spec spec = SPEC(MOUNT("/dev/shm", "tmpfs", ""));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, (struct config){ACCESS_DIRECT, false, NULL},
                3);
    assert_int_equal(t.r, -EINVAL);
    assert_string_equal(t.err.text, "host filesystem with whitelist not supported with S/R");
    assert_int_equal(t.env.fds_left, 3);
    expect_log(&t.d, "");
    restore_end(&t);
}

static void test_errors(void **state)
{
    (void)state;
    struct restored t;
    struct spec bad = SPEC(MOUNT("/a", "bind", "/x"), MOUNT("/x", "tmpfs", "", OPTS("==")));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &bad, (struct config){ACCESS_PROXY, false, NULL}, 3);
    assert_int_equal(t.r, -EINVAL);
    assert_string_equal(t.err.text, "invalid option \"==\"");
    assert_int_equal(t.env.fds_left, 1);
    assert_int_equal(t.env.n, 0);
    restore_end(&t);

    /* an access type that is neither is noticed at the first bind only */
    struct spec binds = SPEC(MOUNT("/a", "bind", "/x"));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &binds, (struct config){9, false, NULL}, 2);
    assert_int_equal(t.r, -EINVAL);
    assert_string_equal(t.err.text, "invalid file access type: unknown(9)");
    restore_end(&t);
    struct spec none = SPEC_EMPTY;
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &none, (struct config){9, false, NULL}, 2);
    assert_int_equal(t.r, 0);
    assert_string_equal(t.env.v[0].data, "trans=fd,rfdno=0,wfdno=0,privateunixsocket=true");
    restore_end(&t);
}

/* proves: PP-01 */
static void test_out_of_fds(void **state)
{
    (void)state;
    struct restored t;
    struct spec spec = SPEC(MOUNT("/proc", "proc", ""), MOUNT("/sys", "sysfs", ""),
                            MOUNT("/tmp", "tmpfs", ""), MOUNT("/a", "bind", "/x"));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, (struct config){ACCESS_PROXY, false, NULL},
                1);
    assert_int_equal(t.r, CODE_FATE);
    expect_panic(&t.d, "fdDispenser out of fds");
    assert_int_equal(t.d.log_n, 5); /* the lines before it stay */
    restore_end(&t);
    restore_run(&t, PROFILE_STRICT, &spec, (struct config){ACCESS_PROXY, false, NULL}, 0);
    assert_int_equal(t.r, -EINVAL);
    assert_string_equal(t.err.text, "fdDispenser out of fds");
    restore_end(&t);
}

/* proves: PQ-27 */
static void test_overlay_flags(void **state)
{
    (void)state;
    struct restored t;
    struct config conf = {ACCESS_PROXY_EXCLUSIVE, true, NULL};
    struct spec spec = SPEC(MOUNT("/a", "bind", "/x", OPTS("z")));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, conf, 2);
    assert_int_equal(t.r, 0);
    assert_false(t.env.v[6].flags.read_only);
    assert_true(t.d.quirks.asked[PQ_27]);
    char *log = log_text(&t.d, 0); /* PQ-16 acts here too */
    assert_non_null(strstr(log, "W ignoring unknown mount option \"z\"\n"
                                "W ignoring unknown mount option \"z\"\n"));
    free(log);
    restore_end(&t);
    restore_run(&t, PROFILE_STRICT, &spec, conf, 2);
    assert_int_equal(t.r, 0);
    assert_true(t.env.v[6].flags.read_only);
    restore_end(&t);
}

/* proves: PQ-28 */
static void test_same_destination(void **state)
{
    (void)state;
    struct restored t;
    struct config conf = {ACCESS_PROXY_EXCLUSIVE, false, NULL};
    struct spec spec = SPEC(MOUNT("/a", "bind", "/x"), MOUNT("/a", "bind", "/y"));
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, conf, 3);
    assert_int_equal(t.r, 0);
    assert_string_equal(t.env.v[6].dev, "9pfs-/a");
    assert_string_equal(t.env.v[7].dev, "9pfs-/a");
    restore_end(&t);
    restore_run(&t, PROFILE_STRICT, &spec, conf, 3);
    assert_int_equal(t.r, -EEXIST);
    assert_string_equal(t.err.text, "two mounts have the device \"9pfs-/a\"");
    restore_end(&t);
    spec.mounts[1].destination = "/a/"; /* another text, another key */
    restore_run(&t, PROFILE_STRICT, &spec, conf, 3);
    assert_int_equal(t.r, 0);
    restore_end(&t);
}

/* proves: PP-05 */
static void test_no_root(void **state)
{
    (void)state;
    struct restored t;
    struct spec spec = SPEC_EMPTY;
    spec.has_root = false;
    restore_run(&t, PROFILE_GVISOR_2018_08_14, &spec, (struct config){0}, 1);
    assert_int_equal(t.d.fate, FATE_PANIC);
    restore_end(&t);
    restore_run(&t, PROFILE_STRICT, &spec, (struct config){0}, 1);
    assert_int_equal(t.r, -EINVAL);
    assert_string_equal(t.err.text, "Spec.Root must be defined: ");
    restore_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),          cmocka_unit_test(test_table),
        cmocka_unit_test(test_direct),           cmocka_unit_test(test_errors),
        cmocka_unit_test(test_out_of_fds),       cmocka_unit_test(test_overlay_flags),
        cmocka_unit_test(test_same_destination), cmocka_unit_test(test_no_root),
    };
    return cmocka_run_group_tests_name("boot_restore", tests, NULL, NULL);
}
