#include "fixture.h"

static struct sim_node node(const char *path, const char *type, bool mountpoint)
{
    return (struct sim_node){.path = path,
                             .type = type,
                             .mode = "0755",
                             .size = -1,
                             .nlink = 1,
                             .fs = "tmpfs",
                             .flags = mountpoint ? "ro" : "",
                             .mountpoint = mountpoint};
}

static void names_below_the_root_and_mounts_one_level_deeper(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = sim_result_new(&f->d, "x");
    const struct sim_node nodes[] = {
        node("/", "dir", true),          node("/a", "dir", false),
        node("/a-b", "file", false),     node("/a/deep", "dir", false),
        node("/a/mnt", "dir", true),     node("/a/mnt/f", "file", false),
        node("/link", "symlink", false),
    };
    r->nodes = mem_resize(&f->d, NULL, 0, ARRAY_LEN(nodes), sizeof(nodes[0]), "nodes");
    memcpy(r->nodes, nodes, sizeof(nodes));
    r->nodes[6].target = "a/\033";
    r->n_nodes = ARRAY_LEN(nodes);
    answer_tree(f->env.out, r);
    flush(f);
    assert_contains(f->out, "TREE (7 nodes)\n");
    assert_contains(f->out, "dir     0755 tmpfs     3 below\n");
    assert_contains(f->out,
                    "    mnt                        dir     0755 tmpfs     mount ro 1 below\n");
    assert_contains(f->out, "-> a/\\x1b\n");
    assert_null(strstr(f->out, "deep"));
    sim_result_free(r);
}

static void no_tree_no_lines(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = sim_result_new(&f->d, "x");
    answer_tree(f->env.out, r);
    flush(f);
    assert_string_equal(f->out, "");
    sim_result_free(r);
}

int main(void)
{
    const struct CMUnitTest answer_tree_tests[] = {
        test(names_below_the_root_and_mounts_one_level_deeper),
        test(no_tree_no_lines),
    };
    return cmocka_run_group_tests(answer_tree_tests, NULL, NULL);
}
