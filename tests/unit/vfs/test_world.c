/* The world, its registry, its device numbers, names of types (contract vfs 4, 6). */
#include "vfs_test.h"

static size_t released;
static void release(struct filesystem *fs)
{
    (void)fs;
    released++;
}
static int no_mount(struct ctx *c, struct filesystem *fs, const char *device,
                    struct mount_flags flags, const char *data, struct inode **ret,
                    struct error *err)
{
    (void)fs, (void)device, (void)flags, (void)data, (void)ret;
    return error_code(&c->s->d, err, -EINVAL);
}

/* proves: VP-03 FP-01 */
static void test_registry(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    released = 0;
    struct filesystem fs = {.name = "zfs", .mount = no_mount, .release = release};
    OK(filesystem_register(&w.s, &fs));
    fs.name = "afs";
    OK(filesystem_register(&w.s, &fs));
    ERR(filesystem_register(&w.s, &fs), EEXIST);
    assert_int_equal(released, 1); /* the refused one's */
    ERR(fs_tmpfs_register(&w.s), EEXIST);
    assert_string_equal(w.s.filesystems->name, "afs");
    assert_string_equal(w.s.filesystems->next->name, "tmpfs");
    assert_non_null(filesystem_find(&w.s, "zfs"));
    assert_null(filesystem_find(&w.s, "zf"));
    assert_null(filesystem_find(&w.s, "ZFS"));
    world_done(&w);
    assert_int_equal(released, 3);
}

static void test_devices(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    uint64_t a = 0, b = 0, c = 0, d = 0;
    assert_int_equal(device_next_inode(&w.s, DEVICE_PIPE), 1);
    assert_int_equal(device_next_inode(&w.s, DEVICE_PIPE), 2);
    assert_int_equal(device_next_inode(&w.s, DEVICE_PROC), 1);
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, &a));
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "conn", 101, &b));
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "other", 100, &c));
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, &d));
    assert_int_equal(a, d);
    assert_int_not_equal(a, b);
    assert_int_not_equal(a, c);
    world_done(&w);
}

static void test_types(void **state)
{
    (void)state;
    static const char *const names[] = {"file",         "file",     "directory", "directory",
                                        "symlink",      "pipe",     "socket",    "character-device",
                                        "block-device", "anonymous"};
    for (int t = 0; t < 10; t++) {
        assert_string_equal(inode_type_name((enum inode_type)t), names[t]);
    }
    assert_string_equal(inode_type_name((enum inode_type)10), "unknown");
    assert_int_equal(inode_type_mode(INODE_SPECIAL_DIRECTORY), S_IFDIR);
    assert_int_equal(inode_type_mode(INODE_ANONYMOUS), 0);
    struct creds root = creds_root();
    assert_int_equal(root.euid, 0);
    assert_true(root.caps >> CAP_BIT_SYS_ADMIN & 1);
}

/* The sticky bit of a directory against deletion (contract vfs 14). */
static void test_sticky(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL,
                "t/ t/roots=1 t/other=1 t/other#8 t@1777 mine/ mine/x=1 mine#7 mine@1777 "
                "plain/ plain/x=1 plain@0777");
    become(&w, 7);
    ERR(sys_unlink(&w.p, "/t/roots"), EPERM);
    ERR(sys_unlink(&w.p, "/t/other"), EPERM);
    OK(sys_unlink(&w.p, "/mine/x"));
    OK(sys_unlink(&w.p, "/plain/x"));
    become(&w, 8);
    OK(sys_unlink(&w.p, "/t/other"));
    world_done(&w);
}

/* A number that another key has is refused; the key keeps its own. */
/* proves: FP-02 */
static void test_loaded_numbers(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    uint64_t n = 0;
    OK(device_load_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, 7));
    OK(device_load_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, 7));
    ERR(device_load_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, 8), EEXIST);
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "conn", 100, &n));
    assert_int_equal(n, 7);
    OK(device_map_inode(&w.s, DEVICE_GOFER, 8, "conn", 101, &n));
    assert_true(n > 7); /* nor does a new key get it */
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),       cmocka_unit_test(test_devices),
        cmocka_unit_test(test_types),          cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_loaded_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
