#include "boot_internal.h"
#include "world.h"

static void test_fail(void **state)
{
    (void)state;
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fail_q(&d, &err, -ENOENT, "failed to find inode ", "a\nb"), -ENOENT);
    assert_string_equal(err.text, "failed to find inode \"a\\nb\": no such file or directory");
    assert_int_equal(fail_with(&d, &err, -ENOENT, "outer"), -ENOENT);
    assert_string_equal(err.text,
                        "outer: failed to find inode \"a\\nb\": no such file or directory");
    error_release(&err);
    /* the ramfs family's own values print their own texts */
    assert_int_equal(fail_q(&d, &err, ERR_DENIED, "failed to create directory ", "foo"),
                     ERR_DENIED);
    assert_string_equal(err.text, "failed to create directory \"foo\": operation denied");
    error_release(&err);
    assert_int_equal(fail_with(&d, &err, CODE_FATE, "never"), CODE_FATE);
    assert_null(err.text);
    close_domain(&d);
}

static void test_log(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(log_q(&d, LOG_INFO, "<", "x\"", ">"), 0);
    expect_log(&d, "I <\"x\\\"\">\n");
    close_domain(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_log),
    };
    return cmocka_run_group_tests_name("boot_text", tests, NULL, NULL);
}
