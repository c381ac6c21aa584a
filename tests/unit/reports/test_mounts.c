#include "support.h"

static void record(struct rep_run *run, const char *name, const struct rep_mount *mounts,
                   size_t count, bool tree)
{
    struct rep_node nodes[] = {
        make_node("/", "dir"),           make_node("/loop", "symlink"), make_node("/run", "dir"),
        make_node("/run/up", "symlink"), make_node("/run/x", "dir"),    make_node("/there", "dir"),
        make_node("/var", "symlink"),
    };
    nodes[1].target = "loop";
    nodes[3].target = "../there";
    nodes[4].mountpoint = true;
    nodes[5].mountpoint = true;
    nodes[6].target = "/run";
    struct rep_result result = {.name = name,
                                .result = "ok",
                                .mounts = mounts,
                                .n_mounts = count,
                                .nodes = nodes,
                                .n_nodes = tree ? 7 : 0};
    OK(run->db, rep_record(run, &result));
}

static bool is_lost(struct scratch *t, struct rep_mount mount, bool tree)
{
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    record(run, "c", &mount, 1, tree);
    end_run(run);
    bool lost = query_int(db, "SELECT lost FROM result_mount WHERE run = "
                              "(SELECT max(id) FROM run)") == 1;
    rep_close(db);
    return lost;
}

static struct rep_mount mount_at(const char *destination)
{
    return (struct rep_mount){.destination = destination,
                              .type = "tmpfs",
                              .fs = "tmpfs",
                              .spec_index = -1,
                              .shadowed_by = -1};
}

/* A lost mount (VQ-09) is told from one that is there, hidden, or was never made. */
static void lost_mounts_are_seen(void **state)
{
    struct scratch *t = *state;
    static const char *const there[] = {"/there", "there",  "//there/.", "/run/../there",
                                        "/run/x", "/var/x", "/var/up",   "/../there"};
    static const char *const lost[] = {"/gone", "/run", "/there/x", "/loop", "/", ""};
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++) {
        assert_false(is_lost(t, mount_at(there[i]), true));
    }
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        assert_true(is_lost(t, mount_at(lost[i]), true));
    }
    struct rep_mount mount = mount_at("/gone");
    assert_false(is_lost(t, mount, false));
    mount.shadowed_by = 1;
    assert_false(is_lost(t, mount, true));
    mount = mount_at("/gone");
    mount.fs = NULL;
    assert_false(is_lost(t, mount, true));
}

static void the_named_queries_tell_them(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_mount mounts[] = {mount_at("/gone"), mount_at("/there"), mount_at("/hidden"),
                                 mount_at("/none")};
    mounts[1].ignored = "nosuid,mode=\033[1m";
    mounts[2].shadowed_by = 3;
    mounts[3].fs = NULL;
    record(run, "c", mounts, 4, true);
    end_run(run);
    OK(db, rep_query(db, "lost-mounts", &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,0,/gone");
    assert_lacks(t->text.data, "/there");
    assert_lacks(t->text.data, "/hidden");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "shadowed-mounts", &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,2,/hidden");
    assert_lacks(t->text.data, "/gone");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "ignored-mounts", &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,1,/there");
    assert_contains(t->text.data, "\"nosuid,mode=\\x1b[1m\"");
    assert_contains(t->text.data, "c,3,/none");
    assert_lacks(t->text.data, "/hidden");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(lost_mounts_are_seen),
        SCRATCH_TEST(the_named_queries_tell_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
