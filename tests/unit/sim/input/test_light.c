/* The look at an object without parsing it. */
#include "fixture.h"
#include "light.h"

static void ids(void **state)
{
    (void)state;
    static const struct {
        const char *line, *id; /* NULL: hard */
    } table[] = {
        {"{\"id\":\"a/1\",\"x\":1}", "a/1"},
        {" { \"x\" : {\"id\":\"no\"} , \"id\" : \"yes\" }", "yes"},
        {"{\"x\":\"\\\"id\\\":\\\"no\\\"\",\"id\":\"yes\"}", "yes"},
        {"{\"x\":[\"]\",{\"}\":1}],\"id\":\"yes\"}", "yes"},
        {"{\"x\":\"\\\\\",\"id\":\"yes\"}", "yes"},
        {"{\"x\":\"\\\\\\\"\",\"id\":\"yes\"}", "yes"},
        {"{\"x\":\"\",\"id\":\"yes\"}", "yes"},
        {"{\"x\":\"open\\", NULL},
        {"{\"x\":-1e5,\"y\":null,\"id\":\"yes\"", "yes"},
        {"{\"ID\":\"no\"}", NULL},
        {"{\"id\":1}", NULL},
        {"{\"id\":\"\"}", NULL},
        {"{\"id\":\"a\\u0041\"}", NULL},
        {"{\"id\":\"\xC3\xA9\"}", NULL},
        {"{\"id\":\"a", NULL},
        {"{\"id\":", NULL},
        {"{\"id", NULL},
        {"{", NULL},
        {"", NULL},
        {"[\"id\",\"x\"]", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *id = NULL;
        size_t n = 0;
        enum light_id got = light_id(table[i].line, strlen(table[i].line), &id, &n);
        assert_int_equal(got, table[i].id ? LIGHT_ID_FOUND : LIGHT_ID_HARD);
        if (table[i].id) {
            assert_int_equal(n, strlen(table[i].id));
            assert_memory_equal(id, table[i].id, n);
        }
    }
}

static void members(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":{\"mounts\":1},\"OCIVERSION\":\"1\"}";
    assert_true(light_has(text, sizeof(text) - 1, "ociVersion"));
    assert_false(light_has(text, sizeof(text) - 1, "mounts"));
    assert_false(light_has("[{\"mounts\":1}]", 14, "mounts"));
    assert_false(light_has("no", 2, "mounts"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {INPUT_TEST(ids), INPUT_TEST(members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
