#include "support.h"

static bool shm(const cJSON *m)
{
    return strcmp(field(m, "destination"), "/dev/shm") == 0;
}

static bool cgroup(const cJSON *m)
{
    return strcmp(field(m, "type"), "cgroup") == 0;
}

static bool hosts(const cJSON *m)
{
    return strcmp(field(m, "destination"), "/etc/hosts") == 0;
}

static bool none(const cJSON *m)
{
    return strcmp(field(m, "type"), "none") == 0; /* PQ-06 PQ-12 */
}

static void engine_mounts_occur(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "engines", 1, 300);
    assert_true(suite_count_mounts(&s, shm) >= 5);
    assert_true(suite_count_mounts(&s, cgroup) >= 5);
    assert_true(suite_count_mounts(&s, hosts) >= 5);
    assert_true(suite_count_mounts(&s, none) >= 5);
    suite_release(&s);
}

/* An engine's spec says what it is and runs something. */
static void specs_are_whole(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "engines", 1, 1);
    cJSON *c = suite_case(&s, 0);
    const cJSON *spec = cJSON_GetObjectItemCaseSensitive(c, "spec");
    assert_string_equal(field(spec, "ociVersion"), "1.0.2");
    assert_true(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(spec, "process")));
    cJSON_Delete(c);
    suite_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(engine_mounts_occur),
                                       cmocka_unit_test(specs_are_whole)};
    return cmocka_run_group_tests_name("sim.gen.engines", tests, NULL, NULL);
}
