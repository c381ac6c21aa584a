#include "fixture.h"

#include "mtree.h"

static void compare(struct fixture *f, const char *text)
{
    struct mtree m;
    if (mtree_read(&f->d, "m", text, strlen(text), &m, &f->err)) {
        fail_msg("%s", f->err.text);
    }
    verdict_release(&f->v);
    verdict_init(&f->v, &f->d);
    compare_mtree(&f->v, &m, f->r ? f->r : small_result(f));
    mtree_release(&m);
}

static void equal_trees(void **state)
{
    struct fixture *f = *state;
    compare(f, ". type=dir mode=755\n./etc type=dir uid=0 gid=0\n./etc/hosts type=file size=3 "
               "mode=0644 nlink=1\n");
    assert_difference(f, NULL);
}

static void what_is_not_said_is_not_compared(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc\n./etc/hosts\n");
    assert_difference(f, NULL);
}

static void every_keyword_counts(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc\n./etc/hosts mode=600 uid=1 gid=2 size=4 nlink=2\n");
    assert_difference(f, "nodes /etc/hosts: mode want 600 got 0644, uid want 1 got 0, gid want 2 "
                         "got 0, size want 4 got 3, nlink want 2 got 1 (m:2)");
    compare(f, "./etc type=link link=x\n./etc/hosts\n");
    assert_difference(f, "nodes /etc: type want link got dir, link want x got nothing (m:1)");
    compare(f, "./etc type=char device=native,1,3 size=1\n./etc/hosts\n");
    assert_difference(f, "nodes /etc: type want char got dir, size want 1 got nothing, device want "
                         "native,1,3 got nothing (m:1)");
}

static void links_and_devices(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->nodes[1].rdev = "1:3";
    f->r->nodes[2].target = "a b";
    compare(f, "./etc device=linux,1,3\n./etc/hosts link=a\\040b\n");
    assert_difference(f, NULL);
    compare(f, "./etc device=linux,1,5\n./etc/hosts link=a\\040b\n");
    assert_difference(f, "nodes /etc: device want linux,1,5 got native,1,3 (m:1)");
    compare(f, "./etc\n./etc/hosts link=a\n");
    assert_difference(f, "nodes /etc/hosts: link want a got a\\040b (m:2)");
}

static void missing_and_more(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc\n./etc/hosts\n./x type=dir mode=700\n./x/y\n");
    assert_difference(f, "nodes /x: missing (dir 0700), with 1 below it");
    compare(f, ".\n");
    assert_difference(f, "nodes /etc: not expected (dir 0755 on 9p), with 1 below it");
}

static void optional_nodes_may_be_missing_with_all_below(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc\n./etc/hosts\n./x optional\n./x/y\n./x/y/z\n./x-y optional\n");
    assert_difference(f, NULL);
    compare(f, "./etc optional\n./etc/hosts\n./etc/gone\n");
    assert_difference(f, "nodes /etc/gone: missing");
    compare(f, "./etc optional mode=700\n./etc/hosts\n");
    assert_difference(f, "nodes /etc: mode want 700 got 0755 (m:1)");
}

static void nothing_below_ignored_directories_counts(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc ignore mode=755\n");
    assert_difference(f, NULL);
    compare(f, ". ignore\n");
    assert_difference(f, NULL);
    compare(f, "./etc ignore mode=700\n");
    assert_difference(f, "nodes /etc: mode want 700 got 0755 (m:1)");
}

static void nochange_asks_for_the_type_alone(void **state)
{
    struct fixture *f = *state;
    compare(f, "./etc nochange type=dir mode=1\n./etc/hosts\n");
    assert_difference(f, NULL);
    compare(f, "./etc nochange type=file mode=1\n./etc/hosts\n");
    assert_difference(f, "nodes /etc: type want file got dir (m:1)");
}

static void what_cannot_be_looked_up_has_no_line(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->nodes[2].error = "gone";
    compare(f, "./etc\n");
    assert_difference(f, NULL);
}

static void a_result_without_a_tree(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->has_nodes = false;
    f->r->outcome = OUTCOME_ERROR;
    compare(f, "./etc\n./x\n");
    assert_difference(f, "nodes: m wants a tree, got none: error");
}

int main(void)
{
    const struct CMUnitTest compare_tests[] = {
        test(equal_trees),
        test(what_is_not_said_is_not_compared),
        test(every_keyword_counts),
        test(links_and_devices),
        test(missing_and_more),
        test(optional_nodes_may_be_missing_with_all_below),
        test(nothing_below_ignored_directories_counts),
        test(nochange_asks_for_the_type_alone),
        test(what_cannot_be_looked_up_has_no_line),
        test(a_result_without_a_tree),
    };
    return cmocka_run_group_tests(compare_tests, NULL, NULL);
}
