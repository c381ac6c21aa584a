/* model/fs/ramfs/rename.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static struct inode *mounted(struct world *w, enum profile profile)
{
    world_open(w, profile);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    struct inode *root = world_mount(w, "tmpfs", "");
    assert_int_equal(root->ops->mkdir(&w->c, root, "a", 0755), 0);
    assert_int_equal(root->ops->mkdir(&w->c, root, "b", 0755), 0);
    return root;
}

static int rename_child(struct world *w, struct inode *old_dir, const char *old_name,
                        struct inode *new_dir, const char *new_name)
{
    struct inode *moved = child_of(w, old_dir, old_name);
    int rc = moved->ops->rename(&w->c, moved, old_dir, old_name, new_dir, new_name);
    inode_put(moved);
    return rc;
}

/* proves: FQ-18 FI-17 */
static void test_moves_between_directories(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *a = child_of(&w, root, "a"), *b = child_of(&w, root, "b");
    assert_int_equal(a->ops->mkdir(&w.c, a, "sub", 0755), 0);
    struct unstable_attr old_dir = attr_of(&w, a), new_dir = attr_of(&w, b);
    assert_int_equal(rename_child(&w, a, "sub", b, "moved"), 0);
    assert_true(attr_of(&w, a).mtime > old_dir.mtime);
    assert_true(attr_of(&w, b).mtime == new_dir.mtime && attr_of(&w, b).ctime == new_dir.ctime);
    assert_int_equal(attr_of(&w, a).links, 2);
    assert_int_equal(attr_of(&w, b).links, 3);
    assert_listing(&w, a, ". ..");
    assert_listing(&w, b, ". .. moved");
    struct inode *moved = child_of(&w, b, "moved");
    assert_int_equal(attr_of(&w, moved).links, 2);
    inode_put(moved);
    inode_put(a);
    inode_put(b);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-17 */
static void test_both_parents_must_be_exactly_of_the_kind(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *stubs = NULL;
    struct error err = {0};
    const char *const paths[] = {"s"};
    assert_int_equal(ramfs_make_directory_tree(&w.c, paths, 1, &stubs, &err), 0);
    assert_int_equal(rename_child(&w, root, "a", stubs, "a"), ERR_CROSS_DEVICE);
    assert_int_equal(rename_child(&w, stubs, "s", root, "s"), ERR_CROSS_DEVICE);
    assert_int_equal(rename_child(&w, stubs, "s", stubs, "t"), 0);
    inode_put(stubs);
    inode_put(root);
    world_close(&w);
}

static void test_replacing_directories(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *b = child_of(&w, root, "b");
    make_file(&w, b, "f", 0644);
    assert_int_equal(rename_child(&w, root, "a", root, "b"), ERR_NOT_EMPTY);
    assert_listing(&w, root, ". .. a b");
    assert_int_equal(b->ops->remove(&w.c, b, "f"), 0);
    assert_int_equal(rename_child(&w, root, "a", root, "b"), 0);
    assert_listing(&w, root, ". .. b");
    inode_put(b);
    inode_put(root);
    world_close(&w);
}

/* proves: FQ-19 FQ-20 */
static void test_counts_of_what_is_replaced(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        uint64_t root_links, file_links, self_links;
    } rows[] = {{PROFILE_GVISOR_2018_08_14, 3, 1, 2}, {PROFILE_STRICT, 2, 0, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct inode *root = mounted(&w, rows[i].profile);
        assert_int_equal(rename_child(&w, root, "a", root, "b"), 0);
        assert_int_equal(attr_of(&w, root).links, rows[i].root_links);

        make_file(&w, root, "f", 0644);
        make_file(&w, root, "g", 0644);
        struct inode *f = child_of(&w, root, "f"), *g = child_of(&w, root, "g");
        assert_int_equal(rename_child(&w, root, "f", root, "g"), 0);
        assert_int_equal(attr_of(&w, g).links, rows[i].file_links);
        assert_int_equal(attr_of(&w, f).links, 1);

        assert_int_equal(root->ops->link(&w.c, root, f, "h"), 0);
        assert_int_equal(rename_child(&w, root, "g", root, "h"), 0);
        assert_int_equal(attr_of(&w, f).links, rows[i].self_links);
        assert_listing(&w, root, ". .. b h");
        inode_put(f);
        inode_put(g);
        inode_put(root);
        world_close(&w);
    }
}

/* proves: VQ-13 */
static void test_between_two_mounts_the_node_keeps_its_source(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *other = world_mount(&w, "tmpfs", "");
    struct mount_source *source = root->ms;
    assert_int_equal(rename_child(&w, root, "a", other, "a"), 0);
    struct inode *a = child_of(&w, other, "a");
    assert_ptr_equal(a->ms, source);
    inode_put(root);
    assert_int_equal(attr_of(&w, a).links, 2);
    inode_put(a);
    inode_put(other);
    world_close(&w);
}

/* proves: FP-03 */
static void test_old_name_that_is_not_there(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w, PROFILE_STRICT);
    assert_int_equal(root->ops->rename(&w.c, root, root, "..", root, "x"), -EBUSY);
    inode_put(root);
    world_close(&w);

    root = mounted(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(root->ops->rename(&w.c, root, root, "..", root, "x"), CODE_FATE);
    assert_int_equal(w.s.d.fate, FATE_PANIC);
    sentry_close(&w.s, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves_between_directories),
        cmocka_unit_test(test_both_parents_must_be_exactly_of_the_kind),
        cmocka_unit_test(test_replacing_directories),
        cmocka_unit_test(test_counts_of_what_is_replaced),
        cmocka_unit_test(test_between_two_mounts_the_node_keeps_its_source),
        cmocka_unit_test(test_old_name_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
