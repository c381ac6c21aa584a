#include "world.h"

/* One option of one mount; `rule` NULL = none. */
struct row {
    struct spec_mount m;
    size_t option;
    int fd; /* that the mount took, or -1 */
    bool overlay;
    enum boot_effect effect;
    const char *rule;
};

/* The last of ro and rw counts (a descriptor has a server that any ro makes read-only); tmpfs takes
 * the last of a key; the rest does nothing. */
static void test_effects(void **state)
{
    (void)state;
    const struct row rows[] = {
        {MOUNT("/a", "proc", "", OPTS("ro")), 0, -1, false, BOOT_OPTION_APPLIED, NULL},
        {MOUNT("/a", "proc", "", OPTS("ro", "rw")), 0, -1, false, BOOT_OPTION_OVERRIDDEN, NULL},
        {MOUNT("/a", "proc", "", OPTS("ro", "rw")), 1, -1, false, BOOT_OPTION_APPLIED, NULL},
        {MOUNT("/a", "proc", "", OPTS("rw", "ro")), 0, -1, false, BOOT_OPTION_OVERRIDDEN, NULL},
        {MOUNT("/a", "proc", "", OPTS("ro", "ro")), 0, -1, false, BOOT_OPTION_APPLIED, NULL},
        {MOUNT("/a", "proc", "", OPTS("noatime")), 0, -1, false, BOOT_OPTION_APPLIED, NULL},
        {MOUNT("/a", "proc", "", OPTS("noatime ")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "proc", "", OPTS("nosuid")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "proc", "", OPTS("mode=1")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "proc", "", OPTS("a=b=c")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "bind", "x", OPTS("ro", "rw")), 0, 3, false, BOOT_OPTION_OVERRIDDEN, "PQ-08"},
        {MOUNT("/a", "bind", "x", OPTS("ro", "rw")), 0, -1, false, BOOT_OPTION_OVERRIDDEN, NULL},
        {MOUNT("/a", "bind", "x", OPTS("rw")), 0, 3, true, BOOT_OPTION_APPLIED, NULL},
        {MOUNT("/a", "bind", "x", OPTS("rbind")), 0, 3, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "none", "x", OPTS("rbind")), 0, -1, false, BOOT_OPTION_IGNORED, "PQ-06"},
        {MOUNT("/a", "tmpfs", "", OPTS("mode=1", "mode")), 0, -1, false, BOOT_OPTION_OVERRIDDEN,
         NULL},
        {MOUNT("/a", "tmpfs", "", OPTS("mode=1", "mode")), 1, -1, false, BOOT_OPTION_APPLIED,
         "PQ-15"},
        {MOUNT("/a", "tmpfs", "", OPTS("mod", "mode")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "tmpfs", "", OPTS("uid=1")), 0, -1, false, BOOT_OPTION_APPLIED, "PQ-15"},
        {MOUNT("/a", "tmpfs", "", OPTS("size=1")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
        {MOUNT("/a", "tmpfs", "", OPTS("x=1=2")), 0, -1, false, BOOT_OPTION_REFUSED, "PQ-14"},
        {MOUNT("/a", "cgroup", "", OPTS("ro")), 0, -1, false, BOOT_OPTION_IGNORED, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct config conf = {.overlay = rows[i].overlay};
        const struct boot_provenance p = {.fd = rows[i].fd};
        struct boot_option o = {0};
        boot_option_effect(&conf, &rows[i].m, &p, rows[i].option, &o);
        if (o.effect != rows[i].effect || (o.rule != NULL) != (rows[i].rule != NULL) ||
            (o.rule && strcmp(o.rule, rows[i].rule) != 0)) {
            fail_msg("row %zu: effect %d, rule %s", i, (int)o.effect, o.rule ? o.rule : "-");
        }
        assert_true(!o.rule || o.why);
    }
}

/* What the text says is what the mount got. */
static void test_against_the_pipeline(void **state)
{
    (void)state;
    struct world w;
    struct spec spec =
        SPEC(MOUNT("/a", "tmpfs", "", OPTS("mode=0700", "nosuid", "mode=0711", "ro")));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    const struct boot_provenance *p = &w.rec.mounts[w.rec.compiled.n - 1];
    assert_string_equal(p->data, "mode=0700,mode=0711");
    assert_true(p->flags.read_only);
    assert_int_equal(p->ignored.n, 1);
    assert_string_equal(p->ignored.p[0], "nosuid");
    world_close(&w);
}

/* Where it was mounted, over what, and which lines of the log are its own. */
static void test_place(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("var/x", "tmpfs", "", OPTS("nosuid")),
                            MOUNT("/real/x", "proc", ""), MOUNT("/file", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[0] = "l:var=real d:real/x f:file";
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    const struct boot_provenance *first = &w.rec.mounts[w.rec.compiled.n - 3];
    assert_string_equal(first->place, "/real/x");
    assert_int_equal(first->hidden.type, INODE_DIRECTORY);
    assert_string_equal(first->hidden.fs, "9p");
    assert_int_equal(first->hidden.mount_id, w.rec.root.mount_id);
    assert_false(first->hidden.root);
    assert_int_equal(first[1].log_first, first->log_end);
    assert_true(first->log_end > first->log_first);
    assert_string_equal(w.rec.d->log[first->log_end - 1].text,
                        "Mounted \"\" to \"var/x\" type tmpfs");
    assert_string_equal(first[1].place, "/real/x");
    assert_int_equal(first[1].hidden.mount_id, first->mount_id);
    assert_true(first[1].hidden.root);
    assert_int_equal(first[2].hidden.type, INODE_REGULAR); /* PQ-17 */
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effects),
        cmocka_unit_test(test_against_the_pipeline),
        cmocka_unit_test(test_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
