/* model/fs/devpts/devpts.c */
#include "pts_test.h"

static void test_mount(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    assert_false(filesystem_find(&w.s, "devpts")->allow_user_mount);
    world_mount_fails(&w, "devpts", ",", "invalid argument");
    world_mount_fails(&w, "devpts", "newinstance", "invalid argument");
    bool stale = false;
    struct inode *ptmx = child_of(&w, root, "ptmx");
    assert_int_equal(root->ms->ops->revalidate(&w.c, root->ms, root, "ptmx", ptmx, &stale), 0);
    assert_true(stale);
    assert_null(root->ms->ops->keep);
    inode_put(ptmx);
    inode_put(root);
    world_close(&w);
}

static void test_instances_count_for_themselves(void **state)
{
    (void)state;
    struct world w;
    struct inode *one = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *two = world_mount(&w, "devpts", "");
    struct file *a = pts_open(&w, one, "ptmx"), *b = pts_open(&w, two, "ptmx");
    assert_listing(&w, one, ". .. 0 ptmx");
    assert_listing(&w, two, ". .. 0 ptmx");
    assert_int_equal(one->stable.device_id, two->stable.device_id);
    /* A master may outlive its directory. */
    inode_put(one);
    jobs_drain(&w.s.d);
    file_put(a);
    file_put(b);
    assert_listing(&w, two, ". .. ptmx");
    inode_put(two);
    world_close(&w);
}

static void test_ptmx_opened_after_the_directory_is_gone(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = pts_mounted(&w, PROFILE_GVISOR_2018_08_14);
    struct inode *ptmx = child_of(&w, root, "ptmx");
    inode_put(root);
    jobs_drain(&w.s.d);
    struct file *f = opened(&w, ptmx);
    inode_put(ptmx);
    file_put(f);
    world_close(&w);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    mount_without_memory(fs_devpts_register, "devpts", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mount),
        cmocka_unit_test(test_instances_count_for_themselves),
        cmocka_unit_test(test_ptmx_opened_after_the_directory_is_gone),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
