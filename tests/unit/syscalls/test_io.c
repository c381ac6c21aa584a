/* Open files: position, append, close (contract filesystems 11.7, vfs 18). */
#include "vfs_test.h"

static int flush_result;
static int flush(struct ctx *c, struct file *f)
{
    (void)c, (void)f;
    return flush_result;
}

static void test_read_and_write(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=0123456789 d/");
    struct process *p = &w.p;
    struct file *f = NULL;
    char buf[16];
    size_t n = 0;
    OK(sys_open(p, "/f", O_RDONLY, 0, &f));
    OK(sys_read(p, f, buf, 4, &n));
    assert_memory_equal(buf, "0123", 4);
    OK(sys_read(p, f, buf, 16, &n));
    assert_int_equal(n, 6);
    OK(sys_read(p, f, buf, 16, &n));
    assert_int_equal(n, 0);
    ERR(sys_write(p, f, "x", 1, &n), EBADF);
    OK(sys_close(p, f));
    OK(sys_open(p, "/f", O_WRONLY, 0, &f));
    ERR(sys_read(p, f, buf, 1, &n), EBADF);
    OK(sys_write(p, f, "ab", 2, &n));
    OK(sys_write(p, f, "cd", 2, &n));
    assert_int_equal(f->offset, 4);
    OK(sys_close(p, f));
    assert_string_equal(cat(&w, "/f"), "abcd456789");
    OK(sys_open(p, "/d", O_RDONLY, 0, &f));
    ERR(sys_read(p, f, buf, 1, &n), EISDIR);
    OK(sys_close(p, f));
    world_done(&w);
}

/* proves: VQ-24 */
static void test_append(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=12345");
    struct file *a = NULL, *b = NULL;
    size_t n = 0;
    OK(sys_open(&w.p, "/f", O_WRONLY | O_APPEND, 0, &a));
    OK(sys_open(&w.p, "/f", O_WRONLY | O_APPEND, 0, &b));
    OK(sys_write(&w.p, a, "", 0, &n));
    assert_int_equal(a->offset, 5);
    OK(sys_write(&w.p, b, "b", 1, &n));
    OK(sys_write(&w.p, a, "a", 1, &n));
    assert_int_equal(a->offset, 7);
    OK(sys_close(&w.p, a));
    OK(sys_close(&w.p, b));
    assert_string_equal(cat(&w, "/f"), "12345ba");
    world_done(&w);
}

static int fail_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c, (void)inode, (void)ret;
    return -ESTALE;
}

static void test_append_without_attributes(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=12345");
    struct file *f = NULL;
    size_t n = 0;
    OK(sys_open(&w.p, "/f", O_WRONLY | O_APPEND, 0, &f));
    const struct inode_ops *good = f->dirent->inode->ops;
    struct inode_ops bad = *good;
    bad.getattr = fail_getattr;
    f->dirent->inode->ops = &bad;
    ERR(sys_write(&w.p, f, "x", 1, &n), EIO);
    f->dirent->inode->ops = good;
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* The descriptor goes, whatever the flush says. */
static void test_close(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1");
    struct file *f = NULL;
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
    const struct file_ops *good = f->ops;
    struct file_ops ops = *good;
    ops.flush = flush;
    f->ops = &ops;
    flush_result = -EDQUOT;
    ERR(sys_close(&w.p, f), EDQUOT);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_append_without_attributes),
        cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
