#include "fixture.h"

#include "mtree.h"

static void names_and_places_agree(void **state)
{
    (void)state;
    for (enum mtree_keyword k = MTREE_TYPE; k < MTREE_COMPARED; k++) {
        const char *name = mtree_keyword_name(k);
        assert_int_equal(mtree_keyword_find(name, strlen(name)), k);
    }
    assert_int_equal(mtree_keyword_find("optional=", 8), MTREE_OPTIONAL);
    assert_int_equal(mtree_keyword_find("sha256digest", 12), MTREE_OTHER);
    assert_int_equal(mtree_keyword_find("typ", 3), MTREE_KEYWORDS);
    assert_int_equal(mtree_keyword_find("", 0), MTREE_KEYWORDS);
}

static bool good(enum mtree_keyword k, const char *value)
{
    return mtree_keyword_check(k, value, strlen(value)) == NULL;
}

static void values_have_bounds(void **state)
{
    (void)state;
    assert_true(good(MTREE_MODE, "7777") && good(MTREE_MODE, "0") && good(MTREE_MODE, "00644"));
    assert_false(good(MTREE_MODE, "17777") || good(MTREE_MODE, "8") || good(MTREE_MODE, "+7"));
    assert_true(good(MTREE_UID, "4294967295") && !good(MTREE_UID, "4294967296"));
    assert_true(good(MTREE_SIZE, "9223372036854775807"));
    assert_false(good(MTREE_SIZE, "9223372036854775808") ||
                 good(MTREE_SIZE, "99999999999999999999"));
    assert_true(good(MTREE_DEVICE, "native,0,0") && good(MTREE_DEVICE, "linux,4095,1048575"));
    assert_false(good(MTREE_DEVICE, "native,4096,0") || good(MTREE_DEVICE, "native,1") ||
                 good(MTREE_DEVICE, "native,1,") || good(MTREE_DEVICE, "1,2") ||
                 good(MTREE_DEVICE, "a,1,2,3") || good(MTREE_DEVICE, ",,"));
    assert_true(good(MTREE_TYPE, "socket") && !good(MTREE_TYPE, "sock"));
}

int main(void)
{
    const struct CMUnitTest keyword_tests[] = {
        test(names_and_places_agree),
        test(values_have_bounds),
    };
    return cmocka_run_group_tests(keyword_tests, NULL, NULL);
}
