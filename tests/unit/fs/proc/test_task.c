/* model/fs/proc/task.c: the directory of a process. */
#include "proc_test.h"

static const struct expected_node nodes[] = {
    {"/1", "dir", 0555, 2, -1, true},           {"/1/auxv", "file", 0400, 0, 0, true},
    {"/1/cmdline", "file", 0444, 0, 0, true},   {"/1/comm", "file", 0444, 0, 0, true},
    {"/1/environ", "file", 0444, 0, 0, true}, /* FQ-39 */
    {"/1/exe", "symlink", 0777, 0, 0, false},   {"/1/fd", "dir", 0500, 1, -1, true},
    {"/1/fdinfo", "dir", 0500, 1, -1, true},    {"/1/gid_map", "file", 0644, 0, 0, true},
    {"/1/io", "file", 0444, 0, 0, true},        {"/1/maps", "file", 0444, 0, 0, true},
    {"/1/mountinfo", "file", 0444, 0, 0, true}, {"/1/mounts", "file", 0444, 0, 0, true},
    {"/1/ns", "dir", 0511, 1, -1, true},        {"/1/stat", "file", 0444, 0, 0, true},
    {"/1/statm", "file", 0444, 0, 0, true},     {"/1/status", "file", 0444, 0, 0, true},
    {"/1/task", "dir", 0555, 3, -1, true},      {"/1/uid_map", "file", 0644, 0, 0, true},
    {"/1/task/1", "dir", 0555, 1, -1, true},    {"/1/task/1/status", "file", 0444, 0, 0, true},
};

/* proves: FQ-05 FQ-39 */
static void test_nodes(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        assert_node(&p, &nodes[i]);
    }
    proc_world_close(&p);
}

/* proves: FQ-34 FQ-35 */
static void test_owners(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    p.task.creds.euid = 3;
    p.task.creds.egid = 4;
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        struct dirent *d = find(&p, nodes[i].path);
        bool of_root = strncmp(nodes[i].path, "/1/mount", 8) == 0;
        struct unstable_attr a = attr_of(&p.w, d->inode);
        assert_int_equal(a.uid, of_root ? 0 : 3);
        assert_int_equal(a.gid, of_root ? 0 : 4);
        drop(&p, d);
    }
    proc_world_close(&p);
}

/* In the order that was recorded. proves: FI-02 FI-03 */
static void test_listing(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *d = find(&p, "/1");
    assert_listing(
        &p.w, d->inode,
        ". .. auxv cmdline comm environ exe fd fdinfo gid_map io maps mountinfo mounts ns "
        "stat statm status task uid_map");
    drop(&p, d);
    d = find(&p, "/1/task/1");
    assert_listing(
        &p.w, d->inode,
        ". .. auxv cmdline comm environ exe fd fdinfo gid_map io maps mountinfo mounts ns "
        "stat statm status uid_map");
    drop(&p, d);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_listing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
