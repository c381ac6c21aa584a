/* What the files of fs/proc share: tables of nodes, and the nodes made from them. */
#ifndef SIMRUN_FS_PROC_PRIVATE_H
#define SIMRUN_FS_PROC_PRIVATE_H

#include "seqfile.h"

#include <simrun/fs/proc.h>
#include <simrun/fs/ramfs.h>

/* One mount: `priv` of its mount source. */
struct proc_mount {
    struct kernel *k;   /* borrowed */
    int64_t mounted_at; /* for uptime, FQ-42 */
};
static inline struct proc_mount *proc_mount_of(const struct inode *inode)
{
    return inode->ms->priv;
}
static inline struct kernel *proc_kernel(const struct inode *inode)
{
    return proc_mount_of(inode)->k;
}

/* How a source with several records answers when it is asked to go on after one (FQ-47). */
enum proc_records { RECORDS_ONE, RECORDS_MANY, RECORDS_RESUMED };

enum proc_setting { SETTING_NONE, SETTING_RECEIVE, SETTING_SEND };

/*
 * A node as the contract's tables give it. Owner: the task's current ids if `owned`, else 0:0. Link
 * count: `counted` entries were added one by one, others were initial contents (FQ-05).
 */
struct proc_row {
    const char *name;
    enum inode_type type;
    uint16_t mode;
    bool owned, counted;
    uint8_t extra_numbers; /* inode numbers it takes besides its own, before it (FQ-40) */
    uint8_t number; /* position of its inode number in the table, from 1; 0 = the table's order */
    enum proc_setting setting; /* which of the network settings it shows */
    const struct inode_ops *ops;
    const struct ramfs_node_ops *node;

    const char *text;               /* stub files: the content; links: the target */
    const struct proc_table *table; /* directories */
    enum proc_records records;      /* seqfiles */
    int (*fill)(struct ctx *c, struct inode *inode,
                struct seq_out *out); /* seqfiles, direct files */
    bool (*needs_update)(const struct inode *inode, uint64_t generation); /* seqfiles. [always] */
    uint64_t (*generation)(const struct inode *inode);                    /* [1] */
    int (*readlink)(struct ctx *c, struct inode *inode, char **ret);
    int (*getlink)(struct ctx *c, struct inode *inode,
                   struct dirent **ret);     /* [through readlink] */
    void (*init)(struct inode *inode);       /* may be NULL */
    bool (*present)(const struct kernel *k); /* [yes] */
};
struct proc_table {
    const struct proc_row *rows;
    size_t n; /* at most 64 */
};

/* What the network settings were when the tree that shows them was made (7.6). */
struct proc_settings {
    struct tcp_buffer receive, send;
};

/* A node that is no directory. */
struct proc_file {
    struct ramfs_entry e; /* first */
    const struct proc_row *row;
    struct task *task; /* borrowed; NULL = none */
    struct seq seq;
    struct tcp_buffer value; /* tcp_rmem, tcp_wmem */
    struct file *open;       /* fd links: one reference */
    char *text;              /* fdinfo: the snapshot, owned */
};
static inline struct proc_file *proc_file_of(struct inode *inode)
{
    return inode->priv;
}

/*
 * A directory whose children stand in a table. They are made when somebody asks for them, with the
 * inode numbers and times that they would have got with the directory: nobody can see the
 * difference.
 */
struct proc_dir {
    struct ramfs_dir dir; /* first */
    const struct proc_row *row;
    struct task *task;
    uint64_t first_number; /* of the numbers reserved for the table */
    uint64_t made;         /* bit n: row n was made (and may have been removed since) */
    bool complete;         /* all rows were made */
    int64_t born;
    struct proc_settings settings;
};
static inline struct proc_dir *proc_dir_of(struct inode *inode)
{
    return inode->priv;
}

/* ----------------------------------------------------------------------------------------------
 * dir.c */

/* A new tree from one row, all its inode numbers reserved now. `task` may be NULL. */
int proc_new_node(struct mount_source *ms, const struct proc_row *row, struct task *task,
                  struct inode **ret);
/* The same as a dirent called `name`: what a lookup of a dynamic entry answers. */
int proc_new_dirent(struct mount_source *ms, const struct proc_row *row, struct task *task,
                    const char *name, struct dirent **ret);
int proc_dir_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret);
int proc_dir_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset, int *n);
void proc_dir_release(struct inode *inode);
int proc_dir_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret);
int proc_dir_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name);
int proc_dir_remove(struct ctx *c, struct inode *dir, const char *name);
int proc_dir_rmdir(struct ctx *c, struct inode *dir, const char *name);
extern const struct inode_ops proc_dir_ops;
extern const struct ramfs_node_ops proc_dir_node;
/* All operations of a directory but lookup. */
#define PROC_DIR_OPS                                                                               \
    RAMFS_SHARED_OPS,                                                                              \
        .create = ramfs_dir_create, .mkdir = ramfs_dir_mkdir, .symlink = ramfs_dir_symlink,        \
        .link = proc_dir_link, .mkfifo = ramfs_dir_mkfifo, .bind = ramfs_dir_bind,                 \
        .remove = proc_dir_remove, .rmdir = proc_dir_rmdir, .release = proc_dir_release,           \
        .chmod = ramfs_chmod, .truncate = ramfs_refuse_truncate, .open = ramfs_open

/* ---------------------------------------------------------------------------------------------
 * file.c */

/* A node that is no directory, with this inode number. */
int proc_new_file(struct mount_source *ms, const struct proc_row *row, struct task *task,
                  uint64_t number, struct inode **ret);
int proc_file_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret);
void proc_file_release(struct inode *inode);
/* The part of `text` at `off`: -EINVAL below 0, 0 bytes past the end. */
int proc_copy_text(const char *text, size_t size, int64_t off, char *buf, size_t len, size_t *n);
int proc_seq_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                  size_t *n);
int proc_refuse_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n); /* -EINVAL */
extern const struct inode_ops proc_file_ops;
extern const struct ramfs_node_ops proc_seq_node;    /* writes: ERR_DENIED */
extern const struct ramfs_node_ops proc_direct_node; /* writes: invalid operation */
extern const struct ramfs_node_ops proc_text_node;   /* row.text; writes: -EINVAL */

#define PROC_FILE .type = INODE_SPECIAL_FILE, .ops = &proc_file_ops
#define PROC_SEQ  PROC_FILE, .mode = 0444, .node = &proc_seq_node
#define PROC_STUB PROC_FILE, .mode = 0444, .counted = true, .node = &proc_text_node
#define PROC_DIR  .type = INODE_SPECIAL_DIRECTORY, .ops = &proc_dir_ops, .node = &proc_dir_node

/* ---------------------------------------------------------------------------------------------
 * link.c */

extern const struct inode_ops proc_link_ops;    /* row.readlink, row.getlink, or row.text */
extern const struct inode_ops proc_fd_link_ops; /* the same; truncation is accepted */
#define PROC_LINK .type = INODE_SYMLINK, .mode = 0777, .ops = &proc_link_ops

extern const struct proc_row proc_self_row, proc_thread_self_row;
int proc_exe_readlink(struct ctx *c, struct inode *inode, char **ret);
extern const struct proc_table proc_ns_table;

/* -------------------------------------------------------------------------------------- rows of
 * others */

extern const struct proc_row proc_root_row, proc_sys_row, proc_net_row; /* root.c, sys.c, net.c */
extern const struct proc_table proc_sys_core, proc_sys_ipv4;            /* sys_net.c */
extern const struct proc_row proc_process_row, proc_thread_row;         /* task.c */
extern const struct inode_ops proc_fd_dir_ops, proc_fdinfo_dir_ops, proc_threads_ops;
extern const struct ramfs_node_ops proc_fd_dir_node, proc_fdinfo_dir_node, proc_threads_node;
extern const struct ramfs_node_ops proc_cmdline_node, proc_environ_node, proc_auxv_node;
extern const struct ramfs_node_ops proc_idmap_node;

/* Content of files: each writes the whole text into `out` and cuts records only if it has several.
 */
typedef int proc_fill(struct ctx *c, struct inode *inode, struct seq_out *out);
proc_fill proc_fill_cpuinfo, proc_fill_filesystems, proc_fill_loadavg, proc_fill_meminfo,
    proc_fill_stat, proc_fill_uptime, proc_fill_version; /* system_text.c */
proc_fill proc_fill_comm, proc_fill_io, proc_fill_task_stat, proc_fill_statm,
    proc_fill_status;                            /* task_text.c */
proc_fill proc_fill_maps;                        /* memory.c */
proc_fill proc_fill_mounts, proc_fill_mountinfo; /* mounts.c */
proc_fill proc_fill_uid_map, proc_fill_gid_map;  /* idmap.c */
bool proc_maps_needs_update(const struct inode *inode, uint64_t generation);
uint64_t proc_maps_generation(const struct inode *inode);

/* --------------------------------------------------------------------------------------------
 * kernel.c */

/* An unsigned decimal of at most 64 bits. */
bool proc_parse_decimal(const char *name, uint64_t *ret);
/* Are both of one thread group? */
bool proc_same_group(const struct task *a, const struct task *b);
/* The listing entry of a dynamic name: a fresh inode number, not that of stat. */
struct dent_attr proc_dent(struct sentry *s, enum inode_type type);

#endif
