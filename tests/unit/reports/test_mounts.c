#include "support.h"

static void record(struct rep_run *run, const char *name, const struct rep_mount *mounts,
                   size_t count, bool tree)
{
    const struct rep_node nodes[] = {make_node("/", "dir"), make_node("/there", "dir")};
    struct rep_result result = {.name = name,
                                .result = "ok",
                                .mounts = mounts,
                                .n_mounts = count,
                                .nodes = nodes,
                                .n_nodes = tree ? 2 : 0};
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
    struct rep_mount mount = REP_MOUNT_INIT;
    mount.destination = destination;
    mount.type = mount.fs = "tmpfs";
    mount.state = "done";
    return mount;
}

/* A lost mount (VQ-09) is told from one that is there, hidden, gone on purpose, or never made. */
static void lost_mounts_are_seen(void **state)
{
    struct scratch *t = *state;
    struct rep_mount mount = mount_at("/gone");
    assert_true(is_lost(t, mount, true));
    assert_false(is_lost(t, mount, false));
    mount.shadowed_by = 1;
    assert_false(is_lost(t, mount, true));
    mount = mount_at("/there");
    mount.seen_at = "/there";
    assert_false(is_lost(t, mount, true));
    mount = mount_at("/gone");
    mount.state = "unmounted";
    assert_false(is_lost(t, mount, true));
    mount.state = NULL;
    assert_true(is_lost(t, mount, true));
    mount.fs = NULL;
    assert_false(is_lost(t, mount, true));
}

static int check_mounts(void *arg, const struct rep_result *result)
{
    bool *called = arg;
    assert_int_equal(result->n_mounts, 2);
    const struct rep_mount *m = &result->mounts[0];
    assert_string_equal(m->state, "done");
    assert_string_equal(m->place, "/run/a b");
    assert_string_equal(m->seen_at, "/there");
    assert_string_equal(m->layers, "tmpfs 9p stub");
    assert_string_equal(m->data, "mode=1777");
    assert_string_equal(m->hides, "{\"type\":\"dir\"}");
    assert_string_equal(m->options, "[{\"option\":\"ro\"}]");
    assert_string_equal(m->reasons, "[{\"rule\":\"PQ-12\"}]");
    assert_string_equal(m->made, "[]");
    assert_int_equal(m->mount_id, 7);
    assert_int_equal(m->log_first, 0);
    assert_int_equal(m->log_lines, 3);
    assert_int_equal(m->op, 0);
    m = &result->mounts[1];
    assert_null(m->place);
    assert_null(m->seen_at);
    assert_null(m->layers);
    assert_null(m->data);
    assert_null(m->hides);
    assert_int_equal(m->mount_id, -1);
    assert_int_equal(m->log_first, -1);
    assert_int_equal(m->op, -1);
    *called = true;
    return 0;
}

static void provenance_comes_back(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_mount mounts[] = {mount_at("/a"), mount_at("/b")};
    mounts[0] = (struct rep_mount){.destination = "/var/a b",
                                   .type = "none",
                                   .fs = "sysfs",
                                   .spec_index = 2,
                                   .shadowed_by = -1,
                                   .state = "done",
                                   .place = "/run/a b",
                                   .seen_at = "/there",
                                   .layers = "tmpfs 9p stub",
                                   .data = "mode=1777",
                                   .hides = "{\"type\":\"dir\"}",
                                   .options = "[{\"option\":\"ro\"}]",
                                   .reasons = "[{\"rule\":\"PQ-12\"}]",
                                   .made = "[]",
                                   .mount_id = 7,
                                   .log_first = 0,
                                   .log_lines = 3,
                                   .op = 0};
    record(run, "c", mounts, 2, true);
    /* Another list, though only a new field differs. */
    mounts[0].place = "/run/b";
    record(run, "d", mounts, 2, true);
    end_run(run);
    assert_int_equal(query_int(db, "SELECT count(DISTINCT mounts) FROM result"), 2);
    bool called = false;
    OK(db, rep_read_case(db, "latest", "c", check_mounts, &called));
    assert_true(called);
    rep_close(db);
}

/* What differs only by its place in the list is stored once, and comes back with its place. */
static void equal_mounts_share_a_row(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    for (int i = 0; i < 2; i++) { /* the second time without what the first remembered */
        struct rep_run *run = begin_run(db, NULL);
        struct rep_mount mounts[] = {mount_at("/a"), mount_at("/b"), mount_at("/a")};
        record(run, "c", mounts, 3, false);
        rep_forget_caches(db);
        mounts[0].shadowed_by = 2;
        mounts[1].spec_index = 5;
        mounts[1].log_first = 8;
        mounts[1].log_lines = 9;
        mounts[1].mount_id = 4;
        mounts[1].op = 6;
        record(run, "d", mounts, 3, false);
        end_run(run);
    }
    assert_int_equal(count_rows(db, "mount_row"), 2);
    assert_int_equal(count_rows(db, "mount_list"), 2);
    assert_int_equal(count_rows(db, "result_mount"), 12);
    assert_int_equal(query_int(db, "SELECT count(*) FROM result_mount WHERE name = 'd' AND idx = 1 "
                                   "AND destination = '/b' AND spec_index = 5 AND log_first = 8 "
                                   "AND log_lines = 9 AND mount_id = 4 AND op = 6 "
                                   "AND shadowed_by IS NULL"),
                     2);
    assert_int_equal(query_int(db, "SELECT count(*) FROM result_mount WHERE name = 'd' AND idx = 0 "
                                   "AND destination = '/a' AND shadowed_by = 2"),
                     2);
    rep_close(db);
}

static void the_named_queries_tell_them(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_mount mounts[] = {mount_at("/gone"), mount_at("/there"), mount_at("/hidden"),
                                 mount_at("/none")};
    mounts[1].ignored = "nosuid,mode=\033[1m";
    mounts[1].seen_at = "/there";
    mounts[2].shadowed_by = 3;
    mounts[3].fs = NULL;
    record(run, "c", mounts, 4, true);
    end_run(run);
    OK(db, rep_query(db, "lost-mounts", NULL, &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,/gone,");
    assert_lacks(t->text.data, "/there");
    assert_lacks(t->text.data, "/hidden");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "shadowed-mounts", NULL, &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,/hidden,");
    assert_contains(t->text.data, ",/none,"); /* by which */
    assert_lacks(t->text.data, "/gone");
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "ignored-mounts", NULL, &t->sink, REP_FORMAT_CSV));
    assert_contains(t->text.data, "c,/there,");
    assert_contains(t->text.data, "\"nosuid,mode=\\x1b[1m\"");
    assert_contains(t->text.data, "c,/none,");
    assert_lacks(t->text.data, "/hidden");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(lost_mounts_are_seen),
        SCRATCH_TEST(provenance_comes_back),
        SCRATCH_TEST(equal_mounts_share_a_row),
        SCRATCH_TEST(the_named_queries_tell_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
