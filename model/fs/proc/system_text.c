/* The texts of the root directory (contract filesystems 7.8). */
#include "private.h"

#include <inttypes.h>

enum { PAGE = 4096, INTERRUPTS = 256, SOFT_INTERRUPTS = 10 };

int proc_fill_filesystems(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)inode;
    for (const struct filesystem *fs = c->s->filesystems; fs; fs = fs->next) {
        if (fs->allow_user_list) {
            /* Only 9p looks at its device, and not even it asks for one (1.1). */
            str_addf(&out->text, "nodev\t%s\n", fs->name);
        }
    }
    return 0;
}

int proc_fill_loadavg(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c, (void)inode;
    str_add(&out->text, "0.00 0.00 0.00 0/0 0\n");
    return 0;
}

int proc_fill_uptime(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    int64_t up = domain_now(&c->s->d) - proc_mount_of(inode)->mounted_at; /* FQ-42 */
    str_addf(&out->text, "%.2f 0.00\n", (double)up / 1e9);
    return 0;
}

int proc_fill_version(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct kernel *k = proc_kernel(inode);
    str_addf(&out->text, "%s version %s %s\n", k->sysname, k->release, k->version);
    return 0;
}

int proc_fill_cpuinfo(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct cpu_description *cpu = &proc_kernel(inode)->cpu;
    struct str *s = &out->text;
    for (unsigned i = 0; cpu->flags && i < cpu->n; i++) { /* FP-12: empty without features */
        str_addf(s, "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n", i,
                 cpu->vendor, cpu->family, cpu->model);
        str_addf(s, "model name\t: unknown\nstepping\t: unknown\ncpu MHz\t\t: %.3f\n", cpu->mhz);
        str_addf(s, "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\n");
        str_addf(s, "flags\t\t: %s\nbogomips\t: %.02f\n", cpu->flags, cpu->mhz);
        str_addf(s, "clflush size\t: 64\ncache_alignment\t: 64\n");
        str_addf(s, "address sizes\t: 46 bits physical, 48 bits virtual\n");
        str_addf(s, "power management:\n\n");
    }
    return 0;
}

static void add_zeros(struct str *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str_add(s, " 0");
    }
    str_addc(s, '\n');
}

int proc_fill_stat(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct kernel *k = proc_kernel(inode);
    struct str *s = &out->text;
    str_add(s, "cpu ");
    add_zeros(s, 10);
    for (unsigned i = 0; i < k->cpu.n; i++) {
        str_addf(s, "cpu%u", i);
        add_zeros(s, 10);
    }
    str_add(s, "intr 0");
    add_zeros(s, INTERRUPTS);
    str_addf(s, "ctxt 0\nbtime %" PRId64 "\nprocesses 0\nprocs_running 0\nprocs_blocked 0\n",
             k->boot_time);
    str_add(s, "softirq 0");
    add_zeros(s, SOFT_INTERRUPTS);
    return 0;
}

/* What the sandbox says it has: at least 2 GiB, and more than it uses. */
static uint64_t total_memory(const struct memory_usage *m, uint64_t used)
{
    const uint64_t least = 2ULL << 30;
    uint64_t total = m->total > least ? m->total : least;
    if (total >= used) {
        return total;
    }
    uint64_t power = 1;
    while (power && power <= used) {
        power <<= 1;
    }
    return power ? power : UINT64_MAX;
}

int proc_fill_meminfo(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct memory_usage *m = &proc_kernel(inode)->memory;
    uint64_t anon = m->anonymous + m->tmpfs, file = m->page_cache + m->mapped;
    uint64_t total = total_memory(m, anon + file), free = total - (anon + file);
    uint64_t active_file = file / 2 / PAGE * PAGE, inactive_file = file - active_file;
    const struct {
        const char *name;
        uint64_t bytes;
    } lines[] = {
        {"MemTotal:", total},
        {"MemFree:", free},
        {"MemAvailable:", free},
        {"Buffers:", 0},
        {"Cached:", file + m->tmpfs},
        {"SwapCache:", 0},
        {"Active:", anon + active_file},
        {"Inactive:", inactive_file},
        {"Active(anon):", anon},
        {"Inactive(anon):", 0},
        {"Active(file):", active_file},
        {"Inactive(file):", inactive_file},
        {"Unevictable:", 0},
        {"Mlocked:", 0},
        {"SwapTotal:", 0},
        {"SwapFree:", 0},
        {"Dirty:", 0},
        {"Writeback:", 0},
        {"AnonPages:", anon},
        {"Mapped:", file},
        {"Shmem:", m->tmpfs},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        str_addf(&out->text, "%-16s%8" PRIu64 " kB\n", lines[i].name, lines[i].bytes / 1024);
    }
    return 0;
}
