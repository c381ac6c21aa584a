#include "fixture.h"

enum { CASES = 100 };

static void shuffle(size_t v[CASES], uint64_t seed)
{
    for (size_t i = 0; i < CASES; i++) {
        v[i] = i;
    }
    order_shuffle(v, CASES, seed);
}

static void a_seed_is_an_order(void **state)
{
    size_t a[CASES], b[CASES];
    bool seen[CASES] = {false};
    (void)state;
    shuffle(a, 7);
    shuffle(b, 7);
    assert_memory_equal(a, b, sizeof(a));
    shuffle(b, 8);
    assert_memory_not_equal(a, b, sizeof(a));
    size_t moved = 0;
    for (size_t i = 0; i < CASES; i++) {
        assert_false(seen[a[i]]);
        seen[a[i]] = true;
        moved += a[i] != i;
    }
    assert_true(moved > CASES / 2);
    order_shuffle(a, 0, 7);
    /* On every machine and in every version: recorded seeds must stay good. */
    size_t five[5] = {0, 1, 2, 3, 4};
    order_shuffle(five, 5, 1);
    const size_t want[5] = {1, 2, 4, 0, 3};
    assert_memory_equal(five, want, sizeof(want));
}

static void a_seed_is_given_or_drawn(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "x --shuffle"), 0);
    assert_int_equal(order_seed(&f->c), 1);
    assert_int_equal(order_seed(&f->c), 2);
    f->number = UINT64_MAX - 1;
    assert_int_equal(order_seed(&f->c), UINT32_MAX);
    assert_int_equal(parse(f, "x --shuffle --seed 9"), 0);
    assert_int_equal(order_seed(&f->c), 9);
}

int main(void)
{
    const struct CMUnitTest order_tests[] = {
        test(a_seed_is_an_order),
        test(a_seed_is_given_or_drawn),
    };
    return cmocka_run_group_tests(order_tests, NULL, NULL);
}
