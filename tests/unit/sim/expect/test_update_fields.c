/* update_fields.c and update_nodes.c. */
#include "fixture.h"

#include "update_fields.h"

/* What `old` becomes for the result at hand (apostrophes stand for quotes). */
static void becomes(struct fixture *f, bool whole, const char *old, const char *text)
{
    struct fresh fresh;
    struct json_doc doc;
    struct str in, out, want;
    struct subtrees subtrees = {.d = &f->d};
    struct str *texts[] = {&in, &want};
    const char *given[] = {old, text};
    for (size_t i = 0; i < 2; i++) {
        str_init(texts[i], &f->d);
        for (const char *p = given[i]; *p; p++) {
            str_addc(texts[i], *p == '\'' ? '"' : *p);
        }
    }
    subtrees.path = mem_dup(&f->d, write_file(f, "subtrees.json",
                                              "{'etc':[{'path':'','type':'dir','mode':'0755',"
                                              "'uid':0,'gid':0,'nlink':1,'fs':'9p','flags':'',"
                                              "'mountpoint':false,'overlay':false,'readdir':true}"
                                              "]}"));
    str_init(&out, &f->d);
    assert_int_equal(fresh_init(&fresh, &f->d, f->r, &subtrees, &f->err), 0);
    assert_int_equal(json_parse(&f->d, "", 1, "", str_get(&in), in.n, &doc, &f->err), 0);
    update_fields(&out, &fresh, &doc, doc.root, whole);
    assert_string_equal(str_get(&out), str_get(&want));
    fresh_release(&fresh);
    json_release(&doc);
    subtrees_release(&subtrees);
    str_release(&in);
    str_release(&out);
    str_release(&want);
}

#define HOSTS                                                                                      \
    "{'path': '/etc/hosts', 'type': 'file', 'mode': '0644', 'uid': 0, 'gid': 0, 'size': 3, "       \
    "'nlink': 1, 'fs': '9p', 'flags': '', 'mountpoint': false, 'overlay': false, 'readdir': true}"
#define DIR(path, mount)                                                                           \
    "{'path': '" path "', 'type': 'dir', 'mode': '0755', 'uid': 0, 'gid': 0, 'nlink': 1, 'fs': "   \
    "'9p', 'flags': '', 'mountpoint': " mount ", 'overlay': false, 'readdir': true}"

static void fields_that_differ(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    becomes(f, false, "{'result':'error' , 'error':'x','log':[ 'I hello' ], 'fds_left': 2}",
            "{'result':'ok' , 'error':'','log':[ 'I hello' ], 'fds_left': 0}");
    becomes(f, false, "{'host_diff':[],'restore':null,'ops':[{'op':['x']}],'compiled':[1]}",
            "{'host_diff':[],'restore':null,'ops':[],'compiled':[]}");
    becomes(f, false, "{'comment':1,'mtree':'x','nonsense':2}",
            "{'comment':1,'mtree':'x','nonsense':2}");
}

static void an_operation_of_any_value_gets_what_it_lacks(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->n_nodes = 0;
    f->r->ops = mem_resize(&f->d, NULL, 0, 1, sizeof(*f->r->ops), "ops");
    f->r->n_ops = 1;
    f->r->ops[0] = (struct sim_op_result){"[\"read\", \"/\"]", "EIO", "\"x\""};
    becomes(f, false, "{'ops':[{'op':['read','/'], 'value':'*', 'other':1}]}",
            "{'ops':[{'op':['read','/'], 'value':'*', 'errno': 'EIO'}]}");
    becomes(f, false, "{'ops':[{'errno':'x', 'op':['read','/'], 'value':'*', 'errno':'EIO'}]}",
            "{'ops':[{'errno':'x', 'op':['read','/'], 'value':'*', 'errno':'EIO'}]}");
}

static void what_does_not_count_goes(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    assert_int_equal(sim_result_outcome(f->r, OUTCOME_PANIC, "why"), 0);
    becomes(f, false, "{'log':['x'],'result':'ok','comment':'c','error':'','nodes_include':[]}",
            "{'result':'panic','comment':'c','error':'why'}");
    assert_int_equal(sim_result_outcome(f->r, OUTCOME_HANG, "why"), 0);
    becomes(f, false, "{'result':'ok','error':'x'}", "{'result':'hang'}");
}

static void whole_lines_take_what_is_more(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->n_nodes = 1;
    becomes(
        f, true, "{'id':'a','result':'ok','extra':7}",
        "{'id':'a','result':'ok','extra':7,'log': ['I hello'],'nodes': [" DIR("/", "true") "]}");
}

static void trees_change_node_by_node(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    becomes(f, false, "{'nodes':[ {'path':'/x'} ,\n" HOSTS "]}",
            "{'nodes':[ " DIR("/", "true") " ,\n" DIR("/etc", "false") " ,\n" HOSTS "]}");
    f->r->n_nodes = 2;
    becomes(f, false, "{'nodes':[{'path':'/','subtree':'none'}, {'path':'/etc','subtree':'etc'}]}",
            "{'nodes':[" DIR("/", "true") ", {'path':'/etc','subtree':'etc'}]}");
    f->r->nodes[1].uid = 7;
    becomes(
        f, false, "{'nodes':[" DIR("/", "true") ",  {'path':'/etc','subtree':'etc'}]}",
        "{'nodes':[" DIR(
            "/",
            "true") ",  {'path': '/etc', 'type': 'dir', 'mode': '0755', "
                    "'uid': 7, 'gid': 0, 'nlink': 1, 'fs': '9p', 'flags': '', 'mountpoint': false, "
                    "'overlay': false, 'readdir': true}]}");
}

static void some_nodes_change_in_the_fields_they_name(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    becomes(
        f, false,
        "{'nodes_include':[{'mode':'0600', 'path':'/etc/hosts' ,'target':'x'}, {'path':'/gone'},"
        " {'path':'/etc','subtree':'etc'}]}",
        "{'nodes_include':[{'mode':'0644', 'path':'/etc/hosts' ,'target':null},"
        " {'path':'/etc','subtree':'etc'}]}");
}

static void mounts_change_in_the_fields_they_name(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    struct sim_mount *mounts = mem_resize(&f->d, NULL, 0, 2, sizeof(*mounts), "mounts");
    f->r->mounts = mounts;
    f->r->n_mounts = 2;
    mounts[0] = mounts[1] = sim_mount_absent;
    mounts[0].destination = "/";
    mounts[1].destination = "/a";
    mounts[1].flags = "ro";
    becomes(
        f, false,
        "{'mounts_include':[{'destination':'/a' ,'flags':'rw', 'fs':'x'}, {'destination':'/b'}],"
        " 'mounts' : [{'destination':'/c'}]}",
        "{'mounts_include':[{'destination':'/a' ,'flags':'ro', 'fs':null}],"
        " 'mounts' : [{'destination':'/'}, {'destination': '/a', 'type': '', 'source': '', "
        "'state': 'pending', "
        "'flags': 'ro', 'data': '', 'rules': '', 'ignored': '', 'created': ''}]}");
}

int main(void)
{
    const struct CMUnitTest update_tests[] = {
        test(fields_that_differ),
        test(an_operation_of_any_value_gets_what_it_lacks),
        test(what_does_not_count_goes),
        test(whole_lines_take_what_is_more),
        test(trees_change_node_by_node),
        test(some_nodes_change_in_the_fields_they_name),
        test(mounts_change_in_the_fields_they_name),
    };
    return cmocka_run_group_tests(update_tests, NULL, NULL);
}
