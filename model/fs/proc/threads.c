/* /proc/<id>/task: one directory for each live thread of the group (contract filesystems 7.4). */
#include "private.h"

static int threads_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    uint64_t id;
    if (!proc_parse_decimal(name, &id) || id > UINT32_MAX) {
        return -ENOENT;
    }
    struct task *task = kernel_find_task(proc_kernel(dir), (int32_t)(uint32_t)id);
    if (!task || !proc_same_group(task, proc_dir_of(dir)->task)) {
        return -ENOENT;
    }
    return proc_new_dirent(dir->ms, &proc_thread_row, task, name, ret);
}

static int threads_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    int rc = proc_dir_getattr(c, inode, ret);
    const struct kernel *k = proc_kernel(inode);
    for (size_t i = 0; i < k->tasks_n; i++) {
        const struct task *task = k->tasks[i];
        ret->links += proc_same_group(task, proc_dir_of(inode)->task) && !task->exited;
    }
    return rc;
}

/* In the order of the thread list, by the count of entries. */
static int threads_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset,
                           int *n)
{
    const struct kernel *k = proc_kernel(dir);
    int64_t index = 0;
    *n = 0;
    for (size_t i = 0; i < k->tasks_n; i++) {
        const struct task *task = k->tasks[i];
        if (!proc_same_group(task, proc_dir_of(dir)->task) || index++ < offset) {
            continue;
        }
        CLEANUP_MEM char *name = mem_printf(&c->s->d, "%d", task->id);
        struct dent_attr attr = proc_dent(c->s, INODE_SPECIAL_DIRECTORY);
        int rc = name ? dir_ctx_emit(dc, name, &attr) : CODE_FATE;
        if (rc) {
            return rc;
        }
        ++*n;
    }
    return 0;
}

const struct ramfs_node_ops proc_threads_node = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = threads_readdir,
};
const struct inode_ops proc_threads_ops = {
    PROC_DIR_OPS,
    .lookup = threads_lookup,
    .getattr = threads_getattr,
};
