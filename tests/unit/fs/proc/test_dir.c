/* model/fs/proc/dir.c: children on demand, as if they had been there. */
#include "proc_test.h"

/* A lookup of a process costs few allocations, whatever stands in the directory. */
static void test_a_lookup_is_cheap(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    uint64_t before = p.w.s.d.allocs;
    drop(&p, find(&p, "/1"));
    assert_true(p.w.s.d.allocs - before <= 12);
    proc_world_close(&p);
}

/* 25 inode numbers for each process, 24 for a thread, whatever is looked at. proves: FI-12 */
static void test_numbers_taken(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        uint64_t numbers;
    } cases[] = {
        {"/1", 25},
        {"/1/status", 25},
        {"/1/ns/user", 25},
        {"/1/task/1", 25 + 24},
        {"/sys", 3 + 1 + 2 + 2 + 9 + 32 + 1}, /* directories, hostname, vm, net, core, ipv4 */
        {"/net", 15 + 1},
        {"/self", 1},
        {"/version", 0},
        {"/nothing", 0},
    };
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t before = p.w.s.last_inode[DEVICE_PROC];
        struct dirent *d = NULL;
        (void)!find_code(&p, cases[i].path, &d);
        drop(&p, d);
        assert_int_equal(p.w.s.last_inode[DEVICE_PROC] - before, cases[i].numbers);
    }
    proc_world_close(&p);
}

/* In whatever order the children are asked for, their numbers are the same and the last is the
 * directory's. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = {"auxv", "comm", "ns", "stat", "uid_map", "task"};
    static const uint64_t numbers[] = {1, 3, 19, 20, 23, 24};
    struct proc_world p;
    proc_world_open(&p);
    for (int reverse = 0; reverse < 2; reverse++) {
        uint64_t first = p.w.s.last_inode[DEVICE_PROC];
        struct dirent *dir = find(&p, "/1");
        assert_int_equal(dir->inode->stable.inode_id, first + 25);
        int64_t born = attr_of(&p.w, dir->inode).ctime;
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            size_t at = reverse ? ARRAY_LEN(names) - 1 - i : i;
            struct inode *child = child_of(&p.w, dir->inode, names[at]);
            assert_int_equal(child->stable.inode_id, first + numbers[at]);
            assert_int_equal(attr_of(&p.w, child).ctime, born);
            inode_put(child);
        }
        drop(&p, dir);
    }
    proc_world_close(&p);
}

/* Names can be taken away and linked within one object; the next lookup knows nothing of it.
 * proves: FQ-14 FQ-15 */
static void test_changes_of_a_transient_directory(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *dir = find(&p, "/sys/kernel");
    struct inode *inode = dir->inode, *hostname = child_of(&p.w, inode, "hostname");
    const struct inode_ops *ops = inode->ops;
    assert_int_equal(ops->link(&p.w.c, inode, hostname, "hostname"), -EEXIST);
    assert_int_equal(ops->link(&p.w.c, inode, hostname, "other"), 0);
    assert_int_equal(attr_of(&p.w, hostname).links, 2);
    assert_int_equal(ops->remove(&p.w.c, inode, "hostname"), 0);
    assert_int_equal(lookup_code(&p.w, inode, "hostname"), -ENOENT);
    assert_listing(&p.w, inode, ". .. other");
    inode_put(hostname);
    drop(&p, dir);
    drop(&p, find(&p, "/sys/kernel/hostname"));

    struct dirent *vm = find(&p, "/sys/vm"); /* never asked for before it is removed */
    assert_int_equal(vm->inode->ops->remove(&p.w.c, vm->inode, "mmap_min_addr"), 0);
    assert_listing(&p.w, vm->inode, ". .. overcommit_memory");
    drop(&p, vm);

    struct dirent *sys = find(&p, "/sys");
    assert_int_equal(sys->inode->ops->rmdir(&p.w.c, sys->inode, "net"), ERR_NOT_EMPTY);
    assert_int_equal(sys->inode->ops->rmdir(&p.w.c, sys->inode, "none"), -ENOENT);
    drop(&p, sys);
    proc_world_close(&p);
}

/* proves: FP-05 */
static void test_listing_after_the_end(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct proc_world p;
        proc_world_init(&p, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        proc_world_enter(&p);
        struct file *f = open_path(&p, "/sys");
        f->offset = INT64_MAX;
        struct str names;
        str_init(&names, &p.w.s.d);
        struct dir_ctx dc = {.emit = emit_name, .arg = &names};
        int rc = file_readdir(&p.w.c, f, &dc);
        if (!strict) {
            assert_int_equal(rc, CODE_FATE);
            assert_int_equal(p.w.s.d.fate, FATE_PANIC);
            assert_non_null(strstr(p.w.s.d.fate_text, "node.Readdir returned offset"));
            sentry_close(&p.w.s, NULL, NULL);
            continue;
        }
        assert_int_equal(rc, 0);
        assert_int_equal(dc.written, 0);
        file_put(f);
        proc_world_close(&p);
    }
}

static void test_directories_are_not_read(void **state)
{
    (void)state;
    static const char *const paths[] = {"/",          "/sys", "/self", "/self/fd", "/self/fdinfo",
                                        "/self/task", "/net"};
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct file *f = open_path(&p, paths[i]);
        char c = 0;
        size_t n;
        assert_int_equal(code_errno(file_pread(&p.w.c, f, 0, &c, 1, &n)), EISDIR);
        assert_int_equal(code_errno(file_pwrite(&p.w.c, f, 0, &c, 1, &n)), EISDIR);
        file_put(f);
    }
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lookup_is_cheap),
        cmocka_unit_test(test_numbers_taken),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_changes_of_a_transient_directory),
        cmocka_unit_test(test_listing_after_the_end),
        cmocka_unit_test(test_directories_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
