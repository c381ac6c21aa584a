/* Finding a name in the union (contract vfs 20 and 30). */
#include "fake_fs.h"
#include "vfs_internal.h"

static void whiteout(struct test_world *w, const char *name)
{
    char key[64];
    snprintf(key, sizeof(key), OVERLAY_WHITEOUT_PREFIX "%s", name);
    OK(inode_setxattr(&w->p.c, w->upper, key, "y", 1));
}

static void test_entries(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "low=1 both=l dirs/ mixed=l mixed2/ hidden=l hidden2=l",
                  "up=1 both=u dirs/ mixed/ mixed2=u hidden2=u");
    whiteout(&w, "hidden");
    whiteout(&w, "hidden2");
    whiteout(&w, "other");
    const struct {
        const char *name;
        bool upper, lower, lower_exists;
    } table[] = {
        {"/low", false, true, true},      {"/up", true, false, false},
        {"/both", true, false, true},     {"/dirs", true, true, true},
        {"/mixed", true, false, false},   {"/mixed2", true, false, false},
        {"/hidden2", true, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct dirent *d = at(&w, table[i].name);
        const struct overlay_entry *e = d->inode->overlay;
        assert_int_equal(e->upper != NULL, table[i].upper);
        assert_int_equal(e->lower != NULL, table[i].lower);
        assert_int_equal(e->lower_exists, table[i].lower_exists);
        dirent_put(d);
    }
    assert_false(exists(&w, "/hidden"));
    assert_false(exists(&w, "/other"));
    assert_false(exists(&w, "/none"));
    assert_string_equal(ls(&w, "/"), "both dirs hidden2 low mixed mixed2 up");
    world_done(&w);
}

/* Any other value is no whiteout. */
static void test_value_of_a_whiteout(void **state)
{
    (void)state;
    static const char *const values[] = {"n", "", "yy", "Y"};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=1", "");
        OK(inode_setxattr(&w.p.c, w.upper, OVERLAY_WHITEOUT_PREFIX "f", values[i],
                          strlen(values[i])));
        assert_true(exists(&w, "/f"));
        world_done(&w);
    }
}

/* proves: VQ-26 VI-12 */
static void test_identity(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=1 d/", "f=2 d/");
    struct dirent *u = NULL, *l = NULL, *merged = NULL;
    OK(inode_lookup(&w.p.c, w.upper, "f", &u));
    OK(inode_lookup(&w.p.c, w.lower, "f", &l));
    merged = at(&w, "/f");
    assert_int_equal(merged->inode->stable.inode_id, l->inode->stable.inode_id);
    assert_int_not_equal(u->inode->stable.inode_id, l->inode->stable.inode_id); /* left intact */
    dirent_put(u);
    dirent_put(l);
    dirent_put(merged);
    world_done(&w);

    /* The number stays over copy-up and after a fresh lookup. */
    world_overlay(&w, ORIGINAL, "f=1", "");
    merged = at(&w, "/f");
    uint64_t id = merged->inode->stable.inode_id;
    OK(sys_chmod(&w.p, "/f", 0600));
    assert_int_equal(merged->inode->stable.inode_id, id);
    dirent_put(merged);
    mount_ns_flush(w.ns);
    merged = at(&w, "/f");
    assert_int_equal(merged->inode->stable.inode_id, id);
    dirent_put(merged);
    world_done(&w);
}

/* proves: VQ-27 */
static void test_type_mismatch(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "a=low b/ b/x=1", "a/ b=up");
        w.s.d.quirks.value[VQ_27] = !strict;
        OK(sys_rmdir(&w.p, "/a"));
        OK(sys_unlink(&w.p, "/b"));
        assert_string_equal(cat(&w, "/a"), strict ? "ENOENT" : "low");
        assert_string_equal(ls(&w, "/b"), strict ? "ENOENT" : "x");
        world_done(&w);
    }
    /* The same when the upper one is renamed away. */
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=low", "s->x");
        w.s.d.quirks.value[VQ_27] = !strict;
        OK(sys_rename(&w.p, "/s", "/f"));
        OK(sys_rename(&w.p, "/f", "/g"));
        assert_string_equal(ls(&w, "/"), strict ? "g" : "f g");
        world_done(&w);
    }
}

/* proves: VQ-28 */
static void test_unsupported_lower(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "p| q|", "q|");
    struct sys_stat st;
    assert_string_equal(ls(&w, "/"), "p q");
    ERR(sys_stat(&w.p, "/p", false, &st), EINVAL);
    OK(sys_stat(&w.p, "/q", false, &st));
    assert_true(logged(&w, "pipe not supported in lower filesytem"));
    world_done(&w);
}

/* Negative dirents come from the upper layer alone; errors of either layer come out. */
static void test_negative_and_errors(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.missing = true, .negative = true};
    world_empty(&w, ORIGINAL);
    struct inode *upper = fake_new(&w, &fake), *lower = new_tmpfs(&w, ""), *merged = NULL;
    fill(&w, lower, "low=1");
    struct error err = {0};
    OK(overlay_new_root(&w.p.c, upper, lower, (struct mount_flags){0}, &merged, &err));
    inode_put(upper);
    inode_put(lower);
    world_on(&w, merged);
    assert_false(exists(&w, "/x"));
    assert_non_null(namemap_find(&w.ns->root->children, "x"));
    assert_true(exists(&w, "/low"));
    fake.lookup_err = -EIO;
    struct dirent *d = NULL;
    ERR(inode_lookup(&w.p.c, merged, "low", &d), EIO);
    fake.lookup_err = -ENOENT;
    OK(inode_lookup(&w.p.c, merged, "low", &d));
    dirent_put(d);
    fake.lookup_err = ERR_NOT_FOUND; /* not identical to ENOENT */
    ERR(inode_lookup(&w.p.c, merged, "low", &d), ENOENT);
    world_done(&w);

    fake = (struct fake){.missing = true, .negative = true};
    world_empty(&w, ORIGINAL);
    upper = new_tmpfs(&w, "");
    lower = fake_new(&w, &fake);
    OK(overlay_new_root(&w.p.c, upper, lower, (struct mount_flags){0}, &merged, &err));
    inode_put(upper);
    inode_put(lower);
    world_on(&w, merged);
    assert_false(exists(&w, "/x"));
    assert_null(namemap_find(&w.ns->root->children, "x"));
    fake.lookup_err = -EACCES;
    ERR(inode_lookup(&w.p.c, merged, "x", &d), EACCES);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),           cmocka_unit_test(test_value_of_a_whiteout),
        cmocka_unit_test(test_identity),          cmocka_unit_test(test_type_mismatch),
        cmocka_unit_test(test_unsupported_lower), cmocka_unit_test(test_negative_and_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
