/* Paths: links, limits, the root (contract vfs 17.1 and 30). */
#include "fake_fs.h"

enum { OTHER = 7 };

static int find(struct test_world *w, struct dirent *root, struct dirent *wd, const char *path,
                unsigned limit, struct dirent **ret)
{
    return mount_ns_find_inode(&w->p.c, w->ns, root, wd, path, limit, ret);
}

static void test_table(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "foo/ foo/bar/ foo/bar/f=1");
    struct dirent *root = w.ns->root, *foo = at(&w, "/foo"), *bar = at(&w, "/foo/bar");
    const struct {
        struct dirent *wd;
        const char *path;
        struct dirent *found; /* NULL: missing */
    } table[] = {
        {foo, ".", foo},
        {foo, "..", root},
        {foo, "../../..", root},
        {root, "///foo", foo},
        {foo, "/", root},
        {root, "/foo/.///./bar", bar},
        {foo, "bar", bar},
        {root, "/foo/../foo/bar", bar},
        {root, "foo////bar", bar},
        {root, "foo/", foo},
        {root, "/foo/bar/.", bar},
        {NULL, "foo/bar//", bar},
        {bar, "../../../foo", foo},
        {root, "///", root},
        {root, "bar", NULL},
        {root, "/foo/../../bar", NULL},
        {foo, "foo", NULL},
        {root, "foo/x/..", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct dirent *d = NULL;
        ERR(find(&w, root, table[i].wd, table[i].path, 0, &d), table[i].found ? 0 : ENOENT);
        assert_ptr_equal(d, table[i].found);
        dirent_put(d);
    }
    struct dirent *d = NULL;
    ERR(find(&w, root, NULL, "/foo/bar/f/.", 0, &d), ENOTDIR);
    ERR(find(&w, root, NULL, "/foo/bar/f/..", 0, &d), ENOTDIR);
    OK(find(&w, root, NULL, "/foo/bar/f/", 0, &d)); /* trailing slashes are ignored here */
    dirent_put(d);
    OK(find(&w, foo, bar, "../../..", 0, &d)); /* a root of its own stops ".." */
    assert_ptr_equal(d, foo);
    dirent_put(d);
    OK(find(&w, foo, NULL, "/bar", 0, &d));
    assert_ptr_equal(d, bar);
    dirent_put(d);
    dirent_put(foo);
    dirent_put(bar);
    world_done(&w);
}

static void make_chain(struct test_world *w, int n)
{
    OK(put_file(w, "/0", "end"));
    for (int i = 1; i <= n; i++) {
        char target[16], name[16];
        snprintf(target, sizeof(target), "%d", i - 1);
        snprintf(name, sizeof(name), "/%d", i);
        OK(sys_symlink(&w->p, target, name));
    }
}

/* proves: VQ-21 FQ-56 FI-09 */
static void test_nesting(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/up->.. loop->loop self->./self/x");
    make_chain(&w, 41);
    struct dirent *d = NULL, *root = w.ns->root;
    OK(find(&w, root, NULL, "40", 40, &d));
    dirent_put(d);
    ERR(find(&w, root, NULL, "41", 40, &d), ELOOP);
    ERR(find(&w, root, NULL, "3", 2, &d), ELOOP);
    ERR(find(&w, root, NULL, "1", 0, &d), ELOOP);
    ERR(find(&w, root, NULL, "loop", 40, &d), ELOOP);
    ERR(find(&w, root, NULL, "self", 40, &d), ELOOP);
    assert_string_equal(cat(&w, "/40"), "end");
    assert_string_equal(cat(&w, "/41"), "ELOOP");
    /* One after another: a limit of one is enough for any number. */
    char path[60 * 5 + 2] = "";
    for (int i = 0; i < 60; i++) {
        strcat(path, "d/up/");
    }
    OK(find(&w, root, NULL, path, 1, &d));
    assert_ptr_equal(d, root);
    dirent_put(d);
    /* The link itself, unresolved. */
    OK(mount_ns_find_link(&w.p.c, w.ns, root, NULL, "/41", 0, &d));
    assert_int_equal(d->inode->stable.type, INODE_SYMLINK);
    dirent_put(d);
    world_done(&w);
}

/* Nested links grow exponentially: a cap bounds the total. */
/* proves: VQ-21 FI-09 */
static void test_total(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "l0->.");
    for (int i = 1; i <= 14; i++) {
        char target[32], name[16];
        snprintf(target, sizeof(target), "l%d/l%d", i - 1, i - 1);
        snprintf(name, sizeof(name), "/l%d", i);
        OK(sys_symlink(&w.p, target, name));
    }
    struct dirent *d = NULL;
    OK(find(&w, w.ns->root, NULL, "l10", 40, &d)); /* 2047 links */
    dirent_put(d);
    OK(find(&w, w.ns->root, NULL, "l11", 40, &d)); /* 4095 */
    dirent_put(d);
    ERR(find(&w, w.ns->root, NULL, "l12", 40, &d), ELOOP);
    ERR(find(&w, w.ns->root, NULL, "l14", 40, &d), ELOOP);
    world_done(&w);
}

/* proves: VQ-19 FQ-55 */
static void test_execute(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL,
                "open/ open/f=1 closed/ closed/f=1 closed/d/ closed@0644 "
                "in->closed/f .@0600");
    become(&w, OTHER);
    assert_string_equal(cat(&w, "/open/f"), "1"); /* the root itself is not asked */
    assert_string_equal(cat(&w, "open/f"), "1");
    assert_string_equal(cat(&w, "/closed/f"), "EACCES");
    assert_string_equal(cat(&w, "/in"), "EACCES");
    struct dirent *closed = at(&w, "/closed"), *f = NULL;
    OK(find(&w, closed, NULL, "f", 0, &f)); /* not even in a root of its own */
    dirent_put(f);
    ERR(find(&w, w.ns->root, closed, "f", 0, &f), EACCES);
    dirent_put(closed);
    world_done(&w);
}

static void mount_on_m(struct test_world *w, struct inode *fs)
{
    OK(sys_mkdir(&w->p, "/m", 0755));
    struct dirent *m = at(w, "/m");
    OK(mount_ns_mount(&w->p.c, w->ns, m, fs));
    dirent_put(m);
}

/* proves: VQ-20 */
static void test_magic_links(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct fake fake = {.magic = true};
        world_plain(&w, ORIGINAL, "t/");
        w.s.d.quirks.value[VQ_20] = !strict;
        OK(sys_mount_tmpfs(&w, "/t"));
        OK(put_file(&w, "/t/x", "target"));
        mount_on_m(&w, fake_new(&w, &fake));
        fake.target = at(&w, "/t/x");
        assert_string_equal(cat(&w, "/m/link"), "target");
        struct dirent *d = NULL;
        OK(find(&w, w.ns->root, NULL, "/m/link", 1, &d));
        assert_ptr_equal(d, fake.target);
        dirent_put(d);
        ERR(find(&w, w.ns->root, NULL, "/m/link", 0, &d), ELOOP);
        assert_int_equal(w.s.d.leak_count, !strict);
        dirent_put(fake.target);
        ERR(sys_umount(&w.p, "/t", 0), strict ? 0 : EBUSY); /* the lost reference is seen */
        OK(sys_umount(&w.p, "/m", MNT_DETACH));
        world_done(&w);
    }
}

/* proves: VP-06 FP-04 */
static void test_empty(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        for (int how = 0; how < 3; how++) {
            struct test_world w;
            world_plain(&w, ORIGINAL, "");
            w.s.d.quirks.value[VP_06] = !strict;
            struct inode *root = w.ns->root->inode;
            OK(root->ops->symlink(&w.p.c, root, "", "empty"));
            struct dirent *d = NULL;
            int r = how == 0   ? find(&w, w.ns->root, NULL, "", 40, &d)
                    : how == 1 ? find(&w, w.ns->root, NULL, "/empty", 40, &d)
                               : find(&w, NULL, NULL, "/x", 40, &d);
            if (strict) {
                ERR(r, how == 2 ? EINVAL : ENOENT);
                world_done(&w);
            } else {
                assert_int_equal(r, CODE_FATE);
                world_fated(&w, FATE_PANIC,
                            how == 2 ? "MountNamespace.FindInode: root must not be nil"
                                     : "MountNamespace.FindInode: path is empty");
            }
        }
    }
}

/* proves: VI-05 VI-13 */
static void test_names_lead_back(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/ a/b/ a/b/c=1 a/l->b/c m/");
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(sys_mkdir(&w.p, "/m/x", 0755));
    char *before = snapshot(&w, w.ns->root->inode);
    static const char *const paths[] = {"/", "/a", "a/../a/b", "/a/b/c", "/a/l", "/m", "/m/x/../x"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct dirent *d = at(&w, paths[i]);
        char *name = NULL;
        bool reachable = false;
        OK(dirent_full_name(d, w.ns->root, &name, &reachable));
        assert_true(reachable && name[0] == '/');
        struct dirent *again = at(&w, name);
        assert_ptr_equal(d, again);
        mem_free(name);
        dirent_put(again);
        dirent_put(d);
    }
    char *after = snapshot(&w, w.ns->root->inode);
    assert_string_equal(before, after); /* repeated reads change nothing */
    mem_free(before);
    mem_free(after);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),           cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_total),           cmocka_unit_test(test_execute),
        cmocka_unit_test(test_magic_links),     cmocka_unit_test(test_empty),
        cmocka_unit_test(test_names_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
