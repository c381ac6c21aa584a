/* same_nodes.c: what it calls the same is the same, and every doubt is left to the close look. */
#include "fixture.h"

#define ROOT                                                                                       \
    "{'path':'/','type':'dir','mode':'0755','uid':0,'gid':0,'nlink':1,'fs':'9p','flags':'',"       \
    "'mountpoint':true,'overlay':false,'readdir':true}"
#define BELOW(path)                                                                                \
    "{'path':'" path "','type':'dir','mode':'0755','uid':0,'gid':0,'nlink':1,'fs':'9p',"           \
    "'flags':'','mountpoint':false,'overlay':false,'readdir':true}"
#define HOSTS(path)                                                                                \
    "{'path':'" path "','type':'file','mode':'0644','uid':0,'gid':0,'size':3,'nlink':1,"           \
    "'fs':'9p','flags':'','mountpoint':false,'overlay':false,'readdir':true}"
#define TREE "[" ROOT "," BELOW("/etc") "," HOSTS("/etc/hosts") "]"

static bool same(struct fixture *f, const char *text, struct subtrees *s)
{
    char *copy = strdup(text);
    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    struct cursor c = {copy, copy + strlen(copy)};
    bool same = nodes_are(&f->d, &c, f->r, s) && cursor_at_end(&c);
    free(copy);
    return same;
}

/* Fills the index, which a search does not. */
static struct subtrees some_subtrees(struct fixture *f, const char *text)
{
    struct subtrees s = {.d = &f->d, .path = mem_dup(&f->d, write_file(f, "subtrees.json", text))};
    assert_non_null(subtrees_find(&s, "one", &f->v));
    return s;
}

static void the_nodes_of_a_result(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_true(same(f, TREE, NULL));
    assert_true(same(f, " [ " ROOT " ,\n" BELOW("/etc") ", " HOSTS("/etc/hosts") "\n] ", NULL));
}

static void too_few_too_many_and_others(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_false(same(f, "[]", NULL));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") "]", NULL));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") "," BELOW("/etc/hosts") "]", NULL));
    assert_false(
        same(f, "[" ROOT "," BELOW("/etc") "," HOSTS("/etc/hosts") "," HOSTS("/etc/i") "]", NULL));
    assert_false(
        same(f, "[" ROOT "," BELOW("/etc") "," BELOW("/etc") "," HOSTS("/etc/hosts") "]", NULL));
    assert_false(same(f, TREE ",", NULL));
    assert_false(same(f, "{}", NULL));
    assert_false(same(f, "", NULL));
}

/* One byte, each in turn. */
static void every_change_is_seen(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    char text[] = TREE;
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        char was = text[i];
        text[i] = was == '~' ? '!' : '~';
        assert_false(same(f, text, NULL));
        text[i] = was;
    }
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        char was = text[n];
        text[n] = '\0';
        assert_false(same(f, text, NULL));
        text[n] = was;
    }
    assert_true(same(f, text, NULL));
}

/* A field that is in the text must be in the node. */
static void fields_that_may_be_absent(void **state)
{
    struct fixture *f = *state;
    small_result(f)->nodes[2].target = "a";
    assert_false(same(f, TREE, NULL));
    f->r->nodes[2].target = NULL;
    f->r->nodes[2].special = true;
    assert_false(same(f, TREE, NULL));
    f->r->nodes[2].special = false;
    f->r->nodes[2].size = -1;
    assert_false(same(f, TREE, NULL));
}

/* Wherever the reference stands; its list may begin and end between nodes of the tree. */
static void subtrees_are_put_back(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    struct subtrees s = some_subtrees(f, "{ 'none': [],\n 'one': [ " HOSTS("/hosts") " ]}");
    assert_true(same(f, "[" ROOT "," BELOW("/etc") ",{'path':'/etc','subtree':'one'}]", &s));
    assert_true(same(f, "[{'path':'/etc','subtree':'one'}," ROOT "," BELOW("/etc") "]", &s));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") ",{'path':'/usr','subtree':'one'}]", &s));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") ",{'path':'/etc','subtree':'two'}]", &s));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") ",{'path':'/etc','subtree':'none'}]", &s));
    assert_false(same(f, "[" ROOT "," BELOW("/etc") ",{'path':'/etc','subtree':'one'}]", NULL));
    subtrees_release(&s);
}

/* The close look decides which of two counts. */
static void a_node_named_twice_is_a_doubt(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    struct subtrees s = some_subtrees(f, "{'one':[" HOSTS("/hosts") "]}");
    assert_false(same(
        f, "[" ROOT "," BELOW("/etc") "," HOSTS("/etc/hosts") ",{'path':'/etc','subtree':'one'}]",
        &s));
    subtrees_release(&s);
}

int main(void)
{
    const struct CMUnitTest same_nodes_tests[] = {
        test(the_nodes_of_a_result), test(too_few_too_many_and_others),
        test(every_change_is_seen),  test(fields_that_may_be_absent),
        test(subtrees_are_put_back), test(a_node_named_twice_is_a_doubt),
    };
    return cmocka_run_group_tests(same_nodes_tests, NULL, NULL);
}
