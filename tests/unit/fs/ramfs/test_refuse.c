/* model/fs/ramfs/refuse.c: a node that is no directory */
#include "fs_test.h"

static void test_all_directory_operations_are_invalid(void **state)
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
                                       ramfs_root_owner(), "t", &link),
                     0);
    mount_source_put(ms);
    const struct inode_ops *ops = link->ops;
    struct file *f = NULL;
    struct dirent *d = NULL;
    assert_int_equal(lookup_code(&w, link, "x"), ERR_INVALID_OP);
    assert_int_equal(ops->create(&w.c, link, "x", (struct open_flags){0}, 0, &f), ERR_INVALID_OP);
    assert_int_equal(ops->mkdir(&w.c, link, "x", 0), ERR_INVALID_OP);
    assert_int_equal(ops->symlink(&w.c, link, "t", "x"), ERR_INVALID_OP);
    assert_int_equal(ops->link(&w.c, link, link, "x"), ERR_INVALID_OP);
    assert_int_equal(ops->mkfifo(&w.c, link, "x", 0), ERR_INVALID_OP);
    assert_int_equal(ops->bind(&w.c, link, "x", 0, &d), ERR_INVALID_OP);
    assert_int_equal(ops->remove(&w.c, link, "x"), ERR_INVALID_OP);
    assert_int_equal(ops->rmdir(&w.c, link, "x"), ERR_INVALID_OP);
    assert_int_equal(ops->truncate(&w.c, link, 0), ERR_INVALID_OP);
    assert_string_equal(code_text(ERR_INVALID_OP), "invalid operation");
    inode_put(link);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_directory_operations_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
