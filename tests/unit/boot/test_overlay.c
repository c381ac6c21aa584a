#include "world.h"

static struct inode *inode_at(struct world *w, const char *path)
{
    struct dirent *d = NULL;
    assert_int_equal(
        mount_ns_find_inode(&w->c, w->ns, w->ns->root, NULL, path, LINK_LIMIT_SYSCALL, &d), 0);
    struct inode *inode = d->inode; /* the namespace keeps mount roots alive */
    dirent_put(d);
    return inode;
}

static const char *fs_of(struct inode *inode)
{
    return inode->ms->fs ? inode->ms->fs->name : "";
}

/* Section 12.2, without overlay. */
static void test_layers_plain(void **state)
{
    (void)state;
    struct world w;
    struct spec spec =
        SPEC(MOUNT("/d", "bind", "/x"), MOUNT("/s", "bind", "/x"), MOUNT("/s/t", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 3);
    assert_int_equal(w.r, 0);
    struct inode *root = w.ns->root->inode;
    assert_string_equal(fs_of(root->overlay->upper), "9p");
    assert_string_equal(fs_of(root->overlay->lower), "");
    assert_null(inode_at(&w, "/d")->overlay);
    struct inode *s = inode_at(&w, "/s");
    assert_string_equal(fs_of(s->overlay->upper), "9p");
    assert_string_equal(fs_of(s->overlay->lower), "");
    assert_true(w.rec.mounts[6].submount_overlay);
    assert_false(w.rec.mounts[5].submount_overlay);
    assert_true(w.rec.root.submount_overlay);
    world_close(&w);
}

/* Section 12.2, with overlay. */
/* proves: PQ-20 PQ-29 */
static void test_layers_overlay(void **state)
{
    (void)state;
    struct world w;
    struct spec spec =
        SPEC(MOUNT("/d", "bind", "/x"), MOUNT("/s", "bind", "/x"), MOUNT("/s/t", "tmpfs", ""),
             MOUNT("/f", "bind", "/x"), MOUNT("/r", "bind", "/x", OPTS("ro")));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    w.trees[3] = "F";
    world_run(&w, &spec, 5);
    assert_int_equal(w.r, 0);
    struct inode *root = w.ns->root->inode;
    assert_string_equal(fs_of(root->overlay->upper), "tmpfs");
    assert_non_null(root->overlay->lower->overlay);
    assert_string_equal(fs_of(root->overlay->lower->overlay->upper), "9p");
    assert_false(root->overlay->lower->overlay->upper->ms->flags.read_only);
    struct inode *dir = inode_at(&w, "/d");
    assert_string_equal(fs_of(dir->overlay->upper), "tmpfs");
    assert_string_equal(fs_of(dir->overlay->lower), "9p");
    assert_true(dir->overlay->lower->ms->flags.read_only);
    assert_non_null(inode_at(&w, "/s")->overlay->lower->overlay);
    struct inode *file = inode_at(&w, "/f");
    assert_null(file->overlay->upper);
    assert_string_equal(fs_of(file->overlay->lower), "9p");
    assert_null(inode_at(&w, "/r")->overlay);
    const struct {
        struct inode *inode;
        unsigned perms;
    } shown[] = {{root, 0777}, {dir, 0777}, {inode_at(&w, "/r"), 0755}, {file, 0644}};
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        struct unstable_attr attr;
        assert_int_equal(inode_getattr(&w.c, shown[i].inode, &attr), 0);
        assert_int_equal(attr.perms, shown[i].perms);
    }
    assert_true(has_rule(&w.rec.root, "PQ-20"));
    assert_true(has_rule(&w.rec.mounts[5], "PQ-29"));
    assert_false(has_rule(&w.rec.mounts[8], "PQ-29"));
    world_close(&w);
}

static void test_not_a_regular_file(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/l", "bind", "/x"));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    w.trees[1] = "S";
    world_run(&w, &spec, 2);
    expect_error(&w, -EINVAL, "failed to configure mounts: lower Inode is not a regular file");
    world_close(&w);
}

static void test_upper_fails(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    w.failing = "tmpfs";
    world_run(&w, &spec, 1);
    expect_error(&w, -EIO,
                 "failed to create root mount: failed to create tmpfs overlay: fake failure");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers_plain),
        cmocka_unit_test(test_layers_overlay),
        cmocka_unit_test(test_not_a_regular_file),
        cmocka_unit_test(test_upper_fails),
    };
    return cmocka_run_group_tests_name("boot_overlay", tests, NULL, NULL);
}
