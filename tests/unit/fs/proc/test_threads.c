/* model/fs/proc/threads.c: the threads of a process. */
#include "proc_test.h"

static void test_threads(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct task stranger;
    task_init(&p.other, "thread");
    task_init(&stranger, "stranger");
    p.other.id = 30;
    p.other.leader = &p.task;
    stranger.id = 5;
    p.tasks[1] = &p.other;
    p.tasks[2] = &stranger;
    p.k.tasks_n = 3;
    struct dirent *d = find(&p, "/1/task");
    assert_listing(&p.w, d->inode, ". .. 1 30");
    assert_int_equal(attr_of(&p.w, d->inode).links, 4);
    p.other.exited = true;
    assert_int_equal(attr_of(&p.w, d->inode).links, 3);
    assert_int_equal(lookup_code(&p.w, d->inode, "30"), 0);
    assert_int_equal(lookup_code(&p.w, d->inode, "030"), 0);
    assert_int_equal(lookup_code(&p.w, d->inode, "5"), -ENOENT);
    assert_int_equal(lookup_code(&p.w, d->inode, "4294967326"), -ENOENT); /* 32 bits, not cut */
    assert_int_equal(lookup_code(&p.w, d->inode, "x"), -ENOENT);
    drop(&p, d);
    drop(&p, find(&p, "/30")); /* no leader, found all the same */
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
