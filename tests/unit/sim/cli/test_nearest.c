#include "fixture.h"

static const char *const words[] = {"filter", "exclude", "profile", "quiet"};

static void finds_what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(rep_nearest("filtre", words, 4), "filter");
    assert_string_equal(rep_nearest("prfile", words, 4), "profile");
    assert_string_equal(rep_nearest("excludes", words, 4), "exclude");
    assert_string_equal(rep_nearest("quite", words, 4), "quiet");
}

static void finds_nothing_for_strangers(void **state)
{
    (void)state;
    assert_null(rep_nearest("zzzzzz", words, 4));
    assert_null(rep_nearest("", words, 4));
    assert_null(rep_nearest("a-word-that-is-much-longer-than-any-option-could-be", words, 4));
}

int main(void)
{
    const struct CMUnitTest nearest_tests[] = {
        test(finds_what_was_meant),
        test(finds_nothing_for_strangers),
    };
    return cmocka_run_group_tests(nearest_tests, NULL, NULL);
}
