/* model/fs/ramfs/handle.c */
#include "fs_test.h"

static void test_defaults_and_positional_access(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct mount_source *ms = NULL;
    assert_int_equal(
        mount_source_new(&w.s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms),
        0);
    struct inode *socket = NULL, *link = NULL;
    assert_int_equal(ramfs_new_node(ms, &ramfs_socket_ops, NULL,
                                    ramfs_stable(&w.s, INODE_SOCKET, DEVICE_PSEUDO),
                                    ramfs_root_owner(), 0400, &socket),
                     0);
    assert_int_equal(ramfs_new_symlink(ms, &ramfs_symlink_ops,
                                       ramfs_stable(&w.s, INODE_SYMLINK, DEVICE_PSEUDO),
                                       ramfs_root_owner(), "t", &link),
                     0);
    mount_source_put(ms);
    struct file *f = opened(&w, socket);
    char buf[4];
    size_t n = 0;
    int entries = 0;
    struct dir_ctx dc = {0};
    assert_false(f->flags.pread || f->flags.pwrite);
    assert_int_equal(file_pread(&w.c, f, 0, buf, 4, &n), ERR_INVALID_OP);
    assert_int_equal(file_pwrite(&w.c, f, 0, buf, 4, &n), ERR_INVALID_OP);
    assert_int_equal(f->ops->iterate(&w.c, f, &dc, 0, &entries), ERR_NOT_DIRECTORY);
    assert_int_equal(f->ops->fsync(&w.c, f), 0);
    assert_int_equal(f->ops->flush(&w.c, f), 0);
    assert_ptr_equal(ramfs_file_node(f), socket);
    inode_put(socket); /* the handle keeps it */
    assert_int_equal(file_pread(&w.c, f, 0, buf, 4, &n), ERR_INVALID_OP);
    file_put(f);

    f = opened(&w, link);
    assert_true(f->flags.pread && f->flags.pwrite);
    file_put(f);
    inode_put(link);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_defaults_and_positional_access)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
