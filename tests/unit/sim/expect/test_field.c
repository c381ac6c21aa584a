#include "fixture.h"

static void assert_text(struct fixture *f, const char *want, bool partial, const char *text)
{
    struct str s;
    str_init(&s, &f->d);
    node_differences(&s, parse(f, want), &f->r->nodes[2], partial);
    assert_string_equal(str_get(&s), text);
    str_release(&s);
}

static void equal_node(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f,
                "{'path':'/etc/hosts','type':'file','mode':'0644','uid':0,'gid':0,'size':3,"
                "'nlink':1,'fs':'9p','flags':'','mountpoint':false,'overlay':false,"
                "'readdir':true}",
                false, "");
}

static void differing_fields_are_named(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f, "{'path':'/etc/hosts','nlink':2,'mode':'0600','readdir':false}", true,
                "nlink want 2 got 1, mode want \"0600\" got \"0644\", "
                "readdir want false got true");
}

static void an_absent_field_counts_in_whole_nodes_only(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f, "{'type':'file'}", true, "");
    assert_text(f,
                "{'path':'/etc/hosts','type':'file','mode':'0644','uid':0,'gid':0,"
                "'nlink':1,'fs':'9p','flags':'','mountpoint':false,'overlay':false,"
                "'readdir':true}",
                false, "size want nothing got 3");
}

static void null_means_absent(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f, "{'upper':null}", true, "");
    assert_text(f, "{'size':null}", true, "size want null got 3");
}

static void unknown_fields_differ(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f, "{'sise':3}", true, "sise want 3 got nothing");
}

static void types_count(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_text(f, "{'nlink':'1'}", true, "nlink want \"1\" got 1");
    assert_text(f, "{'overlay':0}", true, "overlay want 0 got false");
}

int main(void)
{
    const struct CMUnitTest field_tests[] = {
        test(equal_node),
        test(differing_fields_are_named),
        test(an_absent_field_counts_in_whole_nodes_only),
        test(null_means_absent),
        test(unknown_fields_differ),
        test(types_count),
    };
    return cmocka_run_group_tests(field_tests, NULL, NULL);
}
