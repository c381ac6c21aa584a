/* model/fs/dev/dev.c: the table of contract filesystems 4 */
#include "dev_test.h"

struct row {
    const char *name;
    enum inode_type type;
    unsigned perms, links;
    uint64_t id; /* of its device */
    const char *target;
};

static void check_row(struct world *w, struct inode *root, const struct row *row)
{
    struct inode *inode = child_of(w, root, row->name);
    struct unstable_attr a = attr_of(w, inode);
    bool shm = strcmp(row->name, "shm") == 0;
    struct statfs_info info;
    assert_int_equal(inode->stable.type, row->type);
    assert_int_equal(a.perms, row->perms);
    assert_int_equal(a.links, row->links);
    assert_int_equal(a.uid + a.gid, 0);
    assert_int_equal(a.size, row->target ? strlen(row->target) : 0);
    assert_int_equal(inode->stable.device_id, shm ? DEVICE_TMPFS : DEVICE_DEVTMPFS);
    assert_int_equal(inode->stable.inode_id, row->id);
    assert_int_equal(inode->stable.block_size, 4096);
    assert_int_equal(inode->stable.rdev_major + inode->stable.rdev_minor, 0);
    assert_int_equal(inode_statfs(&w->c, inode, &info), shm ? 0 : -ENOSYS);
    assert_ptr_equal(inode->ms, root->ms);
    if (row->target) {
        char *target = NULL;
        assert_int_equal(inode_readlink(&w->c, inode, &target), 0);
        assert_string_equal(target, row->target);
        mem_free(target);
    }
    inode_put(inode);
}

/* proves: FQ-05 FQ-10 FQ-30 */
static void test_table(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ashmem", INODE_CHARDEV, 0666, 1, 13, NULL},
        {"binder", INODE_CHARDEV, 0666, 1, 12, NULL},
        {"fd", INODE_SYMLINK, 0777, 0, 1, "/proc/self/fd"},
        {"full", INODE_CHARDEV, 0666, 0, 7, NULL},
        {"null", INODE_CHARDEV, 0666, 0, 5, NULL},
        {"ptmx", INODE_SYMLINK, 0777, 0, 11, "pts/ptmx"},
        {"pts", INODE_DIRECTORY, 0555, 1, 10, NULL},
        {"random", INODE_CHARDEV, 0444, 0, 8, NULL},
        {"shm", INODE_DIRECTORY, 0777, 1, 1, NULL},
        {"stderr", INODE_SYMLINK, 0777, 0, 4, "/proc/self/fd/2"},
        {"stdin", INODE_SYMLINK, 0777, 0, 2, "/proc/self/fd/0"},
        {"stdout", INODE_SYMLINK, 0777, 0, 3, "/proc/self/fd/1"},
        {"urandom", INODE_CHARDEV, 0444, 0, 9, NULL},
        {"zero", INODE_CHARDEV, 0666, 0, 6, NULL},
    };
    struct world w;
    struct inode *root = dev_mounted(&w, "binder_enabled=1,ashmem_enabled=true,mode=0700,x");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        check_row(&w, root, &rows[i]);
    }
    assert_listing(
        &w, root,
        ". .. ashmem binder fd full null ptmx pts random shm stderr stdin stdout urandom "
        "zero");
    assert_int_equal(root->stable.inode_id, 14);
    assert_int_equal(attr_of(&w, root).perms, 0555);
    assert_int_equal(attr_of(&w, root).links, 1);
    assert_ptr_equal(root->ms->ops, &mount_source_non_caching);
    inode_put(root);
    world_close(&w);
}

static void test_options(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = dev_mounted(&w, "binder_enabled=F,ashmem_enabled=0");
    assert_listing(&w, root,
                   ". .. fd full null ptmx pts random shm stderr stdin stdout urandom zero");
    assert_int_equal(root->stable.inode_id, 12);
    inode_put(root);
    static const char *const bad[] = {
        "binder_enabled",       "ashmem_enabled=",     "binder_enabled=yes",
        "ashmem_enabled=maybe", "ashmem_enabled=tRUE",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        world_mount_fails(&w, "devtmpfs", bad[i], "invalid argument");
    }
    world_close(&w);
}

/* proves: FQ-06 FQ-14 FQ-15 FQ-17 FI-11 */
static void test_names(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = dev_mounted(&w, "");
    const struct inode_ops *ops = root->ops;
    struct inode *pts = child_of(&w, root, "pts"), *shm = child_of(&w, root, "shm");
    struct inode *null = child_of(&w, root, "null");
    assert_int_equal(ops->mkdir(&w.c, root, "n", 0755), ERR_DENIED);
    assert_int_equal(ops->mkfifo(&w.c, pts, "n", 0755), ERR_DENIED);
    assert_int_equal(shm->ops->mkdir(&w.c, shm, "n", 0755), 0);
    assert_int_equal(null->ops->rename(&w.c, null, root, "null", root, "n"), ERR_CROSS_DEVICE);
    assert_int_equal(shm->ops->rename(&w.c, shm, root, "shm", root, "n"), ERR_CROSS_DEVICE);

    /* A device linked into shm stays a ramfs node, so it cannot be renamed there. */
    assert_int_equal(shm->ops->link(&w.c, shm, null, "null"), 0);
    assert_int_equal(null->ops->rename(&w.c, null, shm, "null", shm, "x"), ERR_CROSS_DEVICE);
    assert_int_equal(pts->ops->link(&w.c, pts, null, "null"), 0);
    assert_int_equal(null->ops->rename(&w.c, null, pts, "null", pts, "x"), 0);
    /* Either parent of another type is enough to refuse. */
    assert_int_equal(null->ops->rename(&w.c, null, root, "null", pts, "y"), ERR_CROSS_DEVICE);
    assert_int_equal(null->ops->rename(&w.c, null, pts, "x", root, "y"), ERR_CROSS_DEVICE);
    assert_int_equal(attr_of(&w, null).links, 2);
    assert_int_equal(pts->ops->remove(&w.c, pts, "x"), 0);
    assert_int_equal(shm->ops->rmdir(&w.c, shm, "n"), 0);
    assert_int_equal(shm->ops->remove(&w.c, shm, "null"), 0);
    assert_int_equal(ops->remove(&w.c, root, "null"), 0);
    assert_true(attr_of(&w, null).links == UINT64_MAX);
    assert_int_equal(ops->rmdir(&w.c, root, "pts"), 0);
    assert_int_equal(ops->rmdir(&w.c, root, "shm"), 0);
    assert_true(attr_of(&w, root).links == UINT64_MAX);
    inode_put(null);
    inode_put(pts);
    inode_put(shm);
    inode_put(root);
    world_close(&w);
}

static void test_attributes_persist(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = dev_mounted(&w, "ashmem_enabled=t");
    const char *const names[] = {"null", "ashmem", "shm", "pts"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct inode *inode = child_of(&w, root, names[i]);
        struct set_times t = {.atime = 5, .mtime = 6};
        assert_int_equal(inode->ops->chmod(&w.c, inode, 0123), 0);
        assert_int_equal(inode->ops->chown(&w.c, inode, 3, 4), 0);
        assert_int_equal(inode->ops->utimes(&w.c, inode, &t), 0);
        inode_put(inode);
        inode = child_of(&w, root, names[i]);
        struct unstable_attr a = attr_of(&w, inode);
        assert_true(a.perms == 0123 && a.uid == 3 && a.gid == 4 && a.atime == 5 && a.mtime == 6);
        inode_put(inode);
    }
    inode_put(root);
    world_close(&w);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    mount_without_memory(fs_dev_register, "devtmpfs", "binder_enabled=1,ashmem_enabled=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),         cmocka_unit_test(test_options),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_attributes_persist),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
