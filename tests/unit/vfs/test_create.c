/* Making entries (contract vfs 12). */
#include "fake_fs.h"

/* How one way of making `name` in `d` ends. A made entry stays. */
static int make(struct test_world *w, struct dirent *d, int how, const char *name)
{
    struct ctx *c = &w->p.c;
    struct dirent *root = w->ns->root, *bound = NULL;
    struct file *f = NULL;
    int r = 0;
    switch (how) {
    case 0:
        r = dirent_create(c, d, root, name, (struct open_flags){.read = true}, 0644, &f);
        file_put(f);
        return r;
    case 1:
        return dirent_mkdir(c, d, root, name, 0755);
    case 2:
        return dirent_symlink(c, d, root, "to", name);
    case 3:
        return dirent_mkfifo(c, d, root, name, 0644);
    default:
        r = dirent_bind(c, d, root, name, 0644, &bound);
        dirent_put(bound);
        return r;
    }
}

static void test_kinds_and_existing(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ f=x dangling->none p|");
    struct dirent *root = w.ns->root;
    static const enum inode_type made[] = {INODE_REGULAR, INODE_DIRECTORY, INODE_SYMLINK,
                                           INODE_PIPE, INODE_SOCKET};
    static const char *const present[] = {"d", "f", "dangling", "p", ".", "..", ""};
    for (int how = 0; how < 5; how++) {
        int taken = how == 4 ? -EADDRINUSE : -EEXIST;
        for (size_t i = 0; i < ARRAY_LEN(present); i++) {
            assert_int_equal(make(&w, root, how, present[i]), taken);
        }
        const char name[] = {'/', 'n', (char)('0' + how), '\0'};
        OK(make(&w, root, how, name + 1));
        assert_int_equal(make(&w, root, how, name + 1), taken);
        assert_int_equal(stat_of(&w, name).type, made[how]);
    }
    assert_string_equal(ls(&w, "/"), "d dangling f n0 n1 n2 n3 n4 p");
    world_done(&w);
}

/* In a file the exists step fails quietly, and the filesystem answers. */
static void test_in_a_file(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=x");
    struct dirent *f = at(&w, "/f");
    for (int how = 0; how < 5; how++) {
        ERR(make(&w, f, how, "n"), ENOTDIR);
        ERR(make(&w, f, how, "."), ENOTDIR);
    }
    dirent_put(f);
    world_done(&w);
}

static void test_link(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=x g=y m/");
    OK(sys_mount_tmpfs(&w, "/m"));
    struct dirent *root = w.ns->root, *f = at(&w, "/f"), *m = at(&w, "/m");
    ERR(dirent_link(&w.p.c, root, root, f, "g"), EEXIST);
    OK(dirent_link(&w.p.c, root, root, f, "h"));
    assert_int_equal(stat_of(&w, "/h").nlink, 2);
    ERR(dirent_link(&w.p.c, m, root, f, "h"), EXDEV);
    ERR(dirent_link(&w.p.c, m, root, f, "."), EXDEV); /* before EEXIST */
    dirent_put(f);
    dirent_put(m);
    world_done(&w);
}

/* The filesystem's errors come out, bind calls EEXIST by another name. */
static void test_errors_of_the_filesystem(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.missing = true, .op_err = -EEXIST};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    struct dirent *root = w.ns->root;
    ERR(make(&w, root, 0, "n"), EEXIST);
    fake.op_err = -EDQUOT;
    ERR(make(&w, root, 0, "n"), EDQUOT);
    ERR(make(&w, root, 1, "n"), EDQUOT);
    ERR(make(&w, root, 2, "n"), ENOTDIR); /* nothing in its table */
    world_done(&w);
}

/* A bind takes the rename lock like everything that changes an overlay's directory. */
/* proves: VQ-07 */
static void test_bind_takes_the_rename_lock(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "", "");
    struct dirent *bound = NULL;
    OK(lock_write(&w.s.d, &w.s.rename_mu, "renameMu"));
    assert_int_equal(dirent_bind(&w.p.c, w.ns->root, w.ns->root, "s", 0644, &bound), CODE_FATE);
    world_fated(&w, FATE_HANG, "waits for itself: renameMu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_and_existing),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_errors_of_the_filesystem),
        cmocka_unit_test(test_bind_takes_the_rename_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
