/* Symbolic links of proc, and what the magic ones lead to (contract filesystems 7.3, 7.4). */
#include "private.h"

#include <stdio.h>

/* A new string as the target; NULL = out of memory. */
static int give(char *target, char **ret)
{
    if (!target) {
        return CODE_FATE;
    }
    *ret = target;
    return 0;
}

static int link_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    const struct proc_row *row = proc_file_of(inode)->row;
    ramfs_touch_atime(inode);
    return row->readlink ? row->readlink(c, inode, ret) : give(mem_dup(&c->s->d, row->text), ret);
}

static int link_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    const struct proc_row *row = proc_file_of(inode)->row;
    return row->getlink ? row->getlink(c, inode, ret) : CODE_READLINK;
}

#define LINK_OPS                                                                                   \
    RAMFS_SHARED_OPS, RAMFS_NOT_DIRECTORY_OPS,                                                     \
        .release = proc_file_release, .getattr = proc_file_getattr, .chmod = ramfs_refuse_chmod,   \
        .open = ramfs_open, .readlink = link_readlink, .getlink = link_getlink

const struct inode_ops proc_link_ops = {LINK_OPS, .truncate = ramfs_refuse_truncate};

static int accept_truncate(struct ctx *c, struct inode *inode, int64_t size)
{
    (void)c, (void)inode, (void)size;
    return 0;
}

const struct inode_ops proc_fd_link_ops = {LINK_OPS, .truncate = accept_truncate};

/* --------------------------------------------------------------------------------- self,
 * thread-self */

/* The reader as the mount's PID namespace sees it: "invalid operation" without a task, so the
 * pipeline cannot walk here. */
static int reader_of(const struct ctx *c, const struct inode *inode)
{
    if (!c->task) {
        return ERR_INVALID_OP;
    }
    return kernel_find_task(proc_kernel(inode), c->task->id) == c->task ? 0 : ERR_NOT_FOUND;
}

static int self_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    int rc = reader_of(c, inode);
    return rc ? rc : give(mem_printf(&c->s->d, "%d", c->task->leader->id), ret);
}

static int thread_self_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    int rc = reader_of(c, inode);
    return rc ? rc
              : give(mem_printf(&c->s->d, "%d/task/%d", c->task->leader->id, c->task->id), ret);
}

const struct proc_row proc_self_row = {PROC_LINK, .readlink = self_readlink};
const struct proc_row proc_thread_self_row = {PROC_LINK, .readlink = thread_self_readlink};

/* -------------------------------------------------------------------------------------------------
 * exe */

int proc_exe_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    const struct task *task = proc_file_of(inode)->task;
    if (!kernel_may_trace(c, task) || task->exited || !task->memory) {
        return -EACCES;
    }
    if (!task->memory->executable) {
        return -ENOENT;
    }
    if (!c->root) {
        return -EINVAL;
    }
    bool reachable;
    return dirent_full_name(task->memory->executable, c->root, ret, &reachable);
}

/* --------------------------------------------------------------------------------------------------
 * ns */

/* FQ-40: the number shown is the one before the link's own, both fresh at each lookup. */
static uint64_t namespace_number(const struct inode *inode)
{
    return inode->stable.inode_id - 1;
}

static void namespace_init(struct inode *inode)
{
    struct proc_file *file = proc_file_of(inode);
    file->e.attr.size = file->e.attr.usage = snprintf(NULL, 0, "%s:[%llu]", file->row->name,
                                                      (unsigned long long)namespace_number(inode));
}

static int namespace_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    return give(mem_printf(&c->s->d, "%s:[%llu]", proc_file_of(inode)->row->name,
                           (unsigned long long)namespace_number(inode)),
                ret);
}

/* What stands behind the link: nothing can be read or written there. */
static const struct proc_row namespace_row = {
    .type = INODE_REGULAR, .mode = 0777, .ops = &proc_file_ops};

static int namespace_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    if (!kernel_may_trace(c, proc_file_of(inode)->task)) {
        return -EACCES;
    }
    CLEANUP_MEM char *name = NULL;
    int rc = namespace_readlink(c, inode, &name);
    return rc ? rc : proc_new_dirent(inode->ms, &namespace_row, NULL, name, ret);
}

#define NAMESPACE(text)                                                                            \
    {                                                                                              \
        PROC_LINK, .name = text, .owned = true, .extra_numbers = 1, .init = namespace_init,        \
                   .readlink = namespace_readlink, .getlink = namespace_getlink                    \
    }
static const struct proc_row namespaces[] = {NAMESPACE("net"), NAMESPACE("pid"), NAMESPACE("user")};
const struct proc_table proc_ns_table = {namespaces, ARRAY_LEN(namespaces)};
