/* SplitFirst and SplitLast (contract vfs 8). */
#include "vfs_test.h"

struct split {
    const char *path, *a, *b;
};

typedef int (*split_fn)(struct domain *d, const char *path, char **a, char **b);

static void check_table(split_fn fn, const struct split *table, size_t n)
{
    struct test_world w;
    world_empty(&w, ORIGINAL);
    for (size_t i = 0; i < n; i++) {
        char *a = NULL, *b = NULL;
        OK(fn(&w.s.d, table[i].path, &a, &b));
        if (strcmp(a, table[i].a) != 0 || strcmp(b, table[i].b) != 0) {
            fail_msg("\"%s\" gives \"%s\", \"%s\"", table[i].path, a, b);
        }
        mem_free(a);
        mem_free(b);
    }
    world_done(&w);
}

static int split_first(struct domain *d, const char *path, char **a, char **b)
{
    char *copy = mem_dup(d, path), *rest = copy;
    const char *first = path_cut_first(&rest);
    *a = mem_dup(d, first);
    *b = mem_dup(d, rest);
    mem_free(copy);
    return 0;
}

static void test_split_first(void **state)
{
    (void)state;
    static const struct split table[] = {
        {"/", "/", ""},
        {"/.", "/", "."},
        {"/./.", "/", "./."},
        {"/..", "/", ".."},
        {"", ".", ""},
        {"../..", "..", ".."},
        {"foo/", "foo", ""},
        {"///.", "/", "//."},
        {"/foo///bar", "/", "foo///bar"},
        {"foo///bar", "foo", "bar"},
        {"///foo/bar", "/", "//foo/bar"},
        {".///", ".", ""},
        {"foo/../", "foo", ".."},
        {"/foo/./..", "/", "foo/./.."},
        {"foo", "foo", ""},
        {"foo/bar/baz", "foo", "bar/baz"},
        {"///", "/", ""},
        {".", ".", ""},
        {"..", "..", ""},
        {"foo////bar//baz///", "foo", "bar//baz"},
    };
    check_table(split_first, table, ARRAY_LEN(table));
}

static void test_split_last(void **state)
{
    (void)state;
    static const struct split table[] = {
        {"/", "/", "."},
        {"/.", "/", "."},
        {"/./.", "/.", "."},
        {"/..", "/", ".."},
        {"", ".", "."},
        {"../..", "..", ".."},
        {"foo/", ".", "foo"},
        {"///.", "/", "."},
        {"/foo///bar", "/foo", "bar"},
        {"foo///bar", "foo", "bar"},
        {"///foo/bar", "///foo", "bar"},
        {".///", ".", "."},
        {"foo/../", "foo", ".."},
        {"/foo/./..", "/foo/.", ".."},
        {"foo", ".", "foo"},
        {"/foo", "/", "foo"},
        {"///", "/", "."},
        {"foo/bar//", "foo", "bar"},
    };
    check_table(path_split_last, table, ARRAY_LEN(table));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_first),
        cmocka_unit_test(test_split_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
