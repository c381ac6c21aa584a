/* model/fs/ramfs/entry.c */
#include "fs_test.h"

static struct inode *new_socket(struct world *w, struct mount_source **ms)
{
    assert_int_equal(
        mount_source_new(&w->s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, ms),
        0);
    struct inode *inode = NULL;
    assert_int_equal(ramfs_new_node(*ms, &ramfs_socket_ops, NULL,
                                    ramfs_stable(&w->s, INODE_SOCKET, DEVICE_PSEUDO),
                                    (struct ramfs_owner){5, 6}, 0107777 & 0xffff, &inode),
                     0);
    mount_source_put(*ms);
    return inode;
}

static void test_new_node(void **state)
{
    (void)state;
    struct world w;
    struct mount_source *ms;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_socket(&w, &ms);
    struct unstable_attr a = attr_of(&w, inode);
    assert_int_equal(a.perms, 07777);
    assert_int_equal(a.links, 0);
    assert_int_equal(a.uid, 5);
    assert_int_equal(a.gid, 6);
    assert_true(a.atime == a.mtime && a.mtime == a.ctime);
    assert_int_equal(inode->stable.block_size, 4096);
    assert_int_equal(inode->stable.inode_id, 1);
    assert_int_equal(inode->stable.rdev_major, 0);
    assert_true(ramfs_is_node(inode));
    inode_put(inode);
    world_close(&w);
}

/* proves: FQ-11 */
static void test_chown_keeps_ctime_and_ids_that_are_none(void **state)
{
    (void)state;
    struct world w;
    struct mount_source *ms;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_socket(&w, &ms);
    int64_t ctime = attr_of(&w, inode).ctime;
    assert_int_equal(inode->ops->chown(&w.c, inode, 9, NO_ID), 0);
    assert_int_equal(attr_of(&w, inode).uid, 9);
    assert_int_equal(attr_of(&w, inode).gid, 6);
    assert_true(attr_of(&w, inode).ctime == ctime);
    assert_int_equal(inode->ops->chmod(&w.c, inode, 0123), 0);
    assert_int_equal(attr_of(&w, inode).perms, 0123);
    assert_true(attr_of(&w, inode).ctime > ctime);
    inode_put(inode);
    world_close(&w);
}

static void test_utimes(void **state)
{
    (void)state;
    struct world w;
    struct mount_source *ms;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_socket(&w, &ms);
    struct unstable_attr before = attr_of(&w, inode);
    struct set_times none = {.atime_omit = true, .mtime_omit = true, .atime = 1, .mtime = 2};
    assert_int_equal(inode->ops->utimes(&w.c, inode, &none), 0);
    struct unstable_attr a = attr_of(&w, inode);
    assert_true(attr_equal(&a, &before));

    struct set_times one = {.atime = 1, .mtime_omit = true};
    assert_int_equal(inode->ops->utimes(&w.c, inode, &one), 0);
    a = attr_of(&w, inode);
    assert_int_equal(a.atime, 1);
    assert_true(a.mtime == before.mtime && a.ctime > before.ctime);

    struct set_times now = {.atime_now = true, .mtime_now = true};
    assert_int_equal(inode->ops->utimes(&w.c, inode, &now), 0);
    a = attr_of(&w, inode);
    assert_true(a.atime == a.mtime && a.mtime == a.ctime && a.ctime > before.ctime);
    inode_put(inode);
    world_close(&w);
}

/* proves: FQ-06 */
static void test_link_count_wraps_below_zero(void **state)
{
    (void)state;
    struct world w;
    struct mount_source *ms;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *inode = new_socket(&w, &ms);
    ramfs_add_links(inode, -1);
    assert_true(attr_of(&w, inode).links == UINT64_MAX);
    ramfs_add_links(inode, +2);
    assert_true(attr_of(&w, inode).links == 1);
    inode_put(inode);
    world_close(&w);

    world_open(&w, PROFILE_STRICT);
    inode = new_socket(&w, &ms);
    ramfs_add_links(inode, -1);
    assert_true(attr_of(&w, inode).links == 0);
    inode_put(inode);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_node),
        cmocka_unit_test(test_chown_keeps_ctime_and_ids_that_are_none),
        cmocka_unit_test(test_utimes),
        cmocka_unit_test(test_link_count_wraps_below_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
