#include "world.h"

struct rule_row {
    struct spec_mount m;
    int access;
    bool overlay;
    const char *row; /* that must act, */
    bool acts;       /* or must not */
};

/* The rows that a mount's text alone decides; each with a neighbour where it does not act. */
/* proves: PQ-13 PQ-15 */
static void test_rules(void **state)
{
    (void)state;
    const struct rule_row rows[] = {
        {MOUNT("/a", "bind", "0"), ACCESS_DIRECT, false, "PQ-05", true},
        {MOUNT("/a", "bind", "/0"), ACCESS_DIRECT, false, "PQ-05", false},
        {MOUNT("/a", "none", "x", OPTS("rbind")), ACCESS_PROXY, false, "PQ-06", true},
        {MOUNT("/a", "none", "x", OPTS("ro")), ACCESS_PROXY, false, "PQ-06", false},
        {MOUNT("/a", "bind", "x", OPTS("ro", "rw")), ACCESS_PROXY, false, "PQ-08", true},
        {MOUNT("/a", "bind", "x", OPTS("rw", "ro")), ACCESS_PROXY, false, "PQ-08", false},
        {MOUNT("/a", "bind", ""), ACCESS_PROXY, false, "PQ-09", true},
        {MOUNT("/a", "bind", "x"), ACCESS_PROXY, false, "PQ-09", false},
        {MOUNT("/tmp/", "bind", "x"), ACCESS_PROXY, false, "PQ-11", true},
        {MOUNT("/tmp", "tmpfs", "x"), ACCESS_PROXY, false, "PQ-11", false},
        {MOUNT("/a", "none", "x"), ACCESS_PROXY, false, "PQ-12", true},
        {MOUNT("/a", "tmpfs", "x", OPTS("uid=1,gid")), ACCESS_PROXY, false, "PQ-13", true},
        {MOUNT("/a", "tmpfs", "x", OPTS("size=1,gid")), ACCESS_PROXY, false, "PQ-13", false},
        {MOUNT("/a", "bind", "/0,x"), ACCESS_DIRECT, false, "PQ-13", true},
        {MOUNT("/a", "bind", "/0,x"), ACCESS_PROXY, false, "PQ-13", false},
        {MOUNT("/a", "tmpfs", "x", OPTS("uid=1")), ACCESS_PROXY, false, "PQ-15", true},
        {MOUNT("/a", "tmpfs", "x", OPTS("size=1")), ACCESS_PROXY, false, "PQ-15", false},
        {MOUNT("/a", "bind", "x", OPTS("z")), ACCESS_PROXY_EXCLUSIVE, true, "PQ-16", true},
        {MOUNT("/a", "bind", "x", OPTS("z")), ACCESS_PROXY_EXCLUSIVE, false, "PQ-16", false},
        {MOUNT("/a", "cgroup", "x"), ACCESS_PROXY, false, "PQ-22", true},
        {MOUNT("a", "cgroup", "x"), ACCESS_PROXY, false, "PQ-22", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct spec_mount m = rows[i].m;
        struct spec spec = SPEC_EMPTY;
        spec.mounts = &m;
        spec.n_mounts = 1;
        world_init(&w, PROFILE_GVISOR_2018_08_14);
        w.conf = (struct config){.file_access = rows[i].access, .overlay = rows[i].overlay};
        bool gofer = rows[i].access != ACCESS_DIRECT;
        world_run(&w, &spec, gofer ? 1 + (strcmp(m.type, "bind") == 0) : 0);
        assert_string_equal(w.err.text ? w.err.text : "", "");
        const struct boot_provenance *p = &w.rec.mounts[w.rec.compiled.n - 1];
        if (has_rule(p, rows[i].row) != rows[i].acts) {
            fail_msg("row %zu: %s", i, rows[i].row);
        }
        world_close(&w);
    }
}

static void expect_ignored(const struct boot_provenance *p, const char *expected)
{
    char text[200] = "";
    for (size_t i = 0; i < p->ignored.n; i++) {
        strcat(text, p->ignored.p[i]);
        strcat(text, " ");
    }
    assert_string_equal(text, expected);
}

static void test_ignored(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/a", "tmpfs", "", OPTS("mode=0700", "size=1", "ro", "x")),
                            MOUNT("/b", "bind", "/x", OPTS("mode=0700", "noatime", "rbind")),
                            MOUNT("/c", "cgroup", "", OPTS("ro", "x")));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 2);
    assert_int_equal(w.r, 0);
    expect_ignored(&w.rec.mounts[5], "size=1 x ");
    expect_ignored(&w.rec.mounts[6], "mode=0700 rbind ");
    expect_ignored(&w.rec.mounts[7], "ro x ");
    assert_string_equal(w.rec.mounts[5].data, "mode=0700");
    assert_string_equal(w.rec.mounts[5].fs, "tmpfs");
    assert_true(w.rec.mounts[5].flags.read_only);
    assert_string_equal(w.rec.mounts[7].fs, "");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_ignored),
    };
    return cmocka_run_group_tests_name("boot_record", tests, NULL, NULL);
}
