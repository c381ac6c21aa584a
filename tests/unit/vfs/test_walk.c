/* From a directory to its child: what is known, what is asked again, what a failure leaves
 * (contract vfs 10 and 30). */
#include "fake_fs.h"

static int walk(struct test_world *w, struct dirent *d, const char *name, struct dirent **ret)
{
    return dirent_walk(&w->p.c, d, w->ns->root, name, ret);
}

static size_t listed(const struct dirent *d)
{
    size_t n = 0;
    for (struct namenode *it = namemap_first(&d->children); it; it = namenode_next(it)) {
        n++;
    }
    return n;
}

/* proves: VP-01 P-16 */
static void test_positive(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.child_type = INODE_DIRECTORY};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *root = w.ns->root, *child = NULL, *again = NULL;
    size_t before = root->refs;
    OK(walk(&w, root, "a", &child));
    assert_int_equal(root->refs, before + 1);
    assert_int_equal(child->refs, 1);
    OK(walk(&w, root, "a", &again));
    assert_ptr_equal(child, again);
    assert_int_equal(f.lookups, 1);
    dirent_put(again);
    dirent_put(child); /* not cached: destroyed, and no longer listed */
    assert_int_equal(root->refs, before);
    assert_int_equal(listed(root), 0);
    jobs_drain(&w.s.d);
    assert_int_equal(f.releases, 1);
    world_done(&w);
    assert_int_equal(f.releases, 2);
}

/* proves: VQ-04 */
static void test_negative(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.missing = true, .negative = true, .stale = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *root = w.ns->root, *child = NULL;
    size_t before = root->refs;
    for (int i = 0; i < 100; i++) {
        ERR(walk(&w, root, "x", &child), ENOENT);
    }
    assert_int_equal(f.lookups, 1); /* never revalidated */
    assert_int_equal(listed(root), 1);
    assert_int_equal(root->refs, before);
    const struct dirent *negative =
        container_of(namemap_find(&root->children, "x"), struct dirent, child_node);
    assert_null(negative->inode);
    assert_int_equal(negative->refs, 1);
    assert_ptr_equal(negative->parent, root);

    /* Negative to positive: creation does not ask the stale entry. */
    struct file *file = NULL;
    OK(dirent_create(&w.p.c, root, root, "x", (struct open_flags){.read = true}, 0644, &file));
    assert_int_equal(listed(root), 1);
    assert_int_equal(root->refs, before + 1);
    file_put(file);
    world_done(&w);
}

static void test_negative_is_not_kept_without(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.missing = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *child = NULL;
    for (int i = 0; i < 3; i++) {
        ERR(walk(&w, w.ns->root, "x", &child), ENOENT);
    }
    assert_int_equal(f.lookups, 3);
    assert_int_equal(listed(w.ns->root), 0);
    world_done(&w);
}

/* proves: VQ-06 */
static void test_revalidated(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.stale = true, .child_type = INODE_DIRECTORY};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *root = w.ns->root, *first = NULL, *second = NULL;
    OK(walk(&w, root, "a", &first));
    OK(walk(&w, root, "a", &second));
    assert_ptr_not_equal(first, second); /* two dirents of one file coexist */
    assert_false(first->hashed);
    assert_true(second->hashed);
    assert_int_equal(listed(root), 1);
    assert_ptr_equal(first->parent, root);
    dirent_put(first);
    dirent_put(second);
    world_done(&w);
}

/* proves: VP-05 */
static void test_wrong_names(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.wrong = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *root = w.ns->root, *child = NULL;
    ERR(walk(&w, root, "a", &child), EIO);
    assert_true(logged(&w, "lookup of a returned unexpected name wrong"));
    f.lookup_err = -ENOENT;
    struct file *file = NULL;
    ERR(dirent_create(&w.p.c, root, root, "a", (struct open_flags){.read = true}, 0644, &file),
        EIO);
    assert_true(logged(&w, "creation of a returned unexpected name wrong"));
    assert_null(file);
    world_done(&w);
}

static void test_dots_and_files(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/e/ f=x");
    struct dirent *root = w.ns->root, *d = at(&w, "/d"), *e = at(&w, "/d/e"), *f = at(&w, "/f");
    const struct {
        struct dirent *from, *root;
        const char *name;
        struct dirent *found;
    } table[] = {
        {d, root, ".", d},     {d, root, "", d}, {e, root, "..", d},
        {d, root, "..", root}, {d, d, "..", d},  {root, root, "..", root},
        {root, d, "..", root}, {e, e, "..", e},  {d, e, "..", root}, /* only equality stops */
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct dirent *found = NULL;
        OK(dirent_walk(&w.p.c, table[i].from, table[i].root, table[i].name, &found));
        assert_ptr_equal(found, table[i].found);
        dirent_put(found);
    }
    static const char *const names[] = {".", "..", "x", ""};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct dirent *found = NULL;
        ERR(walk(&w, f, names[i], &found), ENOTDIR);
        assert_null(found);
    }
    dirent_put(d);
    dirent_put(e);
    dirent_put(f);
    world_done(&w);
}

/* proves: VQ-05 */
static void test_any_error_counts_as_missing(void **state)
{
    (void)state;
    struct test_world w;
    struct fake f = {.lookup_err = -EIO};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &f));
    struct dirent *root = w.ns->root, *child = NULL;
    ERR(walk(&w, root, "x", &child), EIO);
    struct file *file = NULL;
    OK(dirent_create(&w.p.c, root, root, "x", (struct open_flags){.read = true}, 0644, &file));
    f.lookup_err = -EACCES;
    f.op_err = -ENOSPC;
    ERR(dirent_mkdir(&w.p.c, root, root, "y", 0755), ENOSPC);
    file_put(file);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positive),
        cmocka_unit_test(test_negative),
        cmocka_unit_test(test_negative_is_not_kept_without),
        cmocka_unit_test(test_revalidated),
        cmocka_unit_test(test_wrong_names),
        cmocka_unit_test(test_dots_and_files),
        cmocka_unit_test(test_any_error_counts_as_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
