/* utimensat(2) (contract filesystems 11.6). */
#include "vfs_test.h"

enum { OTHER = 7 };

static struct unstable_attr attr_at(struct test_world *w, const char *path)
{
    struct unstable_attr a;
    struct dirent *d = at(w, path);
    OK(inode_getattr(&w->p.c, d->inode, &a));
    dirent_put(d);
    return a;
}

#define SECONDS INT64_C(1000000000)

/* proves: FQ-69 */
static void test_now_of_mtime(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=1");
        w.s.d.quirks.value[FQ_69] = !strict;
        int64_t start = w.s.d.now_ns;
        const struct timespec now_t[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = 5, .tv_nsec = 6}};
        OK(sys_utimens(&w.p, "/f", now_t, true));
        struct unstable_attr a = attr_at(&w, "/f");
        assert_true(a.atime >= start);
        assert_int_equal(a.mtime >= start, !strict);
        assert_true(strict ? a.mtime == 5 * SECONDS + 6 : a.mtime != 5 * SECONDS + 6);
        const struct timespec t_now[2] = {{.tv_sec = 7, .tv_nsec = 8},
                                          {.tv_sec = 9, .tv_nsec = UTIME_NOW}};
        OK(sys_utimens(&w.p, "/f", t_now, true));
        a = attr_at(&w, "/f");
        assert_true(a.atime == 7 * SECONDS + 8);
        assert_true(strict ? a.mtime >= start : a.mtime == 9 * SECONDS + 1073741823);
        world_done(&w);
    }
}

static void test_rules(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 shut=1 open=1 open@0666 mine=1 mine#7 l->mine");
    struct process *p = &w.p;
    const struct timespec omit[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};
    const struct timespec bad[2] = {{.tv_nsec = 1000000000}, {0}}, zero[2] = {{0}, {0}};
    const struct timespec atime[2] = {{.tv_sec = 3}, {.tv_nsec = UTIME_OMIT}};
    OK(sys_utimens(p, "/none", omit, true)); /* not even a lookup */
    ERR(sys_utimens(p, "/f", bad, true), EINVAL);
    ERR(sys_utimens(p, "/none", NULL, true), ENOENT);
    int64_t mtime = attr_at(&w, "/f").mtime;
    OK(sys_utimens(p, "/f", atime, true));
    assert_true(attr_at(&w, "/f").mtime == mtime);
    assert_true(attr_at(&w, "/f").atime == 3 * SECONDS);
    become(&w, OTHER);
    ERR(sys_utimens(p, "/open", zero, true), EPERM);
    ERR(sys_utimens(p, "/open", atime, true), EPERM);
    OK(sys_utimens(p, "/open", NULL, true));
    ERR(sys_utimens(p, "/shut", NULL, true), EACCES);
    OK(sys_utimens(p, "/l", zero, true));
    assert_true(attr_at(&w, "/mine").mtime == 0);
    ERR(sys_utimens(p, "/l", zero, false), EPERM); /* the link is root's */
    w.ns->root->inode->ms->flags.read_only = true;
    ERR(sys_utimens(p, "/open", NULL, true), EROFS);
    OK(sys_utimens(p, "/mine", zero, true)); /* explicit times of the owner: no EROFS */
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now_of_mtime),
        cmocka_unit_test(test_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
