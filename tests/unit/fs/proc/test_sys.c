/* model/fs/proc/sys.c: kernel and vm. */
#include "proc_test.h"

/* proves: FP-11 */
static void test_contents(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    p.k.host_name = "box";
    assert_content(&p, "/sys/kernel/hostname", "box\n");
    p.k.host_name = NULL;
    assert_content(&p, "/sys/kernel/hostname", "\n");
    assert_content(&p, "/sys/vm/mmap_min_addr", "4096\n");
    p.k.min_user_address = 65536;
    assert_content(&p, "/sys/vm/mmap_min_addr", "65536\n");
    assert_content(&p, "/sys/vm/overcommit_memory", "0\n");
    proc_world_close(&p);
}

static void test_without_network(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    p.k.has_net = false;
    proc_world_enter(&p);
    const struct expected_node net = {"/sys/net", "dir", 0555, 2, -1, true};
    assert_node(&p, &net);
    struct dirent *d = find(&p, "/sys/net");
    assert_listing(&p.w, d->inode, ". ..");
    drop(&p, d);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_without_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
