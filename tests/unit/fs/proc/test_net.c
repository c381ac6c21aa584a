/* model/fs/proc/net.c: the network directory. */
#include "proc_test.h"

static const struct inet6_address addresses[] = {{{0x20, 1, 0xd, 0xb8, [15] = 0x2a}, 64, 0x80},
                                                 {{0xfe, 0x80, [15] = 1}, 10, 2}};
static const struct net_interface interfaces[] = {{"lo", 1, NULL, 0}, {"eth0", 18, addresses, 2}};

static void test_interfaces(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    p.k.net.interfaces = interfaces;
    p.k.net.interfaces_n = 2;
    proc_world_enter(&p);
    char *text = content_of(&p, "/net/dev", 4096);
    assert_string_equal(
        text,
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
        "drop fifo colls carrier compressed\n"
        "    lo:       0       0    0    0    0     0          0         0        0       0    0   "
        " "
        "0    0     0       0          0\n"
        "  eth0:       0       0    0    0    0     0          0         0        0       0    0   "
        " "
        "0    0     0       0          0\n");
    mem_free(text);
    text = content_of(&p, "/net/if_inet6", 4096);
    assert_string_equal(text, "20010db800000000000000000000002a 12 40 00 80     eth0\n"
                              "fe800000000000000000000000000001 12 0a 00 02     eth0\n");
    mem_free(text);
    proc_world_close(&p);
}

static void test_stubs(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_content(&p, "/net/psched", "");
    assert_content(&p, "/net/ipv6_route", "");
    assert_content(&p, "/net/ptype", "Type Device      Function");
    assert_content(
        &p, "/net/arp",
        "IP address       HW type     Flags       HW address            Mask     Device");
    assert_content(
        &p, "/net/tcp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
        "  timeout inode");
    assert_content(
        &p, "/net/udp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
        "  timeout inode ref pointer drops");
    assert_content(
        &p, "/net/udp6",
        "  sl  local_address                         remote_address                      "
        "  st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode");
    char *text = content_of(&p, "/net/netstat", 4096);
    size_t names = 0;
    for (const char *s = text; (s = strchr(s, ' ')); s++) {
        names++;
    }
    assert_int_equal(names, 117);
    assert_memory_equal(text, "TcpExt: SyncookiesSent SyncookiesRecv ", 38);
    assert_string_equal(text + strlen(text) - 25, "CPMTUPFail TCPMTUPSuccess");
    mem_free(text);
    proc_world_close(&p);
}

static void test_without_ipv6(void **state)
{
    (void)state;
    for (int has_net = 0; has_net < 2; has_net++) {
        struct proc_world p;
        proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
        p.k.has_net = has_net;
        p.k.net.ipv6 = false;
        proc_world_enter(&p);
        struct dirent *d = find(&p, "/net");
        assert_listing(&p.w, d->inode, ". ..");
        assert_int_equal(attr_of(&p.w, d->inode).links, 1);
        drop(&p, d);
        proc_world_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_stubs),
        cmocka_unit_test(test_without_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
