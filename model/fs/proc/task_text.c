/* The texts about one task (contract filesystems 7.8). */
#include "private.h"

#include <inttypes.h>

enum { PAGE = 4096 };

static const struct {
    char letter;
    const char *text;
} states[] = {
    [TASK_RUNNING] = {'R', "R (running)"},
    [TASK_SLEEPING] = {'S', "S (sleeping)"},
    [TASK_DISK_SLEEP] = {'D', "D (disk sleep)"},
    [TASK_STOPPED] = {'T', "T (stopped)"},
    [TASK_TRACING_STOP] = {'t', "t (tracing stop)"},
    [TASK_ZOMBIE] = {'Z', "Z (zombie)"},
    [TASK_DEAD] = {'X', "X (dead)"},
};

static const struct task *task_of(struct inode *inode)
{
    return proc_file_of(inode)->task;
}

static const struct task_memory *memory_of(const struct task *t)
{
    return t->exited ? NULL : t->memory;
}

static uint64_t vss_of(const struct task *t)
{
    return memory_of(t) ? t->memory->vss : 0;
}

static uint64_t rss_of(const struct task *t)
{
    return memory_of(t) ? t->memory->rss : 0;
}

static int thread_count(const struct kernel *k, const struct task *task)
{
    int n = 0;
    for (size_t i = 0; i < k->tasks_n; i++) {
        n += proc_same_group(k->tasks[i], task);
    }
    return n;
}

/* The id of the parent's group. */
static int32_t parent_id(const struct task *t)
{
    return t->parent ? t->parent->leader->id : 0;
}

/* Clock ticks, 100 a second. */
static int64_t ticks(int64_t ns)
{
    return ns / 10000000;
}

int proc_fill_comm(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    str_addf(&out->text, "%s\n", task_of(inode)->name);
    return 0;
}

int proc_fill_io(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task_io *io = &task_of(inode)->leader->io; /* the group's, for each thread */
    const struct {
        const char *name;
        uint64_t value;
    } lines[] = {
        {"char", io->rchar}, /* FQ-45 */
        {"wchar", io->wchar},
        {"syscr", io->syscr},
        {"syscw", io->syscw},
        {"read_bytes", io->read_bytes},
        {"write_bytes", io->write_bytes},
        {"cancelled_write_bytes", io->cancelled_write_bytes},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        str_addf(&out->text, "%s: %" PRIu64 "\n", lines[i].name, lines[i].value);
    }
    return 0;
}

int proc_fill_task_stat(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *t = task_of(inode), *leader = t->leader;
    struct str *s = &out->text;
    str_addf(s, "%d (%s) %c %d %d %d ", t->id, t->name, states[t->state].letter, parent_id(t),
             leader->process_group, leader->session);
    str_add(s, "0 0 0 0 0 0 0 "); /* tty, tpgid, flags, four fault counts */
    str_addf(s, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " ", ticks(t->times.user),
             ticks(t->times.system), ticks(leader->joined_times.user),
             ticks(leader->joined_times.system));
    str_addf(s, "%d %d %d 0 0 ", t->priority, t->nice, thread_count(proc_kernel(inode), t));
    str_addf(s, "%" PRIu64 " %" PRIu64 " ", vss_of(t), rss_of(t) / PAGE);
    str_add(s, "0 0 0 0 0 0 0 0 0 0 0 0 0 "); /* limit, addresses, signal sets, swap */
    str_addf(s, "%d ", t == leader ? t->exit_signal : 0);
    str_add(s, "0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    return 0;
}

int proc_fill_statm(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *t = task_of(inode);
    str_addf(&out->text, "%" PRIu64 " %" PRIu64 " 0 0 0 0 0\n", vss_of(t) / PAGE, rss_of(t) / PAGE);
    return 0;
}

int proc_fill_status(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *t = task_of(inode);
    struct str *s = &out->text;
    str_addf(s, "Name:\t%s\nState:\t%s\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n", t->name,
             states[t->state].text, t->leader->id, t->id, parent_id(t),
             t->tracer ? t->tracer->id : 0);
    str_addf(s, "FDSize:\t%zu\nVmSize:\t%" PRIu64 " kB\nVmRSS:\t%" PRIu64 " kB\nThreads:\t%d\n",
             t->exited ? (size_t)0 : t->fds_n, vss_of(t) >> 10, rss_of(t) >> 10,
             thread_count(proc_kernel(inode), t));
    str_addf(s, "CapInh:\t%016" PRIx64 "\nCapPrm:\t%016" PRIx64 "\n", t->caps_inheritable,
             t->caps_permitted);
    str_addf(s, "CapEff:\t%016" PRIx64 "\nCapBnd:\t%016" PRIx64 "\nSeccomp:\t%d\n",
             t->creds.caps & t->caps_permitted, t->caps_bounding, t->seccomp);
    return 0;
}
