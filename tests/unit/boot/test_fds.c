#include "boot_internal.h"
#include "world.h"

static void test_queue(void **state)
{
    (void)state;
    static const int numbers[] = {7, 0, -3, 7}; /* values are not checked */
    struct fd_list l = {.v = numbers, .n = 4};
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < 4; i++) {
        int fd = 99;
        assert_int_equal(fd_list_left(&l), 4 - i);
        assert_int_equal(fd_list_take(&d, &l, &fd, &err), 0);
        assert_int_equal(fd, numbers[i]);
    }
    assert_int_equal(fd_list_check_empty(&d, &l, &err), 0);
    close_domain(&d);
}

static void test_left_over(void **state)
{
    (void)state;
    static const int numbers[] = {4, 5, 6};
    static const char *const texts[] = {"not all mount points were consumed, remaining: &{[4 5 6]}",
                                        "not all mount points were consumed, remaining: &{[5 6]}",
                                        "not all mount points were consumed, remaining: &{[6]}"};
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < 3; i++) {
        struct fd_list l = {.v = numbers, .n = 3, .next = i};
        assert_int_equal(fd_list_check_empty(&d, &l, &err), -EINVAL);
        assert_string_equal(err.text, texts[i]);
        error_release(&err);
    }
    close_domain(&d);
}

/* proves: PP-01 */
static void test_out_of_fds(void **state)
{
    (void)state;
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        struct fd_list l = {0};
        struct domain d;
        struct error err = {0};
        int fd = 99;
        domain_init(&d, "test", (enum profile)profile);
        int r = fd_list_take(&d, &l, &fd, &err);
        assert_int_equal(fd, 99);
        if (profile == PROFILE_STRICT) {
            assert_int_equal(r, -EINVAL);
            assert_string_equal(err.text, "fdDispenser out of fds");
        } else {
            assert_int_equal(r, CODE_FATE);
            expect_panic(&d, "fdDispenser out of fds");
        }
        error_release(&err);
        close_domain(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_left_over),
        cmocka_unit_test(test_out_of_fds),
    };
    return cmocka_run_group_tests_name("boot_fds", tests, NULL, NULL);
}
