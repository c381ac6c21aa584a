/* Building overlays, their mount source, which layer serves what (contract vfs 19, 21.1, 21.9). */
#include "fake_fs.h"
#include "vfs_internal.h"

static const struct mount_flags no_flags;

static void refuse(struct test_world *w, struct inode *upper, struct inode *lower, const char *text)
{
    struct inode *merged = NULL;
    struct error err = {0};
    ERR(overlay_new_root(&w->p.c, upper, lower, no_flags, &merged, &err), EINVAL);
    assert_string_equal(err.text, text);
    assert_null(merged);
    error_release(&err);
}

static struct inode *child(struct test_world *w, struct inode *dir, const char *name)
{
    struct dirent *d = NULL;
    OK(inode_lookup(&w->p.c, dir, name, &d));
    struct inode *inode = inode_get(d->inode);
    dirent_put(d);
    return inode;
}

/* proves: VP-17 */
static void test_refused(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=1 p|", "");
    struct inode *f = child(&w, w.lower, "f"), *merged = w.ns->root->inode, *out = NULL;
    refuse(&w, f, w.lower, "upper Inode is not a directory");
    refuse(&w, w.upper, f, "lower Inode is not a directory");
    refuse(&w, merged, w.lower, "cannot nest overlay in upper file of another overlay");
    ERR(overlay_inode_new(merged->ms, NULL, NULL, false, &out), EINVAL);
    ERR(overlay_inode_new(merged->ms, merged, NULL, false, &out), EINVAL);
    struct error err = {0};
    ERR(overlay_new_root_file(&w.p.c, w.upper->ms, w.lower, no_flags, &out, &err), EINVAL);
    assert_string_equal(err.text, "lower Inode is not a regular file");
    error_release(&err);
    ERR(w.s.overlayfs->mount(&w.p.c, w.s.overlayfs, "", no_flags, "", &out, &err), EINVAL);
    assert_string_equal(err.text, "overlayFilesystem.Mount should not be called!");
    error_release(&err);
    assert_null(filesystem_find(&w.s, "overlayfs"));
    inode_put(f);
    world_done(&w);
}

static void test_special_lower(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {0};
    world_overlay(&w, ORIGINAL, "", "");
    struct inode *special = fake_new(&w, &fake);
    special->stable.type = INODE_SPECIAL_DIRECTORY;
    refuse(&w, w.upper, special, "invalid argument");
    assert_true(logged(&w, "directory not supported in lower filesytem"));
    inode_put(special);
    world_done(&w);
}

/* The lower may be an overlay itself. */
static void test_lower_overlay(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "low=low both=low", "up=up both=up");
    struct inode *inner = inode_get(w.ns->root->inode), *outer = NULL;
    struct error err = {0};
    struct inode *upper = new_tmpfs(&w, "");
    OK(overlay_new_root(&w.p.c, upper, inner, no_flags, &outer, &err));
    struct mount_ns *ns = w.ns;
    process_release(&w.p);
    mount_ns_put(ns);
    world_on(&w, outer);
    assert_string_equal(ls(&w, "/"), "both low up");
    assert_string_equal(cat(&w, "/both"), "up");
    OK(put_file(&w, "/low", "new"));
    OK(sys_unlink(&w.p, "/up"));
    assert_string_equal(ls(&w, "/"), "both low");
    assert_string_equal(cat(&w, "/low"), "new");
    inode_put(upper);
    inode_put(inner);
    world_done(&w);
}

/* proves: VQ-29 */
static void test_private_xattrs(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=1", "");
        w.s.d.quirks.value[VQ_29] = !strict;
        static const char *const names[] = {"t", "trusted.", "trusted.overlay.whiteout.f",
                                            "user.x"};
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            OK(inode_setxattr(&w.p.c, w.upper, names[i], "y", 1));
        }
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            bool hidden = i < 2 ? !strict : i == 2 && strict;
            struct str value;
            str_init(&value, &w.s.d);
            ERR(sys_getxattr(&w.p, "/", names[i], &value), hidden ? ENODATA : 0);
            str_release(&value);
        }
        struct str value;
        str_init(&value, &w.s.d);
        ERR(sys_getxattr(&w.p, "/", "", &value), ENODATA);
        str_release(&value);
        struct ptrvec list;
        ptrvec_init(&list, &w.s.d);
        OK(sys_listxattr(&w.p, "/", &list));
        assert_int_equal(list.n, strict ? 3 : 2);
        for (size_t i = 0; i < list.n; i++) {
            mem_free(list.p[i]);
        }
        ptrvec_release(&list);
        ERR(sys_setxattr(&w.p, "/", "user.y", "z"), EOPNOTSUPP);
        world_done(&w);
    }
}

/* proves: VQ-30 */
static void test_write_permission_of_the_lower(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=1 closed=1 closed@0600 d/", "u=1");
        w.s.d.quirks.value[VQ_30] = !strict;
        become(&w, 7);
        struct file *f = NULL;
        ERR(sys_open(&w.p, "/f", O_RDWR, 0, &f), strict ? EACCES : 0);
        if (!strict) {
            OK(sys_close(&w.p, f));
            ERR(sys_open(&w.p, "/f", O_RDWR, 0, &f), EACCES); /* copied up: the real bits decide */
        }
        ERR(sys_open(&w.p, "/closed", O_WRONLY, 0, &f), EACCES);
        ERR(sys_open(&w.p, "/u", O_WRONLY, 0, &f), EACCES);
        ERR(sys_mkdir(&w.p, "/d/n", 0755), strict ? EACCES : 0);
        world_done(&w);
    }
}

/* proves: VP-08b */
static void test_lower_that_revalidates(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct fake fake = {.child_type = INODE_DIRECTORY, .stale = true};
        world_empty(&w, ORIGINAL);
        w.s.d.quirks.value[VP_08b] = !strict;
        struct inode *upper = new_tmpfs(&w, ""), *lower = fake_new(&w, &fake), *merged = NULL;
        struct error err = {0};
        int r = overlay_new_root(&w.p.c, upper, lower, no_flags, &merged, &err);
        if (strict) { /* refused when it is built */
            ERR(r, EINVAL);
            assert_string_equal(err.text, "lower Inode needs revalidation");
            error_release(&err);
            fake.stale = false;
            OK(overlay_new_root(&w.p.c, upper, lower, no_flags, &merged, &err));
            fake.stale = true; /* what the later revision may say */
        } else {
            OK(r);
        }
        inode_put(upper);
        inode_put(lower);
        world_on(&w, merged);
        struct dirent *d = at(&w, "/d"), *again = NULL; /* the first walk is fine */
        r = dirent_walk(&w.p.c, w.ns->root, w.ns->root, "d", &again);
        if (strict) {
            ERR(r, EINVAL);
            dirent_put(d);
            world_done(&w);
        } else {
            assert_int_equal(r, CODE_FATE);
            world_fated(&w, FATE_PANIC,
                        "an overlay cannot revalidate file objects from the lower fs");
        }
    }
}

/* The revalidation table of contract vfs 30: the same dirent twice, unless a revalidating upper has
 * the file. */
static void test_revalidating_upper(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.child_type = INODE_REGULAR, .stale = true, .keep = true};
    world_empty(&w, ORIGINAL);
    struct inode *upper = fake_new(&w, &fake), *lower = new_tmpfs(&w, ""), *merged = NULL;
    fill(&w, lower, "low=1");
    struct error err = {0};
    OK(overlay_new_root(&w.p.c, upper, lower, no_flags, &merged, &err));
    assert_ptr_equal(overlay_upper_source(merged->ms), upper->ms);
    assert_ptr_equal(overlay_lower_source(merged->ms), lower->ms);
    assert_null(overlay_upper_source(upper->ms));
    inode_put(upper);
    inode_put(lower);
    world_on(&w, merged);
    struct dirent *a = at(&w, "/up"), *b = at(&w, "/up");
    assert_ptr_not_equal(a, b);
    assert_false(list_empty(&b->cache_link)); /* the upper's source keeps it */
    fake.missing = true;
    struct dirent *c = at(&w, "/low"), *d = at(&w, "/low");
    assert_ptr_equal(c, d); /* a lower-only file is never revalidated */
    dirent_put(a);
    dirent_put(b);
    dirent_put(c);
    dirent_put(d);
    world_done(&w);
}

static void test_who_serves(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=low l->low", "f=up l->up");
    assert_string_equal(cat(&w, "/f"), "up");
    char *target = NULL;
    OK(sys_readlink(&w.p, "/l", &target));
    assert_string_equal(target, "up");
    mem_free(target);
    struct statfs_info info;
    OK(inode_statfs(&w.p.c, w.ns->root->inode, &info));
    assert_int_equal(info.type, 0x794c7630);
    assert_false(inode_is_virtual(w.ns->root->inode));
    assert_true(inode_is_virtual(w.upper));
    world_done(&w);
}

static void test_magic_links(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.magic = true};
    world_empty(&w, ORIGINAL);
    struct inode *upper = new_tmpfs(&w, ""), *lower = fake_new(&w, &fake), *merged = NULL;
    fill(&w, upper, "target=1");
    struct error err = {0};
    OK(overlay_new_root(&w.p.c, upper, lower, no_flags, &merged, &err));
    inode_put(upper);
    inode_put(lower);
    world_on(&w, merged);
    fake.target = w.ns->root;
    assert_string_equal(cat(&w, "/link"), "EACCES");
    assert_true(logged(&w, "Getlink not supported in overlay for \"/\""));
    world_done(&w);
}

/* A ramfs directory tells its children of links; an overlay inode has nobody to tell. */
/* proves: VP-04 */
static void test_links_of_an_overlay_inode(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "", "");
    struct inode *dir = new_tmpfs(&w, "");
    OK(ramfs_dir_add(dir, "o", inode_get(w.ns->root->inode), true));
    OK(dir->ops->remove(&w.p.c, dir, "o"));
    inode_put(dir);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_special_lower),
        cmocka_unit_test(test_lower_overlay),
        cmocka_unit_test(test_private_xattrs),
        cmocka_unit_test(test_write_permission_of_the_lower),
        cmocka_unit_test(test_lower_that_revalidates),
        cmocka_unit_test(test_revalidating_upper),
        cmocka_unit_test(test_who_serves),
        cmocka_unit_test(test_magic_links),
        cmocka_unit_test(test_links_of_an_overlay_inode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
