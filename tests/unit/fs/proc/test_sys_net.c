/* model/fs/proc/sys_net.c: network settings. */
#include "proc_test.h"

static void test_fixed(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"/sys/net/core/default_qdisc", "pfifo_fast"},
        {"/sys/net/core/somaxconn", "128"},
        {"/sys/net/core/rmem_max", "212992"},
        {"/sys/net/core/optmem_max", "0"},
        {"/sys/net/ipv4/ip_local_port_range", "16000   65535"},
        {"/sys/net/ipv4/ip_local_reserved_ports", ""},
        {"/sys/net/ipv4/tcp_congestion_control", "reno"},
        {"/sys/net/ipv4/tcp_base_mss", "1280"},
        {"/sys/net/ipv4/tcp_keepalive_time", "7200"},
        {"/sys/net/ipv4/tcp_retries2", "15"},
        {"/sys/net/ipv4/tcp_timestamps", "1"},
        {"/sys/net/ipv4/tcp_dsack", "0"},
        {"/sys/net/ipv4/tcp_syn_retries", "3"},
    };
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_content(&p, cases[i].path, cases[i].text);
    }
    proc_world_close(&p);
}

static void assert_whole(struct proc_world *p, const char *path, const char *expected)
{
    char *text = content_of(p, path, 4096);
    assert_string_equal(text, expected);
    mem_free(text);
}

static void assert_written(struct proc_world *p, const char *path, const char *text, int64_t result)
{
    size_t n = 0;
    int rc = write_code(p, path, text, &n);
    assert_int_equal(rc ? rc : (int64_t)n, result);
}

static void test_buffers(void **state)
{
    (void)state;
    static const char *const paths[] = {"/sys/net/ipv4/tcp_rmem", "/sys/net/ipv4/tcp_wmem"};
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        assert_whole(&p, paths[i], "4096\t1048576\t4194304\n");
        assert_written(&p, paths[i], "100\t200\t300\n", 12);
        assert_whole(&p, paths[i], "100\t200\t300\n");
        assert_written(&p, paths[i], "", 0);
        assert_written(&p, paths[i], "7\n", 2);
        assert_whole(&p, paths[i], "7\t200\t300\n");
        assert_written(&p, paths[i], " 1 2 3 rest", 7);
        assert_whole(&p, paths[i], "1\t2\t3\n");
        static const char *const bad[] = {"x",           "1 x", "1x", "2147483648",
                                          "-2147483649", " ",   "-",  "0x1"};
        for (size_t j = 0; j < ARRAY_LEN(bad); j++) {
            assert_written(&p, paths[i], bad[j], -EINVAL);
        }
        assert_whole(&p, paths[i], "1\t2\t3\n");
        assert_written(&p, paths[i], "-2147483648 2147483647", 22);
        assert_whole(&p, paths[i], "-2147483648\t2147483647\t3\n");
        struct dirent *d = find(&p, paths[i]);
        assert_int_equal(d->inode->ops->truncate(&p.w.c, d->inode, 0), 0);
        drop(&p, d);
    }
    proc_world_close(&p);
}

/* An old tree shows old values. */
static void test_stale_values(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *old = find(&p, "/sys");
    p.k.net.receive.min = 5;
    assert_whole(&p, "/sys/net/ipv4/tcp_rmem", "4096\t1048576\t4194304\n"); /* `old` lives */
    drop(&p, old);
    assert_whole(&p, "/sys/net/ipv4/tcp_rmem", "5\t1048576\t4194304\n");
    proc_world_close(&p);
}

/* proves: FQ-41 */
static void test_short_reads(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct proc_world p;
        proc_world_init(&p, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        proc_world_enter(&p);
        char *text = content_of(&p, "/sys/net/ipv4/tcp_wmem", 4);
        assert_string_equal(text, strict ? "4096\t1048576\t4194304\n" : "4096");
        mem_free(text);
        proc_world_close(&p);
    }
}

static void test_sack(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_whole(&p, "/sys/net/ipv4/tcp_sack", "0\n");
    assert_written(&p, "/sys/net/ipv4/tcp_sack", "17\n", 3);
    assert_whole(&p, "/sys/net/ipv4/tcp_sack", "1\n");
    assert_true(p.k.net.sack);
    assert_written(&p, "/sys/net/ipv4/tcp_sack", "z", -EINVAL);
    assert_written(&p, "/sys/net/ipv4/tcp_sack", "0", 1);
    assert_whole(&p, "/sys/net/ipv4/tcp_sack", "0\n");
    proc_world_close(&p);
}

static void test_a_stack_without_buffers(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    p.k.net.has_receive = p.k.net.has_send = false;
    proc_world_enter(&p);
    struct dirent *d = NULL;
    assert_int_equal(find_code(&p, "/sys/net/ipv4/tcp_rmem", &d), -ENOENT);
    assert_int_equal(find_code(&p, "/sys/net/ipv4/tcp_wmem", &d), -ENOENT);
    drop(&p, find(&p, "/sys/net/ipv4/tcp_sack"));
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed),        cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_stale_values), cmocka_unit_test(test_short_reads),
        cmocka_unit_test(test_sack),         cmocka_unit_test(test_a_stack_without_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
