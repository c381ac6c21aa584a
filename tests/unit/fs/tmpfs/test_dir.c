/* model/fs/tmpfs/dir.c: the table of contract filesystems 3.2 */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

/* proves: FQ-03 FQ-04 FI-06 FI-08 */
static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum inode_type type;
        unsigned perms, links, size;
    } rows[] = {
        {"d", INODE_DIRECTORY, 07755, 2, 0}, {"f", INODE_REGULAR, 04644, 1, 0},
        {"l", INODE_SYMLINK, 0777, 1, 3},    {"p", INODE_PIPE, 0600, 1, 0},
        {"s", INODE_SOCKET, 0400, 1, 0},
    };
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct inode *root = world_mount(&w, "tmpfs", "mode=02777,gid=50");
    w.c.creds.euid = 11;
    w.c.creds.egid = 12;
    const struct inode_ops *ops = root->ops;
    struct dirent *socket = NULL;
    assert_int_equal(ops->mkdir(&w.c, root, "d", 07755), 0);
    make_file(&w, root, "f", 04644);
    assert_int_equal(ops->symlink(&w.c, root, "x/y", "l"), 0);
    assert_int_equal(ops->mkfifo(&w.c, root, "p", 0600), 0);
    assert_int_equal(ops->bind(&w.c, root, "s", 0400, &socket), 0);
    dirent_put(socket);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct inode *inode = child_of(&w, root, rows[i].name);
        struct unstable_attr a = attr_of(&w, inode);
        struct statfs_info info = {0};
        assert_int_equal(inode->stable.type, rows[i].type);
        assert_int_equal(inode->stable.device_id, DEVICE_TMPFS);
        assert_int_equal(inode->stable.block_size, 4096);
        assert_int_equal(a.perms, rows[i].perms);
        assert_int_equal(a.links, rows[i].links);
        assert_int_equal(a.size, rows[i].size);
        assert_int_equal(a.usage, rows[i].size);
        assert_int_equal(a.uid, 11);
        assert_int_equal(a.gid, 12); /* not the set-gid parent's */
        assert_ptr_equal(inode->ms, root->ms);
        assert_int_equal(inode_statfs(&w.c, inode, &info), 0);
        assert_true(info.type == 0x01021994 && info.total_blocks == 0 && info.free_files == 0);
        inode_put(inode);
    }
    assert_listing(&w, root, ". .. d f l p s");
    inode_put(root);
    world_close(&w);
}

/* Each kind can be renamed within tmpfs, onto another kind of its class too. */
static void test_every_kind_is_renamed_by_tmpfs(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct inode *root = world_mount(&w, "tmpfs", "");
    const struct inode_ops *ops = root->ops;
    struct dirent *socket = NULL;
    assert_int_equal(ops->mkdir(&w.c, root, "d", 0755), 0);
    make_file(&w, root, "f", 0644);
    assert_int_equal(ops->symlink(&w.c, root, "t", "l"), 0);
    assert_int_equal(ops->mkfifo(&w.c, root, "p", 0600), 0);
    assert_int_equal(ops->bind(&w.c, root, "s", 0400, &socket), 0);
    dirent_put(socket);
    struct inode *d = child_of(&w, root, "d");
    const char *const names[] = {"f", "l", "p", "s"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct inode *moved = child_of(&w, root, names[i]);
        assert_int_equal(moved->ops->rename(&w.c, moved, root, names[i], d, "x"), 0);
        struct inode *found = child_of(&w, d, "x");
        assert_ptr_equal(found, moved);
        inode_put(found);
        inode_put(moved);
    }
    assert_listing(&w, root, ". .. d");
    assert_listing(&w, d, ". .. x");
    inode_put(d);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_every_kind_is_renamed_by_tmpfs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
