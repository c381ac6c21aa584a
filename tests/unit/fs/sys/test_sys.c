/* model/fs/sys/sys.c */
#include "fs_test.h"

#include <simrun/fs/sys.h>

static const char *const names[] = {
    "block", "bus", "class", "dev", "devices", "firmware", "fs", "kernel", "module", "power",
};

static struct inode *mounted(struct world *w)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_sys_register(&w->s), 0);
    return world_mount(w, "sysfs", "anything=goes,mode=9");
}

static void check_dir(struct world *w, struct inode *inode, uint64_t id)
{
    struct unstable_attr a = attr_of(w, inode);
    struct statfs_info info;
    assert_int_equal(inode->stable.type, INODE_SPECIAL_DIRECTORY);
    assert_int_equal(inode->stable.device_id, DEVICE_SYSFS);
    assert_int_equal(inode->stable.inode_id, id);
    assert_int_equal(inode->stable.block_size, 4096);
    assert_int_equal(a.perms, 0555);
    assert_int_equal(a.links, 1);
    assert_int_equal(a.uid + a.gid, 0);
    assert_int_equal(a.size + a.usage, 0);
    assert_int_equal(inode_statfs(&w->c, inode, &info), -ENOSYS);
}

/* proves: FQ-02 FQ-05 */
static void test_nodes(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w);
    check_dir(&w, root, 11);
    assert_listing(&w, root, ". .. block bus class dev devices firmware fs kernel module power");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct inode *child = child_of(&w, root, names[i]);
        check_dir(&w, child, i + 1);
        assert_int_equal(inode_type_mode(child->stable.type) & 0170000, 0040000);
        assert_listing(&w, child, ". ..");
        inode_put(child);
    }
    struct inode *second = world_mount(&w, "sysfs", "");
    check_dir(&w, second, 22);
    inode_put(second);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-15 FQ-17 FI-11 */
static void test_names_go_but_do_not_come(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w);
    const struct inode_ops *ops = root->ops;
    struct file *f = NULL;
    assert_int_equal(ops->mkdir(&w.c, root, "n", 0755), ERR_DENIED);
    assert_int_equal(ops->create(&w.c, root, "n", (struct open_flags){0}, 0644, &f), ERR_DENIED);
    struct inode *fs = child_of(&w, root, "fs");
    assert_int_equal(fs->ops->rename(&w.c, fs, root, "fs", root, "x"), ERR_CROSS_DEVICE);
    assert_int_equal(ops->rmdir(&w.c, root, "fs"), 0);
    assert_int_equal(lookup_code(&w, root, "fs"), -ENOENT);
    assert_true(attr_of(&w, root).links == 0);
    assert_int_equal(ops->rmdir(&w.c, root, "bus"), 0);
    assert_true(attr_of(&w, root).links == UINT64_MAX); /* FQ-06 */
    inode_put(fs);
    inode_put(root);
    world_close(&w);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    mount_without_memory(fs_sys_register, "sysfs", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_names_go_but_do_not_come),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
