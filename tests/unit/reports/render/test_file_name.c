#include "support.h"

static void check(const char *name, const char *want)
{
    char *got = rep_file_name(name, ".x");
    assert_non_null(got);
    assert_string_equal(got, want);
    free(got);
}

static void names_stay_apart(void **state)
{
    (void)state;
    check("named/a-1_b.json", "named+a-1_b.json.x");
    check("a+b", "a%2Bb.x");
    check("..", "%2E..x");
    check(".hidden", "%2Ehidden.x");
    check("a\x1b\xff %", "a%1B%FF%20%25.x");
}

static void long_names_are_cut_and_stay_apart(void **state)
{
    (void)state;
    char a[4001], b[4001];
    memset(a, 'n', sizeof a);
    memset(b, 'n', sizeof b);
    a[4000] = b[4000] = '\0';
    b[3999] = 'm';
    char *first = rep_file_name(a, ".mtree");
    char *second = rep_file_name(b, ".mtree");
    assert_true(first && second);
    assert_true(strlen(first) <= 255);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest file_name_tests[] = {
        cmocka_unit_test(names_stay_apart),
        cmocka_unit_test(long_names_are_cut_and_stay_apart),
    };
    return cmocka_run_group_tests(file_name_tests, NULL, NULL);
}
