#include "fixture.h"

#include "rewrite.h"

struct docs {
    struct json_doc old, want;
};

static void parse_both(struct fixture *f, struct docs *t, const char *old, const char *want)
{
    assert_int_equal(json_parse(&f->d, "", 1, "", old, strlen(old), &t->old, &f->err), 0);
    assert_int_equal(json_parse(&f->d, "", 1, "", want, strlen(want), &t->want, &f->err), 0);
}

static void becomes(struct fixture *f, const char *old, const char *want, const char *text)
{
    struct docs t;
    struct str out;
    parse_both(f, &t, old, want);
    str_init(&out, &f->d);
    rewrite_value(&out, &t.old, t.old.root, &t.want, t.want.root);
    assert_string_equal(str_get(&out), text);
    str_release(&out);
    json_release(&t.old);
    json_release(&t.want);
}

static void what_is_equal_stays_as_it_was_written(void **state)
{
    struct fixture *f = *state;
    becomes(f, "{\"a\" :1.0, \"b\":\t\"\\u0041\"}", "{\"b\":\"A\",\"a\":1}",
            "{\"a\" :1.0, \"b\":\t\"\\u0041\"}");
    becomes(f, "[ 1 , [ ] ]", "[1,[]]", "[ 1 , [ ] ]");
}

static void only_values_that_differ_change(void **state)
{
    struct fixture *f = *state;
    becomes(f, "{ \"a\" : [1 ,{\"x\": null }], \"b\" :2 }", "{\"a\":[1,{\"x\":[3]}],\"b\":2}",
            "{ \"a\" : [1 ,{\"x\": [3] }], \"b\" :2 }");
    becomes(f, "\"a\"", "{}", "{}");
}

static void members_come_and_go(void **state)
{
    struct fixture *f = *state;
    becomes(f, "{ \"a\":1,  \"b\":2,\"c\":3 }", "{\"b\":2,\"d\":4}", "{ \"b\":2,  \"d\": 4 }");
    becomes(f, "{\n  \"a\": 1\n}", "{}", "{\n  }");
    becomes(f, "{}", "{\"a\":[1]}", "{\"a\": [1]}");
}

static void elements_keep_both_ends(void **state)
{
    struct fixture *f = *state;
    becomes(f, "[1 ,\t2 ,3]", "[1,9,2,3]", "[1 ,\t9 ,\t2 ,3]");
    becomes(f, "[1 ,\t2 ,3]", "[1,3]", "[1 ,3]");
    becomes(f, "[1,2,3]", "[]", "[]");
    becomes(f, "[[1], 2]", "[[7], 2, 3]", "[[7], 2, 3]");
}

static void empty_containers_keep_their_blanks(void **state)
{
    struct fixture *f = *state;
    struct docs t;
    struct str out;
    parse_both(f, &t, "{\n }", "[ ]");
    str_init(&out, &f->d);
    struct rewrite w;
    rewrite_begin(&w, &out, &t.old, t.old.root);
    rewrite_end(&w);
    rewrite_begin(&w, &out, &t.want, t.want.root);
    rewrite_end(&w);
    assert_string_equal(str_get(&out), "{\n }[ ]");
    str_release(&out);
    json_release(&t.old);
    json_release(&t.want);
    becomes(f, "[ ]", "[1]", "[1]");
}

static void one_member_is_set(void **state)
{
    struct fixture *f = *state;
    struct docs t;
    struct str out;
    parse_both(f, &t, "{\"a\": 1,\n \"b\": [2]}", "0");
    str_init(&out, &f->d);
    rewrite_set(&out, &t.old, t.old.root, json_exact(t.old.root, "b"), "b", "{}");
    rewrite_set(&out, &t.old, t.old.root, NULL, "c\"", "5");
    assert_string_equal(str_get(&out), "{\"a\": 1,\n \"b\": {}}"
                                       "{\"a\": 1,\n \"b\": [2],\n \"c\\\"\": 5}");
    str_release(&out);
    json_release(&t.old);
    json_release(&t.want);
}

static void for_people(void **state)
{
    struct fixture *f = *state;
    struct docs t;
    struct str out;
    parse_both(f, &t, "{\"a\":[{\"x\":1,\"y\":[]},2],\"b\":\"c\",\"e\":[]}", "0");
    str_init(&out, &f->d);
    rewrite_show(&out, &t.old, t.old.root);
    assert_string_equal(str_get(&out), "a[]: {\"x\": 1, \"y\": []}\na[]: 2\nb: \"c\"\ne: []\n");
    str_release(&out);
    json_release(&t.old);
    json_release(&t.want);
}

int main(void)
{
    const struct CMUnitTest rewrite_tests[] = {
        test(what_is_equal_stays_as_it_was_written),
        test(only_values_that_differ_change),
        test(members_come_and_go),
        test(elements_keep_both_ends),
        test(empty_containers_keep_their_blanks),
        test(one_member_is_set),
        test(for_people),
    };
    return cmocka_run_group_tests(rewrite_tests, NULL, NULL);
}
