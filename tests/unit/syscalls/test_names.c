/* Making, removing and moving names (contract filesystems 11.3 to 11.5). */
#include "vfs_test.h"

enum { OTHER = 7 };

static void test_mkdir(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 d/ dangling->none wall/ wall/x/ wall@0600 into->wall/x");
    struct process *p = &w.p;
    static const char *const present[] = {"/",     ".",  "..",        "/d",  "/d/",
                                          "/d/..", "/f", "/dangling", "/d/."};
    for (size_t i = 0; i < ARRAY_LEN(present); i++) {
        ERR(sys_mkdir(p, present[i], 0755), EEXIST);
    }
    OK(sys_mkdir(p, "/n///", 0777));
    assert_int_equal(stat_of(&w, "/n").mode, S_IFDIR | 0755); /* umask */
    OK(sys_mkdir(p, "/s", 01777));
    assert_int_equal(stat_of(&w, "/s").mode, S_IFDIR | 01755);
    ERR(sys_mkdir(p, "", 0755), ENOENT);
    ERR(sys_mkdir(p, "missing/.", 0755), ENOENT);
    ERR(sys_mkdir(p, "/f/x", 0755), ENOTDIR);
    ERR(sys_mkdir(p, "/f/", 0755), EEXIST);
    become(&w, OTHER);
    ERR(sys_mkdir(p, "/into", 0755), EACCES);
    ERR(sys_mkdir(p, "/x", 0755), EACCES);
    ERR(sys_mkdir(p, "/d", 0755), EEXIST);
    world_done(&w);
}

static void test_mknod(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 d/");
    struct process *p = &w.p;
    const struct {
        const char *path;
        unsigned mode;
        int result;
    } table[] = {
        {"/n1", 0644, 0},           {"/n2", S_IFREG | 0644, 0},
        {"/n3", S_IFIFO | 0644, 0}, {"/n4", S_IFSOCK, EOPNOTSUPP},
        {"/n5", S_IFCHR, EPERM},    {"/n6", S_IFBLK, EPERM},
        {"/n7", S_IFDIR, EINVAL},   {"/n8", S_IFLNK, EINVAL},
        {"/f", S_IFREG, EEXIST},    {"/d", S_IFIFO, EEXIST},
        {"/f", S_IFCHR, EPERM},     {"/n9/", S_IFREG, ENOENT},
        {"/f/x", S_IFREG, ENOTDIR}, {"/none/x", S_IFREG, ENOENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        ERR(sys_mknod(p, table[i].path, table[i].mode), table[i].result);
    }
    assert_string_equal(ls(&w, "/"), "d f n1 n2 n3");
    become(&w, OTHER);
    ERR(sys_mknod(p, "/f", S_IFREG), EACCES); /* before existence */
    ERR(sys_mknod(p, "/f", S_IFCHR), EACCES);
    world_done(&w);
}

/* proves: FQ-57 */
static void test_symlink(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data d/");
    struct process *p = &w.p;
    char long_target[LIMIT_PATH + 1];
    memset(long_target, 'x', LIMIT_PATH);
    long_target[LIMIT_PATH] = '\0';
    ERR(sys_symlink(p, long_target, "/l"), ENAMETOOLONG);
    long_target[LIMIT_PATH - 1] = '\0';
    OK(sys_symlink(p, long_target, "/long"));
    ERR(sys_symlink(p, "", "/l"), ENOENT);
    ERR(sys_symlink(p, "f", "/l/"), ENOENT);
    ERR(sys_symlink(p, "f", "/d"), EEXIST);
    ERR(sys_symlink(p, "f", "/f/x"), ENOTDIR);
    OK(sys_symlink(p, "f//", "/l")); /* stored as it is, its slashes do not count */
    char *target = NULL;
    OK(sys_readlink(p, "/l", &target));
    assert_string_equal(target, "f//");
    mem_free(target);
    assert_string_equal(cat(&w, "/l"), "data");
    become(&w, OTHER);
    ERR(sys_symlink(p, "f", "/d"), EACCES);
    world_done(&w);
}

/* proves: FQ-63 */
static void test_link(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL,
                "f=1 d/ l->f m/ mine=1 mine#7 shut=1 shut#7 shut@0400 open/ open@0777");
    struct process *p = &w.p;
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(put_file(&w, "/m/g", "2"));
    ERR(sys_link(p, "/none", "/n"), ENOENT);
    ERR(sys_link(p, "/f", "/n/"), ENOENT);
    ERR(sys_link(p, "/d", "/n"), EPERM);
    ERR(sys_link(p, "/f", "/f/n"), ENOTDIR);
    ERR(sys_link(p, "/f", "/d"), EEXIST);
    ERR(sys_link(p, "/f", "/m/g"), EXDEV); /* before EEXIST */
    OK(sys_link(p, "/l", "/l2"));          /* the link itself */
    assert_int_equal(stat_of(&w, "/l2").type, INODE_SYMLINK);
    OK(sys_link(p, "/f/", "/f2")); /* no effect on the source */
    assert_int_equal(stat_of(&w, "/f").nlink, 2);
    become(&w, OTHER);
    ERR(sys_link(p, "/f", "/open/n"), EPERM);
    ERR(sys_link(p, "/shut", "/open/n"), EPERM);
    ERR(sys_link(p, "/mine", "/d/n"), EACCES);
    OK(sys_link(p, "/mine", "/open/n"));
    world_done(&w);
}

/* proves: FQ-64 */
static void test_unlink_and_rmdir(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 d/ full/ full/x=1 ld->d m/ shut/ shut/x=1 shut/d/");
    struct process *p = &w.p;
    OK(sys_mount_tmpfs(&w, "/m"));
    const struct {
        const char *path;
        int unlink, rmdir;
    } table[] = {
        {".", EISDIR, EINVAL},     {"/d/.", EISDIR, EINVAL},   {"missing/.", ENOENT, EINVAL},
        {"f/.", ENOTDIR, EINVAL},  {"/d/./", ENOENT, EINVAL},  {"/d/..", EISDIR, ENOTEMPTY},
        {"/none", ENOENT, ENOENT}, {"/f/x", ENOTDIR, ENOTDIR}, {"/", EISDIR, EINVAL},
        {"/f/", ENOENT, ENOTDIR},  {"/ld/", ENOENT, ENOTDIR},  {"/full", EISDIR, ENOTEMPTY},
        {"/m", EISDIR, EBUSY},     {"", ENOENT, ENOENT},       {"/none/x", ENOENT, ENOENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        ERR(sys_unlink(p, table[i].path), table[i].unlink);
        ERR(sys_rmdir(p, table[i].path), table[i].rmdir);
    }
    ERR(sys_rmdir(p, "/ld"), ENOTDIR);
    become(&w, OTHER);
    ERR(sys_unlink(p, "/shut/none"), ENOENT); /* looked up before any permission */
    ERR(sys_unlink(p, "/shut/x"), EACCES);
    ERR(sys_unlink(p, "/shut/d"), EACCES);
    ERR(sys_rmdir(p, "/shut/x"), EACCES);
    become_root(&w);
    OK(sys_unlink(p, "/ld"));
    OK(sys_rmdir(p, "/d///"));
    OK(sys_unlink(p, "/f"));
    assert_string_equal(ls(&w, "/"), "full m shut");
    world_done(&w);
}

/* proves: FQ-65 */
static void test_rename(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 d/ d/x=1 e/");
    struct process *p = &w.p;
    const struct {
        const char *from, *to;
        int result;
    } table[] = {
        {"/", "/n", EBUSY},      {"/.", "/none/x", EBUSY}, {".", "/n", EBUSY},
        {"/f/x", "/", ENOTDIR},  {"/none/x", "/", ENOENT}, {"/f", "/", EBUSY},
        {"/f", "/.", EBUSY},     {"/f", "/f/x", ENOTDIR},  {"/f", "/none/x", ENOENT},
        {"/none", "/none", 0},   {"/f", "f", 0},           {"/d", "/d/y", EINVAL},
        {"/none", "/n", ENOENT}, {"/f", "/d", EISDIR},     {"/d", "/f", ENOTDIR},
        {"/e", "/d", ENOTEMPTY}, {"", "/n", ENOENT},       {"/f", "", ENOENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        ERR(sys_rename(p, table[i].from, table[i].to), table[i].result);
    }
    OK(sys_rename(p, "/f/", "/g//")); /* cut and forgotten, also for a file */
    assert_string_equal(cat(&w, "/g"), "1");
    OK(sys_rename(p, "/d", "/e"));
    assert_string_equal(ls(&w, "/e"), "x");
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mkdir),
        cmocka_unit_test(test_mknod),
        cmocka_unit_test(test_symlink),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_unlink_and_rmdir),
        cmocka_unit_test(test_rename),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
