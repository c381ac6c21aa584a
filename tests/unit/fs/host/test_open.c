/* model/fs/host/open.c: how host files are held, and the inodes made of them. */
#include "host_test.h"
#include "private.h"

static void assert_held(struct host_world *p, const char *path, int code, int flags)
{
    struct host_file *f = NULL;
    assert_int_equal(host_open_any(&p->w.s, p->h, NULL, path, &f), code);
    if (!code) {
        assert_int_equal(host_file_flags(f), flags);
    }
    host_file_put(f);
}

/* proves: FQ-52 */
static void test_order_of_modes(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    assert_held(&p, "/h/dir/a", 0, O_RDWR);
    assert_held(&p, "/h/dir", 0, O_RDONLY);
    assert_held(&p, "/h/dir/link", 0, O_PATH);
    assert_held(&p, "/h/fifo", 0, O_RDWR);
    assert_held(&p, "/h/sock", 0, O_PATH);
    assert_held(&p, "/d/null", 0, O_RDWR);
    assert_held(&p, "/d/tty", 0, O_PATH);
    assert_held(&p, "/d/loop", 0, O_PATH);
    assert_held(&p, "/none", -ENOENT, 0);
    assert_held(&p, "h", -EINVAL, 0);
    assert_held(&p, "", -EINVAL, 0);
    host_world_close(&p);
}

/* Sockets and devices without a driver are listed, not found. proves: FQ-10 FQ-51 FQ-74 */
static void test_special_files(void **state)
{
    (void)state;
    static const struct {
        const char *root, *name;
        int code;
        enum inode_type type;
    } cases[] = {
        {"root=/h", "fifo", 0, INODE_PIPE},        {"root=/h", "sock", -EBADF, 0},
        {"root=/d", "null", 0, INODE_CHARDEV},     {"root=/d", "tty", -EBADF, 0},
        {"root=/d", "loop", 0, INODE_BLOCKDEV},    {"root=/h", "dir", 0, INODE_DIRECTORY},
        {"root=/h/dir", "link", 0, INODE_SYMLINK}, {"root=/h/dir", "a", 0, INODE_REGULAR},
    };
    struct host_world p;
    host_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct inode *root = host_mounted(&p, cases[i].root);
        assert_int_equal(lookup_code(&p.w, root, cases[i].name), cases[i].code);
        if (!cases[i].code) {
            struct inode *child = child_of(&p.w, root, cases[i].name);
            assert_int_equal(child->stable.type, cases[i].type);
            assert_int_equal(child->stable.rdev_major + child->stable.rdev_minor, 0);
            inode_put(child);
        }
        inode_put(root);
    }
    host_world_close(&p);
}

/* Numbers follow the host's files: equal for hard links and repeated lookups. proves: FI-13 */
static void test_inode_numbers(struct host_world *p)
{
    struct inode *root = host_mounted(p, "root=/h"), *second = host_mounted(p, "root=/h");
    struct inode *dir = child_of(&p->w, root, "dir");
    struct inode *a = child_of(&p->w, dir, "a"), *again = child_of(&p->w, dir, "a");
    struct inode *hard = child_of(&p->w, second, "hard"), *b = child_of(&p->w, dir, "b");
    assert_int_equal(root->stable.inode_id, 1);
    assert_int_equal(second->stable.inode_id, 1);
    assert_int_equal(dir->stable.inode_id, 2);
    assert_int_equal(a->stable.inode_id, 3);
    assert_int_equal(again->stable.inode_id, 3);
    assert_int_equal(hard->stable.inode_id, 3);
    assert_int_equal(b->stable.inode_id, 4);
    struct inode *all[] = {root, second, dir, a, again, hard, b};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        inode_put(all[i]);
    }
}

static void test_inode_numbers_on_both(void **state)
{
    (void)state;
    on_both(test_inode_numbers);
}

static void test_types(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    struct domain *d = &p.w.s.d;
    assert_int_equal(host_inode_type(&p.w.s, S_IFBLK | 0644), INODE_BLOCKDEV);
    assert_int_equal(host_inode_type(&p.w.s, S_IFSOCK), INODE_SOCKET);
    assert_int_equal(d->log_n, 0);
    assert_int_equal(host_inode_type(&p.w.s, 0644), INODE_REGULAR);
    assert_int_equal(d->log_n, 1);
    assert_int_equal(d->log[0].level, LOG_WARNING);
    assert_string_equal(d->log[0].text, "unknown host file type 0: assuming regular");
    host_world_close(&p);
}

/* A call that waits for ever is the world's fate. */
static void test_blocking_is_a_hang(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    assert_int_equal(host_code(&p.w.s, -EIO), -EIO);
    assert_int_equal(host_code(&p.w.s, HOST_BLOCKS), CODE_FATE);
    assert_int_equal(p.w.s.d.fate, FATE_HANG);
    sentry_close(&p.w.s, NULL, NULL);
    host_free(p.h);
    assert_int_equal(domain_close(&p.hd, world_report, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_modes),        cmocka_unit_test(test_special_files),
        cmocka_unit_test(test_inode_numbers_on_both), cmocka_unit_test(test_types),
        cmocka_unit_test(test_blocking_is_a_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
