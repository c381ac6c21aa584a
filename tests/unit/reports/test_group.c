#include "support.h"

static void equal_changes_are_one_entry(void **state)
{
    (void)state;
    struct rep_groups groups = {0};
    char name[32];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "c%d", i);
        assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "all", name), 0);
        assert_int_equal(rep_groups_add(&groups, REP_CHANGE_ERROR, "all", name), 0);
        assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, i % 2 ? "odd" : "even", name), 0);
    }
    assert_int_equal(groups.count, 4);
    rep_groups_sort(&groups);
    assert_int_equal(groups.group[0].kind, REP_CHANGE_ERROR);
    assert_string_equal(groups.group[1].text, "all");
    assert_int_equal(groups.group[1].count, 1000);
    assert_string_equal(groups.group[1].name[2], "c2");
    assert_string_equal(groups.group[2].text, "even");
    assert_int_equal(groups.group[3].count, 500);
    assert_string_equal(groups.group[3].name[0], "c1");
    assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "odd", "again"), 0);
    assert_int_equal(groups.count, 4);
    rep_groups_release(&groups);
}

static void there_is_a_bound(void **state)
{
    (void)state;
    struct rep_groups groups = {0};
    char text[32];
    for (unsigned i = 0; i < REP_MAX_GROUPS + 10; i++) {
        (void)snprintf(text, sizeof text, "t%u", i);
        assert_int_equal(rep_groups_add(&groups, REP_CHANGE_LOG, text, "c"), 0);
    }
    assert_int_equal(groups.count, REP_MAX_GROUPS);
    assert_int_equal(groups.dropped, 10);
    rep_groups_release(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_changes_are_one_entry),
        cmocka_unit_test(there_is_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
