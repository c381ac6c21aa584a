#include "fixture.h"

#define DIR_FIELDS "'uid':0,'gid':0,'nlink':1,'fs':'9p','flags':'','overlay':false,'readdir':true"
#define ROOT       "{'path':'/','type':'dir','mode':'0755','mountpoint':true," DIR_FIELDS "}"
#define ETC        "{'path':'/etc','type':'dir','mode':'0755','mountpoint':false," DIR_FIELDS "}"
#define HOSTS                                                                                      \
    "{'path':'/etc/hosts','type':'file','mode':'0644','size':3,'mountpoint':false," DIR_FIELDS "}"

static void equal_trees(void **state)
{
    struct fixture *f = *state;
    compare_nodes(&f->v, parse(f, "[" ROOT "," ETC "," HOSTS "]"), small_result(f), NULL);
    assert_difference(f, NULL);
}

static void order_does_not_count(void **state)
{
    struct fixture *f = *state;
    compare_nodes(&f->v, parse(f, "[" HOSTS "," ROOT "," ETC "]"), small_result(f), NULL);
    assert_difference(f, NULL);
}

static void a_missing_directory_tells_for_all_below(void **state)
{
    struct fixture *f = *state;
    small_result(f)->n_nodes = 1;
    compare_nodes(&f->v, parse(f, "[" ROOT "," ETC "," HOSTS "]"), f->r, NULL);
    assert_difference(f, "nodes /etc: missing (dir 0755 on 9p), with 1 below it");
}

static void an_extra_node_is_reported(void **state)
{
    struct fixture *f = *state;
    compare_nodes(&f->v, parse(f, "[" ROOT "," ETC "]"), small_result(f), NULL);
    assert_difference(f, "nodes /etc/hosts: not expected (file 0644 on 9p)");
}

static void no_tree_at_all(void **state)
{
    struct fixture *f = *state;
    compare_nodes(&f->v, NULL, small_result(f), NULL);
    assert_difference(f, "nodes /: not expected (dir 0755 on 9p), with 2 below it");
}

static void a_field_differs(void **state)
{
    struct fixture *f = *state;
    small_result(f)->nodes[2].nlink = 2;
    compare_nodes(&f->v, parse(f, "[" ROOT "," ETC "," HOSTS "]"), f->r, NULL);
    assert_difference(f, "nodes /etc/hosts: nlink want 1 got 2");
}

static void a_subtree_stands_for_its_nodes(void **state)
{
    struct fixture *f = *state;
    const char *path = write_file(f, "subtrees.json",
                                  "{'t':[{'path':'/hosts','type':'file','mode':'0644','size':3,"
                                  "'mountpoint':false," DIR_FIELDS "}]}");
    struct subtrees s = {.d = &f->d, .path = mem_dup(&f->d, path)};
    const cJSON *want = parse(f, "[" ROOT "," ETC ",{'path':'/etc','subtree':'t'}]");
    compare_nodes(&f->v, want, small_result(f), &s);
    assert_difference(f, NULL);
    f->r->nodes[2].mode = "0600";
    compare_nodes(&f->v, want, f->r, &s);
    assert_difference(f, "nodes /etc/hosts: mode want \"0644\" got \"0600\"");
    subtrees_release(&s);
}

static void some_nodes_with_some_fields(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    compare_nodes_include(&f->v, parse(f, "[{'path':'/etc/hosts','type':'file'}]"), f->r, NULL);
    assert_difference(f, NULL);
    compare_nodes_include(&f->v, parse(f, "[{'path':'/etc','type':'file'}]"), f->r, NULL);
    assert_difference(f, "nodes /etc: type want \"file\" got \"dir\"");
}

static void an_included_node_must_be_there(void **state)
{
    struct fixture *f = *state;
    compare_nodes_include(&f->v, parse(f, "[{'path':'/etc/passwd'}]"), small_result(f), NULL);
    assert_difference(f, "nodes /etc/passwd: missing");
}

static void a_node_without_path_is_told(void **state)
{
    struct fixture *f = *state;
    compare_nodes_include(&f->v, parse(f, "[{'type':'dir'}]"), small_result(f), NULL);
    assert_difference(f, "nodes: an expected node has no path");
}

int main(void)
{
    const struct CMUnitTest compare_nodes_tests[] = {
        test(equal_trees),
        test(order_does_not_count),
        test(a_missing_directory_tells_for_all_below),
        test(an_extra_node_is_reported),
        test(no_tree_at_all),
        test(a_field_differs),
        test(a_subtree_stands_for_its_nodes),
        test(some_nodes_with_some_fields),
        test(an_included_node_must_be_there),
        test(a_node_without_path_is_told),
    };
    return cmocka_run_group_tests(compare_nodes_tests, NULL, NULL);
}
