/* Making, removing, renaming, linking: Linux's errno on every make of host. */
#include "fixture.h"

#define PLAIN                                                                                      \
    TREE(FILE_("f", "hello"), FILE_("g", "other"), DIR_("d/e"), FILE_("d/x", ""), LINK_("l", "f"), \
         HARD_("h", "f"), DIR_("empty"))

static void making(struct fixture *f)
{
    struct host_file *d = at(f, "d", O_RDONLY);
    struct host_file *file = at(f, "f", O_PATH);
    struct host_file *made;
    assert_int_equal(host_mkdirat(d, "new", 01777), 0);
    assert_int_equal(stat_at(f, "d/new").st_mode, S_IFDIR | 01777);
    assert_int_equal(stat_at(f, "d/new").st_nlink, 2);
    assert_int_equal(stat_at(f, "d").st_nlink, 4);
    assert_int_equal(host_mkdirat(d, "new", 0755), -EEXIST);
    assert_int_equal(host_mkdirat(f->root, "l", 0755), -EEXIST);
    assert_int_equal(host_mkdirat(file, "x", 0755), -ENOTDIR);
    assert_int_equal(host_symlinkat(d, "s", "../f"), 0);
    assert_int_equal(stat_at(f, "d/s").st_mode, S_IFLNK | 0777);
    assert_int_equal(stat_at(f, "d/s").st_size, 4);
    assert_int_equal(host_symlinkat(d, "s", "x"), -EEXIST);
    assert_int_equal(host_symlinkat(d, "t", ""), -ENOENT);
    assert_int_equal(host_mknodat(d, "pipe", S_IFIFO | 0640, 0), 0);
    assert_int_equal(stat_at(f, "d/pipe").st_mode, S_IFIFO | 0640);
    assert_int_equal(host_mknodat(d, "dir", S_IFDIR | 0640, 0), -EINVAL);
    assert_int_equal(host_openat(d, "c", O_WRONLY | O_CREAT | O_EXCL, 04755, &made), 0);
    host_file_put(made);
    assert_int_equal(stat_at(f, "d/c").st_mode, S_IFREG | 04755);
    host_file_put(d);
    host_file_put(file);
}

static void test_making(void **state)
{
    (void)state;
    on_all(PLAIN, making);
}

static void linking(struct fixture *f)
{
    struct host_file *file = at(f, "f", O_PATH);
    struct host_file *link = at(f, "l", O_PATH);
    struct host_file *d = at(f, "d", O_RDONLY);
    assert_int_equal(stat_at(f, "f").st_nlink, 2);
    assert_int_equal(stat_at(f, "f").st_ino, stat_at(f, "h").st_ino);
    assert_int_equal(host_linkat(file, d, "again"), 0);
    assert_int_equal(stat_at(f, "h").st_nlink, 3);
    assert_int_equal(host_linkat(file, d, "again"), -EEXIST);
    assert_int_equal(host_linkat(link, d, "sym"), 0);
    assert_int_equal(stat_at(f, "d/sym").st_mode & S_IFMT, S_IFLNK);
    assert_int_equal(host_linkat(d, f->root, "dir"), -EPERM);
    assert_int_equal(host_linkat(d, f->root, "f"), -EEXIST);
    assert_int_equal(host_unlinkat(f->root, "f", 0), 0);
    assert_int_equal(host_unlinkat(f->root, "h", 0), 0);
    assert_int_equal(stat_at(f, "d/again").st_nlink, 1);
    assert_int_equal(host_unlinkat(d, "again", 0), 0);
    assert_int_equal(host_linkat(file, d, "again"), -ENOENT);
    host_file_put(file);
    host_file_put(link);
    host_file_put(d);
}

static void test_linking(void **state)
{
    (void)state;
    on_all(PLAIN, linking);
}

static void removing(struct fixture *f)
{
    struct host_file *d = at(f, "d", O_RDONLY);
    assert_int_equal(host_unlinkat(f->root, "none", 0), -ENOENT);
    assert_int_equal(host_unlinkat(f->root, "d", 0), -EISDIR);
    assert_int_equal(host_unlinkat(f->root, "d", AT_REMOVEDIR), -ENOTEMPTY);
    assert_int_equal(host_unlinkat(f->root, "f", AT_REMOVEDIR), -ENOTDIR);
    assert_int_equal(host_unlinkat(f->root, "l", AT_REMOVEDIR), -ENOTDIR);
    assert_int_equal(host_unlinkat(f->root, "f", 0x1), -EINVAL);
    assert_int_equal(host_unlinkat(d, "e", AT_REMOVEDIR), 0);
    assert_int_equal(host_unlinkat(d, "x", 0), 0);
    assert_int_equal(stat_at(f, "d").st_nlink, 2);
    assert_int_equal(host_unlinkat(f->root, "d", AT_REMOVEDIR), 0);
    /* a removed directory takes nothing more */
    struct stat st;
    struct host_file *made;
    assert_int_equal(host_fstat(d, &st), 0);
    assert_int_equal(st.st_nlink, 0);
    assert_int_equal(host_mkdirat(d, "x", 0755), -ENOENT);
    assert_int_equal(host_openat(d, "x", O_RDWR | O_CREAT | O_EXCL, 0644, &made), -ENOENT);
    assert_int_equal(host_renameat(f->root, "f", d, "f"), -ENOENT);
    host_file_put(d);
}

static void test_removing(void **state)
{
    (void)state;
    on_all(PLAIN, removing);
}

static void renaming(struct fixture *f)
{
    struct host_file *d = at(f, "d", O_RDONLY);
    struct host_file *e = at(f, "d/e", O_RDONLY);
    assert_int_equal(host_renameat(f->root, "none", d, "x"), -ENOENT);
    assert_int_equal(host_renameat(f->root, "d", e, "x"), -EINVAL);
    assert_int_equal(host_renameat(f->root, "d", d, "x"), -EINVAL);
    assert_int_equal(host_renameat(d, "x", f->root, "d"), -ENOTEMPTY);
    assert_int_equal(host_renameat(f->root, "f", f->root, "empty"), -EISDIR);
    assert_int_equal(host_renameat(f->root, "empty", f->root, "f"), -ENOTDIR);
    assert_int_equal(host_renameat(f->root, "empty", f->root, "d"), -ENOTEMPTY);
    /* two names of one file: nothing happens */
    assert_int_equal(host_renameat(f->root, "f", f->root, "h"), 0);
    assert_int_equal(stat_at(f, "f").st_nlink, 2);
    /* replaced files lose a link */
    assert_int_equal(host_renameat(f->root, "g", f->root, "h"), 0);
    assert_int_equal(stat_at(f, "f").st_nlink, 1);
    assert_int_equal(stat_at(f, "h").st_size, 5);
    /* a directory over an empty one, into another directory: ".." counts move */
    assert_int_equal(host_renameat(d, "e", f->root, "empty"), 0);
    assert_int_equal(stat_at(f, "d").st_nlink, 2);
    assert_int_equal(host_renameat(f->root, "empty", d, "e2"), 0);
    assert_int_equal(stat_at(f, "d").st_nlink, 3);
    assert_int_equal(host_rename(f->h, &f->d, "/h/rootfs/d/e2", "/h/rootfs/../rootfs/e3"), 0);
    assert_true(S_ISDIR(stat_at(f, "e3").st_mode));
    assert_int_equal(host_rename(f->h, &f->d, "/h/rootfs/nope/a", "/h/rootfs/b"), -ENOENT);
    assert_int_equal(host_rename(f->h, &f->d, "/h/rootfs/f", "/h/rootfs/l/b"), -ENOTDIR);
    host_file_put(d);
    host_file_put(e);
}

static void test_renaming(void **state)
{
    (void)state;
    on_all(PLAIN, renaming);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_making),
        cmocka_unit_test(test_linking),
        cmocka_unit_test(test_removing),
        cmocka_unit_test(test_renaming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
