#include "support.h"

static bool any_option(const cJSON *m, bool (*match)(const char *))
{
    const cJSON *o;
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(m, "options"))
    {
        if (match(o->valuestring)) {
            return true;
        }
    }
    return false;
}

static bool is_fatal(const char *o)
{
    const char *first = strchr(o, '=');
    return first && strchr(first + 1, '=');
}

static bool is_range(const char *o)
{
    return strstr(o, "=2147483648") || strstr(o, "=4294967295");
}

static bool fatal(const cJSON *m)
{
    return any_option(m, is_fatal); /* PQ-14 */
}

static bool out_of_range(const cJSON *m)
{
    return any_option(m, is_range);
}

static bool on_bind(const cJSON *m)
{
    return strcmp(field(m, "type"), "bind") == 0;
}

static bool on_tmpfs(const cJSON *m)
{
    return strcmp(field(m, "type"), "tmpfs") == 0;
}

static void hard_options_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "options", 1, 300);
    assert_true(suite_count_mounts(&s, fatal) >= 5);
    assert_true(suite_count_mounts(&s, out_of_range) >= 5);
    assert_true(suite_count_mounts(&s, on_bind) >= 5);
    assert_true(suite_count_mounts(&s, on_tmpfs) >= 5);
    suite_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hard_options_occur)};
    return cmocka_run_group_tests_name("sim.gen.options", tests, NULL, NULL);
}
