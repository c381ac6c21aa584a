#include "world.h"

static const char *const ALLOWED[] = {"mode", "uid", "gid", NULL};

struct filter_row {
    const char *option;
    bool kept;
    const char *log, *error;
};

static const struct filter_row ROWS[] = {
    {"mode=0755", true, "", NULL},
    {"mode", true, "", NULL},
    {"mode=", true, "", NULL},
    {"uid=1,foo", true, "", NULL}, /* PQ-13: nothing looks at the comma */
    {"gid=x y", true, "", NULL},
    {"ro", false, "W ignoring unsupported key [\"ro\"]\n", NULL},
    {"", false, "W ignoring unsupported key [\"\"]\n", NULL},
    {"size=64k", false, "W ignoring unsupported key \"size\"\n", NULL},
    {"=x", false, "W ignoring unsupported key \"\"\n", NULL},
    {"=", false, "W ignoring unsupported key \"\"\n", NULL},
    {"Mode=1", false, "W ignoring unsupported key \"Mode\"\n", NULL},
    {"mode =1", false, "W ignoring unsupported key \"mode \"\n", NULL},
    {"a\"b", false, "W ignoring unsupported key [\"a\\\"b\"]\n", NULL},
    {"mode=1=2", false, "", "invalid option \"mode=1=2\""},
    {"context=a=b", false, "", "invalid option \"context=a=b\""},
    {"==", false, "", "invalid option \"==\""},
};

/* proves: PQ-13 PQ-14 */
static void test_filter(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        struct domain d;
        struct error err = {0};
        struct ptrvec kept;
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        ptrvec_init(&kept, &d);
        int r = boot_filter_options(&d, &ROWS[i].option, 1, ALLOWED, &kept, &err);
        assert_int_equal(r, ROWS[i].error ? -EINVAL : 0);
        assert_string_equal(err.text ? err.text : "", ROWS[i].error ? ROWS[i].error : "");
        assert_int_equal(kept.n, ROWS[i].kept);
        expect_log(&d, ROWS[i].log);
        error_release(&err);
        ptrvec_release(&kept);
        close_domain(&d);
    }
}

static void test_filter_order(void **state)
{
    (void)state;
    static const char *options[] = {"uid=1", "size=1", "mode", "uid=1", "a=b=c", "never"};
    struct domain d;
    struct error err = {0};
    struct ptrvec kept;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    ptrvec_init(&kept, &d);
    assert_int_equal(boot_filter_options(&d, options, 4, ALLOWED, &kept, &err), 0);
    assert_int_equal(kept.n, 3); /* duplicates stay */
    assert_ptr_equal(kept.p[0], options[0]);
    assert_ptr_equal(kept.p[1], options[2]);
    assert_ptr_equal(kept.p[2], options[3]);
    /* nothing is returned with an error; what came before it was warned about */
    assert_int_equal(boot_filter_options(&d, options, 6, ALLOWED, &kept, &err), -EINVAL);
    assert_int_equal(kept.n, 3);
    expect_log(&d, "W ignoring unsupported key \"size\"\nW ignoring unsupported key \"size\"\n");
    error_release(&err);
    ptrvec_release(&kept);
    close_domain(&d);
}

static void test_flags(void **state)
{
    (void)state;
    static const struct {
        const char *options[4];
        size_t n;
        bool read_only, no_atime;
        const char *log;
    } rows[] = {
        {{NULL}, 0, false, false, ""},
        {{"ro"}, 1, true, false, ""},
        {{"ro", "rw"}, 2, false, false, ""},
        {{"rw", "ro"}, 2, true, false, ""},
        {{"noatime", "ro", "rw"}, 3, false, true, ""},
        {{"ro ", "atime", "mode=0755"},
         3,
         false,
         false,
         "W ignoring unknown mount option \"ro \"\nW ignoring unknown mount option \"atime\"\n"
         "W ignoring unknown mount option \"mode=0755\"\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct domain d;
        struct mount_flags flags;
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        boot_mount_flags(&d, rows[i].options, rows[i].n, &flags);
        assert_int_equal(flags.read_only, rows[i].read_only);
        assert_int_equal(flags.no_atime, rows[i].no_atime);
        assert_false(flags.force_page_cache);
        expect_log(&d, rows[i].log);
        close_domain(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_filter_order),
        cmocka_unit_test(test_flags),
    };
    return cmocka_run_group_tests_name("boot_options", tests, NULL, NULL);
}
