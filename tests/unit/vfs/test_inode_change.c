/* Changes of attributes go to the upper layer of an overlay (contract vfs 7, 21.1). */
#include "vfs_test.h"

static void test_copied_up_first(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "a=1 b=2 c=3 d=4", "");
    char *before = snapshot(&w, w.lower);
    OK(sys_chmod(&w.p, "/a", 0600));
    OK(sys_chown(&w.p, "/b", 5, 6, true));
    OK(sys_truncate(&w.p, "/c", 0));
    OK(sys_utimens(&w.p, "/d", NULL, true));
    static const char *const paths[] = {"/a", "/b", "/c", "/d"};
    for (size_t i = 0; i < 4; i++) {
        struct dirent *d = at(&w, paths[i]);
        assert_non_null(d->inode->overlay->upper);
        dirent_put(d);
    }
    assert_int_equal(stat_of(&w, "/a").mode & 07777, 0600);
    assert_int_equal(stat_of(&w, "/b").gid, 6);
    assert_int_equal(stat_of(&w, "/c").size, 0);
    char *after = snapshot(&w, w.lower);
    assert_string_equal(before, after);
    mem_free(before);
    mem_free(after);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copied_up_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
