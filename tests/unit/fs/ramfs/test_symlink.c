/* model/fs/ramfs/symlink.c */
#include "fs_test.h"

static void test_symlink(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct mount_source *ms = NULL;
    assert_int_equal(
        mount_source_new(&w.s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms),
        0);
    struct inode *link = NULL;
    assert_int_equal(ramfs_new_symlink(ms, &ramfs_symlink_ops,
                                       ramfs_stable(&w.s, INODE_SYMLINK, DEVICE_PSEUDO),
                                       ramfs_root_owner(), "../a//b", &link),
                     0);
    mount_source_put(ms);
    struct unstable_attr before = attr_of(&w, link);
    assert_int_equal(before.perms, 0777);
    assert_int_equal(before.size, 7);
    assert_int_equal(before.usage, 7);
    char *target = NULL;
    struct dirent *d = NULL;
    assert_int_equal(inode_readlink(&w.c, link, &target), 0);
    assert_string_equal(target, "../a//b");
    mem_free(target);
    assert_true(attr_of(&w, link).atime > before.atime);
    assert_int_equal(inode_getlink(&w.c, link, &d), CODE_READLINK);
    assert_int_equal(link->ops->chmod(&w.c, link, 0), -EPERM);
    assert_int_equal(attr_of(&w, link).perms, 0777);
    assert_int_equal(link->ops->chown(&w.c, link, 1, 2), 0);
    assert_int_equal(attr_of(&w, link).uid, 1);
    inode_put(link);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_symlink)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
