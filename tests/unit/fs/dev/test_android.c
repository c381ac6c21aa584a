/* model/fs/dev/android.c */
#include "dev_test.h"

static void test_stubs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int read, write;
    } rows[] = {{"binder", -EOPNOTSUPP, -EOPNOTSUPP}, {"ashmem", 0, -ENOSYS}};
    struct world w;
    struct inode *root = dev_mounted(&w, "binder_enabled=TRUE,ashmem_enabled=T");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct inode *inode = child_of(&w, root, rows[i].name);
        struct file *f = opened(&w, inode);
        char buf[4];
        size_t n = 0;
        assert_int_equal(file_pread(&w.c, f, 0, buf, 4, &n), rows[i].read);
        assert_int_equal(n, 0);
        assert_int_equal(file_pwrite(&w.c, f, 0, "x", 1, &n), rows[i].write);
        assert_int_equal(inode->ops->rename(&w.c, inode, root, rows[i].name, root, "x"), -EINVAL);
        assert_int_equal(inode_setxattr(&w.c, inode, "user.a", "1", 1), -EOPNOTSUPP);
        assert_int_equal(root->ops->remove(&w.c, root, rows[i].name), 0);
        assert_int_equal(attr_of(&w, inode).links, 1); /* not counted */
        file_put(f);
        inode_put(inode);
    }
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stubs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
