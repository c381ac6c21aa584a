/* tmpfs below the core: caching, path resolution, and as the upper layer of an overlay. */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static struct mount_ns *namespace_on_tmpfs(struct world *w)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    struct mount_ns *ns = NULL;
    assert_int_equal(mount_ns_new(&w->c, world_mount(w, "tmpfs", ""), &ns), 0);
    w->c.root = ns->root;
    return ns;
}

static struct dirent *at(struct world *w, struct mount_ns *ns, const char *path)
{
    struct dirent *d = NULL;
    assert_int_equal(mount_ns_find_inode(&w->c, ns, ns->root, NULL, path, LINK_LIMIT_SYSCALL, &d),
                     0);
    return d;
}

static void test_resolution(void **state)
{
    (void)state;
    struct world w;
    struct mount_ns *ns = namespace_on_tmpfs(&w);
    assert_int_equal(dirent_mkdir(&w.c, ns->root, ns->root, "d", 0755), 0);
    struct dirent *d = at(&w, ns, "/d");
    assert_int_equal(dirent_mkdir(&w.c, d, ns->root, "e", 0755), 0);
    struct inode *root = ns->root->inode;
    assert_int_equal(root->ops->symlink(&w.c, root, "d/../d", "link"), 0);
    struct dirent *e = at(&w, ns, "link/e");
    struct dirent *again = at(&w, ns, "/d/e");
    assert_ptr_equal(e, again); /* caching source */
    dirent_put(again);
    struct dirent *missing = NULL;
    assert_int_equal(
        mount_ns_find_inode(&w.c, ns, ns->root, NULL, "/d/none", LINK_LIMIT_SYSCALL, &missing),
        -ENOENT);
    dirent_put(d);
    dirent_put(e);
    mount_ns_put(ns);
    world_close(&w);
}

static void test_upper_of_an_overlay(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    const char *const paths[] = {"both", "low/x"};
    struct inode *lower = NULL, *upper = world_mount(&w, "tmpfs", ""), *merged = NULL;
    struct error err = {0};
    assert_int_equal(ramfs_make_directory_tree(&w.c, paths, 2, &lower, &err), 0);
    assert_int_equal(upper->ops->mkdir(&w.c, upper, "both", 0700), 0);
    assert_int_equal(inode_setxattr(&w.c, upper, "trusted.overlay.whiteout.low", "y", 1), 0);
    assert_int_equal(overlay_new_root(&w.c, upper, lower, (struct mount_flags){0}, &merged, &err),
                     0);
    inode_put(upper);
    inode_put(lower);
    assert_int_equal(lookup_code(&w, merged, "low"), -ENOENT);
    struct inode *both = child_of(&w, merged, "both");
    assert_int_equal(both->stable.device_id, DEVICE_PSEUDO);
    assert_int_equal(attr_of(&w, both).perms, 0700);
    assert_listing(&w, merged, ". .. both");
    inode_put(both);
    inode_put(merged);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_upper_of_an_overlay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
