#include "fixture.h"

static void expect_whole(struct fixture *f, const char *line)
{
    struct expectation e = {.base = parse(f, line), .whole = true};
    compare_result(&f->v, &e, f->r);
}

static void expect_part(struct fixture *f, const char *base, const char *over)
{
    struct expectation e = {.base = base ? parse(f, base) : NULL,
                            .over = over ? parse(f, over) : NULL};
    compare_result(&f->v, &e, f->r);
}

/* A result without a tree. */
static void bare_result(struct fixture *f, enum sim_outcome outcome, const char *error)
{
    small_result(f)->n_nodes = 0;
    f->r->has_nodes = false;
    assert_int_equal(sim_result_outcome(f->r, outcome, error), 0);
}

static void absent_equals_empty(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_whole(f, "{'id':'a','result':'ok','log':['I hello'],'ops':[],'host_diff':null}");
    assert_difference(f, NULL);
}

static void every_field_of_a_line_counts(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_ERROR, "no");
    expect_whole(f, "{'result':'error','error':'no'}");
    assert_difference(f, "log: want nothing got [\"I hello\"]");
}

static void elements_are_told_apart(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_whole(f, "{'result':'ok','log':['I hello','W more']}");
    assert_difference(f, "log[1]: want \"W more\" got nothing");
}

static void members_are_told_apart(void **state)
{
    struct fixture *f = *state;
    compare_value(&f->v, "restore", parse(f, "{'a':{'b':1}}"), parse(f, "{'a':{'b':2}}"));
    assert_difference(f, "restore.a.b: want 1 got 2");
}

static void a_member_too_many(void **state)
{
    struct fixture *f = *state;
    compare_value(&f->v, "restore", parse(f, "{}"), parse(f, "{'x':true}"));
    assert_difference(f, "restore.x: want nothing got true");
}

static void of_a_panic_result_and_error_count(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_PANIC, "boom");
    expect_whole(f, "{'result':'panic','error':'boom','log':['W x'],'fds_left':9}");
    assert_difference(f, NULL);
    expect_whole(f, "{'result':'panic','error':'bang'}");
    assert_difference(f, "error: want \"bang\" got \"boom\"");
}

static void of_a_hang_only_the_result_counts(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_HANG, "why we think so");
    expect_whole(f, "{'result':'hang','error':'another','log':['W x']}");
    assert_difference(f, NULL);
}

static void another_result_is_a_difference(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_HANG, "");
    expect_part(f, "{'result':'ok'}", NULL);
    assert_difference(f, "result: want \"ok\" got \"hang\"");
}

static void only_present_fields_of_expect_count(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_ERROR, "no");
    expect_part(f, "{'result':'error','comment':'x'}", NULL);
    assert_difference(f, NULL);
    expect_part(f, "{'error':''}", NULL);
    assert_difference(f, "error: want \"\" got \"no\"");
}

static void a_profile_overrides(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_ERROR, "no");
    expect_part(f, "{'result':'ok','error':'no'}", "{'result':'error'}");
    assert_difference(f, NULL);
    expect_part(f, "{'result':'error'}", "{'result':'ok'}");
    assert_difference(f, "result: want \"ok\" got \"error\"");
}

static void a_profile_takes_a_field_away(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_ERROR, "no");
    expect_part(f, "{'result':'error','error':'other'}", "{'error':null}");
    assert_difference(f, NULL);
}

static void unknown_members_of_expect_are_told(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_part(f, "{'reslut':'ok'}", NULL);
    assert_difference(f, "expect: a result has no field \"reslut\"");
}

static void nodes_include_is_compared(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    expect_part(f, "{'nodes_include':[{'path':'/etc','mode':'0700'}]}", NULL);
    assert_difference(f, "nodes /etc: mode want \"0700\" got \"0755\"");
}

static void a_star_stands_for_any_text(void **state)
{
    struct fixture *f = *state;
    const cJSON *want = parse(f, "[{'op':['read','/x'],'errno':'','value':'*'}]");
    compare_ops(&f->v, want, parse(f, "[{'op':['read','/x'],'errno':'','value':'abc'}]"));
    assert_difference(f, NULL);
    compare_ops(&f->v, want, parse(f, "[{'op':['read','/x'],'errno':'EIO','value':'abc'}]"));
    assert_difference(f, "ops[0].errno: want \"\" got \"EIO\"");
}

static void a_star_stands_for_no_list(void **state)
{
    struct fixture *f = *state;
    compare_ops(&f->v, parse(f, "[{'value':'*'}]"), parse(f, "[{'value':['a']}]"));
    assert_difference(f, "ops[0].value: want \"*\" got [\"a\"]");
}

static void fewer_operations_are_told(void **state)
{
    struct fixture *f = *state;
    compare_ops(&f->v, parse(f, "[{'errno':''},{'errno':'EIO'}]"), parse(f, "[{'errno':''}]"));
    assert_difference(f, "ops[1]: want {\"errno\":\"EIO\"} got nothing");
}

static void what_is_no_list_is_told(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_part(f, "{'ops':'x'}", NULL);
    assert_difference(f, "ops: what is wanted is no list");
}

static void nodes_that_are_no_list_are_told(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_part(f, "{'nodes':{'a':{'path':'/'}},'ops':0}", NULL);
    assert_difference(f, "nodes: what is wanted is no list");
}

static void included_nodes_that_are_no_list_are_told(void **state)
{
    struct fixture *f = *state;
    bare_result(f, OUTCOME_OK, "");
    expect_part(f, "{'nodes_include':'/etc'}", NULL);
    assert_difference(f, "nodes_include: what is wanted is no list");
}

static void long_values_are_cut(void **state)
{
    struct fixture *f = *state;
    char text[1024];
    memset(text, 'x', sizeof(text));
    text[0] = text[sizeof(text) - 2] = '\'';
    text[sizeof(text) - 1] = '\0';
    char *shown = value_text(&f->d, parse(f, text));
    assert_int_equal(strlen(shown), LIMIT_DIFFERENCE_VALUE + 3);
    mem_free(shown);
}

static void values_are_not_escaped(void **state)
{
    struct fixture *f = *state;
    cJSON *value = cJSON_Parse("[\"a \\\"b\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u001b\\u0001 \\u00e9\"]");
    char *shown = value_text(&f->d, value);
    assert_string_equal(shown, "[\"a \"b\" \\ / \b\f\n\r\t \033\001 \u00e9\"]");
    mem_free(shown);
    cJSON_Delete(value);
}

int main(void)
{
    const struct CMUnitTest compare_tests[] = {
        test(absent_equals_empty),
        test(every_field_of_a_line_counts),
        test(elements_are_told_apart),
        test(members_are_told_apart),
        test(a_member_too_many),
        test(of_a_panic_result_and_error_count),
        test(of_a_hang_only_the_result_counts),
        test(another_result_is_a_difference),
        test(only_present_fields_of_expect_count),
        test(a_profile_overrides),
        test(a_profile_takes_a_field_away),
        test(unknown_members_of_expect_are_told),
        test(nodes_include_is_compared),
        test(a_star_stands_for_any_text),
        test(a_star_stands_for_no_list),
        test(fewer_operations_are_told),
        test(what_is_no_list_is_told),
        test(nodes_that_are_no_list_are_told),
        test(included_nodes_that_are_no_list_are_told),
        test(long_values_are_cut),
        test(values_are_not_escaped),
    };
    return cmocka_run_group_tests(compare_tests, NULL, NULL);
}
