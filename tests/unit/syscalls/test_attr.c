/* Attributes by path (contract filesystems 11.6). */
#include "vfs_test.h"

enum { OTHER = 7 };

/* proves: FQ-67 */
static void test_stat(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data d/ ld->d lf->f");
    struct sys_stat st;
    OK(sys_stat(&w.p, "/ld", true, &st));
    assert_int_equal(st.type, INODE_DIRECTORY);
    OK(sys_stat(&w.p, "/ld", false, &st));
    assert_int_equal(st.type, INODE_SYMLINK);
    assert_int_equal(st.mode, S_IFLNK | 0777);
    assert_int_equal(st.size, 1);
    OK(sys_stat(&w.p, "/ld/", true, &st));
    ERR(sys_stat(&w.p, "/ld/", false, &st), ENOTDIR); /* the link itself */
    ERR(sys_stat(&w.p, "/f/", true, &st), ENOTDIR);
    ERR(sys_stat(&w.p, "", true, &st), ENOENT);
    OK(sys_stat(&w.p, "/f", true, &st));
    assert_int_equal(st.size, 4);
    assert_int_equal(st.nlink, 1);
    struct dirent *f = at(&w, "/f");
    ramfs_entry_of(f->inode)->attr.uid = NO_ID;
    dirent_put(f);
    OK(sys_stat(&w.p, "/f", true, &st));
    assert_int_equal(st.uid, 65534);
    world_done(&w);
}

static void test_access(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 f@0640 x=1 x@0755 d/ d@0700");
    ERR(sys_access(&w.p, "/f", 8), EINVAL);
    ERR(sys_access(&w.p, "/none", 0), ENOENT);
    OK(sys_access(&w.p, "/f/", 6)); /* trailing slashes have no effect */
    ERR(sys_access(&w.p, "/f", 1), EACCES);
    OK(sys_access(&w.p, "/x", 7));
    w.p.c.creds.uid = w.p.c.creds.gid = OTHER; /* real ids; capabilities only for a real root */
    ERR(sys_access(&w.p, "/f", 4), EACCES);
    ERR(sys_access(&w.p, "/d", 4), EACCES);
    OK(sys_access(&w.p, "/f", 0));
    OK(sys_access(&w.p, "/x", 5));
    world_done(&w);
}

/* proves: FQ-68 */
static void test_chmod_and_chown(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 mine=1 mine#7 mine@6755 l->mine");
    struct process *p = &w.p;
    OK(sys_chmod(p, "/f", 0177777));
    assert_int_equal(stat_of(&w, "/f").mode, S_IFREG | 07777);
    become(&w, OTHER);
    ERR(sys_chmod(p, "/f", 0), EPERM);
    OK(sys_chmod(p, "/l", 04711));
    assert_int_equal(stat_of(&w, "/mine").mode, S_IFREG | 04711);
    static const uint32_t groups[] = {9};
    p->c.creds.groups = groups;
    p->c.creds.n_groups = 1;
    const struct {
        const char *path;
        uint32_t uid, gid;
        int result;
    } table[] = {
        {"/mine", 7, NO_ID, 0},      {"/mine", 8, NO_ID, EPERM}, {"/mine", NO_ID, 9, 0},
        {"/mine", NO_ID, 10, EPERM}, {"/mine", 7, 7, 0},         {"/f", NO_ID, NO_ID, 0},
        {"/f", 0, NO_ID, EPERM},     {"/f", NO_ID, 0, EPERM},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        ERR(sys_chown(p, table[i].path, table[i].uid, table[i].gid, true), table[i].result);
    }
    become_root(&w);
    OK(sys_chown(p, "/l", 3, 3, false));
    assert_int_equal(stat_of(&w, "/l").uid, 3);
    assert_int_equal(stat_of(&w, "/mine").uid, 7);
    assert_int_equal(stat_of(&w, "/mine").mode & 07777, 04711); /* setuid is kept */
    /* No EROFS for these. */
    w.ns->root->inode->ms->flags.read_only = true;
    OK(sys_chmod(p, "/f", 0600));
    OK(sys_chown(p, "/f", 1, 1, true));
    ERR(sys_truncate(p, "/f", 0), EROFS);
    world_done(&w);
}

static void test_truncate_and_readlink(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data d/ p| l->f shut=1 shut@0444");
    struct process *p = &w.p;
    ERR(sys_truncate(p, "/none", -1), EINVAL);
    ERR(sys_truncate(p, "/none/", 0), EINVAL);
    ERR(sys_truncate(p, "/none", 0), ENOENT);
    ERR(sys_truncate(p, "/d", 0), EISDIR);
    ERR(sys_truncate(p, "/p", 0), EINVAL);
    OK(sys_truncate(p, "/l", 2));
    assert_string_equal(cat(&w, "/f"), "da");
    char *target = NULL;
    ERR(sys_readlink(p, "/l/", &target), ENOENT);
    ERR(sys_readlink(p, "/f", &target), EINVAL);
    ERR(sys_readlink(p, "/d", &target), EINVAL);
    ERR(sys_readlink(p, "/none", &target), ENOENT);
    OK(sys_readlink(p, "/l", &target));
    assert_string_equal(target, "f");
    mem_free(target);
    become(&w, OTHER);
    ERR(sys_truncate(p, "/shut", 0), EACCES);
    world_done(&w);
}

static void test_chdir(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/e/ d/e/f=1 f=2 shut/ shut@0600 l->d/e");
    ERR(sys_chdir(&w.p, "/f"), ENOTDIR);
    ERR(sys_chdir(&w.p, "/none"), ENOENT);
    OK(sys_chdir(&w.p, "l"));
    assert_string_equal(cat(&w, "f"), "1");
    OK(sys_chdir(&w.p, "../../.."));
    assert_string_equal(cat(&w, "f"), "2");
    become(&w, OTHER);
    ERR(sys_chdir(&w.p, "/shut"), EACCES);
    assert_ptr_equal(w.p.cwd, w.ns->root);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stat),
        cmocka_unit_test(test_access),
        cmocka_unit_test(test_chmod_and_chown),
        cmocka_unit_test(test_truncate_and_readlink),
        cmocka_unit_test(test_chdir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
