/* same_bytes.c: what it calls the same is the same, and every doubt is left to the close look. */
#include "fixture.h"

/* small_result's own line, with `nodes` in place of its nodes (NULL: none). */
static const char *own_line(struct fixture *f, const char *nodes, struct str *ret)
{
    struct sim_result copy = f->r ? *f->r : *small_result(f);
    copy.has_nodes = false;
    str_init(ret, &f->d);
    assert_int_equal(sim_result_line(&copy, ret), 0);
    if (nodes) {
        ret->n--;
        str_addf(ret, ", \"nodes\": %s}", nodes);
    }
    return str_get(ret);
}

static bool same(struct fixture *f, const char *line, struct text_range *nodes)
{
    return line_same_bytes(&f->d, line, strlen(line), f->r, nodes);
}

static void only_the_nodes_are_left(void **state)
{
    struct fixture *f = *state;
    struct text_range nodes = {0};
    struct str line;
    const char *text = own_line(f, "[{\"path\": \"/\"}]", &line);
    assert_true(same(f, text, &nodes));
    assert_int_equal(nodes.n, strlen("[{\"path\": \"/\"}]"));
    assert_memory_equal(nodes.p, "[{\"path\": \"/\"}]", nodes.n);
    str_release(&line);
}

/* As other writers write it, and spaces that count. */
static void spaces_between_values_are_nothing(void **state)
{
    struct fixture *f = *state;
    struct text_range nodes;
    small_result(f)->has_nodes = false;
    assert_true(same(f,
                     "{\"id\":\"a\",\"result\":\"ok\",\"error\":\"\",\"log\": [ \"I hello\" ] , "
                     "\"fds_left\":0}",
                     &nodes));
    assert_false(same(f,
                      "{\"id\":\"a\",\"result\":\"ok\",\"error\":\"\",\"log\":[\"I  hello\"],"
                      "\"fds_left\":0}",
                      &nodes));
}

static void members_of_an_object_in_another_order(void **state)
{
    struct fixture *f = *state;
    struct text_range nodes;
    struct sim_result *r = small_result(f);
    struct sim_restore restore = {.error = "no", .fds_left = 2};
    r->has_nodes = false;
    r->restore = &restore;
    static const char *const begin =
        "{\"id\":\"a\",\"result\":\"ok\",\"error\":\"\",\"log\":[\"I hello\"],\"fds_left\":0,";
    static const struct {
        const char *restore;
        bool same;
    } lines[] = {
        {"{\"error\":\"no\",\"fds_left\":2,\"log\":[]}", true},
        {"{\"log\":[],\"fds_left\":2,\"error\":\"no\"}", true},
        {"{\"log\":[],\"fds_left\":3,\"error\":\"no\"}", false},
        {"{\"log\":[],\"fds_left\":2}", false},
        {"{\"log\":[],\"fds_left\":2,}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        char *line = mem_printf(&f->d, "%s\"restore\":%s}", begin, lines[i].restore);
        assert_int_equal(same(f, line, &nodes), lines[i].same);
        mem_free(line);
    }
    r->restore = NULL;
}

static void a_result_without_nodes(void **state)
{
    struct fixture *f = *state;
    struct text_range nodes = {"", 1};
    struct str line;
    const char *text = own_line(f, NULL, &line);
    assert_false(same(f, text, &nodes)); /* it has some */
    f->r->has_nodes = false;
    assert_true(same(f, text, &nodes));
    assert_null(nodes.p);
    str_release(&line);
    own_line(f, "[]", &line);
    f->r->has_nodes = false;
    assert_false(same(f, str_get(&line), &nodes));
    str_release(&line);
}

/* One byte of a member, a member less, one more, and what is no whole object. */
static void every_change_is_seen(void **state)
{
    struct fixture *f = *state;
    struct text_range nodes;
    struct str line;
    own_line(f, "[]", &line);
    const size_t tail = strlen(", \"nodes\": []}");
    for (size_t i = 0; i < line.n - tail; i++) {
        char was = line.p[i];
        line.p[i] = was == '~' ? '!' : '~';
        assert_false(same(f, line.p, &nodes));
        line.p[i] = ' ';
        assert_true(!same(f, line.p, &nodes) || was == ' ');
        line.p[i] = was;
        assert_false(line_same_bytes(&f->d, line.p, i, f->r, &nodes));
    }
    assert_true(same(f, line.p, &nodes));
    line.n--;
    str_add(&line, ", \"more\": 1}");
    assert_false(same(f, line.p, &nodes));
    str_release(&line);
    own_line(f, "[], \"nodes\": []", &line);
    assert_false(same(f, line.p, &nodes));
    str_release(&line);
    assert_false(same(f, "{\"nodes\": []}", &nodes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(only_the_nodes_are_left),
        test(spaces_between_values_are_nothing),
        test(members_of_an_object_in_another_order),
        test(a_result_without_nodes),
        test(every_change_is_seen),
    };
    return cmocka_run_group_tests_name("expect_same_bytes", tests, NULL, NULL);
}
