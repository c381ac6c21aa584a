/* model/fs/ramfs/tree.c */
#include "fs_test.h"

static struct inode *tree(struct world *w, const char *const *paths, size_t n)
{
    struct inode *root = NULL;
    struct error err = {0};
    assert_int_equal(ramfs_make_directory_tree(&w->c, paths, n, &root, &err), 0);
    return root;
}

static void check_stub(struct world *w, struct inode *inode, uint64_t id, uint64_t links)
{
    struct unstable_attr a = attr_of(w, inode);
    assert_int_equal(inode->stable.type, INODE_DIRECTORY);
    assert_int_equal(inode->stable.device_id, DEVICE_PSEUDO);
    assert_int_equal(inode->stable.inode_id, id);
    assert_int_equal(inode->stable.block_size, 4096);
    assert_int_equal(a.perms, 0555);
    assert_int_equal(a.uid + a.gid, 0);
    assert_int_equal(a.links, links);
}

static void test_empty(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *root = tree(&w, NULL, 0);
    check_stub(&w, root, 1, 1);
    assert_listing(&w, root, ". ..");
    assert_null(root->ms->fs);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-08 FI-12 */
static void test_paths_merge_in_creation_order(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    const char *const paths[] = {"/tmp",  "/tmp/a/b", "/tmp/a/c/d", "tmp/c",
                                 "/proc", "/dev/a/b", "/tmp"};
    struct inode *root = tree(&w, paths, ARRAY_LEN(paths));
    assert_listing(&w, root, ". .. dev proc tmp");
    check_stub(&w, root, 1, 4);
    struct inode *tmp = child_of(&w, root, "tmp");
    struct inode *a = child_of(&w, tmp, "a");
    struct inode *b = child_of(&w, a, "b");
    struct inode *cc = child_of(&w, a, "c");
    struct inode *dev = child_of(&w, root, "dev");
    check_stub(&w, tmp, 2, 4);
    check_stub(&w, a, 3, 4);
    check_stub(&w, b, 4, 2);
    check_stub(&w, cc, 5, 3);
    check_stub(&w, dev, 9, 3);
    assert_ptr_equal(tmp->ms, root->ms);
    struct inode *all[] = {root, tmp, a, b, cc, dev};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        inode_put(all[i]);
    }
    world_close(&w);
}

static void test_bad_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } rows[] = {
        {"a/", "cannot add subdir at an unclean path: \"a/\""},
        {"a//b", "cannot add subdir at an unclean path: \"a//b\""},
        {"./a", "cannot add subdir at an unclean path: \"./a\""},
        {"a/../b", "cannot add subdir at an unclean path: \"a/../b\""},
        {"//a", "cannot add subdir at an unclean path: \"//a\""},
        {"/..", "cannot add subdir at an unclean path: \"/..\""},
        {"", "cannot add subdir at an unclean path: \"\""},
        {"/", "cannot add subdir at \"/\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_open(&w, PROFILE_GVISOR_2018_08_14);
        const char *const paths[] = {"good/one", rows[i].path, "never"};
        struct inode *root = NULL;
        struct error err = {0};
        assert_int_equal(ramfs_make_directory_tree(&w.c, paths, 3, &root, &err), -EINVAL);
        assert_string_equal(err.text, rows[i].text);
        assert_null(root);
        error_release(&err);
        world_close(&w);
    }
}

/* proves: FQ-22 */
static void test_dots_are_entries_that_nothing_lists(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    const char *const paths[] = {".", "..", "../x"};
    struct inode *root = tree(&w, paths, ARRAY_LEN(paths));
    assert_listing(&w, root, ". ..");
    check_stub(&w, root, 1, 3);
    inode_put(root);
    world_close(&w);
}

static void test_nothing_can_be_made_but_rename_works(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    const char *const paths[] = {"a/x", "b"};
    struct inode *root = tree(&w, paths, ARRAY_LEN(paths));
    assert_int_equal(root->ops->mkdir(&w.c, root, "n", 0755), ERR_DENIED);
    assert_int_equal(root->ops->mkdir(&w.c, root, "a", 0755), ERR_DENIED);
    struct inode *a = child_of(&w, root, "a"), *b = child_of(&w, root, "b");
    assert_int_equal(a->ops->rename(&w.c, a, root, "a", b, "y"), 0);
    assert_listing(&w, root, ". .. b");
    assert_listing(&w, b, ". .. y");
    check_stub(&w, root, 1, 2);
    check_stub(&w, b, 4, 3);
    inode_put(a);
    inode_put(b);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_paths_merge_in_creation_order),
        cmocka_unit_test(test_bad_paths),
        cmocka_unit_test(test_dots_are_entries_that_nothing_lists),
        cmocka_unit_test(test_nothing_can_be_made_but_rename_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
