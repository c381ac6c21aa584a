/* bind(2) and statfs(2) on paths (contract filesystems 3.2, 3.5). */
#include "vfs_test.h"

/* proves: FQ-29 */
static void test_bind(void **state)
{
    (void)state;
    struct test_world w;
    struct sys_stat st;
    world_plain(&w, ORIGINAL, "f=1 d/ d@0500 dangling->none ld->d");
    OK(sys_bind(&w.p, "/d/s"));
    OK(sys_stat(&w.p, "/d/s", false, &st));
    assert_int_equal(st.mode, S_IFSOCK | 0400); /* whatever the umask says */
    ERR(sys_bind(&w.p, "/d/s"), EADDRINUSE);
    ERR(sys_bind(&w.p, "/f"), EADDRINUSE);
    ERR(sys_bind(&w.p, "/f/x"), EADDRINUSE); /* a file is found, and makes nothing */
    ERR(sys_bind(&w.p, "/none/x"), ENOENT);
    ERR(sys_bind(&w.p, "/f/x/y"), ENOENT); /* not ENOTDIR */
    ERR(sys_bind(&w.p, "/dangling/x"), ENOENT);
    ERR(sys_bind(&w.p, ""), ENOENT);
    OK(sys_bind(&w.p, "relative"));
    become(&w, 7);
    OK(sys_bind(&w.p, "/ld/other")); /* no permission is asked for */
    w.p.c.root->inode->ms->flags.read_only = true;
    OK(sys_bind(&w.p, "/d/read-only"));
    w.p.c.root->inode->ms->flags.read_only = false;
    become_root(&w);
    world_done(&w);
}

/* proves: FQ-26 */
static void test_statfs(void **state)
{
    (void)state;
    struct test_world w;
    struct sys_statfs st;
    world_plain(&w, ORIGINAL, "f=1");
    OK(sys_statfs(&w.p, "/f", &st));
    assert_int_equal(st.name_length, 4096);
    assert_int_equal(st.block_size, 4096);
    assert_int_equal(st.info.type, 0x01021994);
    assert_int_equal(st.info.total_blocks, 0);
    ERR(sys_statfs(&w.p, "/none", &st), ENOENT);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bind),
        cmocka_unit_test(test_statfs),
    };
    return cmocka_run_group_tests_name("syscalls_bind", tests, NULL, NULL);
}
