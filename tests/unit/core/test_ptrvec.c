#include "core_test.h"

static void pointers_stay_in_order(void **state)
{
    struct ptrvec v;
    int numbers[100];
    ptrvec_init(&v, *state);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        assert_int_equal(ptrvec_push(&v, &numbers[i]), 0);
    }
    assert_int_equal(v.n, 100);
    for (size_t i = 0; i < v.n; i++) {
        assert_ptr_equal(v.p[i], &numbers[i]);
    }
    ptrvec_release(&v);
    assert_int_equal(v.n, 0);
    assert_null(v.p);
}

static void out_of_memory_keeps_the_vector(void **state)
{
    struct domain *d = *state;
    struct ptrvec v;
    ptrvec_init(&v, d);
    d->alloc_fail_at = 2;
    int r = 0;
    while (r == 0) {
        r = ptrvec_push(&v, d);
    }
    assert_int_equal(r, CODE_FATE);
    assert_int_equal(v.n, v.cap);
    assert_ptr_equal(v.p[v.n - 1], d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(pointers_stay_in_order),
        DOMAIN_TEST(out_of_memory_keeps_the_vector),
    };
    return cmocka_run_group_tests_name("core_ptrvec", tests, NULL, NULL);
}
