/* /proc/<id>/fd and fdinfo: the open files of a process (contract filesystems 7.5). */
#include "private.h"

/* Numbers of open(2) on x86-64, as fdinfo prints them. */
enum {
    LINUX_O_WRONLY = 01,
    LINUX_O_RDWR = 02,
    LINUX_O_APPEND = 02000,
    LINUX_O_NONBLOCK = 04000,
    LINUX_O_DIRECT = 040000,
    LINUX_O_LARGEFILE = 0100000,
    LINUX_O_DIRECTORY = 0200000,
    LINUX_O_CLOEXEC = 02000000,
    LINUX_O_SYNC = 04010000,
};

static unsigned flag_bits(const struct task_fd *fd)
{
    const struct open_flags *f = &fd->file->flags;
    unsigned bits = f->read && f->write ? LINUX_O_RDWR : f->write ? LINUX_O_WRONLY : 0;
    bits |= f->append ? LINUX_O_APPEND : 0;
    bits |= f->nonblocking ? LINUX_O_NONBLOCK : 0;
    bits |= f->direct ? LINUX_O_DIRECT : 0;
    bits |= f->large_file ? LINUX_O_LARGEFILE : 0;
    bits |= f->directory ? LINUX_O_DIRECTORY : 0;
    bits |= f->sync ? LINUX_O_SYNC : 0;
    return bits | (fd->close_on_exec ? LINUX_O_CLOEXEC : 0);
}

/* The entry that a name stands for: decimal of 64 bits, cut to 32 (as FQ-38); NULL if there is
 * none. */
static const struct task_fd *find_fd(const struct task *task, const char *name)
{
    uint64_t number;
    if (task->exited || !proc_parse_decimal(name, &number)) {
        return NULL;
    }
    for (size_t i = 0; i < task->fds_n; i++) {
        if (task->fds[i].fd == (uint32_t)number) {
            return &task->fds[i];
        }
    }
    return NULL;
}

/* -------------------------------------------------------------------------------------------
 * fd/<n> */

static int fd_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    bool reachable;
    return dirent_full_name(proc_file_of(inode)->open->dirent, c->root, ret, &reachable);
}

/* The dirent itself: an unlinked file can be opened again. */
static int fd_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    (void)c;
    *ret = dirent_get(proc_file_of(inode)->open->dirent);
    return 0;
}

static const struct proc_row fd_row = {
    .type = INODE_SYMLINK,
    .mode = 0777,
    .owned = true,
    .ops = &proc_fd_link_ops,
    .readlink = fd_readlink,
    .getlink = fd_getlink,
};

static int fd_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    struct task *task = proc_dir_of(dir)->task;
    const struct task_fd *fd = find_fd(task, name);
    if (!fd) {
        return -ENOENT;
    }
    struct inode *inode;
    int rc = proc_new_node(dir->ms, &fd_row, task, &inode);
    if (rc) {
        return rc;
    }
    proc_file_of(inode)->open = file_get(fd->file);
    return dirent_new(inode, name, ret);
}

/* ---------------------------------------------------------------------------------------
 * fdinfo/<n> */

static const struct proc_row fdinfo_row = {PROC_FILE, .mode = 0400, .owned = true,
                                           .node = &proc_text_node};

static int fdinfo_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    struct task *task = proc_dir_of(dir)->task;
    const struct task_fd *fd = find_fd(task, name);
    if (!fd) {
        return -ENOENT;
    }
    char *text = mem_printf(&c->s->d, "flags:\t0%o\n", flag_bits(fd));
    struct inode *inode;
    int rc = text ? proc_new_node(dir->ms, &fdinfo_row, task, &inode) : CODE_FATE;
    if (rc) {
        mem_free(text);
        return rc;
    }
    struct proc_file *file = proc_file_of(inode);
    file->text = text;
    file->e.attr.size = file->e.attr.usage = (int64_t)strlen(text);
    return dirent_new(inode, name, ret);
}

/* ----------------------------------------------------------------------------------------
 * directories */

/* In increasing order, going on by the number of the descriptor: the offset is the lowest one not
 * yet shown. */
static int emit_fds(struct ctx *c, struct inode *dir, struct dir_ctx *dc, enum inode_type type,
                    int64_t offset, int *n)
{
    const struct task *task = proc_dir_of(dir)->task;
    int64_t next = offset;
    int rc = 0;
    for (size_t i = 0; !task->exited && i < task->fds_n && !rc; i++) {
        if (task->fds[i].fd < offset) {
            continue;
        }
        CLEANUP_MEM char *name = mem_printf(&c->s->d, "%u", task->fds[i].fd);
        struct dent_attr attr = proc_dent(c->s, type);
        rc = name ? dir_ctx_emit(dc, name, &attr) : CODE_FATE;
        next = rc ? (int64_t)task->fds[i].fd : (int64_t)task->fds[i].fd + 1;
    }
    *n = (int)(next - offset);
    return rc;
}

static int fd_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset, int *n)
{
    return emit_fds(c, dir, dc, INODE_SYMLINK, offset, n);
}

static int fdinfo_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset,
                          int *n)
{
    return emit_fds(c, dir, dc, INODE_REGULAR, offset, n);
}

/* A process may always look at its own descriptors, whatever its ids. */
static int fd_check(struct ctx *c, struct inode *inode, unsigned mask)
{
    int rc = inode_generic_check(c, inode, mask);
    return rc == -EACCES && proc_same_group(c->task, proc_dir_of(inode)->task) ? 0 : rc;
}

const struct ramfs_node_ops proc_fd_dir_node = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = fd_readdir,
};
const struct ramfs_node_ops proc_fdinfo_dir_node = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = fdinfo_readdir,
};
const struct inode_ops proc_fd_dir_ops = {
    PROC_DIR_OPS,
    .lookup = fd_lookup,
    .getattr = proc_dir_getattr,
    .check = fd_check,
};
const struct inode_ops proc_fdinfo_dir_ops = {
    PROC_DIR_OPS,
    .lookup = fdinfo_lookup,
    .getattr = proc_dir_getattr,
};
