/* devtmpfs as the pipeline shows it: over a stub tree that has `pts`. */
#include "dev_test.h"

static void test_over_its_stub_tree(void **state)
{
    (void)state;
    struct world w;
    struct inode *dev = dev_mounted(&w, ""), *stubs = NULL, *merged = NULL;
    const char *const paths[] = {"pts"};
    struct error err = {0};
    assert_int_equal(ramfs_make_directory_tree(&w.c, paths, 1, &stubs, &err), 0);
    assert_int_equal(overlay_new_root(&w.c, dev, stubs, (struct mount_flags){0}, &merged, &err), 0);
    inode_put(dev);
    inode_put(stubs);
    struct inode *pts = child_of(&w, merged, "pts"), *shm = child_of(&w, merged, "shm");
    assert_int_equal(pts->stable.device_id, DEVICE_PSEUDO);
    assert_int_equal(pts->stable.inode_id, 2);
    assert_int_equal(shm->stable.device_id, DEVICE_TMPFS);
    assert_int_equal(attr_of(&w, shm).perms, 0777);
    assert_listing(&w, merged,
                   ". .. fd full null ptmx pts random shm stderr stdin stdout urandom zero");
    inode_put(pts);
    inode_put(shm);
    inode_put(merged);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_over_its_stub_tree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
