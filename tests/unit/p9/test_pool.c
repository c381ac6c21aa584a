#include "pool.h"

#include "p9_test.h"

static void numbers_are_unique_until_exhausted(void **state)
{
    struct pool p;
    bool seen[500] = {false};
    uint32_t n = 0;
    pool_init(&p, *state, 1, 500);
    for (size_t i = 0; i < 499; i++) {
        assert_int_equal(pool_get(&p, &n), 0);
        assert_true(n >= 1 && n < 500 && !seen[n]);
        seen[n] = true;
    }
    assert_int_equal(pool_get(&p, &n), -EAGAIN);
    assert_int_equal(pool_in_use(&p), 499);
    pool_release(&p);
}

static void the_number_returned_last_comes_first(void **state)
{
    struct pool p;
    uint32_t a = 0, b = 0, n = 0;
    pool_init(&p, *state, 1, 10);
    assert_int_equal(pool_get(&p, &a), 0);
    assert_int_equal(pool_get(&p, &b), 0);
    assert_int_equal(a, 1);
    assert_int_equal(b, 2);
    pool_put(&p, a);
    pool_put(&p, b);
    assert_int_equal(pool_in_use(&p), 0);
    assert_int_equal(pool_get(&p, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(pool_get(&p, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(pool_get(&p, &n), 0);
    assert_int_equal(n, 3);
    pool_release(&p);
}

static void returning_never_allocates(void **state)
{
    struct domain *d = *state;
    struct pool p;
    uint32_t n = 0;
    pool_init(&p, d, 1, 1000);
    for (uint32_t i = 1; i < 1000; i++) {
        assert_int_equal(pool_get(&p, &n), 0);
    }
    uint64_t before = d->allocs;
    for (uint32_t i = 1; i < 1000; i++) {
        pool_put(&p, i);
    }
    assert_int_equal(d->allocs, before);
    pool_release(&p);
}

static void put_two(void *arg)
{
    pool_put(arg, 1);
    pool_put(arg, 1);
}

/* proves: P-11 */
static void a_number_that_is_not_in_use_cannot_come_back(void **state)
{
    skip_without_assertions();
    struct pool p;
    uint32_t n = 0;
    pool_init(&p, *state, 1, 10);
    assert_int_equal(pool_get(&p, &n), 0);
    assert_true(asserts(put_two, &p));
    pool_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(numbers_are_unique_until_exhausted),
        DOMAIN_TEST(the_number_returned_last_comes_first),
        DOMAIN_TEST(returning_never_allocates),
        DOMAIN_TEST(a_number_that_is_not_in_use_cannot_come_back),
    };
    return cmocka_run_group_tests_name("p9_pool", tests, NULL, NULL);
}
