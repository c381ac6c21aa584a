/*
 * syscalls: what a process of the sandbox can ask of the file system (contract filesystems 10 and
 * 11, vfs 26): the checks of the system call layer in their order, then the VFS.
 *
 * Every call returns 0, -errno (also where the VFS answers with an error value of the ramfs
 * family), or CODE_FATE: the original panics or never comes back. Paths are read as the original
 * reads them: past 4095 bytes -ENAMETOOLONG, empty -ENOENT, trailing slashes cut and remembered.
 */
#ifndef SIMRUN_SYSCALLS_H
#define SIMRUN_SYSCALLS_H

#include <simrun/vfs.h>
#include <time.h>

/* A process: credentials, task, root and umask stand in its context. */
struct process {
    struct ctx c;
    struct mount_ns *ns; /* borrowed */
    struct dirent *cwd;  /* one reference */
};

/* Root with all capabilities, umask 0022, at the root of the namespace. `task` is borrowed and may
 * be NULL. */
void process_init(struct process *p, struct sentry *s, struct mount_ns *ns, struct task *task);
void process_release(struct process *p);

/* `flags` as open(2): O_RDONLY, O_CREAT, ... The file's position is 0. */
int sys_open(struct process *p, const char *path, int flags, unsigned mode, struct file **ret);
/* close(2) of the last descriptor: flush, then drop the reference. */
int sys_close(struct process *p, struct file *f);
/* One read or write at the file's position, which moves on. *n = bytes done. */
int sys_read(struct process *p, struct file *f, char *buf, size_t len, size_t *n);
int sys_write(struct process *p, struct file *f, const char *buf, size_t len, size_t *n);
/* One getdents: every entry goes to dc->emit; dc->written 0 is the end. */
int sys_getdents(struct process *p, struct file *f, struct dir_ctx *dc);
/*
 * The same as records of struct linux_dirent64 in a buffer; *n = bytes, 0 at the end, or when the
 * first entry does not fit (FQ-71). Below 27 bytes: -EINVAL. d_off counts from 1 in each call
 * (FQ-70).
 */
int sys_getdents64(struct process *p, struct file *f, char *buf, size_t len, size_t *n);

int sys_mkdir(struct process *p, const char *path, unsigned mode);
int sys_mknod(struct process *p, const char *path,
              unsigned mode); /* type bits decide; devices: -EPERM */
int sys_symlink(struct process *p, const char *target, const char *path);
int sys_link(struct process *p, const char *old_path, const char *new_path);
int sys_unlink(struct process *p, const char *path);
int sys_rmdir(struct process *p, const char *path);
int sys_rename(struct process *p, const char *old_path, const char *new_path);

/* What stat(2) tells, as far as the model knows it. */
struct sys_stat {
    unsigned mode; /* with the type bits */
    uint32_t uid, gid;
    uint64_t nlink;
    int64_t size;
    enum inode_type type;
};
int sys_stat(struct process *p, const char *path, bool follow, struct sys_stat *ret);
int sys_access(struct process *p, const char *path, unsigned mode);
/* bind(2) of a UNIX socket: makes its node. -ENOENT when the directory cannot be found, -EADDRINUSE
 * for every other failure (FQ-29). */
int sys_bind(struct process *p, const char *path);

struct sys_statfs {
    struct statfs_info info;
    int64_t block_size;
    uint32_t name_length; /* FQ-26: the length of a path */
};
/* -ENOSYS where the filesystem has none. */
int sys_statfs(struct process *p, const char *path, struct sys_statfs *ret);
int sys_chdir(struct process *p, const char *path);
int sys_chmod(struct process *p, const char *path, unsigned mode);
int sys_chown(struct process *p, const char *path, uint32_t uid, uint32_t gid, bool follow);
int sys_truncate(struct process *p, const char *path, int64_t size);
/* utimensat: `times` NULL = both now; UTIME_NOW, UTIME_OMIT as nanoseconds (FQ-69). */
int sys_utimens(struct process *p, const char *path, const struct timespec times[2], bool follow);
int sys_readlink(struct process *p, const char *path, char **ret); /* mem_free */
/*
 * Extended attributes. The system calls of this revision answer ENOTSUP; these are taken at the
 * inode, as the recorded cases do it. `path` is followed to the end. setxattr on an overlay has no
 * inode call: -EOPNOTSUPP.
 */
int sys_getxattr(struct process *p, const char *path, const char *name, struct str *ret);
int sys_listxattr(struct process *p, const char *path, struct ptrvec *ret); /* owned strings */
int sys_setxattr(struct process *p, const char *path, const char *name, const char *value);

/*
 * inotify (contract vfs 23). `flags`: IN_NONBLOCK and IN_CLOEXEC, else -EINVAL. The records are
 * read with sys_read: -EAGAIN, or a wait for itself, when there are none.
 */
int sys_inotify_init(struct process *p, int flags, struct file **ret);
/* No known bit in `mask`, or `f` no inotify handle: -EINVAL. IN_DONT_FOLLOW, IN_ONLYDIR act here.
 */
int sys_inotify_add_watch(struct process *p, struct file *f, const char *path, uint32_t mask,
                          int32_t *wd);
int sys_inotify_rm_watch(struct process *p, struct file *f, int32_t wd);
/* FIONREAD: the bytes of all queued records. Other handles: -ENOTTY. */
int sys_fionread(struct process *p, struct file *f, size_t *n);

int sys_mount(struct process *p, const char *source, const char *target, const char *type,
              uint64_t flags, const char *data);
int sys_umount(struct process *p, const char *target, unsigned flags);

#endif
