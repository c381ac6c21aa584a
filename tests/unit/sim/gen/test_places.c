#include "support.h"

static bool below_proc(const cJSON *m)
{
    return strncmp(field(m, "destination"), "/proc/", 6) == 0;
}

static bool same_prefix(const cJSON *m)
{
    return strcmp(field(m, "destination"), "/a/b-c") == 0;
}

static void nested_places_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "nesting", 1, 300);
    assert_true(suite_count_mounts(&s, below_proc) >= 5);
    assert_true(suite_count_mounts(&s, same_prefix) >= 5);
    suite_release(&s);
}

static bool empty(const cJSON *m)
{
    return *field(m, "destination") == 0; /* PP-04 */
}

static bool dots(const cJSON *m)
{
    return strstr(field(m, "destination"), "..") != NULL;
}

static bool long_name(const cJSON *m)
{
    return strlen(field(m, "destination")) > 200;
}

static void odd_places_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "destinations", 1, 300);
    assert_true(suite_count_mounts(&s, empty) >= 5);
    assert_true(suite_count_mounts(&s, dots) >= 5);
    assert_true(suite_count_mounts(&s, long_name) >= 5);
    suite_release(&s);
}

static bool dropped(const cJSON *m)
{
    return strcmp(field(m, "destination"), "/dev/shm") == 0;
}

static bool kept(const cJSON *m)
{
    return strcmp(field(m, "destination"), "/dev/fd-foo") == 0;
}

static bool relative(const cJSON *m)
{
    return strncmp(field(m, "destination"), "dev/", 4) == 0;
}

static void dev_places_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "dev", 1, 300);
    assert_true(suite_count_mounts(&s, dropped) >= 5);
    assert_true(suite_count_mounts(&s, kept) >= 5);
    assert_true(suite_count_mounts(&s, relative) >= 5);
    suite_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nested_places_occur),
                                       cmocka_unit_test(odd_places_occur),
                                       cmocka_unit_test(dev_places_occur)};
    return cmocka_run_group_tests_name("sim.gen.places", tests, NULL, NULL);
}
