#include "support.h"

static void the_tree_is_a_manifest(void **state)
{
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/f", "file")};
    struct rep_result one = fine("a");
    one.nodes = nodes;
    one.n_nodes = 2;
    const char *text = document(*state, "mtree", &one, 1, true);
    assert_contains(text, "#mtree\n");
    assert_contains(text, "./f ");
}

static void without_a_tree_it_says_so(void **state)
{
    struct rep_result one = fine("a");
    one.result = "panic";
    assert_string_equal(document(*state, "mtree", &one, 1, true),
                        "#mtree\n# a: no tree, the result is panic\n");
}

int main(void)
{
    const struct CMUnitTest mtree_tests[] = {
        SCRATCH_TEST(the_tree_is_a_manifest),
        SCRATCH_TEST(without_a_tree_it_says_so),
    };
    return cmocka_run_group_tests(mtree_tests, NULL, NULL);
}
