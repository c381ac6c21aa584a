/* model/fs/tmpfs/tmpfs.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static void test_mount(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct mount_source *ms = NULL;
    assert_int_equal(tmpfs_new_source(&w.s, (struct mount_flags){0}, &ms), -ENODEV);
    assert_null(ms);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct filesystem *fs = filesystem_find(&w.s, "tmpfs");
    assert_true(fs->allow_user_mount && fs->allow_user_list);

    w.c.creds.euid = 41;
    w.c.creds.egid = 42;
    struct inode *root = NULL;
    struct error err = {0};
    struct mount_flags flags = {.read_only = true, .no_atime = true};
    assert_int_equal(fs->mount(&w.c, fs, "dev", flags, "mode=01700", &root, &err), 0);
    struct unstable_attr a = attr_of(&w, root);
    assert_int_equal(a.perms, 01700);
    assert_int_equal(a.uid, 41);
    assert_int_equal(a.gid, 42);
    assert_int_equal(a.links, 1);
    assert_ptr_equal(root->ms->fs, fs);
    assert_ptr_equal(root->ms->ops, &mount_source_caching);
    assert_true(root->ms->flags.read_only && root->ms->flags.no_atime);
    assert_int_equal(root->ms->refs, 1);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-09 */
static void test_mounts_share_the_device_and_its_numbers(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct inode *one = world_mount(&w, "tmpfs", ""), *two = world_mount(&w, "tmpfs", "");
    assert_int_equal(one->stable.device_id, DEVICE_TMPFS);
    assert_int_equal(two->stable.device_id, DEVICE_TMPFS);
    assert_int_equal(one->stable.inode_id, 1);
    assert_int_equal(two->stable.inode_id, 2);
    inode_put(one);
    inode_put(two);
    world_close(&w);
}

static void test_source_for_file_overlays(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct mount_source *ms = NULL;
    assert_int_equal(tmpfs_new_source(&w.s, (struct mount_flags){.no_atime = true}, &ms), 0);
    assert_string_equal(ms->fs->name, "tmpfs");
    assert_true(ms->flags.no_atime && !ms->flags.read_only);
    assert_ptr_equal(ms->ops, &mount_source_caching);
    mount_source_put(ms);
    world_close(&w);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    mount_without_memory(fs_tmpfs_register, "tmpfs", "mode=0755,uid=1,gid=2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mount),
        cmocka_unit_test(test_mounts_share_the_device_and_its_numbers),
        cmocka_unit_test(test_source_for_file_overlays),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
