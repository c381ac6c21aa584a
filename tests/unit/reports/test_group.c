#include "support.h"

#include "group.h"

/* Every third case changes in two ways at once, every second in a third. */
static void changes_of_the_same_cases_have_one_cause(void **state)
{
    (void)state;
    struct rep_groups groups = {0};
    char name[32];
    for (int i = 0; i < 999; i++) {
        (void)snprintf(name, sizeof name, "c%d", i);
        rep_groups_case(&groups, name);
        if (i % 3 == 0) {
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "mode", "/a"), 0);
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "mode", "/b"), 0);
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_LOG, "mode", NULL), 0);
        }
        if (i % 2) {
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "odd", "/x"), 0);
        }
        if (i == 7) {
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_REGRESSION, "broke", NULL), 0);
        }
        if (i == 8) {
            assert_int_equal(rep_groups_add(&groups, REP_CHANGE_ONLY_B, "new", NULL), 0);
        }
    }
    rep_groups_sort(&groups);
    static const struct {
        const char *text;
        enum rep_change_kind kind;
        size_t cause, hits, places;
    } want[] = {
        {"broke", REP_CHANGE_REGRESSION, 0, 1, 0}, {"odd", REP_CHANGE_TREE, 1, 499, 499},
        {"mode", REP_CHANGE_TREE, 2, 333, 666},    {"mode", REP_CHANGE_LOG, 2, 333, 0},
        {"new", REP_CHANGE_ONLY_B, 3, 1, 0},
    };
    assert_int_equal(groups.count, 5);
    for (size_t i = 0; i < groups.count; i++) {
        const struct rep_group *group = &groups.group[i];
        assert_string_equal(group->text, want[i].text);
        assert_int_equal(group->kind, want[i].kind);
        assert_int_equal(group->cause, want[i].cause);
        assert_int_equal(group->hits, want[i].hits);
        assert_int_equal(group->places, want[i].places);
    }
    const struct rep_group *mode = &groups.group[2];
    assert_string_equal(groups.name[mode->hit[332]], "c996");
    assert_string_equal(mode->place[1], "/b");
    assert_null(mode->place[2]);
    /* Adding goes on afterwards. */
    rep_groups_case(&groups, "more");
    assert_int_equal(rep_groups_add(&groups, REP_CHANGE_TREE, "odd", NULL), 0);
    assert_int_equal(groups.count, 5);
    assert_int_equal(groups.group[1].hits, 500);
    rep_groups_release(&groups);
}

static void there_is_a_bound(void **state)
{
    (void)state;
    struct rep_groups groups = {0};
    char text[32];
    rep_groups_case(&groups, "c");
    for (unsigned i = 0; i < REP_MAX_GROUPS + 10; i++) {
        (void)snprintf(text, sizeof text, "t%u", i);
        assert_int_equal(rep_groups_add(&groups, REP_CHANGE_LOG, text, NULL), 0);
    }
    assert_int_equal(groups.count, REP_MAX_GROUPS);
    assert_int_equal(groups.dropped, 10);
    assert_int_equal(groups.n_names, 1);
    rep_groups_release(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_of_the_same_cases_have_one_cause),
        cmocka_unit_test(there_is_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
