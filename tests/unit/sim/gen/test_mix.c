#include "support.h"

static size_t count_key(const struct suite *s, const char *key)
{
    size_t n = 0;
    for (size_t i = 0, cases = suite_count(s); i < cases; i++) {
        cJSON *c = suite_case(s, i);
        n += cJSON_HasObjectItem(c, key) != 0;
        cJSON_Delete(c);
    }
    return n;
}

static void restore_is_asked_for(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "restore", 1, 50);
    assert_int_equal(count_key(&s, "restore"), 50);
    suite_release(&s);
}

static void ops_are_there(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "ops", 1, 50);
    assert_int_equal(count_key(&s, "ops"), 50);
    suite_release(&s);
}

static void mix_has_both(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "mix", 1, 100);
    assert_in_range(count_key(&s, "restore"), 5, 50);
    assert_in_range(count_key(&s, "ops"), 50, 95);
    suite_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(restore_is_asked_for),
                                       cmocka_unit_test(ops_are_there),
                                       cmocka_unit_test(mix_has_both)};
    return cmocka_run_group_tests_name("sim.gen.mix", tests, NULL, NULL);
}
