#include "support.h"

static bool through_loop(const cJSON *m)
{
    return strncmp(field(m, "destination"), "/loop1", 6) == 0;
}

static bool through_dangling(const cJSON *m)
{
    return strncmp(field(m, "destination"), "/dang", 5) == 0; /* PQ-18 */
}

static bool through_long_chain(const cJSON *m)
{
    return strncmp(field(m, "destination"), "/c0", 3) == 0;
}

static bool relative(const cJSON *m)
{
    return *field(m, "destination") != '/'; /* PQ-19 */
}

static void links_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "symlinks", 1, 300);
    assert_true(suite_count_mounts(&s, through_loop) >= 5);
    assert_true(suite_count_mounts(&s, through_dangling) >= 5);
    assert_true(suite_count_mounts(&s, through_long_chain) >= 5);
    assert_true(suite_count_mounts(&s, relative) >= 5);
    suite_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(links_occur)};
    return cmocka_run_group_tests_name("sim.gen.symlinks", tests, NULL, NULL);
}
