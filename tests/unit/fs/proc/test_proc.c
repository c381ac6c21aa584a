/* model/fs/proc/proc.c: mounting. */
#include "proc_test.h"

static void test_options(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    static const char *const fine[] = {"", ",", ",,,"};
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        inode_put(world_mount(&p.w, "proc", fine[i]));
    }
    world_mount_fails(&p.w, "proc", "hidepid=2,a", "unsupported mount options: map[a: hidepid:2]");
    world_mount_fails(&p.w, "proc", "nosuid", "unsupported mount options: map[nosuid:]");
    world_close(&p.w);
}

static void test_what_it_requires(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    p.k.pid_namespace = false;
    world_mount_fails(&p.w, "proc", "", "procfs requires a PID namespace");
    world_close(&p.w);
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_proc_register(&w.s, NULL), 0);
    world_mount_fails(&w, "proc", "", "procfs requires a kernel");
    world_close(&w);
}

/* Inode numbers: eight static nodes and the root, per mount. proves: FQ-09 FI-12 */
static void test_inode_numbers(void **state)
{
    (void)state;
    static const char *const order[] = {"filesystems", "loadavg", "meminfo", "mounts",
                                        "stat",        "version", "cpuinfo", "uptime"};
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    for (uint64_t mount = 0; mount < 2; mount++) {
        struct inode *root = world_mount(&p.w, "proc", "");
        assert_int_equal(root->stable.inode_id, mount * 9 + 9);
        for (size_t i = ARRAY_LEN(order); i-- > 0;) {
            struct inode *child = child_of(&p.w, root, order[i]);
            assert_int_equal(child->stable.inode_id, mount * 9 + i + 1);
            inode_put(child);
        }
        inode_put(root);
    }
    world_close(&p.w);
}

/* A walk through much of the tree, with the n-th allocation failing, until none does. proves: FI-20
 */
static void test_out_of_memory(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/self/ns/net", "/1/task/1/mounts", "/sys/net/ipv4/tcp_rmem", "/net/dev",
        "/version",     "/self/fd",         "/thread-self/status"};
    for (uint64_t n = 1;; n += 1 + n / 40) {
        struct proc_world p;
        proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
        proc_world_enter(&p);
        p.w.s.d.alloc_fail_at = p.w.s.d.allocs + n;
        int rc = 0;
        for (size_t i = 0; i < ARRAY_LEN(paths) && !rc; i++) {
            struct dirent *d = NULL;
            rc = mount_ns_find_inode(&p.w.c, p.ns, p.ns->root, NULL, paths[i], LINK_LIMIT_SYSCALL,
                                     &d);
            struct file *f = NULL;
            rc = rc ? rc : inode_open(&p.w.c, d->inode, d, (struct open_flags){.read = true}, &f);
            char buf[512];
            size_t got = 0;
            int r = rc ? rc : file_pread(&p.w.c, f, 0, buf, sizeof(buf), &got);
            rc = r == CODE_FATE ? r : rc;
            struct dir_ctx dc = {.emit = emit_name};
            struct str names;
            str_init(&names, &p.w.s.d);
            dc.arg = &names;
            r = rc ? rc : file_readdir(&p.w.c, f, &dc);
            rc = r == CODE_FATE ? r : rc;
            str_release(&names);
            file_put(f);
            dirent_put(d);
        }
        if (!rc && !domain_dead(&p.w.s.d)) {
            p.w.s.d.alloc_fail_at = 0;
            proc_world_close(&p);
            assert_true(n > 100);
            return;
        }
        assert_int_equal(p.w.s.d.fate, FATE_OOM);
        sentry_close(&p.w.s, NULL, NULL);
    }
}

static int register_with_kernel(struct sentry *s)
{
    static struct kernel k;
    kernel_init(&k);
    return fs_proc_register(s, &k);
}

static void test_mount_out_of_memory(void **state)
{
    (void)state;
    mount_without_memory(register_with_kernel, "proc", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_what_it_requires),
        cmocka_unit_test(test_inode_numbers),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_mount_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
