/* model/fs/dev/devices.c */
#include "dev_test.h"

enum { END = 0, ZEROS = 1, RANDOM = 2 };

static void test_read_write_truncate(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int read, write, truncate;
        bool mappable;
    } rows[] = {
        {"null", END, 0, 0, false},
        {"zero", ZEROS, 0, 0, true},
        {"full", ZEROS, -ENOSPC, 0, false},
        {"random", RANDOM, 0, ERR_INVALID_OP, false},
        {"urandom", RANDOM, 0, ERR_INVALID_OP, false},
    };
    static const char zeros[13];
    struct world w;
    struct inode *root = dev_mounted(&w, "");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct inode *inode = child_of(&w, root, rows[i].name);
        struct file *f = opened(&w, inode);
        char buf[13] = "xxxxxxxxxxxx";
        size_t n = 99;
        assert_int_equal(file_pread(&w.c, f, 1000, buf, sizeof(buf), &n), 0);
        assert_int_equal(n, rows[i].read == END ? 0 : 13);
        if (rows[i].read == ZEROS) {
            assert_memory_equal(buf, zeros, 13);
        } else if (rows[i].read == RANDOM) {
            assert_memory_not_equal(buf, zeros, 13);
            assert_memory_not_equal(buf, "xxxxxxxxxxxx", 13);
        }
        n = 0;
        assert_int_equal(file_pwrite(&w.c, f, 0, "data", 4, &n), rows[i].write);
        assert_int_equal(n, rows[i].write ? 0 : 4);
        assert_int_equal(inode->ops->truncate(&w.c, inode, 0), rows[i].truncate);
        assert_int_equal(inode_mappable(inode), rows[i].mappable);
        file_put(f);
        inode_put(inode);
    }
    inode_put(root);
    world_close(&w);
}

/* proves: FI-01 */
static void test_random_bytes_are_the_worlds(void **state)
{
    (void)state;
    char first[32], again[32];
    char *const out[] = {first, again};
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        struct inode *root = dev_mounted(&w, "");
        struct inode *inode = child_of(&w, root, "random");
        struct file *f = opened(&w, inode);
        size_t n;
        assert_int_equal(file_pread(&w.c, f, 0, out[i], 32, &n), 0);
        file_put(f);
        inode_put(inode);
        inode_put(root);
        world_close(&w);
    }
    assert_memory_equal(first, again, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_write_truncate),
        cmocka_unit_test(test_random_bytes_are_the_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
