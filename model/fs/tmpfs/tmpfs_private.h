/* What the files of tmpfs share with each other. */
#ifndef SIMRUN_TMPFS_PRIVATE_H
#define SIMRUN_TMPFS_PRIVATE_H

#include <simrun/fs/tmpfs.h>

/* Creation functions of a tmpfs directory, one for each kind. */
int tmpfs_make_file(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);
int tmpfs_make_fifo(struct ctx *c, struct inode *dir, uint16_t perms, struct inode **ret);

/* The same by kind; only the mount source of `dir` counts. */
extern const struct ramfs_create_ops tmpfs_create_ops;
/* The bytes of a regular file and of a fifo's pipe, saved and loaded. */
int tmpfs_save_file(struct saver *sv, struct inode *inode, struct saved_inode *out);
int tmpfs_load_file(const struct saved_inode *in, struct inode *inode);
int tmpfs_save_fifo(struct saver *sv, struct inode *inode, struct saved_inode *out);
int tmpfs_load_fifo(const struct saved_inode *in, struct inode *inode);

int tmpfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
                 struct inode *new_dir, const char *new_name);
int tmpfs_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret);

/* The pages of a sparse file: sorted by number, absent ones read as zeros. */
enum { PAGE = 4096 };
struct page {
    uint64_t number;
    char *bytes; /* owned, PAGE of them */
};
struct pages {
    struct domain *d; /* borrowed */
    struct page *p;   /* owned */
    size_t n, cap;
};
void pages_release(struct pages *pages);
void pages_read(const struct pages *pages, uint64_t off, char *buf, size_t len);
int pages_write(struct pages *pages, uint64_t off, const char *buf, size_t len);
/* Frees what lies wholly past `size` and zeroes the rest of the page that holds it. */
void pages_cut(struct pages *pages, uint64_t size);

/* The inode behind an opened fifo (FQ-27), under a dirent "pipe:[<inode number>]" of its own: one
 * reference. */
int pipe_new(struct ctx *c, struct dirent **ret);
/* What was written and not read yet. */
const char *pipe_content(struct dirent *pipe, size_t *n);
int pipe_fill(struct dirent *pipe, const char *bytes, size_t n);
int pipe_open(struct ctx *c, struct dirent *pipe, struct open_flags flags, struct file **ret);

#endif
