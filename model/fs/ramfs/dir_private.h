/* What the directory's files share: the child records and their counting. */
#ifndef SIMRUN_RAMFS_DIR_PRIVATE_H
#define SIMRUN_RAMFS_DIR_PRIVATE_H

#include <simrun/fs/ramfs.h>

struct ramfs_child {
    struct namenode node; /* its name is behind the struct, or `new_name` */
    char *new_name;       /* owned: the name since a rename; else NULL */
    struct inode *inode;  /* one reference */
};

struct ramfs_child *ramfs_child_find(struct inode *dir, const char *name);
/* Change the link counts for a child that comes (+1) or goes (-1), contract 1.6. */
void ramfs_child_count(struct inode *dir, struct inode *child, int delta);
/* Take the record out of the directory: counts, times (contract 2.2, remove). The record is the
 * caller's then. */
void ramfs_child_detach(struct ctx *c, struct inode *dir, struct ramfs_child *child);
void ramfs_child_free(struct ramfs_child *child);

/* May `name` be made in `dir` at all? FQ-12, FQ-16. */
int ramfs_dir_admit(struct inode *dir, const char *name);
/* Note that a directory of the family has lost its name; others are left alone. */
void ramfs_mark_removed(struct inode *inode);
/* 0 when the node lists no entry, ERR_NOT_EMPTY, or what listing it answers. */
int ramfs_check_empty(struct ctx *c, struct inode *inode);

#endif
