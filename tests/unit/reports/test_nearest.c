#include "support.h"

static const char *const words[] = {"regressions", "flips", "tree-diff", "slowest"};

static const char *nearest(const char *word)
{
    return rep_nearest(word, words, sizeof words / sizeof words[0]);
}

static void a_slip_of_the_finger_is_recognised(void **state)
{
    (void)state;
    assert_string_equal(nearest("regresions"), "regressions");
    assert_string_equal(nearest("filps"), "flips");
    assert_string_equal(nearest("treediff"), "tree-diff");
    assert_string_equal(nearest("slowestt"), "slowest");
}

static void what_is_like_nothing_gets_no_hint(void **state)
{
    char longest[200];
    (void)state;
    memset(longest, 's', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(nearest("mounts"));
    assert_null(nearest(""));
    assert_null(nearest(longest));
    assert_null(rep_nearest("flips", NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_of_the_finger_is_recognised),
        cmocka_unit_test(what_is_like_nothing_gets_no_hint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
