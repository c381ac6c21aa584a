/* model/fs/proc/root.c: the tree as a capture sees it. */
#include "proc_test.h"

/* Every node that the recorded system showed below /proc, but for those of processes. */
static const struct expected_node nodes[] = {
    {"/", "dir", 0555, 1, -1, true},
    {"/cpuinfo", "file", 0444, 1, 0, true},
    {"/filesystems", "file", 0444, 0, 0, true},
    {"/loadavg", "file", 0444, 0, 0, true},
    {"/meminfo", "file", 0444, 0, 0, true},
    {"/mounts", "symlink", 0777, 0, 11, false},
    {"/net", "dir", 0555, 1, -1, true},
    {"/net/arp", "file", 0444, 1, 0, true},
    {"/net/dev", "file", 0444, 1, 0, true},
    {"/net/if_inet6", "file", 0444, 1, 0, true},
    {"/net/ipv6_route", "file", 0444, 1, 0, true},
    {"/net/netlink", "file", 0444, 1, 0, true},
    {"/net/netstat", "file", 0444, 1, 0, true},
    {"/net/packet", "file", 0444, 1, 0, true},
    {"/net/protocols", "file", 0444, 1, 0, true},
    {"/net/psched", "file", 0444, 1, 0, true},
    {"/net/ptype", "file", 0444, 1, 0, true},
    {"/net/route", "file", 0444, 1, 0, true},
    {"/net/tcp", "file", 0444, 1, 0, true},
    {"/net/tcp6", "file", 0444, 1, 0, true},
    {"/net/udp", "file", 0444, 1, 0, true},
    {"/net/udp6", "file", 0444, 1, 0, true},
    {"/self", "symlink", 0777, 0, 0, false},
    {"/stat", "file", 0444, 0, 0, true},
    {"/sys", "dir", 0555, 4, -1, true},
    {"/sys/kernel", "dir", 0555, 2, -1, true},
    {"/sys/kernel/hostname", "file", 0444, 1, 0, true},
    {"/sys/net", "dir", 0555, 4, -1, true},
    {"/sys/net/core", "dir", 0555, 2, -1, true},
    {"/sys/net/core/default_qdisc", "file", 0444, 1, 0, true},
    {"/sys/net/core/message_burst", "file", 0444, 1, 0, true},
    {"/sys/net/core/message_cost", "file", 0444, 1, 0, true},
    {"/sys/net/core/optmem_max", "file", 0444, 1, 0, true},
    {"/sys/net/core/rmem_default", "file", 0444, 1, 0, true},
    {"/sys/net/core/rmem_max", "file", 0444, 1, 0, true},
    {"/sys/net/core/somaxconn", "file", 0444, 1, 0, true},
    {"/sys/net/core/wmem_default", "file", 0444, 1, 0, true},
    {"/sys/net/core/wmem_max", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4", "dir", 0555, 2, -1, true},
    {"/sys/net/ipv4/ip_local_port_range", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/ip_local_reserved_ports", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/ip_no_pmtu_disc", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/ip_nonlocal_bind", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/ipfrag_time", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_allowed_congestion_control", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_available_congestion_control", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_base_mss", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_congestion_control", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_dsack", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_early_retrans", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_fack", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_fastopen", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_fastopen_key", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_invalid_ratelimit", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_keepalive_intvl", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_keepalive_probes", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_keepalive_time", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_mtu_probing", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_no_metrics_save", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_probe_interval", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_probe_threshold", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_retries1", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_retries2", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_rfc1337", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_rmem", "file", 0644, 1, 0, true},
    {"/sys/net/ipv4/tcp_sack", "file", 0644, 1, 0, true},
    {"/sys/net/ipv4/tcp_slow_start_after_idle", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_syn_retries", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_synack_retries", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_timestamps", "file", 0444, 1, 0, true},
    {"/sys/net/ipv4/tcp_wmem", "file", 0644, 1, 0, true},
    {"/sys/vm", "dir", 0555, 2, -1, true},
    {"/sys/vm/mmap_min_addr", "file", 0444, 1, 0, true},
    {"/sys/vm/overcommit_memory", "file", 0444, 1, 0, true},
    {"/thread-self", "symlink", 0777, 0, 0, false},
    {"/uptime", "file", 0444, 1, 0, true},
    {"/version", "file", 0444, 0, 0, true},
};

/* proves: FQ-05 FQ-08 FQ-10 */
static void test_recorded_tree(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        assert_node(&p, &nodes[i]);
    }
    assert_link(&p, "/mounts", "self/mounts");
    proc_world_close(&p);
}

struct listing {
    struct str text;
    struct dent_attr last;
    int left; /* refuse when it reaches 0; negative: never */
};

static int emit_typed(void *arg, const char *name, const struct dent_attr *attr)
{
    struct listing *l = arg;
    if (l->left == 0) {
        return -EINVAL;
    }
    l->left--;
    str_addf(&l->text, "%s:%u ", name, (unsigned)(inode_type_mode(attr->type) >> 12));
    l->last = *attr;
    return 0;
}

/* proves: FQ-36 */
static void test_listing(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    const char *expected = ".:4 ..:4 cpuinfo:8 filesystems:8 loadavg:8 meminfo:8 mounts:10 stat:8 "
                           "uptime:8 version:8 1:4 sys:8 ";
    for (int piece = 1; piece < 14; piece++) { /* in pieces of any size: the same */
        struct file *f = open_path(&p, "/");
        struct listing l = {.left = piece};
        str_init(&l.text, &p.w.s.d);
        for (;;) {
            struct dir_ctx dc = {.emit = emit_typed, .arg = &l};
            int rc = file_readdir(&p.w.c, f, &dc);
            if (dc.written == 0) {
                assert_int_equal(rc, 0);
                break;
            }
            l.left = piece;
        }
        assert_string_equal(str_get(&l.text), expected);
        str_release(&l.text);
        file_put(f);
    }
    proc_world_close(&p);
}

static void add_task(struct proc_world *p, struct task *t, int32_t id)
{
    task_init(t, "other");
    t->id = t->own_id = id;
    p->tasks[p->k.tasks_n++] = t;
}

/* proves: FQ-37 */
static void test_leaders_are_listed_by_their_own_ids(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct task thread;
    add_task(&p, &p.other, 10);
    add_task(&p, &thread, 2);
    thread.leader = &p.task;
    p.other.own_id = 7;
    struct dirent *root = find(&p, "/");
    assert_listing(&p.w, root->inode,
                   ". .. cpuinfo filesystems loadavg meminfo mounts stat uptime version 1 7 sys");
    p.other.own_id = 10;
    thread.leader = &thread;
    assert_listing(
        &p.w, root->inode,
        ". .. cpuinfo filesystems loadavg meminfo mounts stat uptime version 1 10 2 sys");
    dirent_put(root);
    drop(&p, find(&p, "/2"));
    drop(&p, find(&p, "/10"));
    proc_world_close(&p);
}

/* proves: FQ-38 */
static void test_spellings_of_ids(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char *const found[] = {"/1", "/01", "/4294967297", "/0000000000000000000000001"};
    static const char *const missing[] = {"/2",   "/+1", "/-1", "/1x", "/18446744073709551617",
                                          "/none"};
    for (size_t i = 0; i < ARRAY_LEN(found); i++) {
        drop(&p, find(&p, found[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        struct dirent *d = NULL;
        assert_int_equal(find_code(&p, missing[i], &d), -ENOENT);
    }
    proc_world_close(&p);
}

/* After a seek to the end only the static names come. proves: FQ-36 */
static void test_listing_after_the_end(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct file *f = open_path(&p, "/");
    f->offset = INT64_MAX;
    char *names = listed(&p.w, f);
    assert_string_equal(names, "cpuinfo filesystems loadavg meminfo mounts stat uptime version");
    mem_free(names);
    file_put(f);
    proc_world_close(&p);
}

/* proves: FQ-15 FQ-17 FI-11 */
static void test_names_go_but_do_not_come(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *root = find(&p, "/"), *d = NULL;
    struct inode *inode = root->inode;
    struct file *f = NULL;
    const struct inode_ops *ops = inode->ops;
    assert_int_equal(ops->mkdir(&p.w.c, inode, "n", 0755), ERR_DENIED);
    assert_int_equal(ops->create(&p.w.c, inode, "n", (struct open_flags){0}, 0644, &f), ERR_DENIED);
    assert_int_equal(ops->symlink(&p.w.c, inode, "t", "n"), ERR_DENIED);
    assert_int_equal(ops->mkfifo(&p.w.c, inode, "n", 0644), ERR_DENIED);
    assert_null(ops->rename); /* the core's EXDEV */
    assert_int_equal(ops->truncate(&p.w.c, inode, 0), ERR_INVALID_OP);
    assert_int_equal(ops->rmdir(&p.w.c, inode, "sys"), -ENOENT);
    assert_int_equal(code_errno(ops->remove(&p.w.c, inode, "self")), ENOENT);
    assert_int_equal(ops->rmdir(&p.w.c, inode, "1"), -ENOENT);
    assert_int_equal(ops->remove(&p.w.c, inode, "cpuinfo"), 0);
    assert_int_equal(find_code(&p, "/cpuinfo", &d), -ENOENT);
    struct statfs_info info;
    assert_int_equal(inode_statfs(&p.w.c, inode, &info), -ENOSYS);
    dirent_put(root);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_tree),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_leaders_are_listed_by_their_own_ids),
        cmocka_unit_test(test_spellings_of_ids),
        cmocka_unit_test(test_listing_after_the_end),
        cmocka_unit_test(test_names_go_but_do_not_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
