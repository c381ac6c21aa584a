#include "support.h"

#include "html/html.h"

static struct rep_hash hash_of(unsigned i)
{
    return rep_hash_of(&i, sizeof i);
}

static void test_numbers_from_one(void **state)
{
    (void)state;
    struct html_map map = {0};
    struct rep_hash a = hash_of(1);
    struct rep_hash b = hash_of(2);
    assert_int_equal(html_map_get(&map, &a), 0);
    assert_int_equal(html_map_add(&map, &a), 1);
    assert_int_equal(html_map_add(&map, &b), 2);
    assert_int_equal(html_map_get(&map, &a), 1);
    assert_int_equal(html_map_get(&map, &b), 2);
    html_map_release(&map);
    assert_int_equal(html_map_get(&map, &a), 0);
}

static void test_many(void **state)
{
    (void)state;
    struct html_map map = {0};
    for (unsigned i = 0; i < 5000; i++) {
        struct rep_hash hash = hash_of(i);
        assert_int_equal(html_map_add(&map, &hash), i + 1);
    }
    for (unsigned i = 0; i < 10000; i++) {
        struct rep_hash hash = hash_of(i);
        assert_int_equal(html_map_get(&map, &hash), i < 5000 ? i + 1 : 0);
    }
    html_map_release(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_from_one),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests_name("html_map", tests, NULL, NULL);
}
