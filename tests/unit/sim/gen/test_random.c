#include "support.h"
#include <simrun/sim/random.h>

/* The bytes of every committed suite hang on these numbers. */
static void known_numbers(void **state)
{
    (void)state;
    struct gen_random r = {.s = {1, 2, 3, 4}};
    assert_true(gen_random_next(&r) == 11520);
    assert_true(gen_random_next(&r) == 0);
    assert_true(gen_random_next(&r) == 1509978240);
    assert_true(gen_random_next(&r) == 1215971899390074240);
}

static uint64_t first(const char *family, uint64_t seed, uint64_t index)
{
    struct gen_random r;
    gen_random_init(&r, family, seed, index);
    return gen_random_next(&r);
}

static void streams_differ(void **state)
{
    (void)state;
    assert_true(first("a", 1, 2) == first("a", 1, 2));
    assert_true(first("a", 1, 2) != first("a", 2, 1));
    assert_true(first("a", 1, 2) != first("b", 1, 2));
    assert_true(first("a", 1, 2) != first("a", 1, 3));
    assert_true(first("ab", 1, 2) != first("ba", 1, 2));
}

static void below_reaches_all(void **state)
{
    (void)state;
    struct gen_random r;
    gen_random_init(&r, "below", 1, 0);
    unsigned seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        size_t k = gen_random_below(&r, 7);
        assert_true(k < 7);
        seen[k]++;
    }
    for (size_t k = 0; k < 7; k++) {
        assert_in_range(seen[k], 800, 1200);
    }
    assert_int_equal(gen_random_below(&r, 1), 0);
}

static void chance_bounds(void **state)
{
    (void)state;
    struct gen_random r;
    gen_random_init(&r, "chance", 1, 0);
    for (int i = 0; i < 1000; i++) {
        assert_false(gen_random_chance(&r, 0));
        assert_true(gen_random_chance(&r, 100));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_numbers),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(below_reaches_all),
        cmocka_unit_test(chance_bounds),
    };
    return cmocka_run_group_tests_name("sim.gen.random", tests, NULL, NULL);
}
