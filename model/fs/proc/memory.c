/* Files that show the memory of a process: cmdline, environ, auxv, maps (contract
 * filesystems 7.4, 7.8). */
#include "private.h"

#include <inttypes.h>

enum {
    PAGE = 4096,
    NAME_COLUMN = 73, /* of a line of maps */
};

/* *ret NULL: the task has no memory, the file is empty. */
static int memory_of(struct inode *inode, const struct task_memory **ret)
{
    const struct task *task = proc_file_of(inode)->task;
    if (task->exited) {
        return -ESRCH;
    }
    *ret = task->memory;
    return 0;
}

/* Strings in memory, at most the first page of them. */
static int read_strings(const char *bytes, size_t size, int64_t off, char *buf, size_t len,
                        size_t *n)
{
    return proc_copy_text(bytes, size < PAGE ? size : PAGE, off, buf, len, n);
}

static int cmdline_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                        size_t *n)
{
    (void)c;
    const struct task_memory *m;
    int rc = memory_of(inode, &m);
    return rc ? rc : read_strings(m ? m->argv : NULL, m ? m->argv_n : 0, off, buf, len, n);
}

static int environ_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                        size_t *n)
{
    (void)c;
    const struct task_memory *m;
    int rc = memory_of(inode, &m);
    return rc ? rc : read_strings(m ? m->envv : NULL, m ? m->envv_n : 0, off, buf, len, n);
}

const struct ramfs_node_ops proc_cmdline_node = {.read = cmdline_read};
const struct ramfs_node_ops proc_environ_node = {.read = environ_read};

static void add_word(struct str *s, uint64_t word)
{
    char bytes[8];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)(word >> 8 * i & 0xff);
    }
    str_addn(s, bytes, sizeof(bytes));
}

static int auxv_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                     size_t *n)
{
    const struct task_memory *m;
    int rc = memory_of(inode, &m);
    if (rc || !m) {
        return rc ? rc : proc_copy_text(NULL, 0, off, buf, len, n);
    }
    struct str s;
    str_init(&s, &c->s->d);
    for (size_t i = 0; i < m->aux_n; i++) {
        add_word(&s, m->aux[i].key);
        add_word(&s, m->aux[i].value);
    }
    add_word(&s, 0);
    add_word(&s, 0);
    rc = domain_dead(&c->s->d) ? CODE_FATE : proc_copy_text(s.p, s.n, off, buf, len, n);
    str_release(&s);
    return rc;
}

const struct ramfs_node_ops proc_auxv_node = {.read = auxv_read};

/* -------------------------------------------------------------------------------------------------
 * maps */

static void add_area(struct str *s, const struct memory_area *a)
{
    size_t start = s->n;
    str_addf(s,
             "%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08" PRIx64 " %02" PRIx64 ":%02" PRIx64
             " %" PRIu64 " ",
             a->start, a->end, a->read ? 'r' : '-', a->write ? 'w' : '-', a->execute ? 'x' : '-',
             a->shared ? 's' : 'p', a->offset, a->device >> 20, a->device & 0xfffff, a->inode);
    if (a->name) {
        size_t width = s->n - start;
        str_addf(s, "%*s%s", width < NAME_COLUMN ? NAME_COLUMN - (int)width : 0, "", a->name);
    }
    str_addc(s, '\n');
}

/* Goes on by address: the handle of a record is the end of its area. */
int proc_fill_maps(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *task = proc_file_of(inode)->task;
    const struct task_memory *m = task->exited ? NULL : task->memory;
    int rc = 0;
    for (size_t i = 0; m && i < m->areas_n && !rc; i++) {
        add_area(&out->text, &m->areas[i]);
        rc = seq_out_cut_at(out, m->areas[i].end);
    }
    return rc;
}

uint64_t proc_maps_generation(const struct inode *inode)
{
    const struct task *task = ((const struct proc_file *)inode->priv)->task;
    return !task->exited && task->memory ? task->memory->generation : 1;
}

bool proc_maps_needs_update(const struct inode *inode, uint64_t generation)
{
    return generation != proc_maps_generation(inode);
}
