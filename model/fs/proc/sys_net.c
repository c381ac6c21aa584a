/* /proc/sys/net/core and ipv4: fixed texts, and three settings that can be written (contract
 * filesystems 7.6). */
#include "private.h"

enum { PAGE = 4096 };

#define STUB(text_name, content)                                                                   \
    {                                                                                              \
        PROC_STUB, .name = text_name, .text = content                                              \
    }

static const struct proc_row core_rows[] = {
    STUB("default_qdisc", "pfifo_fast"),
    STUB("message_burst", "10"),
    STUB("message_cost", "5"),
    STUB("optmem_max", "0"),
    STUB("rmem_default", "212992"),
    STUB("rmem_max", "212992"),
    STUB("somaxconn", "128"),
    STUB("wmem_default", "212992"),
    STUB("wmem_max", "212992"),
};
const struct proc_table proc_sys_core = {core_rows, ARRAY_LEN(core_rows)};

/* ------------------------------------------------------------------------------------------
 * settings */

/* FQ-41: there is only one read, at offset 0. */
static int read_setting(struct ctx *c, const char *text, int64_t off, char *buf, size_t len,
                        size_t *n)
{
    if (off != 0 && quirk_on(&c->s->d, FQ_41)) {
        *n = 0;
        return 0;
    }
    return proc_copy_text(text, strlen(text), off, buf, len, n);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One signed 32-bit decimal at *p, ended by white space or the end. */
static int scan_value(const char **p, const char *end, int32_t *ret)
{
    bool negative = **p == '-';
    *p += negative || **p == '+';
    const char *start = *p;
    int64_t value = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
        value = value * 10 + (**p - '0');
        if (value > (int64_t)INT32_MAX + negative) {
            return -EINVAL;
        }
    }
    if (*p == start || (*p < end && !is_space(**p))) {
        return -EINVAL;
    }
    *ret = (int32_t)(negative ? -value : value);
    return 0;
}

/* Up to `n` values; those that are missing stay as they are, the first one must be there. *used:
 * bytes read. */
static int scan_values(const char *buf, size_t len, int32_t *values, size_t n, size_t *used)
{
    const char *p = buf, *end = buf + (len < PAGE ? len : PAGE - 1);
    size_t found = 0;
    for (;;) {
        while (p < end && is_space(*p)) {
            p++;
        }
        if (p == end || found == n) {
            break;
        }
        int rc = scan_value(&p, end, &values[found++]);
        if (rc) {
            return rc;
        }
    }
    if (!found && len) {
        return -EINVAL;
    }
    *used = (size_t)(p - buf);
    return 0;
}

/* Shows the values that stood when the inode was made. */
static int buffer_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                       size_t *n)
{
    const struct tcp_buffer *v = &proc_file_of(inode)->value;
    CLEANUP_MEM char *text = mem_printf(&c->s->d, "%d\t%d\t%d\n", v->min, v->def, v->max);
    return text ? read_setting(c, text, off, buf, len, n) : CODE_FATE;
}

static int buffer_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf,
                        size_t len, size_t *n)
{
    (void)c, (void)off;
    struct proc_file *file = proc_file_of(inode);
    int32_t values[] = {file->value.min, file->value.def, file->value.max};
    int rc = scan_values(buf, len, values, ARRAY_LEN(values), n);
    if (rc) {
        return rc;
    }
    struct net_stack *net = &proc_kernel(inode)->net;
    struct tcp_buffer set = {values[0], values[1], values[2]};
    *(file->row->setting == SETTING_RECEIVE ? &net->receive : &net->send) = set;
    return 0;
}

static int sack_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                     size_t *n)
{
    return read_setting(c, proc_kernel(inode)->net.sack ? "1\n" : "0\n", off, buf, len, n);
}

static int sack_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)c, (void)off;
    int32_t value = proc_kernel(inode)->net.sack;
    int rc = scan_values(buf, len, &value, 1, n);
    if (rc) {
        return rc;
    }
    proc_kernel(inode)->net.sack = value != 0;
    return 0;
}

static const struct ramfs_node_ops buffer_node = {.read = buffer_read, .write = buffer_write};
static const struct ramfs_node_ops sack_node = {.read = sack_read, .write = sack_write};

static int accept_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c, (void)inode, (void)size;
    return 0;
}

static const struct inode_ops setting_ops = {
    RAMFS_SHARED_OPS,
    RAMFS_NOT_DIRECTORY_OPS,
    .release = proc_file_release,
    .getattr = proc_file_getattr,
    .chmod = ramfs_chmod,
    .truncate = accept_truncate,
    .open = ramfs_open,
};

static bool has_receive(const struct kernel *k)
{
    return k->net.has_receive;
}

static bool has_send(const struct kernel *k)
{
    return k->net.has_send;
}

#define SETTING .type = INODE_SPECIAL_FILE, .ops = &setting_ops, .mode = 0644, .counted = true

static const struct proc_row ipv4_rows[] = {
    STUB("ip_local_port_range", "16000   65535"),
    STUB("ip_local_reserved_ports", ""),
    STUB("ip_no_pmtu_disc", "1"),
    STUB("ip_nonlocal_bind", "0"),
    STUB("ipfrag_time", "30"),
    STUB("tcp_allowed_congestion_control", ""),
    STUB("tcp_available_congestion_control", "reno"),
    STUB("tcp_base_mss", "1280"),
    STUB("tcp_congestion_control", "reno"),
    STUB("tcp_dsack", "0"),
    STUB("tcp_early_retrans", "0"),
    STUB("tcp_fack", "0"),
    STUB("tcp_fastopen", "0"),
    STUB("tcp_fastopen_key", ""),
    STUB("tcp_invalid_ratelimit", "0"),
    STUB("tcp_keepalive_intvl", "0"),
    STUB("tcp_keepalive_probes", "0"),
    STUB("tcp_keepalive_time", "7200"),
    STUB("tcp_mtu_probing", "0"),
    STUB("tcp_no_metrics_save", "1"),
    STUB("tcp_probe_interval", "0"),
    STUB("tcp_probe_threshold", "0"),
    STUB("tcp_retries1", "3"),
    STUB("tcp_retries2", "15"),
    STUB("tcp_rfc1337", "1"),
    {SETTING, .name = "tcp_rmem", .node = &buffer_node, .setting = SETTING_RECEIVE,
     .present = has_receive},
    {SETTING, .name = "tcp_sack", .node = &sack_node},
    STUB("tcp_slow_start_after_idle", "1"),
    STUB("tcp_syn_retries", "3"),
    STUB("tcp_synack_retries", "5"),
    STUB("tcp_timestamps", "1"),
    {SETTING, .name = "tcp_wmem", .node = &buffer_node, .setting = SETTING_SEND,
     .present = has_send},
};
const struct proc_table proc_sys_ipv4 = {ipv4_rows, ARRAY_LEN(ipv4_rows)};
_Static_assert(ARRAY_LEN(ipv4_rows) <= 64, "a bit for each row");
