/* Open files: position, append, directory reading, close (contract vfs 18, filesystems 11.7). */
#include "internal.h"

int sys_close(struct process *p, struct file *f)
{
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
    }
    return sys_code(r);
}

/* VQ-24: an append handle's position goes to the end even when nothing is written. */
int sys_write(struct process *p, struct file *f, const char *buf, size_t len, size_t *n)
{
    if (!f->flags.write) {
        return -EBADF;
    }
    int64_t offset = f->offset;
    if (f->flags.append) {
        struct unstable_attr a;
        int r = inode_getattr(&p->c, f->dirent->inode, &a);
        if (r) {
            return r == CODE_FATE ? r : -EIO;
        }
        offset = a.size;
    }
    int r = file_pwrite(&p->c, f, offset, buf, len, n);
    if (r == 0) {
        f->offset = offset + (int64_t)*n;
    }
    return sys_code(r);
}

int sys_getdents(struct process *p, struct file *f, struct dir_ctx *dc)
{
    return sys_code(file_readdir(&p->c, f, dc));
}
