/* model/fs/host/relative.c: the lexical rules. */
#include "fs_test.h"
#include "private.h"

static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *base, *target, *result; /* NULL = refused */
    } cases[] = {
        {"/", "/a", "a"},
        {"/a", "/a/b/c", "b/c"},
        {"/a/b", "/a", ".."},
        {"/a", "/b", "../b"},
        {"/a/b/c", "/a/x/y", "../../x/y"},
        {"/a", "/a", "."},
        {"/", "/", "."},
        {"/a/", "//a/b/..", "."},
        {"/ab", "/a", "../a"},
        {"/a", "/ab", "../ab"},
        {"a", "a/b", "b"},
        {".", "a/b", "a/b"},
        {"", "a", "a"},
        {"a", ".", "../."},
        {"a/b", "c", "../../c"},
        {"/a", "b", NULL},
        {"a", "/b", NULL},
        {"..", "a", NULL},
        {"../x", "a", NULL},
        {"..", "../a", "a"},
        {"/a/b", "/a/b/../c", "../c"},
    };
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *result = NULL;
        int rc = path_relative(&d, cases[i].base, cases[i].target, &result);
        assert_int_equal(rc, cases[i].result ? 0 : -EINVAL);
        if (result) {
            assert_string_equal(result, cases[i].result);
        }
        mem_free(result);
    }
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
