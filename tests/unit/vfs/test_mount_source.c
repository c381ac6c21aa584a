/* Mounted filesystem instances: who keeps them alive (contract vfs 2, 5). */
#include "vfs_test.h"

static size_t destroyed;
static void destroy(struct mount_source *ms)
{
    (void)ms;
    destroyed++;
}

static int getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c, (void)inode;
    *ret = (struct unstable_attr){0};
    return 0;
}

/* The creator's reference goes, the inodes keep the source; the last one ends it. */
/* proves: VQ-01 VP-02 */
static void test_life(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    const struct mount_source_ops ops = {.destroy = destroy};
    const struct inode_ops inode_ops = {.getattr = getattr};
    struct mount_source *ms = NULL;
    struct inode *inode = NULL;
    struct dirent *d = NULL;
    destroyed = 0;
    OK(mount_source_new(&w.s, &ops, NULL, (struct mount_flags){0}, NULL, &ms));
    assert_int_equal(ms->id, 0);
    assert_null(ms->root);
    assert_int_equal(ms->cache.limit, DIRENT_CACHE_LIMIT);
    OK(inode_new(ms, &inode_ops, NULL, (struct stable_attr){.type = INODE_DIRECTORY}, &inode));
    mount_source_put(ms);
    OK(dirent_new(inode, "x", &d));
    assert_int_equal(ms->dirent_refs, 1);
    dirent_cache_add(d);
    assert_int_equal(ms->dirent_refs, 2);
    dirent_put(d);
    assert_int_equal(destroyed, 0);
    mount_source_flush(ms);
    jobs_drain(&w.s.d);
    assert_int_equal(destroyed, 1);
    mount_source_put(NULL);
    world_done(&w);
}

static void test_constructors(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/");
    struct dirent *d = at(&w, "/d");
    assert_true(mount_source_caching.keep(d->inode->ms, d));
    assert_null(mount_source_caching.revalidate);
    assert_null(mount_source_non_caching.keep);
    assert_null(mount_source_non_caching.revalidate);
    dirent_put(d);
    world_done(&w);
}

/* Destruction of a parent leaves no pointer behind. */
static void test_children_of_a_dead_source(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "m/");
    OK(sys_mount_tmpfs(&w, "/m"));
    OK(sys_mkdir(&w.p, "/m/in", 0755));
    OK(sys_mount_tmpfs(&w, "/m/in"));
    OK(sys_chdir(&w.p, "/m/in"));
    struct mount_source *in = w.p.cwd->inode->ms;
    OK(sys_umount(&w.p, "/m", MNT_DETACH));
    assert_non_null(in->parent);
    OK(sys_chdir(&w.p, "/"));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_constructors),
        cmocka_unit_test(test_children_of_a_dead_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
