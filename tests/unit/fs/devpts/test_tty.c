/* model/fs/devpts/tty.c */
#include "pts_test.h"

#include "devpts_private.h"

static void test_nodes(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *ptmx = child_of(&w, root, "ptmx");
    assert_int_equal(ptmx->stable.inode_id, 1);
    assert_int_equal(ptmx->stable.block_size, 1024);
    assert_int_equal(ptmx->stable.rdev_major, 5);
    assert_int_equal(ptmx->stable.rdev_minor, 2);
    struct unstable_attr a = attr_of(&w, ptmx);
    assert_true(a.perms == 0666 && a.links == 1 && a.uid == 0 && a.size == 0);
    w.c.creds.euid = 21;
    w.c.creds.egid = 22;
    struct file *zero = opened(&w, ptmx), *one = opened(&w, ptmx);
    struct inode *slave = child_of(&w, root, "1");
    a = attr_of(&w, slave);
    assert_int_equal(slave->stable.inode_id, 4);
    assert_int_equal(slave->stable.rdev_major, 136);
    assert_int_equal(slave->stable.rdev_minor, 1);
    assert_int_equal(slave->stable.type, INODE_CHARDEV);
    assert_true(a.perms == 0666 && a.links == 1 && a.uid == 21 && a.gid == 22);
    uint32_t index = 9;
    assert_int_equal(devpts_index(one, &index), 0);
    assert_int_equal(index, 1);
    inode_put(slave);
    inode_put(ptmx);
    file_put(zero);
    file_put(one);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-33 */
static void test_times(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *ptmx = child_of(&w, root, "ptmx");
    struct unstable_attr before = attr_of(&w, ptmx);
    struct set_times t = {.atime = 0, .mtime = 77, .mtime_now = true};
    assert_int_equal(ptmx->ops->utimes(&w.c, ptmx, &t), 0);
    struct unstable_attr a = attr_of(&w, ptmx);
    assert_true(a.atime > before.atime);
    assert_int_equal(a.mtime, 77);
    assert_int_equal(ptmx->ops->chown(&w.c, ptmx, 5, NO_ID), 0);
    assert_int_equal(attr_of(&w, ptmx).uid, 5);
    assert_true(attr_of(&w, ptmx).ctime == a.ctime);
    inode_put(ptmx);
    inode_put(root);
    world_close(&w);
}

static void test_bytes_pass(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct file *master = pts_open(&w, root, "ptmx"), *slave = pts_open(&w, root, "0");
    char buf[64];
    size_t n = 0;
    assert_int_equal(file_pread(&w.c, slave, 0, buf, sizeof(buf), &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pwrite(&w.c, master, 0, "hello, tty\n", 11, &n), 0);
    assert_int_equal(devpts_ready(slave, &n), 0);
    assert_int_equal(n, 11);
    assert_int_equal(file_pread(&w.c, slave, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 11);
    assert_memory_equal(buf, "hello, tty\n", 11);
    assert_int_equal(file_pread(&w.c, master, 0, buf, sizeof(buf), &n), 0); /* the echo, raw */
    assert_int_equal(n, 11);
    assert_int_equal(file_pwrite(&w.c, slave, 0, "out\n", 4, &n), 0);
    assert_int_equal(n, 4);
    assert_int_equal(file_pread(&w.c, master, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 5);
    assert_memory_equal(buf, "out\r\n", 5);
    assert_int_equal(master->ops->fsync(&w.c, master), -EINVAL);

    /* The master goes: the name too, but the open slave stays and is never hung up. */
    file_put(master);
    assert_int_equal(lookup_code(&w, root, "0"), -ENOENT);
    assert_int_equal(file_pread(&w.c, slave, 0, buf, sizeof(buf), &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pwrite(&w.c, slave, 0, "x", 1, &n), 0);
    file_put(slave);
    inode_put(root);
    world_close(&w);
}

/* proves: FP-13 */
static void test_indices_end(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *ptmx = child_of(&w, root, "ptmx");
    struct tty_node_view {
        struct ramfs_entry e;
        struct devpts *pts;
    } *view = ptmx->priv;
    view->pts->next = UINT32_MAX;
    struct file *f = NULL;
    assert_int_equal(open_inode(&w, ptmx, (struct open_flags){.read = true}, &f), -ENOMEM);
    assert_null(f);
    inode_put(ptmx);
    inode_put(root);
    world_close(&w);
}

/* proves: FP-17 */
static void test_other_files_are_no_terminals(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = opened(&w, root);
    uint32_t index;
    size_t n;
    struct tty_termios t = {0};
    assert_int_equal(devpts_index(f, &index), -ENOTTY);
    assert_int_equal(devpts_ready(f, &n), -ENOTTY);
    assert_int_equal(devpts_get_termios(f, &t), -ENOTTY);
    assert_int_equal(devpts_set_termios(f, &t), -ENOTTY);
    file_put(f);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_bytes_pass),
        cmocka_unit_test(test_indices_end),
        cmocka_unit_test(test_other_files_are_no_terminals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
