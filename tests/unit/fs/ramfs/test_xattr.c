/* model/fs/ramfs/xattr.c */
#include "fs_test.h"

static void test_set_get_list(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *root = NULL;
    struct error err = {0};
    assert_int_equal(ramfs_make_directory_tree(&w.c, NULL, 0, &root, &err), 0);
    struct str value;
    str_init(&value, &w.s.d);
    assert_int_equal(inode_getxattr(&w.c, root, "user.a", &value), -ENODATA);
    assert_int_equal(inode_setxattr(&w.c, root, "user.b", "2", 1), 0);
    assert_int_equal(inode_setxattr(&w.c, root, "user.a", "a\0b", 3), 0);
    assert_int_equal(inode_setxattr(&w.c, root, "user.b", "", 0), 0);
    assert_int_equal(inode_getxattr(&w.c, root, "user.a", &value), 0);
    assert_int_equal(value.n, 3);
    assert_memory_equal(value.p, "a\0b", 3);
    str_release(&value);
    str_init(&value, &w.s.d);
    assert_int_equal(inode_getxattr(&w.c, root, "user.b", &value), 0);
    assert_int_equal(value.n, 0);
    str_release(&value);

    struct ptrvec names;
    ptrvec_init(&names, &w.s.d);
    assert_int_equal(inode_listxattr(&w.c, root, &names), 0);
    assert_int_equal(names.n, 2);
    assert_string_equal(names.p[0], "user.a");
    assert_string_equal(names.p[1], "user.b");
    for (size_t i = 0; i < names.n; i++) {
        mem_free(names.p[i]);
    }
    ptrvec_release(&names);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_set_get_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
