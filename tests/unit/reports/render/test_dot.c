#include "support.h"

static struct rep_mount made(const char *destination, const char *fs)
{
    struct rep_mount mount = REP_MOUNT_INIT;
    mount.destination = mount.place = mount.seen_at = destination;
    mount.type = mount.fs = fs;
    mount.source = "";
    mount.state = "done";
    return mount;
}

static void mounts_stand_below_what_holds_them(void **state)
{
    struct rep_mount mounts[] = {made("/", "9p"), made("/a", "tmpfs"), made("/ab", "tmpfs"),
                                 made("/a/b", "proc"), made("/a", "tmpfs")};
    struct rep_result one = fine("x");
    mounts[0].layers = "tmpfs 9p stub";
    mounts[1].shadowed_by = 4;
    mounts[1].seen_at = NULL;
    mounts[3].seen_at = NULL;
    mounts[3].ignored = "nosuid";
    one.mounts = mounts;
    one.n_mounts = 5;
    one.n_nodes = 1;
    const char *text = document(*state, "dot", &one, 1, true);
    assert_contains(text, "  m0 -> m1;\n");
    assert_contains(text, "  m0 -> m2;\n");
    assert_contains(text, "  m1 -> m3;\n");
    assert_contains(text, "  m1 -> m4;\n");
    assert_contains(text, "  m1 -> m4 [label=\"hidden by\"");
    assert_contains(text, "m0 -> m0l0 [style=dotted, label=\"upper\"]");
    assert_contains(text, "m0 -> m0l1 [style=dotted, label=\"middle\"]");
    assert_contains(text, "m0 -> m0l2 [style=dotted, label=\"lower\"]");
    assert_contains(text, "ignored: nosuid\\llost: no path leads to it\\l");
}

static void what_was_not_mounted_is_dashed(void **state)
{
    struct rep_mount mounts[] = {made("/", "9p"), made("/odd", NULL)};
    struct rep_result one = fine("x");
    mounts[1].type = "btrfs";
    mounts[1].state = "skipped";
    mounts[1].place = NULL;
    one.mounts = mounts;
    one.n_mounts = 2;
    const char *text = document(*state, "dot", &one, 1, true);
    assert_contains(text, "m1 [label=\"/odd\\lnot mounted: skipped\\ltype btrfs\\l\", "
                          "style=\"rounded,dashed\"");
    assert_contains(text, "m0 -> m1 [style=dashed");
}

static void labels_are_escaped(void **state)
{
    struct rep_mount mount = made("/" HOSTILE, "9p");
    struct rep_result one = fine(HOSTILE);
    one.mounts = &mount;
    one.n_mounts = 1;
    const char *text = document(*state, "dot", &one, 1, true);
    assert_contains(text,
                    "label=\"a\\\\x1b[2J#\\\\\\\\\\\"<&>'%,:\\\\u{202e}\\\\xff\\\\n\\\\tz: ok");
    assert_plain(text);
}

int main(void)
{
    const struct CMUnitTest dot_tests[] = {
        SCRATCH_TEST(mounts_stand_below_what_holds_them),
        SCRATCH_TEST(what_was_not_mounted_is_dashed),
        SCRATCH_TEST(labels_are_escaped),
    };
    return cmocka_run_group_tests(dot_tests, NULL, NULL);
}
