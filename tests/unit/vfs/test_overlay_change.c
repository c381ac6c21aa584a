/* Changes through an overlay (contract vfs 21.2 to 21.4, 21.8). */
#include "fake_fs.h"
#include "vfs_internal.h"

static bool hidden(struct test_world *w, const char *name)
{
    bool is = false;
    OK(overlay_whiteout(&w->p.c, w->upper, name, &is));
    return is;
}

/* The life of a whiteout; it is never deleted. */
/* proves: VI-11 */
static void test_whiteouts(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=low d/ d/x=1", "");
    char *before = snapshot(&w, w.lower);
    assert_string_equal(cat(&w, "/f"), "low");
    assert_false(hidden(&w, "f"));
    OK(sys_unlink(&w.p, "/f"));
    assert_true(hidden(&w, "f"));
    assert_string_equal(ls(&w, "/"), "d");
    OK(put_file(&w, "/f", "new"));
    assert_true(hidden(&w, "f"));
    assert_string_equal(cat(&w, "/f"), "new");
    OK(sys_unlink(&w.p, "/f"));
    assert_string_equal(cat(&w, "/f"), "ENOENT");
    OK(sys_rmdir(&w.p, "/d"));
    OK(sys_mkdir(&w.p, "/d", 0755));
    assert_string_equal(ls(&w, "/d"), "");
    assert_true(hidden(&w, "d"));
    OK(sys_rmdir(&w.p, "/d"));
    OK(put_file(&w, "/d", "file"));
    assert_string_equal(cat(&w, "/d"), "file");
    mount_ns_flush(w.ns);
    assert_string_equal(cat(&w, "/d"), "file");
    assert_string_equal(ls(&w, "/"), "d");
    OK(sys_mkdir(&w.p, "/own", 0755));
    OK(sys_rmdir(&w.p, "/own"));
    assert_false(hidden(&w, "own")); /* only names of the lower */
    char *after = snapshot(&w, w.lower);
    assert_string_equal(before, after);
    mem_free(before);
    mem_free(after);
    world_done(&w);
}

/* proves: VQ-32 */
static void test_rmdir_with_lower_content(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "low/ low/x=1 both/ both/x=1 mixed/ mixed/x=1 empty/",
                      "both/ mixed/ mixed/y=1");
        w.s.d.quirks.value[VQ_32] = !strict;
        ERR(sys_rmdir(&w.p, "/low"), strict ? ENOTEMPTY : 0);
        ERR(sys_rmdir(&w.p, "/both"), strict ? ENOTEMPTY : 0);
        ERR(sys_rmdir(&w.p, "/mixed"), ENOTEMPTY);
        OK(sys_rmdir(&w.p, "/empty"));
        assert_string_equal(ls(&w, "/"), strict ? "both low mixed" : "mixed");
        world_done(&w);
    }
}

static void no_xattrs(struct test_world *w, struct inode_ops *ops)
{
    *ops = *w->upper->ops;
    ops->getxattr = NULL;
    ops->setxattr = NULL;
    w->upper->ops = ops;
}

/* proves: VQ-33 */
static void test_upper_without_xattrs(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct inode_ops ops;
        world_overlay(&w, ORIGINAL, "f=low", "f=up own=1");
        w.s.d.quirks.value[VQ_33] = !strict;
        no_xattrs(&w, &ops);
        ERR(sys_unlink(&w.p, "/f"), EOPNOTSUPP);
        mount_ns_flush(w.ns);
        assert_string_equal(cat(&w, "/f"), strict ? "up" : "low"); /* half done: the lower shows */
        OK(sys_unlink(&w.p, "/own"));
        world_done(&w);
    }
}

static void test_rename_rules(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "a=la b=lb d/ e/ e/x=1", "u=1 ud/");
    OK(sys_rename(&w.p, "/a", "/b")); /* lower onto lower */
    assert_string_equal(cat(&w, "/b"), "la");
    assert_true(hidden(&w, "a"));
    assert_false(hidden(&w, "b"));
    assert_string_equal(ls(&w, "/"), "b d e u ud");
    ERR(sys_rename(&w.p, "/ud", "/e"), ENOTEMPTY);
    OK(sys_rename(&w.p, "/u", "/d/u"));
    assert_string_equal(ls(&w, "/d"), "u");
    assert_false(hidden(&w, "u"));
    world_done(&w);
}

/* Only overlays take part; two different ones are not told apart. */
static void test_rename_to_a_bare_mount(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=1 m/", "");
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(put_file(&w, "/m/g", "2"));
    ERR(sys_rename(&w.p, "/f", "/m/x"), EXDEV);
    ERR(sys_rename(&w.p, "/m/g", "/x"), EXDEV);
    ERR(sys_link(&w.p, "/f", "/m/x"), EXDEV);
    world_done(&w);
}

/* proves: VQ-35 */
static void test_directory_with_lower_content(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "d/ d/x=1", "u/ u/y=1");
        w.s.d.quirks.value[VQ_35] = !strict;
        struct dirent *d = at(&w, "/d");
        ERR(sys_rename(&w.p, "/d", "/e"), strict ? EXDEV : 0);
        if (!strict) {
            OK(sys_chdir(&w.p, "/e"));
            assert_string_equal(ls(&w, "."), "x"); /* while somebody holds the old dirent */
            OK(sys_chdir(&w.p, "/"));
        }
        dirent_put(d);
        mount_ns_flush(w.ns);
        assert_string_equal(ls(&w, "/e"), strict ? "ENOENT" : "");
        assert_string_equal(ls(&w, "/d"), strict ? "x" : "ENOENT");
        OK(sys_rename(&w.p, "/u", "/v"));
        assert_string_equal(ls(&w, "/v"), "y");
        world_done(&w);
    }
}

/* proves: VQ-36 */
static void test_onto_an_emptied_directory(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "d/ d/x=old", "u/ u/y=1 v/");
        w.s.d.quirks.value[VQ_36] = !strict;
        OK(sys_unlink(&w.p, "/d/x")); /* copies d up: the whiteout stands in there */
        OK(sys_rename(&w.p, "/u", "/d"));
        mount_ns_flush(w.ns);
        assert_string_equal(ls(&w, "/d"), strict ? "y" : "x y");
        OK(sys_rename(&w.p, "/v", "/w"));
        assert_false(hidden(&w, "w")); /* nothing of the lower to hide */
        world_done(&w);
    }
}

/* proves: VQ-37 */
static void test_stale_lower_exists(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        for (int held = 0; held < 2; held++) {
            struct test_world w;
            world_overlay(&w, ORIGINAL, "f=low", "u=up");
            w.s.d.quirks.value[VQ_37] = !strict;
            struct file *f = NULL;
            OK(sys_open(&w.p, "/u", O_RDONLY, 0, &f));
            OK(sys_rename(&w.p, "/u", "/f"));
            if (!held) {
                OK(sys_close(&w.p, f));
            }
            OK(sys_unlink(&w.p, "/f"));
            assert_string_equal(cat(&w, "/f"), held && !strict ? "low" : "ENOENT");
            if (held) {
                OK(sys_close(&w.p, f));
            }
            world_done(&w);
        }
    }
}

/* proves: VQ-34 */
static void test_leaks(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "m/");
        w.s.d.quirks.value[VQ_34] = !strict;
        struct inode *upper = new_tmpfs(&w, ""), *lower = new_tmpfs(&w, ""), *merged = NULL;
        fill(&w, lower, "a=1 b=2");
        struct error err = {0};
        OK(overlay_new_root(&w.p.c, upper, lower, (struct mount_flags){0}, &merged, &err));
        inode_put(upper);
        inode_put(lower);
        struct dirent *m = at(&w, "/m");
        OK(mount_ns_mount(&w.p.c, w.ns, m, merged));
        dirent_put(m);
        OK(sys_rename(&w.p, "/m/a", "/m/c")); /* onto nothing: no leak */
        assert_int_equal(w.s.d.leak_count, 0);
        OK(sys_rename(&w.p, "/m/c", "/m/b"));
        assert_int_equal(w.s.d.leak_count, !strict);
        ERR(sys_umount(&w.p, "/m", 0), strict ? 0 : EBUSY);
        world_done(&w);
    }
}

/* proves: VQ-31 VP-08 */
static void test_bound_socket(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "low/", "up/");
        w.s.d.quirks.value[VQ_31] = !strict;
        struct dirent *root = w.ns->root, *low = at(&w, "/low"), *s = NULL;
        ERR(dirent_bind(&w.p.c, low, root, "s", 0644, &s), EOPNOTSUPP); /* no copy-up */
        dirent_put(low);
        OK(dirent_bind(&w.p.c, root, root, "s", 0644, &s));
        assert_int_equal(s->inode->stable.type, INODE_SOCKET);
        assert_ptr_equal(s->inode->ms, strict ? root->inode->ms : w.upper->ms);
        ERR(dirent_link(&w.p.c, root, root, s, "t"), strict ? 0 : EXDEV);
        int r = inode_check_permission(&w.p.c, s->inode, ACCESS_WRITE);
        if (strict) {
            OK(r);
            dirent_put(s);
            world_done(&w);
        } else {
            assert_int_equal(r, CODE_FATE);
            world_fated(&w, FATE_PANIC, "interface conversion");
        }
    }
}

/* Creation copies the parent up and leaves the lower alone; links go from upper to upper. */
/* proves: VI-09 */
static void test_creation(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "d/ d/f=1 d@0750", "");
    char *before = snapshot(&w, w.lower);
    OK(sys_mkdir(&w.p, "/d/n", 0755));
    OK(sys_symlink(&w.p, "to", "/d/s"));
    OK(sys_mknod(&w.p, "/d/p", S_IFIFO | 0644));
    OK(put_file(&w, "/d/c", "c"));
    OK(sys_link(&w.p, "/d/f", "/g"));
    assert_string_equal(ls(&w, "/d"), "c f n p s");
    assert_string_equal(cat(&w, "/g"), "1");
    assert_int_equal(stat_of(&w, "/g").nlink, 2);
    assert_int_equal(stat_of(&w, "/d").mode & 07777, 0750);
    struct dirent *c = at(&w, "/d/c");
    assert_false(c->inode->overlay->lower_exists);
    assert_null(c->inode->overlay->lower);
    dirent_put(c);
    char *after = snapshot(&w, w.lower);
    assert_string_equal(before, after);
    mem_free(before);
    mem_free(after);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whiteouts),
        cmocka_unit_test(test_rmdir_with_lower_content),
        cmocka_unit_test(test_upper_without_xattrs),
        cmocka_unit_test(test_rename_rules),
        cmocka_unit_test(test_rename_to_a_bare_mount),
        cmocka_unit_test(test_directory_with_lower_content),
        cmocka_unit_test(test_onto_an_emptied_directory),
        cmocka_unit_test(test_stale_lower_exists),
        cmocka_unit_test(test_leaks),
        cmocka_unit_test(test_bound_socket),
        cmocka_unit_test(test_creation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
