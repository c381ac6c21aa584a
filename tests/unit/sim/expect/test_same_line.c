/* same_line.c: what it calls the same is the same, and every doubt is left to the close look. */
#include "fixture.h"

static bool same(struct fixture *f, const char *line)
{
    char *copy = strdup(line); /* of its own, so that a look behind the end is seen */
    assert_non_null(copy);
    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    bool same = line_is_result(&f->d, copy, strlen(copy), f->r, NULL);
    free(copy);
    return same;
}

/* small_result with something in each of its parts. What they hold is lent: end_full. */
static struct sim_result *full_result(struct fixture *f)
{
    static const char *texts[] = {"I say \"so\"\tand \\", "D /gone"};
    static struct sim_compiled compiled[] = {{"/tmp", "tmpfs", "", {NULL, 0}},
                                             {"/a", "bind", "@b", {texts, 2}}};
    static struct sim_op_result ops[] = {
        {"[\"stat\", \"/a \"]", "ENOENT", NULL},
        {"[\"read\",\"/b\"]", "", "{\"n\": 3, \"t\": \"a\\\"b\"}"}};
    static struct sim_restore_mount mounts[] = {
        {"proc", "none", "", ""}, {"9p", "9pfs-/", "ro", "trans=fd"}, {"proc", "x", "", "y"}};
    static struct sim_restore restore;
    restore = (struct sim_restore){"", {texts, 1}, mounts, 3, 2};
    struct sim_result *r = small_result(f);
    r->has_compiled = true;
    r->compiled = compiled;
    r->n_compiled = ARRAY_LEN(compiled);
    r->ops = ops;
    r->n_ops = ARRAY_LEN(ops);
    r->restore = &restore;
    r->host_diff = (struct sim_texts){texts, 2};
    return r;
}

/* The result without what was lent to it. */
static void end_full(struct sim_result *r)
{
    r->has_compiled = false;
    r->compiled = NULL;
    r->ops = NULL;
    r->n_ops = r->n_compiled = 0;
    r->restore = NULL;
    r->host_diff = (struct sim_texts){0};
}

static void own_line(struct fixture *f, struct str *ret)
{
    str_init(ret, &f->d);
    assert_int_equal(sim_result_line(f->r, ret), 0);
}

static void its_own_line(void **state)
{
    struct fixture *f = *state;
    struct str line;
    full_result(f);
    own_line(f, &line);
    assert_true(same(f, str_get(&line)));
    str_release(&line);
    end_full(f->r);
    own_line(f, &line);
    assert_true(same(f, str_get(&line)));
    str_release(&line);
}

/* Of a panic, of a hang, and of a restore that failed. */
static void lines_with_less(void **state)
{
    struct fixture *f = *state;
    struct sim_restore restore = {.error = "no", .fds_left = -1};
    struct sim_result *r = small_result(f);
    r->has_nodes = false;
    r->restore = &restore;
    assert_true(same(f, "{'id':'a','result':'ok','error':'','log':['I hello'],'fds_left':0,"
                        "'restore':{'error':'no','fds_left':-1,'log':[]}}"));
    assert_false(same(f, "{'id':'a','result':'ok','error':'','log':['I hello'],'fds_left':0,"
                         "'restore':{'fds_left':-1,'log':[],'mount_sources':{}}}"));
    r->restore = NULL;
    r->outcome = OUTCOME_PANIC;
    r->error = "it broke";
    assert_true(same(f, "{'id':'a','result':'panic','error':'it broke'}"));
    assert_false(same(f, "{'id':'a','result':'panic','error':'it broke','log':[]}"));
    assert_false(same(f, "{'id':'a','result':'panic'}"));
}

/* As other writers write it, and spaces that count. */
static void spaces_between_values_are_nothing(void **state)
{
    struct fixture *f = *state;
    small_result(f)->has_nodes = false;
    assert_true(same(f, "{'id':'a','result':'ok','error':'','log': [ 'I hello' ] , 'fds_left':0}"));
    assert_true(
        same(f, " { 'id' : 'a' ,'result': 'ok','error':'','log':['I hello'],'fds_left': 0 } "));
    assert_false(same(f, "{'id':'a','result':'ok','error':'','log':['I  hello'],'fds_left':0}"));
    assert_false(same(f, "{'id':'a','result':' ok','error':'','log':['I hello'],'fds_left':0}"));
    assert_false(same(f, "{'id':'a','result':'ok','error':'','log':['I hello'],'fds_left':0 0}"));
}

static void mount_sources_in_any_order(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *sources;
        bool same;
    } lines[] = {
        {"{'proc':[P,Q],'9p':[R]}", true},
        {"{'9p':[R], 'proc':[P, Q]}", true},
        {"{'9p':[R],'proc':[Q,P]}", false},
        {"{'9p':[R],'proc':[P]}", false},
        {"{'9p':[R]}", false},
        {"{'9p':[R],'9p':[R],'9p':[R]}", false},
        {"{'9p':[R],'proc':[P,Q],'sysfs':[]}", false},
        {"{'9p':[R],'proc':[P,Q],}", false},
        {"{,'9p':[R],'proc':[P,Q]}", false},
        {"{'9p':[R]'proc':[P,Q]}", false},
        {"{'9p':[R],'proc':[P,Q]", false},
    };
    struct sim_result *r = full_result(f);
    r->has_compiled = r->has_nodes = false;
    r->n_ops = 0;
    r->restore->log.n = 0;
    r->host_diff.n = 0;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct str line;
        str_init(&line, &f->d);
        str_add(&line, "{'id':'a','result':'ok','error':'','log':['I hello'],'fds_left':0,"
                       "'restore':{'fds_left':2,'log':[],'mount_sources':");
        for (const char *p = lines[i].sources; *p; p++) {
            char c[] = {*p, '\0'};
            str_add(&line, *p == 'P'   ? "{'dev':'none','flags':'','data':''}"
                           : *p == 'Q' ? "{'dev':'x','flags':'','data':'y'}"
                           : *p == 'R' ? "{'dev':'9pfs-/','flags':'ro','data':'trans=fd'}"
                                       : c);
        }
        str_add(&line, "}}");
        assert_int_equal(same(f, str_get(&line)), lines[i].same);
        str_release(&line);
    }
    end_full(r);
}

static void a_result_without_nodes(void **state)
{
    struct fixture *f = *state;
    struct str with, without;
    small_result(f);
    own_line(f, &with);
    f->r->has_nodes = false;
    own_line(f, &without);
    assert_false(same(f, str_get(&with)));
    assert_true(same(f, str_get(&without)));
    f->r->has_nodes = true;
    assert_false(same(f, str_get(&without)));
    str_release(&with);
    str_release(&without);
}

/* One byte, a member less, one more, and what is no whole object. */
static void every_change_is_seen(void **state)
{
    struct fixture *f = *state;
    struct str line;
    full_result(f);
    own_line(f, &line);
    for (size_t i = 0; i < line.n; i++) {
        char was = line.p[i];
        line.p[i] = was == '~' ? '!' : '~';
        assert_false(same(f, line.p));
        line.p[i] = ' ';
        assert_true(!same(f, line.p) || was == ' ');
        line.p[i] = '\0';
        assert_false(same(f, line.p));
        assert_false(line_is_result(&f->d, line.p, line.n, f->r, NULL));
        line.p[i] = was;
    }
    assert_true(same(f, line.p));
    line.n--;
    str_add(&line, ", \"more\": 1}");
    assert_false(same(f, line.p));
    str_release(&line);
    end_full(f->r);
    assert_false(same(f, "{}"));
    assert_false(same(f, "{'nodes':[]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(its_own_line),
        test(lines_with_less),
        test(spaces_between_values_are_nothing),
        test(mount_sources_in_any_order),
        test(a_result_without_nodes),
        test(every_change_is_seen),
    };
    return cmocka_run_group_tests_name("expect_same_line", tests, NULL, NULL);
}
