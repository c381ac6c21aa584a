/* The stub's values and the questions about its tasks (contract filesystems 7.10). */
#include "private.h"

enum { CAP_BIT_SYS_PTRACE = 19 };

static const struct inet6_address loopback_address = {
    .bytes = {[15] = 1}, .prefix = 128, .flags = 0};
static const struct net_interface loopback = {"lo", 1, &loopback_address, 1};
static const struct id_range whole_range = {0, 0, 4294967295U};

void kernel_init(struct kernel *k)
{
    *k = (struct kernel){
        .pid_namespace = true,
        .cpu = {.n = 2,
                .vendor = "GenuineIntel",
                .family = 6,
                .model = 79,
                .mhz = 2200.0,
                .flags = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 "
                         "clflush mmx fxsr sse sse2 ss ht syscall nx lm"},
        .memory = {.total = 2ULL << 30},
        .min_user_address = 4096,
        .sysname = "Linux",
        .release = "3.11.10",
        .version = "#1 SMP Fri Nov 29 10:47:50 PST 2013",
        .boot_time = 1534204800, /* when a world's clock begins */
        .host_name = "sandbox",
        .has_net = true,
        .net = {.ipv6 = true,
                .interfaces = &loopback,
                .interfaces_n = 1,
                .has_receive = true,
                .has_send = true,
                .receive = {4096, 1048576, 4194304},
                .send = {4096, 1048576, 4194304}},
    };
}

void task_init(struct task *t, const char *name)
{
    *t = (struct task){
        .id = 1,
        .own_id = 1,
        .leader = t,
        .name = name,
        .state = TASK_RUNNING,
        .creds = creds_root(),
        .caps_permitted = UINT64_MAX >> 26, /* the 38 capabilities of this release */
        .caps_inheritable = UINT64_MAX >> 26,
        .caps_bounding = UINT64_MAX >> 26,
        .uid_map = &whole_range,
        .uid_map_n = 1,
        .gid_map = &whole_range,
        .gid_map_n = 1,
        .process_group = 1,
        .session = 1,
        .exit_signal = 17,
        .priority = 20,
    };
}

struct task *kernel_find_task(const struct kernel *k, int32_t id)
{
    for (size_t i = 0; i < k->tasks_n; i++) {
        if (k->tasks[i]->id == id) {
            return k->tasks[i];
        }
    }
    return NULL;
}

bool proc_same_group(const struct task *a, const struct task *b)
{
    return a && b && a->leader == b->leader;
}

bool kernel_may_trace(const struct ctx *c, const struct task *target)
{
    const struct task *caller = c->task;
    if (!caller) {
        return false;
    }
    if (proc_same_group(caller, target)) {
        return true;
    }
    const struct creds *a = &caller->creds, *b = &target->creds;
    bool capable = a->caps >> CAP_BIT_SYS_PTRACE & 1;
    bool same = a->uid == b->uid && a->uid == b->euid && a->gid == b->gid && a->gid == b->egid;
    return (capable || same) && (target->caps_permitted & ~caller->caps_permitted) == 0;
}

bool proc_parse_decimal(const char *name, uint64_t *ret)
{
    uint64_t n = 0;
    const char *p = name;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n)) {
            return false;
        }
    }
    if (p == name || *p) {
        return false;
    }
    *ret = n;
    return true;
}

struct dent_attr proc_dent(struct sentry *s, enum inode_type type)
{
    return (struct dent_attr){type, device_next_inode(s, DEVICE_PROC)};
}
