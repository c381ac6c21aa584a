#include "core_test.h"

static void ids_and_profiles_parse_back(void **state)
{
    (void)state;
    for (int i = 0; i < QUIRK_COUNT; i++) {
        enum quirk q = QUIRK_COUNT;
        assert_int_equal(quirk_parse(quirk_id((enum quirk)i), &q), 0);
        assert_int_equal(q, i);
        assert_true(strlen(quirk_subject(q)) > 0);
    }
    for (int i = 0; i < PROFILE_COUNT; i++) {
        enum profile p = PROFILE_COUNT;
        assert_int_equal(profile_parse(profile_name((enum profile)i), &p), 0);
        assert_int_equal(p, i);
    }
    enum quirk q = VQ_09;
    enum profile p = PROFILE_STRICT;
    assert_int_equal(quirk_parse("VQ-99", &q), -EINVAL);
    assert_int_equal(quirk_parse("", &q), -EINVAL);
    assert_int_equal(q, VQ_09);
    assert_int_equal(profile_parse("Strict", &p), -EINVAL);
    assert_int_equal(p, PROFILE_STRICT);
}

static void a_restated_row_gives_the_row_that_acts(void **state)
{
    (void)state;
    enum quirk q;
#define QUIRK(ident, id, def, fix, strict, subject)
#define QUIRK_SAME(ident, id, primary)                                                             \
    assert_int_equal(quirk_parse(id, &q), 0);                                                      \
    assert_int_equal(q, primary);
#include <simrun/quirks.def>
#undef QUIRK
}

static void profiles_differ_where_the_table_says(void **state)
{
    (void)state;
    struct quirks def, fix, strict;
    quirks_init(&def, PROFILE_GVISOR_2018_08_14);
    quirks_init(&fix, PROFILE_GVISOR_2018_08_14_0B3BFE2);
    quirks_init(&strict, PROFILE_STRICT);
    assert_int_equal(def.value[VQ_09], 1);
    assert_int_equal(fix.value[VQ_09], 0);
    assert_int_equal(strict.value[VQ_09], 0);
    assert_int_equal(def.value[PP_01], 1);
    assert_int_equal(fix.value[PP_01], 1);
    assert_int_equal(strict.value[PP_01], 0);
    for (int i = 0; i < QUIRK_COUNT; i++) {
        assert_false(def.asked[i]);
    }
}

static void asking_is_remembered(void **state)
{
    struct domain *d = *state;
    assert_false(d->quirks.asked[VQ_09]);
    assert_true(quirk_on(d, VQ_09));
    assert_true(d->quirks.asked[VQ_09]);
    assert_false(d->quirks.asked[PP_01]);
    d->quirks.value[VQ_09] = 0;
    assert_false(quirk_on(d, VQ_09));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_profiles_parse_back),
        cmocka_unit_test(a_restated_row_gives_the_row_that_acts),
        cmocka_unit_test(profiles_differ_where_the_table_says),
        DOMAIN_TEST(asking_is_remembered),
    };
    return cmocka_run_group_tests_name("core_quirks", tests, NULL, NULL);
}
