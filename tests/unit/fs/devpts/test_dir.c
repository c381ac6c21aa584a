/* model/fs/devpts/dir.c */
#include "pts_test.h"

/* proves: FQ-31 FI-11 */
static void test_names(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct file *masters[12];
    for (size_t i = 0; i < ARRAY_LEN(masters); i++) {
        masters[i] = pts_open(&w, root, "ptmx");
    }
    assert_listing(&w, root, ". .. 0 1 10 11 2 3 4 5 6 7 8 9 ptmx");
    struct inode *slave = child_of(&w, root, "7"), *odd = child_of(&w, root, "007");
    assert_ptr_equal(slave, odd);
    const char *const missing[] = {"12", "", "+1", "-1", "0x1", "4294967296", "1 ", "PTMX", "tty"};
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        assert_int_equal(lookup_code(&w, root, missing[i]), -ENOENT);
    }
    file_put(masters[7]);
    assert_int_equal(lookup_code(&w, root, "007"), -ENOENT);
    file_put(masters[11]);
    masters[11] = pts_open(&w, root, "ptmx"); /* numbers are not used again */
    assert_listing(&w, root, ". .. 0 1 10 12 2 3 4 5 6 8 9 ptmx");
    for (size_t i = 0; i < ARRAY_LEN(masters); i++) {
        file_put(i == 7 ? NULL : masters[i]);
    }
    inode_put(slave);
    inode_put(odd);
    assert_listing(&w, root, ". .. ptmx");
    inode_put(root);
    world_close(&w);
}

static void test_refusals(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    const struct inode_ops *ops = root->ops;
    struct inode *ptmx = child_of(&w, root, "ptmx");
    struct file *f = NULL;
    struct dirent *d = NULL;
    char *target = NULL, buf[1] = {0};
    size_t n;
    assert_int_equal(ops->create(&w.c, root, "n", (struct open_flags){0}, 0, &f), -EACCES);
    assert_int_equal(ops->mkdir(&w.c, root, "n", 0), -EACCES);
    assert_int_equal(ops->symlink(&w.c, root, "t", "n"), -EACCES);
    assert_int_equal(ops->link(&w.c, root, ptmx, "n"), -EACCES);
    assert_int_equal(ops->mkfifo(&w.c, root, "n", 0), -EACCES);
    assert_int_equal(ops->bind(&w.c, root, "n", 0, &d), -EPERM);
    assert_int_equal(ops->remove(&w.c, root, "ptmx"), -EPERM);
    assert_int_equal(ops->rmdir(&w.c, root, "ptmx"), -EPERM);
    assert_int_equal(ptmx->ops->rename(&w.c, ptmx, root, "ptmx", root, "x"), -EINVAL);
    assert_null(ops->truncate); /* -EINVAL */
    assert_int_equal(inode_setxattr(&w.c, root, "user.a", "1", 1), -EOPNOTSUPP);
    assert_int_equal(inode_readlink(&w.c, ptmx, &target), -ENOLINK);
    assert_int_equal(lookup_code(&w, ptmx, "x"), -ENOTDIR);
    f = opened(&w, root);
    assert_int_equal(file_pread(&w.c, f, 0, buf, 1, &n), -EISDIR);
    assert_int_equal(file_pwrite(&w.c, f, 0, buf, 1, &n), -EISDIR);
    assert_int_equal(f->ops->fsync(&w.c, f), -EINVAL);
    file_put(f);
    inode_put(ptmx);
    inode_put(root);
    world_close(&w);
}

static void test_attributes(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct unstable_attr a = attr_of(&w, root);
    struct statfs_info info;
    assert_int_equal(root->stable.type, INODE_DIRECTORY);
    assert_int_equal(root->stable.device_id, DEVICE_DEVPTS);
    assert_int_equal(root->stable.inode_id, 2);
    assert_int_equal(root->stable.block_size, 4096);
    assert_int_equal(a.perms, 0555);
    assert_int_equal(a.links, 0);
    assert_int_equal(inode_statfs(&w.c, root, &info), 0);
    assert_int_equal(info.type, 0x1cd1);
    assert_int_equal(root->ops->chmod(&w.c, root, 0700), 0);
    struct set_times t = {.atime_now = true, .mtime = 3};
    assert_int_equal(root->ops->utimes(&w.c, root, &t), 0);
    assert_int_equal(attr_of(&w, root).perms, 0700);
    assert_int_equal(attr_of(&w, root).mtime, 3);
    assert_true(attr_of(&w, root).atime > a.atime);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-32 */
static void test_rewinding(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        bool keeps;
    } rows[] = {{PROFILE_GVISOR_2018_08_14, true}, {PROFILE_STRICT, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct inode *root = pts_mounted(&w, rows[i].profile);
        struct file *f = opened(&w, root);
        char *names = listed(&w, f);
        assert_string_equal(names, ". .. ptmx");
        mem_free(names);
        assert_int_equal(f->ops->keeps_cursor, rows[i].keeps);
        f->offset = 0; /* what a seek leaves when the cursor is kept */
        names = listed(&w, f);
        assert_string_equal(names, ". ..");
        mem_free(names);
        file_put(f);
        inode_put(root);
        world_close(&w);
    }
}

static void test_walks_look_up_again(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct file *master = pts_open(&w, root, "ptmx");
    struct mount_ns *ns = NULL;
    assert_int_equal(mount_ns_new(&w.c, root, &ns), 0);
    struct dirent *one = NULL, *two = NULL, *gone = NULL;
    assert_int_equal(dirent_walk(&w.c, ns->root, ns->root, "0", &one), 0);
    assert_int_equal(dirent_walk(&w.c, ns->root, ns->root, "0", &two), 0);
    assert_ptr_not_equal(one, two);
    assert_ptr_equal(one->inode, two->inode);
    file_put(master);
    assert_int_equal(dirent_walk(&w.c, ns->root, ns->root, "0", &gone), -ENOENT);
    dirent_put(one);
    dirent_put(two);
    mount_ns_put(ns);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_rewinding),
        cmocka_unit_test(test_walks_look_up_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
