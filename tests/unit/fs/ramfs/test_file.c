/* model/fs/ramfs/file.c */
#include "fs_test.h"

static struct inode *new_file(struct world *w, const char *content)
{
    struct mount_source *ms = NULL;
    assert_int_equal(mount_source_new(&w->s, &mount_source_non_caching, NULL,
                                      (struct mount_flags){0}, NULL, &ms),
                     0);
    struct inode *inode = NULL;
    assert_int_equal(ramfs_new_file(ms, ramfs_stable(&w->s, INODE_REGULAR, DEVICE_PROC),
                                    ramfs_root_owner(), 0400, content, strlen(content), &inode),
                     0);
    mount_source_put(ms);
    return inode;
}

static void test_read_and_write(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_file(&w, "hello");
    struct file *f = opened(&w, inode);
    struct unstable_attr before = attr_of(&w, inode);
    char buf[16];
    size_t n = 99;
    assert_int_equal(file_pread(&w.c, f, 5, buf, 4, &n), 0);
    assert_int_equal(n, 0);
    assert_true(attr_of(&w, inode).atime == before.atime);
    assert_int_equal(file_pread(&w.c, f, 1, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "ello", 4);
    assert_true(attr_of(&w, inode).atime > before.atime);
    assert_int_equal(file_pwrite(&w.c, f, 7, "x", 1, &n), 0);
    assert_int_equal(file_pread(&w.c, f, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 8);
    assert_memory_equal(buf, "hello\0\0x", 8);
    assert_int_equal(attr_of(&w, inode).usage, 8);
    assert_int_equal(file_pwrite(&w.c, f, INT64_MAX, "xy", 2, &n), -EINVAL);
    file_put(f);
    inode_put(inode);
    world_close(&w);
}

static void test_truncate_touches_only_when_not_shrinking(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_file(&w, "hello");
    int64_t mtime = attr_of(&w, inode).mtime;
    assert_int_equal(inode->ops->truncate(&w.c, inode, 2), 0);
    assert_int_equal(attr_of(&w, inode).size, 2);
    assert_true(attr_of(&w, inode).mtime == mtime);
    assert_int_equal(inode->ops->truncate(&w.c, inode, 2), 0);
    assert_true(attr_of(&w, inode).mtime > mtime);
    assert_int_equal(inode->ops->truncate(&w.c, inode, 700), 0);
    struct file *f = opened(&w, inode);
    char buf[4];
    size_t n;
    assert_int_equal(file_pread(&w.c, f, 1, buf, 4, &n), 0);
    assert_memory_equal(buf, "e\0\0\0", 4);
    file_put(f);
    inode_put(inode);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_truncate_touches_only_when_not_shrinking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
