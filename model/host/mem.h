/*
 * Backend mem. Nodes and names are never freed before the host itself: a file of an abandoned
 * domain may point to them, and the old names are what host_diff shows as gone. Only contents go
 * when the last name and the last file are gone.
 */
#ifndef SIMRUN_HOST_MEM_H
#define SIMRUN_HOST_MEM_H

#include "host_impl.h"

/* Contents of a regular file: bytes up to `n`, zeros from there to `size`; or a memfd that holds it
 * all. */
struct mem_data {
    uint8_t *p; /* owned */
    size_t n, cap;
    uint64_t size;       /* without memfd */
    struct owned_fd *fd; /* owned; donated descriptors refer to the same file */
    bool shared;         /* somebody else may write to `fd` */
};

/* What a node was when the snapshot was taken; made at its first change. */
struct mem_orig {
    struct diff_node self;        /* the target is borrowed from the node: it never changes */
    struct mem_dentry **children; /* owned; only when `children_saved` */
    size_t n;
    bool children_saved;
};

struct mem_node {
    struct list all; /* mem_host.nodes */
    uint64_t ino;
    uint32_t type, mode; /* S_IFMT bits, the other 12 bits */
    uint32_t uid, gid, nlink;
    dev_t rdev;
    struct timespec atime, mtime, ctime;
    uint32_t files;          /* open descriptions */
    struct list names;       /* mem_dentry.of_node */
    struct namemap children; /* directories: mem_dentry.node */
    struct mem_data data;    /* regular files */
    char *target;            /* symlinks; owned */
    struct mem_lower *lower; /* not NULL: came from a real directory; not owned */
    char *lower_path;        /* owned; relative to the lower's root, "" = the root */
    bool unread;             /* children, or contents, are still only in the lower */
    struct mem_orig *orig;   /* owned */
    bool dirty;              /* it, or something below, has changed since the snapshot */
};

/* One name of a node. Renaming ends one and makes another. */
struct mem_dentry {
    struct namenode node;     /* in parent->children while alive */
    struct list all;          /* mem_host.dentries */
    struct list of_node;      /* in inode->names while alive */
    struct mem_node *parent;  /* of the directory that holds it; not owned */
    struct mem_node *inode;   /* not owned */
    struct mem_dentry *moved; /* after a rename: the name that replaced it */
    bool alive;
    char name[];
};

struct mem_host {
    struct host base;
    struct list nodes, dentries, lowers;
    struct mem_node *root;
    uint64_t next_ino;
    size_t node_n;
    struct host_snapshot *snapshot; /* not owned; at most one at a time */
};

static inline struct mem_host *mem_of(struct host *h)
{
    return container_of(h, struct mem_host, base);
}

static inline struct mem_dentry *dentry_of(struct namenode *n)
{
    return n ? container_of(n, struct mem_dentry, node) : NULL;
}

/* ---------------------------------------------------------------------- mem_node.c */

int mem_node_new(struct mem_host *h, uint32_t type, uint32_t mode, struct mem_node **ret);
void mem_node_free(struct mem_node *n);
/* A name counts as a link of `n` (and ".." of a directory as one of its parent's). */
int mem_link(struct mem_host *h, struct mem_node *dir, const char *name, struct mem_node *n,
             struct mem_dentry **ret);
void mem_unlink(struct mem_host *h, struct mem_dentry *de);
/* NULL in *ret when there is none; populates a cow directory. */
int mem_lookup(struct mem_host *h, struct mem_node *dir, const char *name, struct mem_dentry **ret);
/* Has the directory been removed? */
bool mem_dir_dead(const struct mem_host *h, const struct mem_node *dir);
struct mem_node *mem_parent(struct mem_host *h, struct mem_node *dir);
void mem_stat(struct mem_host *h, struct mem_node *n, struct stat *ret);
struct timespec mem_now(struct mem_host *h);
void mem_touch_mtime(struct mem_host *h, struct mem_node *n);
/* Drops what no name and no file refers to. */
void mem_node_gone(struct mem_node *n);

/* ---------------------------------------------------------------------- mem_data.c */

uint64_t mem_data_size(struct mem_node *n);
int mem_data_read(struct mem_host *h, struct mem_node *n, void *buf, size_t len, uint64_t offset,
                  size_t *ret);
int mem_data_write(struct mem_host *h, struct mem_node *n, const void *buf, size_t len,
                   uint64_t offset, size_t *ret);
int mem_data_truncate(struct mem_host *h, struct mem_node *n, uint64_t size);
/* Has a donated descriptor been written to? Then the modification time is now. */
void mem_data_sync_time(struct mem_host *h, struct mem_node *n);
void mem_data_release(struct mem_data *data);
/* Move to a memfd if it is not in one. */
int mem_data_to_memfd(struct mem_host *h, struct mem_node *n);
/* Only a memfd's own times change by a write from outside: put them back to the epoch. */
void mem_data_rewind_time(struct mem_node *n);

/* ---------------------------------------------------------------------- mem_walk.c */

/* The node at an absolute path, and the name it was found by (NULL for the root). */
int mem_walk(struct mem_host *h, const char *path, bool follow, struct mem_node **ret,
             struct mem_dentry **ret_dentry);

/* --------------------------------------------------------------------- mem_names.c */

int mem_mkdirat(struct host_file *dir, const char *name, uint32_t mode);
int mem_symlinkat(struct host_file *dir, const char *name, const char *target);
int mem_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev);
int mem_linkat(struct host_file *f, struct host_file *dir, const char *name);
int mem_unlinkat(struct host_file *dir, const char *name, int flags);
int mem_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                 const char *new_name);
/* Make a node under a name that is free: group and set-group-id come from the directory as on
 * Linux. */
int mem_create(struct mem_host *h, struct mem_node *dir, const char *name, uint32_t type,
               uint32_t mode, struct mem_dentry **ret);

/* ---------------------------------------------------------------------- mem_diff.c */

/* Before the first change of attributes or contents, and of the children of a directory. */
int mem_touch(struct mem_host *h, struct mem_node *n);
int mem_touch_children(struct mem_host *h, struct mem_node *dir);
int mem_snapshot(struct host_snapshot *s);
int mem_diff(struct host_snapshot *s, struct ptrvec *ret);
void mem_snapshot_drop(struct host_snapshot *s);
int mem_describe(struct mem_host *h, struct mem_node *n, struct diff_node *ret);

/* --------------------------------------------------------------------------- cow.c */

/* Read the names of a directory from the lower; the node is a whole directory afterwards. */
int cow_populate(struct mem_host *h, struct mem_node *dir);
/* Bring the contents of a regular file in. */
int cow_load(struct mem_host *h, struct mem_node *n);
/* Make `n` the root of a copy-on-write tree over `fd` (duplicated). */
int cow_attach(struct mem_host *h, struct mem_node *n, int fd, const struct stat *st);
void cow_free(struct mem_host *h);

/* mem.c */
bool host_is_mem(const struct host *h);

#endif
