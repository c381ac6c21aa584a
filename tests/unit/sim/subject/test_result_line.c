/* Lines as golden/README.md has them. */
#include "fixture.h"

static void assert_line(const struct sim_result *r, const char *want)
{
    struct str s;
    str_init(&s, r->d);
    assert_int_equal(sim_result_line(r, &s), 0);
    assert_string_equal(str_get(&s), want);
    str_release(&s);
}

static void outcomes(void **state)
{
    struct sim_result *r = sim_result_new(*state, "a/1");
    assert_line(r, "{\"id\": \"a/1\", \"result\": \"ok\", \"error\": \"\", \"log\": [], "
                   "\"fds_left\": 0}");
    assert_int_equal(sim_result_outcome(r, OUTCOME_PANIC, "no \"way\"\n\x01"), 0);
    assert_line(r, "{\"id\": \"a/1\", \"result\": \"panic\", \"error\": "
                   "\"no \\\"way\\\"\\n\\u0001\"}");
    assert_int_equal(sim_result_outcome(r, OUTCOME_HANG, ""), 0);
    assert_line(r, "{\"id\": \"a/1\", \"result\": \"hang\", \"error\": \"\"}");
    sim_result_free(r);
}

static void lists(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = sim_result_new(d, "a/2");
    assert_int_equal(sim_result_add(r, &r->log, "W careful\t"), 0);
    assert_int_equal(sim_result_add(r, &r->log, "I fine"), 0);
    assert_int_equal(sim_result_add(r, &r->host_diff, "+ @rootfs/x 040755 0:0"), 0);
    r->ops = mem_resize(d, NULL, 0, 2, sizeof(*r->ops), "ops");
    r->n_ops = 2;
    r->ops[0] = (struct sim_op_result){"[\"stat\", \"/\"]", "", "{\"mode\": 1}"};
    r->ops[1] = (struct sim_op_result){"[\"open\", \"/x\"]", "ENOENT", NULL};
    assert_line(r,
                "{\"id\": \"a/2\", \"result\": \"ok\", \"error\": \"\", \"log\": [\"W "
                "careful\\t\", \"I fine\"], \"fds_left\": 0, \"ops\": [{\"op\": [\"stat\", "
                "\"/\"], \"errno\": \"\", \"value\": {\"mode\": 1}}, {\"op\": [\"open\", "
                "\"/x\"], \"errno\": \"ENOENT\"}], \"host_diff\": [\"+ @rootfs/x 040755 0:0\"]}");
    sim_result_free(r);
}

static void nodes(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = sim_result_new(d, "a/3");
    r->has_nodes = true;
    r->nodes = mem_resize(d, NULL, 0, 2, sizeof(*r->nodes), "nodes");
    r->n_nodes = 2;
    r->nodes[0] = (struct sim_node){.path = "/",
                                    .type = "dir",
                                    .mode = "0755",
                                    .size = -1,
                                    .nlink = 2,
                                    .fs = "9p",
                                    .flags = "ro",
                                    .mountpoint = true,
                                    .readdir = true};
    r->nodes[1] = (struct sim_node){.path = "/l",
                                    .type = "symlink",
                                    .mode = "0777",
                                    .uid = 1,
                                    .gid = 2,
                                    .size = 3,
                                    .nlink = 1,
                                    .target = "etc",
                                    .fs = "tmpfs",
                                    .flags = "",
                                    .overlay = true,
                                    .upper = "tmpfs",
                                    .lower = "",
                                    .special = true};
    assert_line(r,
                "{\"id\": \"a/3\", \"result\": \"ok\", \"error\": \"\", \"log\": [], \"fds_left\": "
                "0, \"nodes\": [{\"path\": \"/\", \"type\": \"dir\", \"mode\": \"0755\", \"uid\": "
                "0, \"gid\": 0, \"nlink\": 2, \"fs\": \"9p\", \"flags\": \"ro\", \"mountpoint\": "
                "true, \"overlay\": false, \"readdir\": true}, {\"path\": \"/l\", \"type\": "
                "\"symlink\", \"mode\": \"0777\", \"uid\": 1, \"gid\": 2, \"size\": 3, \"nlink\": "
                "1, \"target\": \"etc\", \"fs\": \"tmpfs\", \"flags\": \"\", \"mountpoint\": "
                "false, \"overlay\": true, \"upper\": \"tmpfs\", \"lower\": \"\", \"special\": "
                "true, \"readdir\": false}]}");
    sim_result_free(r);
}

/* Mounts of the restore environment are grouped by filesystem, in the order of first appearance. */
static void restore(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = sim_result_new(d, "a/4");
    struct sim_restore env = {.error = "", .fds_left = 1, .n_mounts = 3};
    struct sim_restore_mount mounts[] = {
        {"9p", "9pfs-/", "", "a"}, {"tmpfs", "t", "ro", ""}, {"9p", "9pfs-/x", "", "b"}};
    env.mounts = mounts;
    r->restore = &env;
    assert_line(r, "{\"id\": \"a/4\", \"result\": \"ok\", \"error\": \"\", \"log\": [], "
                   "\"fds_left\": 0, \"restore\": {\"fds_left\": 1, \"log\": [], "
                   "\"mount_sources\": {\"9p\": [{\"dev\": \"9pfs-/\", \"flags\": \"\", "
                   "\"data\": \"a\"}, {\"dev\": \"9pfs-/x\", \"flags\": \"\", \"data\": "
                   "\"b\"}], \"tmpfs\": [{\"dev\": \"t\", \"flags\": \"ro\", \"data\": "
                   "\"\"}]}}}");
    env.error = "panic: out of fds";
    env.fds_left = -1;
    assert_line(r, "{\"id\": \"a/4\", \"result\": \"ok\", \"error\": \"\", \"log\": [], "
                   "\"fds_left\": 0, \"restore\": {\"error\": \"panic: out of fds\", "
                   "\"fds_left\": -1, \"log\": []}}");
    r->restore = NULL;
    sim_result_free(r);
}

/* Whatever a hostile tree is called, the line is JSON. */
static void assert_part(const struct sim_result *r, enum sim_result_part part, const char *want)
{
    struct str s;
    str_init(&s, r->d);
    assert_int_equal(sim_result_has(r, part), want != NULL);
    if (want) {
        sim_result_part(r, part, &s);
        assert_string_equal(str_get(&s), want);
    }
    str_release(&s);
}

/* One by one, and without spaces but those of texts. */
static void parts(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = sim_result_new(d, "a/5");
    struct sim_restore_mount mounts[] = {{"9p", "a b", "ro", ""}, {"proc", "none", "", ""}};
    struct sim_restore env = {.error = "", .mounts = mounts, .n_mounts = 2, .fds_left = 1};
    assert_part(r, RESULT_COMPILED, NULL);
    assert_part(r, RESULT_LOG, "[]");
    assert_part(r, RESULT_OPS, NULL);
    assert_part(r, RESULT_RESTORE, NULL);
    assert_part(r, RESULT_HOST_DIFF, NULL);
    r->has_compiled = true;
    r->restore = &env;
    assert_int_equal(sim_result_add(r, &r->log, "W not \" so\" fast"), 0);
    assert_int_equal(sim_result_add(r, &r->log, ""), 0);
    assert_int_equal(sim_result_add(r, &r->host_diff, "+ @rootfs/x"), 0);
    r->ops = mem_resize(d, NULL, 0, 1, sizeof(*r->ops), "ops");
    r->n_ops = 1;
    r->ops[0] = (struct sim_op_result){"[\"stat\", \"/a \\\" b\"]", "", "{\"mode\": 1}"};
    assert_part(r, RESULT_COMPILED, "[]");
    assert_part(r, RESULT_LOG, "[\"W not \\\" so\\\" fast\",\"\"]");
    assert_part(r, RESULT_OPS,
                "[{\"op\":[\"stat\",\"/a \\\" b\"],\"errno\":\"\","
                "\"value\":{\"mode\":1}}]");
    assert_part(r, RESULT_RESTORE,
                "{\"fds_left\":1,\"log\":[],\"mount_sources\":{\"9p\":[{\"dev\":\"a b\","
                "\"flags\":\"ro\",\"data\":\"\"}],\"proc\":[{\"dev\":\"none\",\"flags\":\"\","
                "\"data\":\"\"}]}}");
    assert_part(r, RESULT_HOST_DIFF, "[\"+ @rootfs/x\"]");
    r->outcome = OUTCOME_HANG;
    assert_part(r, RESULT_LOG, NULL);
    r->restore = NULL;
    sim_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(outcomes), SUBJECT_TEST(lists), SUBJECT_TEST(nodes),
        SUBJECT_TEST(restore),  SUBJECT_TEST(parts),
    };
    return cmocka_run_group_tests_name("sim_subject_result_line", tests, NULL, NULL);
}
