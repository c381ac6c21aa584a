/* Open files: position, append, directory reading, close (contract vfs 18, filesystems 11.7). */
#include "internal.h"

#include <simrun/inotify.h>

int sys_close(struct process *p, struct file *f)
{
    /* The descriptor goes first, whatever the flush says. */
    dirent_notify(f->dirent, f->flags.write ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
    int r = f->ops->flush ? f->ops->flush(&p->c, f) : 0;
    if (r != CODE_FATE) {
        file_put(f);
        jobs_drain(&p->c.s->d);
    }
    return sys_code(r);
}

int sys_read(struct process *p, struct file *f, char *buf, size_t len, size_t *n)
{
    if (!f->flags.read) {
        return -EBADF;
    }
    int r = file_pread(&p->c, f, f->offset, buf, len, n);
    if (r == 0) {
        f->offset += (int64_t)*n;
        if (*n > 0) {
            dirent_notify(f->dirent, IN_ACCESS);
        }
    }
    return sys_code(r);
}

int sys_write(struct process *p, struct file *f, const char *buf, size_t len, size_t *n)
{
    if (!f->flags.write) {
        return -EBADF;
    }
    int r = file_writev(&p->c, f, buf, len, n);
    if (r == 0 && *n > 0) {
        dirent_notify(f->dirent, IN_MODIFY);
    }
    return sys_code(r);
}

int sys_getdents(struct process *p, struct file *f, struct dir_ctx *dc)
{
    int r = file_readdir(&p->c, f, dc);
    if (r == 0) {
        dirent_notify(f->dirent, IN_ACCESS); /* also at the end */
    }
    return sys_code(r);
}
