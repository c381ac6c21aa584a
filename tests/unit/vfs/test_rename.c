/* Renaming: errors in their order, what hangs, what strict says (contract vfs 14). */
#include "fake_fs.h"

enum { OTHER = 7 };

static int ren(struct test_world *w, const char *from_dir, const char *from, const char *to_dir,
               const char *to)
{
    struct dirent *a = at(w, from_dir), *b = at(w, to_dir);
    int r = dirent_rename(&w->p.c, w->ns->root, a, from, b, to);
    if (r != CODE_FATE) {
        dirent_put(a);
        dirent_put(b);
    }
    return r;
}

/* Every kind onto every kind. 0 stands for success. */
static void test_type_pairs(void **state)
{
    (void)state;
    static const char *const kinds[] = {"none", "f", "l", "empty", "full", "m"};
    static const int expected[6][6] = {
        /* onto none    f        l        empty   full       mount */
        {ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT}, /* none */
        {0, 0, 0, EISDIR, EISDIR, EBUSY},                 /* file */
        {0, 0, 0, EISDIR, EISDIR, EBUSY},                 /* link */
        {0, ENOTDIR, ENOTDIR, 0, ENOTEMPTY, EBUSY},       /* empty directory */
        {0, ENOTDIR, ENOTDIR, 0, ENOTEMPTY, EBUSY},       /* full directory */
        {EBUSY, EBUSY, EBUSY, EBUSY, EBUSY, EBUSY},       /* mount */
    };
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 6; k++) {
            for (int same = 0; same < 2; same++) {
                struct test_world w;
                const char *tree = "a/ a/f=1 a/l->f a/empty/ a/full/ a/full/x=1 a/m/ "
                                   "b/ b/f=2 b/l->f b/empty/ b/full/ b/full/y=1 b/m/ "
                                   "a/b-f=2 a/b-l->f a/b-empty/ a/b-full/ a/b-full/y=1 a/b-m/";
                world_plain(&w, ORIGINAL, tree);
                OK(sys_mount_tmpfs(&w, "/a/m"));
                OK(sys_mount_tmpfs(&w, "/b/m"));
                OK(sys_mount_tmpfs(&w, "/a/b-m"));
                char to[16];
                snprintf(to, sizeof(to), "%s%s", same ? "b-" : "", kinds[k]);
                int r = ren(&w, "/a", kinds[i], same ? "/a" : "/b", to);
                if (code_errno(r) != expected[i][k]) {
                    fail_msg("%s onto %s (%s parent): %s", kinds[i], to, same ? "same" : "other",
                             code_name(r));
                }
                char path[32];
                snprintf(path, sizeof(path), "/a/%s", kinds[i]);
                assert_int_equal(exists(&w, path), r != 0 && i != 0);
                world_done(&w);
            }
        }
    }
}

/* proves: VQ-10 */
static void test_same_name(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 d/");
    OK(ren(&w, "/", "none", "/", "none")); /* also what does not exist */
    OK(ren(&w, "/", ".", "/", "."));
    OK(ren(&w, "/", "f", "/", "f"));
    OK(ren(&w, "/f", "x", "/f", "x"));
    ERR(ren(&w, "/d", "none", "/", "none"), ENOENT);
    world_done(&w);
}

static void test_into_itself(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/ a/b/ a/b/c/ a@0000");
    ERR(ren(&w, "/", "a", "/a", "x"), EINVAL);
    ERR(ren(&w, "/", "a", "/a/b/c", "x"), EINVAL);
    become(&w, OTHER); /* before any other check */
    w.p.c.creds.caps = UINT64_C(1) << CAP_BIT_DAC_READ_SEARCH;
    ERR(ren(&w, "/", "a", "/a/b/c", "x"), EINVAL);
    ERR(ren(&w, "/", "none", "/a/b", "x"), ENOENT);
    ERR(ren(&w, "/", "a", "/", "x"), EACCES);
    become_root(&w);
    ERR(ren(&w, "/a/b", "c", "/a", "b"), ENOTEMPTY); /* onto the old parent */
    ERR(ren(&w, "/a", "b", "/a/b", "x"), EINVAL);
    world_done(&w);
}

static void test_permissions_in_order(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL,
                "mine/ mine/f=1 mine/d/ mine/d#0 mine#7 closed/ closed/g=1 "
                "open/ open@0777 sticky/ sticky/roots=1 sticky/own=1 sticky/own#7 "
                "sticky@1777");
    become(&w, OTHER);
    ERR(ren(&w, "/closed", "none", "/open", "x"), ENOENT); /* the walk comes first */
    ERR(ren(&w, "/closed", "g", "/open", "x"), EACCES);
    ERR(ren(&w, "/mine", "f", "/closed", "g"), EACCES);
    ERR(ren(&w, "/sticky", "roots", "/open", "x"), EPERM);
    OK(ren(&w, "/sticky", "own", "/open", "x"));
    ERR(ren(&w, "/mine", "d", "/open", "d"), EACCES); /* a moved directory must be writable */
    OK(ren(&w, "/mine", "f", "/mine", "g"));
    world_done(&w);
}

/* proves: VQ-11 FQ-66 */
static void test_sticky_target(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL,
                    "mine/ mine/f=mine mine#7 mine/f#7 sticky/ sticky/roots=root "
                    "sticky@1777");
        w.s.d.quirks.value[VQ_11] = !strict;
        become(&w, OTHER);
        ERR(ren(&w, "/mine", "f", "/sticky", "roots"), strict ? EPERM : 0);
        become_root(&w);
        assert_string_equal(cat(&w, "/sticky/roots"), strict ? "root" : "mine");
        world_done(&w);
    }
}

/* proves: VQ-12 */
static void test_replaced_name(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=1 g=2");
        w.s.d.quirks.value[VQ_12] = !strict;
        struct dirent *g = at(&w, "/g");
        OK(ren(&w, "/", "f", "/", "g"));
        char *name = NULL;
        bool reachable;
        OK(dirent_full_name(g, w.ns->root, &name, &reachable));
        assert_string_equal(name, strict ? "/g (deleted)" : "/g");
        mem_free(name);
        dirent_put(g);
        world_done(&w);
    }
}

/* proves: VQ-13 FQ-21 VP-02 */
static void test_across_mounts(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=1 m/");
        w.s.d.quirks.value[VQ_13] = !strict;
        OK(sys_mount_tmpfs(&w, "/m"));
        ERR(ren(&w, "/", "f", "/m", "g"), strict ? EXDEV : 0);
        assert_string_equal(cat(&w, "/m/g"), strict ? "ENOENT" : "1");
        struct dirent *there = at(&w, strict ? "/f" : "/m/g");
        assert_ptr_equal(there->inode->ms, w.ns->root->inode->ms); /* keeps its source */
        dirent_put(there);
        OK(sys_umount(&w.p, "/m", MNT_DETACH));
        world_done(&w);
    }
    /* Between kinds of filesystem the operation answers. */
    struct test_world w;
    struct fake fake = {.op_err = -EXDEV};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    ERR(ren(&w, "/", "a", "/", "b"), EXDEV);
    world_done(&w);
}

/* proves: VQ-14 VI-08 */
static void test_hard_links(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=1");
        w.s.d.quirks.value[VQ_14] = !strict;
        OK(sys_link(&w.p, "/f", "/g"));
        OK(ren(&w, "/", "f", "/", "g"));
        assert_string_equal(ls(&w, "/"), strict ? "f g" : "g");
        assert_string_equal(cat(&w, "/g"), "1");
        world_done(&w);
    }
}

/* proves: VQ-15 */
static void test_negative_target(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.child_type = INODE_REGULAR};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    struct dirent *f = at(&w, "/f");
    fake.missing = fake.negative = true;
    assert_false(exists(&w, "/g"));
    OK(ren(&w, "/", "f", "/", "g"));
    struct dirent *g = at(&w, "/g");
    assert_ptr_equal(f, g);
    assert_string_equal(f->name, "g");
    dirent_put(f);
    dirent_put(g);
    world_done(&w); /* the negative one is gone as well */
}

/* A directory that contains a mount can be renamed; the mount moves with it. */
static void test_moves_mounts(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/ a/m/ b/");
    OK(sys_mount_tmpfs(&w, "/a/m"));
    OK(put_file(&w, "/a/m/x", "1"));
    OK(ren(&w, "/", "a", "/b", "c"));
    assert_string_equal(cat(&w, "/b/c/m/x"), "1");
    OK(sys_umount(&w.p, "/b/c/m", 0));
    assert_string_equal(ls(&w, "/b/c/m"), "");
    world_done(&w);
}

struct dots {
    const char *from_dir, *from, *to_dir, *to;
    int result; /* errno, or -1: hangs, -2: panics */
    const char *why;
};

static void check_dots(const struct dots *t, enum profile profile, int quirk_off, int expected)
{
    struct test_world w;
    world_plain(&w, profile, "a/ a/b/ a/b/f=1 a/b/d/ x/ x/y/ f=1");
    if (quirk_off >= 0) {
        w.s.d.quirks.value[quirk_off] = 0;
    }
    int r = ren(&w, t->from_dir, t->from, t->to_dir, t->to);
    if ((r == CODE_FATE) != (expected < 0) || (expected >= 0 && code_errno(r) != expected)) {
        fail_msg("%s %s -> %s %s: %s %s", t->from_dir, t->from, t->to_dir, t->to, code_name(r),
                 domain_dead(&w.s.d) ? w.s.d.fate_text : "");
    }
    if (expected == -1) {
        world_fated(&w, FATE_HANG, t->why);
    } else if (expected == -2) {
        world_fated(&w, FATE_PANIC, "runtime error: invalid memory address");
    } else {
        world_done(&w);
    }
}

static const char mu[] = "waits for itself: Dirent.mu", ren_mu[] = "waits for itself: renameMu";

/* proves: VP-09 VP-10 FP-03 FP-10 */
static void test_dots(void **state)
{
    (void)state;
    static const struct dots table[] = {
        /* equal parents */
        {"/a", ".", "/a", "x", EINVAL, NULL},
        {"/a", "b", "/a", ".", ENOTEMPTY, NULL},
        {"/", "..", "/", "x", EINVAL, NULL},
        {"/", "a", "/", "..", ENOTEMPTY, NULL},
        {"/a/b", "..", "/a/b", "x", -2, NULL},
        {"/a/b", "f", "/a/b", "..", EISDIR, NULL},
        {"/a", "", "/a", "x", EINVAL, NULL},
        /* a. different parents and a walk of ".." */
        {"/a", "..", "/x", "z", -1, ren_mu},
        {"/a/b", "f", "/x", "..", -1, ren_mu},
        {"/a/b", "none", "/x", "..", ENOENT, NULL},
        {"/", "a", "/a", "..", EINVAL, NULL},
        /* b. Busy takes the mu of a parent */
        {"/a", ".", "/x", "z", -1, mu},
        {"/a/b", ".", "/a", "z", -1, mu},
        {"/", ".", "/x", "z", -1, mu},
        {"/a", "b", "/x", ".", -1, mu},
        {"/a", "b", "/", "..", -1, mu},
        {"/", "a", "/", "..", ENOTEMPTY, NULL},
        {"/", "a", "/a/b", ".", EINVAL, NULL},
        {"/a", "b", "/a/b", ".", EINVAL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        check_dots(&table[i], ORIGINAL, -1, table[i].result);
        check_dots(&table[i], PROFILE_STRICT, -1, EBUSY);
    }
    /* One row off at a time. */
    check_dots(&table[7], ORIGINAL, VP_10, EBUSY);
    check_dots(&table[7], ORIGINAL, VP_09, -1);
    check_dots(&table[11], ORIGINAL, VP_09, EBUSY);
    check_dots(&table[11], ORIGINAL, VP_10, -1);
    check_dots(&table[4], ORIGINAL, FP_03, EBUSY);
    check_dots(&table[0], ORIGINAL, VP_09, EINVAL);
}

/* proves: VP-11 */
static void test_onto_an_ancestor(void **state)
{
    (void)state;
    const struct dots far = {"/a/b", "d", "/", "a", -1, mu};
    check_dots(&far, ORIGINAL, -1, -1);
    check_dots(&far, ORIGINAL, VP_11, ENOTEMPTY);
    check_dots(&far, PROFILE_STRICT, -1, ENOTEMPTY);
    const struct dots file = {"/a/b", "f", "/", "a", EISDIR, NULL};
    check_dots(&file, ORIGINAL, -1, EISDIR);
    const struct dots near = {"/a/b", "d", "/a", "b", ENOTEMPTY, NULL};
    check_dots(&near, ORIGINAL, -1, ENOTEMPTY);
}

/* Identity compares dirents: in a revalidating tree equal directories are missed. */
/* proves: VQ-06 */
static void test_revalidated_parents(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.child_type = INODE_DIRECTORY, .stale = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    struct dirent *a = at(&w, "/d"), *b = at(&w, "/d");
    assert_ptr_not_equal(a, b);
    fake.missing = true;
    ERR(dirent_rename(&w.p.c, w.ns->root, a, "x", b, "x"), ENOENT); /* not step 0 */
    dirent_put(a);
    dirent_put(b);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_pairs),
        cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_into_itself),
        cmocka_unit_test(test_permissions_in_order),
        cmocka_unit_test(test_sticky_target),
        cmocka_unit_test(test_replaced_name),
        cmocka_unit_test(test_across_mounts),
        cmocka_unit_test(test_hard_links),
        cmocka_unit_test(test_negative_target),
        cmocka_unit_test(test_moves_mounts),
        cmocka_unit_test(test_dots),
        cmocka_unit_test(test_onto_an_ancestor),
        cmocka_unit_test(test_revalidated_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
