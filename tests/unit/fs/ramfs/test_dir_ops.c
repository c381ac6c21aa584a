/* model/fs/ramfs/dir_ops.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static struct inode *mounted(struct world *w, enum profile profile)
{
    world_open(w, profile);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    return world_mount(w, "tmpfs", "");
}

/* proves: FQ-13 */
static void test_lookup_touches_atime_even_on_a_miss(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct unstable_attr before = attr_of(&w, root);
    assert_int_equal(lookup_code(&w, root, "missing"), -ENOENT);
    struct unstable_attr after = attr_of(&w, root);
    assert_true(after.atime > before.atime);
    assert_true(after.mtime == before.mtime);
    inode_put(root);
    world_close(&w);
}

static void test_creation_errors_and_times(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    const struct inode_ops *ops = root->ops;
    struct unstable_attr before = attr_of(&w, root);
    struct dirent *d = NULL;
    struct file *f = NULL;
    assert_int_equal(ops->bind(&w.c, root, "n", 0400, &d), 0);
    struct unstable_attr after = attr_of(&w, root);
    assert_true(after.mtime > before.mtime && after.ctime == after.mtime);
    assert_string_equal(d->name, "n");
    assert_int_equal(d->inode->stable.type, INODE_SOCKET);
    dirent_put(d);
    d = NULL;
    assert_int_equal(ops->bind(&w.c, root, "n", 0400, &d), -EADDRINUSE);
    assert_int_equal(ops->mkdir(&w.c, root, "n", 0), -EEXIST);
    assert_int_equal(ops->mkfifo(&w.c, root, "n", 0), -EEXIST);
    assert_int_equal(ops->symlink(&w.c, root, "t", "n"), -EEXIST);
    assert_int_equal(ops->create(&w.c, root, "n", (struct open_flags){0}, 0, &f), -EEXIST);
    assert_null(d);
    assert_null(f);
    assert_true(attr_of(&w, root).mtime == after.mtime);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-14 FQ-15 */
static void test_links_and_removal_need_no_creation_functions(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    const char *const paths[] = {"a/x", "b"};
    struct inode *root = NULL;
    struct error err = {0};
    assert_int_equal(ramfs_make_directory_tree(&w.c, paths, 2, &root, &err), 0);
    struct file *f = NULL;
    struct dirent *d = NULL;
    const struct inode_ops *ops = root->ops;
    assert_int_equal(ops->create(&w.c, root, "n", (struct open_flags){0}, 0, &f), ERR_DENIED);
    assert_int_equal(ops->mkdir(&w.c, root, "n", 0), ERR_DENIED);
    assert_int_equal(ops->mkfifo(&w.c, root, "n", 0), ERR_DENIED);
    assert_int_equal(ops->symlink(&w.c, root, "t", "n"), ERR_DENIED);
    assert_int_equal(ops->bind(&w.c, root, "n", 0, &d), ERR_DENIED);
    struct inode *b = child_of(&w, root, "b");
    struct unstable_attr before = attr_of(&w, b);
    assert_int_equal(ops->link(&w.c, root, b, "c"), 0);
    assert_true(attr_of(&w, b).ctime > before.ctime && attr_of(&w, b).mtime == before.mtime);
    assert_int_equal(ops->link(&w.c, root, b, "c"), -EEXIST);
    assert_int_equal(ops->rmdir(&w.c, root, "b"), 0);
    assert_int_equal(ops->rmdir(&w.c, root, "a"), ERR_NOT_EMPTY);
    assert_int_equal(ops->remove(&w.c, root, "a"), 0); /* no look at the type */
    assert_listing(&w, root, ". .. c");
    inode_put(b);
    inode_put(root);
    world_close(&w);
}

static void test_removal_errors(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    const struct inode_ops *ops = root->ops;
    make_file(&w, root, "f", 0644);
    assert_int_equal(ops->remove(&w.c, root, "m"), ERR_NOT_FOUND);
    assert_int_equal(ops->rmdir(&w.c, root, "m"), -ENOENT);
    assert_int_equal(ops->rmdir(&w.c, root, "f"), ERR_NOT_DIRECTORY);
    struct inode *f = child_of(&w, root, "f");
    struct unstable_attr before = attr_of(&w, f), dir = attr_of(&w, root);
    assert_int_equal(ops->remove(&w.c, root, "f"), 0);
    assert_true(attr_of(&w, f).ctime > before.ctime && attr_of(&w, f).mtime == before.mtime);
    assert_true(attr_of(&w, root).mtime > dir.mtime);
    inode_put(f);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-16 */
static void test_creation_in_a_removed_directory(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        int code;
    } rows[] = {{PROFILE_GVISOR_2018_08_14, 0}, {PROFILE_STRICT, -ENOENT}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct inode *root = mounted(&w, rows[i].profile);
        assert_int_equal(root->ops->mkdir(&w.c, root, "d", 0755), 0);
        struct inode *d = child_of(&w, root, "d");
        assert_int_equal(root->ops->rmdir(&w.c, root, "d"), 0);
        assert_int_equal(d->ops->mkdir(&w.c, d, "orphan", 0755), rows[i].code);
        assert_int_equal(d->ops->symlink(&w.c, d, "t", "link"), rows[i].code);
        inode_put(d);
        inode_put(root);
        world_close(&w);
    }
}

/* proves: FQ-12 */
static void test_length_of_names(void **state)
{
    (void)state;
    char name[301];
    memset(name, 'n', 300);
    name[300] = '\0';
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(root->ops->mkdir(&w.c, root, name, 0755), 0);
    inode_put(root);
    world_close(&w);

    root = mounted(&w, PROFILE_STRICT);
    assert_int_equal(root->ops->mkdir(&w.c, root, name, 0755), -ENAMETOOLONG);
    name[255] = '\0';
    assert_int_equal(root->ops->mkdir(&w.c, root, name, 0755), 0);
    inode_put(root);
    world_close(&w);
}

/* Every allocation fails once: the world is abandoned cleanly each time. */
static void test_out_of_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        struct world w;
        struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
        w.s.d.alloc_fail_at = w.s.d.allocs + n;
        struct dirent *d = NULL;
        int rc = root->ops->mkdir(&w.c, root, "d", 0755);
        rc = rc ? rc : root->ops->symlink(&w.c, root, "t", "l");
        rc = rc ? rc : root->ops->mkfifo(&w.c, root, "p", 0600);
        rc = rc ? rc : root->ops->bind(&w.c, root, "s", 0400, &d);
        dirent_put(d);
        inode_put(root);
        if (rc == 0) {
            w.s.d.alloc_fail_at = 0;
            world_close(&w);
            assert_true(n > 10);
            return;
        }
        assert_int_equal(rc, CODE_FATE);
        assert_int_equal(w.s.d.fate, FATE_OOM);
        sentry_close(&w.s, NULL, NULL);
    }
}

/* Nobody checks before: the directory itself refuses, and keeps what it has. */
/* proves: FP-16 */
static void test_link_onto_an_existing_name(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(root->ops->mkdir(&w.c, root, "a", 0755), 0);
    assert_int_equal(root->ops->mkfifo(&w.c, root, "b", 0644), 0);
    struct inode *a = child_of(&w, root, "a"), *b = child_of(&w, root, "b");
    assert_int_equal(ramfs_dir_link(&w.c, root, b, "a"), -EEXIST);
    assert_ptr_equal(ramfs_dir_find(root, "a"), a);
    assert_int_equal(attr_of(&w, b).links, 1);
    inode_put(a);
    inode_put(b);
    inode_put(root);
    world_close(&w);
}

static int plain_attr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    (void)inode;
    *ret = (struct unstable_attr){.perms = 0755};
    return 0;
}

/* A directory of another file system in a ramfs map is taken for one with something in it. */
/* proves: FP-09 */
static void test_removal_of_a_foreign_node(void **state)
{
    (void)state;
    static const struct inode_ops foreign = {.getattr = plain_attr};
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14), *node;
    const struct stable_attr dir = {.type = INODE_DIRECTORY}, file = {.type = INODE_REGULAR};
    assert_int_equal(inode_new(root->ms, &foreign, NULL, dir, &node), 0);
    assert_int_equal(ramfs_dir_add(root, "dir", node, false), 0);
    assert_int_equal(inode_new(root->ms, &foreign, NULL, file, &node), 0);
    assert_int_equal(ramfs_dir_add(root, "file", node, false), 0);
    assert_int_equal(root->ops->rmdir(&w.c, root, "dir"), ERR_NOT_EMPTY);
    assert_int_equal(root->ops->rmdir(&w.c, root, "file"), ERR_NOT_DIRECTORY);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup_touches_atime_even_on_a_miss),
        cmocka_unit_test(test_creation_errors_and_times),
        cmocka_unit_test(test_links_and_removal_need_no_creation_functions),
        cmocka_unit_test(test_removal_errors),
        cmocka_unit_test(test_creation_in_a_removed_directory),
        cmocka_unit_test(test_length_of_names),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_link_onto_an_existing_name),
        cmocka_unit_test(test_removal_of_a_foreign_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
