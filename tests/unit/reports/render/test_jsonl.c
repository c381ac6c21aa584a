#include "support.h"

static void members_of_a_line(void **state)
{
    struct rep_result one = failed("b");
    struct rep_node nodes[2] = {make_node("/", "dir"), make_node("/f", "symlink")};
    struct rep_mount mount = REP_MOUNT_INIT;
    nodes[1].target = "x";
    nodes[1].upper = "";
    nodes[1].size = 1;
    mount.destination = "/m";
    mount.type = "tmpfs";
    mount.source = "";
    mount.reasons = "[{\"rule\":\"PQ-22\",\"text\":\"why\"}]";
    one.nodes = nodes;
    one.n_nodes = 2;
    one.mounts = &mount;
    one.n_mounts = 1;
    one.leaks = 1;
    one.text[REP_LOG] = "[\"W x\"]";
    assert_string_equal(
        document(*state, "jsonl", &one, 1, true),
        "{\"id\":\"b\",\"schema\":1,\"status\":\"fail\",\"file\":\"suite.jsonl\",\"line\":3,"
        "\"differences\":[\"nodes /etc: mode want 0755 got 0700\",\"log: want none\"],"
        "\"findings\":[{\"severity\":\"warning\",\"code\":\"input\",\"text\":\"key \\\"x\\\" "
        "twice\"}],\"result\":\"error\",\"error\":\"no such device\",\"log\":[\"W x\"],"
        "\"fds_left\":0,\"leaks\":1,\"mounts\":[{\"destination\":\"/m\",\"type\":\"tmpfs\","
        "\"source\":\"\",\"reasons\":[{\"rule\":\"PQ-22\",\"text\":\"why\"}]}],\"nodes\":["
        "{\"path\":\"/\",\"type\":\"dir\",\"mode\":\"0755\",\"uid\":0,\"gid\":0,\"nlink\":1,\"fs\":"
        "\"9p\",\"flags\":\"\",\"mountpoint\":false,\"overlay\":false,\"readdir\":true},"
        "{\"path\":\"/f\",\"type\":\"symlink\",\"mode\":\"0644\",\"uid\":0,\"gid\":0,\"size\":1,"
        "\"nlink\":1,\"target\":\"x\",\"fs\":\"9p\",\"flags\":\"\",\"mountpoint\":false,"
        "\"overlay\":false,\"upper\":\"\",\"readdir\":true}]}\n");
}

static void of_a_panic_only_the_text_is_known(void **state)
{
    struct rep_result one = fine("a");
    one.result = "panic";
    one.error = "told to";
    one.text[REP_LOG] = "[\"W x\"]";
    assert_string_equal(document(*state, "jsonl", &one, 1, true),
                        "{\"id\":\"a\",\"schema\":1,\"status\":\"pass\",\"file\":\"suite.jsonl\","
                        "\"line\":1,\"result\":\"panic\",\"error\":\"told to\"}\n");
}

static void nothing_raw_comes_out(void **state)
{
    struct rep_result one = fine(HOSTILE);
    one.text[REP_LOG] = "[\"\xc2\x9b\xe2\x80\xae\xff\xf3\xa0\x80\x81\"]";
    const char *text = document(*state, "jsonl", &one, 1, true);
    assert_contains(text, "\"a\\u001b[2J#\\\\\\\"<&>'%,:\\u202e\\ufffd\\u000a\\u0009z\"");
    assert_contains(text, "\"log\":[\"\\u009b\\u202e\\ufffd\\udb40\\udc01\"]");
    assert_plain(text);
}

/* A file that somebody changed: each case is still one line of JSON. */
static void what_is_no_json_is_a_text(void **state)
{
    struct rep_result one = fine("a");
    one.text[REP_OPS_TEXT] = "[{\"x\xff:\"\"}]";
    one.text[REP_LOG] = "[\"a\",\n\t\"b\"]";
    const char *text = document(*state, "jsonl", &one, 1, true);
    assert_contains(text, "\"ops\":\"[{\\\"x\\ufffd:\\\"\\\"}]\"");
    assert_contains(text, "\"log\":[\"a\",  \"b\"]");
}

/* A tree larger than what is held before it is written. */
static void large_trees_are_written_in_parts(void **state)
{
    struct scratch *scratch = *state;
    struct rep_result one = fine("a");
    struct rep_node *nodes = calloc(1000, sizeof *nodes);
    char(*paths)[32] = calloc(1000, sizeof *paths);
    assert_true(nodes && paths);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "/node-%03d", i);
        nodes[i] = make_node(paths[i], "file");
    }
    one.nodes = nodes;
    one.n_nodes = 1000;
    const char *text = document(scratch, "jsonl", &one, 1, true);
    size_t found = 0;
    for (const char *p = text; (p = strstr(p, "{\"path\":\"/node-")); p++) {
        found++;
    }
    assert_int_equal(found, 1000);
    assert_lacks(text, "}{");
    assert_lacks(text, ",,");
    assert_contains(text, "\"readdir\":true}]}\n");
    free(nodes);
    free(paths);
}

int main(void)
{
    const struct CMUnitTest jsonl_tests[] = {
        SCRATCH_TEST(members_of_a_line),
        SCRATCH_TEST(of_a_panic_only_the_text_is_known),
        SCRATCH_TEST(nothing_raw_comes_out),
        SCRATCH_TEST(what_is_no_json_is_a_text),
        SCRATCH_TEST(large_trees_are_written_in_parts),
    };
    return cmocka_run_group_tests(jsonl_tests, NULL, NULL);
}
