#include "core_test.h"

static void readers_share_and_writers_follow(void **state)
{
    struct domain *d = *state;
    struct lockword l = {0};
    assert_int_equal(lock_read(d, &l, "l"), 0);
    assert_int_equal(lock_read(d, &l, "l"), 0);
    assert_int_equal(d->jobs_barred, 2);
    unlock_read(d, &l);
    unlock_read(d, &l);
    assert_int_equal(lock_write(d, &l, "l"), 0);
    assert_int_equal(d->jobs_barred, 1);
    unlock_write(d, &l);
    assert_int_equal(d->jobs_barred, 0);
    assert_int_equal(lock_read(d, &l, "l"), 0);
    unlock_read(d, &l);
    assert_false(domain_dead(d));
}

static void expect_hang(struct domain *d, int r)
{
    assert_int_equal(r, CODE_FATE);
    assert_int_equal(d->fate, FATE_HANG);
    assert_string_equal(d->fate_text, "waits for itself: renameMu");
}

static void write_on_a_read_hangs(void **state)
{
    struct domain *d = *state;
    struct lockword l = {0};
    assert_int_equal(lock_read(d, &l, "renameMu"), 0);
    expect_hang(d, lock_write(d, &l, "renameMu"));
    unlock_read(d, &l);
    assert_int_equal(l.readers, 1); /* after a fate no unlock does anything */
}

static void read_on_a_write_hangs(void **state)
{
    struct domain *d = *state;
    struct lockword l = {0};
    assert_int_equal(lock_write(d, &l, "renameMu"), 0);
    expect_hang(d, lock_read(d, &l, "renameMu"));
    unlock_write(d, &l);
    assert_true(l.writer);
}

static void write_on_a_write_hangs(void **state)
{
    struct domain *d = *state;
    struct lockword l = {0};
    assert_int_equal(lock_write(d, &l, "renameMu"), 0);
    expect_hang(d, lock_write(d, &l, "renameMu"));
}

static void a_dead_domain_locks_nothing(void **state)
{
    struct domain *d = *state;
    struct lockword l = {0};
    domain_panic(d, "gone");
    assert_int_equal(lock_read(d, &l, "l"), CODE_FATE);
    assert_int_equal(lock_write(d, &l, "l"), CODE_FATE);
    assert_int_equal(l.readers, 0);
    assert_false(l.writer);
    assert_int_equal(d->fate, FATE_PANIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(readers_share_and_writers_follow),
        DOMAIN_TEST(write_on_a_read_hangs),
        DOMAIN_TEST(read_on_a_write_hangs),
        DOMAIN_TEST(write_on_a_write_hangs),
        DOMAIN_TEST(a_dead_domain_locks_nothing),
    };
    return cmocka_run_group_tests_name("core_lock", tests, NULL, NULL);
}
