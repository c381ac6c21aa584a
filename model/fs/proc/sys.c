/* /proc/sys, but for the tables below net (contract filesystems 7.6). */
#include "private.h"

#include <inttypes.h>

static int fill_hostname(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const char *name = proc_kernel(inode)->host_name;
    str_addf(&out->text, "%s\n", name ? name : ""); /* FP-11 */
    return 0;
}

static int fill_min_address(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    str_addf(&out->text, "%" PRIu64 "\n", proc_kernel(inode)->min_user_address);
    return 0;
}

static int fill_overcommit(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c, (void)inode;
    str_add(&out->text, "0\n");
    return 0;
}

#define SYS_DIR(text, t)                                                                           \
    {                                                                                              \
        PROC_DIR, .name = text, .mode = 0555, .counted = true, .table = t                          \
    }

static const struct proc_row kernel_rows[] = {
    {PROC_FILE, .name = "hostname", .mode = 0444, .counted = true, .node = &proc_direct_node,
     .fill = fill_hostname},
};
static const struct proc_table kernel_table = {kernel_rows, ARRAY_LEN(kernel_rows)};

static const struct proc_row vm_rows[] = {
    {PROC_SEQ, .name = "mmap_min_addr", .counted = true, .fill = fill_min_address},
    {PROC_SEQ, .name = "overcommit_memory", .counted = true, .fill = fill_overcommit},
};
static const struct proc_table vm_table = {vm_rows, ARRAY_LEN(vm_rows)};

static bool has_net(const struct kernel *k)
{
    return k->has_net;
}

static const struct proc_row net_rows[] = {
    {PROC_DIR, .name = "core", .mode = 0555, .counted = true, .table = &proc_sys_core,
     .present = has_net},
    {PROC_DIR, .name = "ipv4", .mode = 0555, .counted = true, .table = &proc_sys_ipv4,
     .present = has_net},
};
static const struct proc_table net_table = {net_rows, ARRAY_LEN(net_rows)};

static const struct proc_row sys_rows[] = {
    SYS_DIR("kernel", &kernel_table),
    SYS_DIR("net", &net_table),
    SYS_DIR("vm", &vm_table),
};
static const struct proc_table sys_table = {sys_rows, ARRAY_LEN(sys_rows)};

const struct proc_row proc_sys_row = {PROC_DIR, .mode = 0555, .table = &sys_table};
