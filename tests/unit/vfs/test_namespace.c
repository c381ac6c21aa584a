/* Mounting and unmounting (contract vfs 17.2, 17.3 and 30). */
#include "fake_fs.h"

static int mount_at(struct test_world *w, struct dirent *d, struct inode **keep)
{
    struct inode *inode = new_tmpfs(w, "");
    int r = mount_ns_mount(&w->p.c, w->ns, d, inode);
    if (r && r != CODE_FATE) {
        inode_put(inode);
    } else if (keep) {
        *keep = inode;
    }
    return r;
}

static size_t n_children(const struct mount_source *ms)
{
    size_t n = 0;
    list_for_each(it, &ms->children)
    {
        n++;
    }
    return n;
}

static struct mount_source *source_at(struct test_world *w, const char *path)
{
    struct dirent *d = at(w, path);
    struct mount_source *ms = d->inode->ms;
    dirent_put(d);
    return ms;
}

/* proves: VI-06 */
static void test_tree_of_mounts(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "foo/ waldo/");
    OK(sys_mount_tmpfs(&w, "/foo"));
    OK(sys_mkdir(&w.p, "/foo/bar", 0755));
    OK(sys_mkdir(&w.p, "/foo/qux", 0755));
    OK(sys_mount_tmpfs(&w, "/foo/bar"));
    OK(sys_mkdir(&w.p, "/foo/bar/baz", 0755));
    OK(sys_mount_tmpfs(&w, "/foo/bar/baz"));
    OK(sys_mount_tmpfs(&w, "/foo/qux"));
    OK(sys_mount_tmpfs(&w, "/waldo"));
    static const char *const paths[] = {"/",        "/foo",  "/foo/bar", "/foo/bar/baz",
                                        "/foo/qux", "/waldo"};
    static const char *const parents[] = {NULL, "/", "/foo", "/foo/bar", "/foo", "/"};
    static const size_t children[] = {2, 2, 1, 0, 0, 0};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const struct mount_source *ms = source_at(&w, paths[i]);
        assert_int_equal(ms->id, i + 1);
        assert_int_equal(n_children(ms), children[i]);
        assert_ptr_equal(ms->parent, parents[i] ? source_at(&w, parents[i]) : NULL);
        char *name = NULL;
        bool reachable = false;
        OK(dirent_full_name(ms->root, w.ns->root, &name, &reachable));
        assert_string_equal(name, paths[i]);
        assert_true(reachable);
        mem_free(name);
        struct dirent *top = dirent_mount_root(ms->root);
        assert_ptr_equal(top, ms->root);
        dirent_put(top);
    }
    ERR(sys_umount(&w.p, "/foo", 0), EBUSY); /* another mount below it */
    OK(sys_umount(&w.p, "/foo/bar/baz", 0));
    OK(sys_umount(&w.p, "/foo/bar", 0));
    OK(sys_mount_tmpfs(&w, "/foo/bar"));
    assert_int_equal(source_at(&w, "/foo/bar")->id, 7); /* never reused */
    world_done(&w);
}

/* proves: VI-07 */
static void test_stack(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/own=1");
    struct dirent *before = at(&w, "/d");
    enum { HEIGHT = 5 };
    for (int i = 0; i < HEIGHT; i++) {
        OK(sys_mount_tmpfs(&w, "/d"));
        const struct mount_source *ms = source_at(&w, "/d");
        assert_int_equal(ms->id, i + 2);
        assert_int_equal(ms->parent->id, i + 1); /* the covered mount */
        char name[] = {'/', 'd', '/', (char)('0' + i), '\0'};
        OK(put_file(&w, name, "x"));
    }
    for (int i = HEIGHT; i > 0; i--) {
        const char name[] = {(char)('0' + i - 1), '\0'};
        assert_string_equal(ls(&w, "/d"), name);
        OK(sys_umount(&w.p, "/d", 0));
    }
    assert_string_equal(ls(&w, "/d"), "own");
    struct dirent *after = at(&w, "/d");
    assert_ptr_equal(before, after);
    dirent_put(before);
    dirent_put(after);
    ERR(sys_umount(&w.p, "/d", 0), EINVAL);
    ERR(sys_umount(&w.p, "/", 0), EBUSY);
    ERR(sys_umount(&w.p, "/", MNT_DETACH), EBUSY);
    ERR(sys_mount_tmpfs(&w, "/"), EBUSY);
    world_done(&w);
}

static void test_counts_come_back(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/e/");
    struct dirent *d = at(&w, "/d"), *e = at(&w, "/d/e");
    mount_ns_flush(w.ns);
    size_t d_refs = d->refs, e_refs = e->refs, sum = d->inode->ms->dirent_refs;
    OK(mount_at(&w, e, NULL));
    assert_true(e->refs > e_refs);
    OK(sys_umount(&w.p, "/d/e", 0));
    mount_ns_flush(w.ns);
    assert_int_equal(d->refs, d_refs);
    assert_int_equal(e->refs, e_refs);
    assert_int_equal(d->inode->ms->dirent_refs, sum);
    assert_int_equal(n_children(w.ns->root->inode->ms), 0);
    struct dirent *again = at(&w, "/d/e");
    assert_ptr_equal(again, e);
    dirent_put(again);
    dirent_put(d);
    dirent_put(e);
    world_done(&w);
}

/* Kinds are not compared: file over directory and the reverse. A symlink is refused. */
/* proves: VQ-22 */
static void test_kinds(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ f=below");
    struct inode *fs = new_tmpfs(&w, "");
    fill(&w, fs, "file=above link->file dir/");
    static const char *const names[] = {"file", "link", "dir"};
    struct inode *inodes[3];
    for (size_t i = 0; i < 3; i++) {
        struct dirent *d = NULL;
        OK(inode_lookup(&w.p.c, fs, names[i], &d));
        inodes[i] = inode_get(d->inode);
        dirent_put(d);
    }
    inode_put(fs);
    struct dirent *d = at(&w, "/d"), *f = at(&w, "/f");
    ERR(mount_ns_mount(&w.p.c, w.ns, d, inodes[1]), EINVAL);
    inode_put(inodes[1]);
    OK(mount_ns_mount(&w.p.c, w.ns, d, inodes[0]));
    assert_string_equal(cat(&w, "/d"), "above");
    /* The same source a second time: the original would overwrite its id, root and parent. */
    ERR(mount_ns_mount(&w.p.c, w.ns, f, inodes[2]), EBUSY);
    inode_put(inodes[2]);
    OK(mount_at(&w, f, NULL));
    assert_string_equal(ls(&w, "/f"), "");
    dirent_put(d);
    dirent_put(f);
    OK(sys_umount(&w.p, "/d", 0));
    OK(sys_umount(&w.p, "/f", 0));
    assert_string_equal(cat(&w, "/f"), "below");
    world_done(&w);
}

/* proves: VQ-02 */
static void test_source_twice(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/ b/");
    struct dirent *a = at(&w, "/a"), *b = at(&w, "/b");
    struct inode *inode = NULL;
    OK(mount_at(&w, a, &inode));
    ERR(mount_ns_mount(&w.p.c, w.ns, b, inode), EBUSY);
    ERR(mount_ns_mount(&w.p.c, w.ns, b, w.ns->root->inode), EBUSY);
    assert_int_equal(inode->ms->id, 2);
    /* Taken off, it can be mounted again, under a new id. */
    inode_get(inode);
    OK(sys_umount(&w.p, "/a", 0));
    OK(mount_ns_mount(&w.p.c, w.ns, b, inode));
    assert_int_equal(inode->ms->id, 3);
    dirent_put(a);
    dirent_put(b);
    world_done(&w);
}

static void test_busy_with_holders(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "m/");
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(put_file(&w, "/m/f", "x"));
    struct file *f = NULL;
    OK(sys_open(&w.p, "/m/f", O_RDONLY, 0, &f));
    ERR(sys_umount(&w.p, "/m", 0), EBUSY);
    OK(sys_close(&w.p, f));
    OK(sys_chdir(&w.p, "/m"));
    ERR(sys_umount(&w.p, "/m", 0), EBUSY);
    OK(sys_chdir(&w.p, "/"));
    assert_string_equal(cat(&w, "/m/f"), "x"); /* what only the cache holds does not count */
    OK(sys_umount(&w.p, "/m", 0));
    world_done(&w);
}

/* A detached mount takes those below it out of the tree; they stay in the table. */
static void test_detach(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "m/");
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(sys_mkdir(&w.p, "/m/in", 0755));
    OK(sys_mount_tmpfs(&w, "/m/in"));
    OK(sys_chdir(&w.p, "/m/in"));
    OK(put_file(&w, "x", "1"));
    OK(sys_umount(&w.p, "/m", MNT_DETACH));
    assert_string_equal(ls(&w, "/m"), "");
    assert_string_equal(cat(&w, "x"), "1"); /* lives until the last reference goes */
    assert_false(list_empty(&w.ns->mounts));
    OK(sys_chdir(&w.p, "/"));
    world_done(&w);
}

/* proves: VP-07 */
static void test_over_an_unhashed_dirent(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct fake fake = {.child_type = INODE_DIRECTORY, .stale = true};
        world_empty(&w, ORIGINAL);
        w.s.d.quirks.value[VP_07] = !strict;
        world_on(&w, fake_new(&w, &fake));
        struct dirent *d = at(&w, "/d");
        dirent_put(at(&w, "/d")); /* d was replaced, and that one is gone too */
        int r = mount_at(&w, d, NULL);
        if (strict) {
            ERR(r, ENOENT);
            dirent_put(d);
            world_done(&w);
        } else {
            assert_int_equal(r, CODE_FATE);
            world_fated(&w, FATE_PANIC, "mount must mount over an existing dirent");
        }
    }
}

static void test_over_a_removed_dirent(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/");
    struct dirent *d = at(&w, "/d");
    OK(sys_rmdir(&w.p, "/d"));
    ERR(mount_at(&w, d, NULL), ENOENT);
    ERR(mount_ns_unmount(&w.p.c, w.ns, d, false), EINVAL);
    dirent_put(d);
    world_done(&w);
}

/* Revalidation replaces an ancestor: the mount below is unreachable at once. Directly in the root
 * it is safe. */
/* proves: VQ-09 */
static void test_revalidation_loses_mounts(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.child_type = INODE_DIRECTORY, .stale = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    OK(sys_mount_tmpfs(&w, "/d/e"));
    struct dirent *e = at(&w, "/d/e");
    assert_null(e->inode->ms->fs);
    dirent_put(e);
    OK(sys_mount_tmpfs(&w, "/f"));
    struct dirent *f = at(&w, "/f");
    assert_non_null(f->inode->ms->fs);
    dirent_put(f);
    world_done(&w);
}

/* What an unmounted source keeps, and what a failure leaves behind. */
/* proves: VQ-23 */
static void test_links_after_unmount(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "d/");
        w.s.d.quirks.value[VQ_23] = !strict;
        struct dirent *d = at(&w, "/d");
        struct inode *inode = NULL;
        OK(mount_at(&w, d, &inode));
        inode_get(inode);
        struct dirent *top = at(&w, "/d");
        struct mount_source *root_ms = w.ns->root->inode->ms;
        top->deleted = true; /* nothing of the model removes a mount point: the failure of step 4 */
        ERR(mount_ns_unmount(&w.p.c, w.ns, top, false), ENOENT);
        assert_int_equal(n_children(root_ms), strict);
        top->deleted = false;
        if (!strict) {
            list_push_back(&root_ms->children, &inode->ms->child_link);
        }
        OK(mount_ns_unmount(&w.p.c, w.ns, top, false));
        dirent_put(top);
        assert_int_equal(inode->ms->id, strict ? 0 : 2);
        assert_ptr_equal(inode->ms->parent, strict ? NULL : root_ms);
        inode_put(inode);
        dirent_put(d);
        world_done(&w);
    }
}

/* Two mounts over one dirent that was covered meanwhile: odd, but nothing breaks. */
static void test_over_a_covered_mount(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "x/");
    OK(sys_mount_tmpfs(&w, "/x"));
    struct dirent *a = at(&w, "/x");
    OK(sys_mount_tmpfs(&w, "/x"));
    struct dirent *b = at(&w, "/x");
    OK(mount_at(&w, a, NULL)); /* c, while b covers a already */
    OK(mount_ns_unmount(&w.p.c, w.ns, b, false));
    struct dirent *now = at(&w, "/x");
    assert_ptr_equal(now, a);
    dirent_put(now);
    dirent_put(a);
    dirent_put(b);
    world_done(&w);
}

static void unmount_d(void *arg)
{
    struct test_world *w = arg;
    (void)sys_umount(&w->p, "/d", 0);
}

/* proves: VP-16 */
static void test_impossible_counts(void **state)
{
    (void)state;
    skip_without_assertions();
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/");
    struct dirent *d = at(&w, "/d");
    OK(mount_at(&w, d, NULL));
    dirent_put(d);
    struct dirent *top = at(&w, "/d");
    struct mount_source *ms = top->inode->ms;
    dirent_put(top);
    size_t refs = ms->dirent_refs;
    ms->dirent_refs = 0; /* the walk there adds one */
    assert_true(asserts(unmount_d, &w));
    ms->dirent_refs = refs;
    assert_false(asserts(unmount_d, &w));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree_of_mounts),
        cmocka_unit_test(test_stack),
        cmocka_unit_test(test_counts_come_back),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_source_twice),
        cmocka_unit_test(test_busy_with_holders),
        cmocka_unit_test(test_detach),
        cmocka_unit_test(test_over_an_unhashed_dirent),
        cmocka_unit_test(test_over_a_removed_dirent),
        cmocka_unit_test(test_revalidation_loses_mounts),
        cmocka_unit_test(test_links_after_unmount),
        cmocka_unit_test(test_over_a_covered_mount),
        cmocka_unit_test(test_impossible_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
