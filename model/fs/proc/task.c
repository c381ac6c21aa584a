/* /proc/<id> and /proc/<id>/task/<tid> (contract filesystems 7.4). */
#include "private.h"

#define OWNED_SEQ(text, f)                                                                         \
    {                                                                                              \
        PROC_SEQ, .name = text, .owned = true, .fill = f                                           \
    }
#define OWNED_DIRECT(text, n, ...)                                                                 \
    {                                                                                              \
        PROC_FILE, .name = text, .mode = 0444, .owned = true, .node = n, __VA_ARGS__               \
    }
#define ID_MAP(text, f)                                                                            \
    {                                                                                              \
        PROC_FILE, .name = text, .mode = 0644, .owned = true, .node = &proc_idmap_node,            \
                   .records = RECORDS_RESUMED, .fill = f                                           \
    }

/* In the order of their inode numbers; `task` comes after the initial contents and is the only
 * counted one. */
static const struct proc_row rows[] = {
    {PROC_FILE, .name = "auxv", .mode = 0400, .owned = true, .node = &proc_auxv_node},
    {PROC_FILE, .name = "cmdline", .mode = 0444, .owned = true, .node = &proc_cmdline_node},
    OWNED_DIRECT("comm", &proc_direct_node, .fill = proc_fill_comm),
    {PROC_FILE, .name = "environ", .mode = 0444, .owned = true, .node = &proc_environ_node},
    {PROC_LINK, .name = "exe", .owned = true, .readlink = proc_exe_readlink},
    {.name = "fd",
     .type = INODE_SPECIAL_DIRECTORY,
     .mode = 0500,
     .owned = true,
     .ops = &proc_fd_dir_ops,
     .node = &proc_fd_dir_node},
    {.name = "fdinfo",
     .type = INODE_SPECIAL_DIRECTORY,
     .mode = 0500,
     .owned = true,
     .ops = &proc_fdinfo_dir_ops,
     .node = &proc_fdinfo_dir_node},
    ID_MAP("gid_map", proc_fill_gid_map),
    OWNED_SEQ("io", proc_fill_io),
    {PROC_SEQ, .name = "maps", .owned = true, .records = RECORDS_RESUMED, .fill = proc_fill_maps,
     .needs_update = proc_maps_needs_update, .generation = proc_maps_generation},
    {PROC_SEQ, .name = "mountinfo", .fill = proc_fill_mountinfo}, /* FQ-34: not owned */
    {PROC_SEQ, .name = "mounts", .fill = proc_fill_mounts},
    {PROC_DIR, .name = "ns", .mode = 0511, .owned = true, .table = &proc_ns_table},
    OWNED_SEQ("stat", proc_fill_task_stat),
    OWNED_SEQ("statm", proc_fill_statm),
    OWNED_SEQ("status", proc_fill_status),
    ID_MAP("uid_map", proc_fill_uid_map),
    {.name = "task",
     .type = INODE_SPECIAL_DIRECTORY,
     .mode = 0555,
     .owned = true,
     .counted = true,
     .ops = &proc_threads_ops,
     .node = &proc_threads_node},
};
static const struct proc_table process = {rows, ARRAY_LEN(rows)};
static const struct proc_table thread = {rows, ARRAY_LEN(rows) - 1};

const struct proc_row proc_process_row = {PROC_DIR, .mode = 0555, .owned = true, .table = &process};
const struct proc_row proc_thread_row = {PROC_DIR, .mode = 0555, .owned = true, .table = &thread};
