#include "fixture.h"

static struct subtrees open_at(struct fixture *f, const char *path)
{
    return (struct subtrees){.d = &f->d, .path = mem_dup(&f->d, path)};
}

static void finds_by_name(void **state)
{
    struct fixture *f = *state;
    struct subtrees s =
        open_at(f, write_file(f, "subtrees.json", "{'one':[{'path':'/a'},{'path':'/b'}]}"));
    assert_int_equal(cJSON_GetArraySize(subtrees_find(&s, "one", &f->v)), 2);
    assert_difference(f, NULL);
    subtrees_release(&s);
}

static void an_unknown_name_is_a_difference(void **state)
{
    struct fixture *f = *state;
    struct subtrees s = open_at(f, write_file(f, "subtrees.json", "{}"));
    assert_null(subtrees_find(&s, "two", &f->v));
    assert_int_equal(f->v.differences.n, 1);
    assert_non_null(strstr(f->v.differences.p[0], "no subtree \"two\" in "));
    subtrees_release(&s);
}

static void a_missing_file_is_a_difference(void **state)
{
    struct fixture *f = *state;
    struct subtrees s = open_at(f, "/nonexistent/subtrees.json");
    assert_null(subtrees_find(&s, "one", &f->v));
    assert_null(subtrees_find(&s, "one", &f->v));
    assert_int_equal(f->v.differences.n, 3); /* the file once, the name twice */
    subtrees_release(&s);
}

static void broken_json_is_a_difference(void **state)
{
    struct fixture *f = *state;
    struct subtrees s = open_at(f, write_file(f, "subtrees.json", "["));
    assert_null(subtrees_find(&s, "one", &f->v));
    assert_non_null(strstr(f->v.differences.p[0], "(line 1, column 2)"));
    subtrees_release(&s);
    s = open_at(f, write_file(f, "subtrees.json", "[]"));
    assert_null(subtrees_find(&s, "one", &f->v));
    assert_non_null(strstr(f->v.differences.p[2], "subtrees.json:1: not a JSON object"));
    subtrees_release(&s);
}

int main(void)
{
    const struct CMUnitTest subtrees_tests[] = {
        test(finds_by_name),
        test(an_unknown_name_is_a_difference),
        test(a_missing_file_is_a_difference),
        test(broken_json_is_a_difference),
    };
    return cmocka_run_group_tests(subtrees_tests, NULL, NULL);
}
