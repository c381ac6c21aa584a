/* The root directory: a static part, and names that are made anew by every lookup (contract
 * filesystems 7.2, 7.3). */
#include "private.h"

/* The content of filesystems cannot change: generated once. */
static bool only_once(const struct inode *inode, uint64_t generation)
{
    (void)inode;
    return generation == 0;
}

#define FIXED(text, order, f)                                                                      \
    {                                                                                              \
        PROC_SEQ, .name = text, .number = order, .fill = f                                         \
    }
static const struct proc_row rows[] = {
    {PROC_SEQ, .name = "filesystems", .number = 1, .fill = proc_fill_filesystems,
     .needs_update = only_once},
    FIXED("loadavg", 2, proc_fill_loadavg),
    FIXED("meminfo", 3, proc_fill_meminfo),
    {PROC_LINK, .name = "mounts", .number = 4, .text = "self/mounts"},
    FIXED("stat", 5, proc_fill_stat),
    FIXED("version", 6, proc_fill_version),
    {PROC_FILE, .name = "cpuinfo", .number = 7, .mode = 0444, .counted = true,
     .node = &proc_direct_node, .fill = proc_fill_cpuinfo},
    {PROC_FILE, .name = "uptime", .number = 8, .mode = 0444, .counted = true,
     .node = &proc_direct_node, .fill = proc_fill_uptime},
};
static const struct proc_table table = {rows, ARRAY_LEN(rows)};

static const struct {
    const char *name;
    const struct proc_row *row;
} dynamic[] = {
    {"net", &proc_net_row},
    {"self", &proc_self_row},
    {"sys", &proc_sys_row},
    {"thread-self", &proc_thread_self_row},
};

static int lookup_dynamic(struct inode *dir, const char *name, struct dirent **ret)
{
    for (size_t i = 0; i < ARRAY_LEN(dynamic); i++) {
        if (strcmp(dynamic[i].name, name) == 0) {
            return proc_new_dirent(dir->ms, dynamic[i].row, NULL, name, ret);
        }
    }
    uint64_t id;
    if (!proc_parse_decimal(name, &id)) {
        return -ENOENT;
    }
    struct task *task = kernel_find_task(proc_kernel(dir), (int32_t)(uint32_t)id); /* FQ-38 */
    return task ? proc_new_dirent(dir->ms, &proc_process_row, task, name, ret) : -ENOENT;
}

static int root_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    int rc = proc_dir_lookup(c, dir, name, ret);
    return rc == -ENOENT ? lookup_dynamic(dir, name, ret) : rc;
}

/* ---------------------------------------------------------------------------------------------
 * listing */

/* Leaders by their own ids (FQ-37), and sys with the type of a file; all else is not listed
 * (FQ-36). */
static int collect_dynamic(struct inode *dir, struct dent_map *names)
{
    const struct kernel *k = proc_kernel(dir);
    int rc = dent_map_add(names, "sys", proc_dent(dir->s, INODE_SPECIAL_FILE));
    for (size_t i = 0; i < k->tasks_n && !rc; i++) {
        const struct task *task = k->tasks[i];
        if (task->leader != task) {
            continue;
        }
        CLEANUP_MEM char *name = mem_printf(&dir->s->d, "%d", task->own_id);
        rc = name ? dent_map_add(names, name, proc_dent(dir->s, INODE_SPECIAL_DIRECTORY))
                  : CODE_FATE;
    }
    return rc;
}

/* The static part goes on by the cursor, the dynamic one by the count of its entries. */
static int emit_dynamic(struct dent_map *names, struct dir_ctx *dc, int64_t offset, int *n)
{
    int64_t last = (int64_t)dent_map_settle(names);
    for (int64_t i = offset > 0 ? offset : 0; i < last; i++) {
        int rc = dir_ctx_emit(dc, names->v[i].name, &names->v[i].attr);
        if (rc) {
            return rc;
        }
        ++*n;
    }
    return 0;
}

static int root_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset,
                        int *n)
{
    *n = 0;
    int count = 0;
    int rc = proc_dir_readdir(c, dir, dc, 0, &count);
    if (rc) {
        return rc;
    }
    struct dent_map names;
    dent_map_init(&names, &c->s->d);
    rc = collect_dynamic(dir, &names);
    rc = rc ? rc : emit_dynamic(&names, dc, offset, n);
    dent_map_release(&names);
    return rc;
}

static const struct ramfs_node_ops root_node = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = root_readdir,
};
static const struct inode_ops root_ops = {
    PROC_DIR_OPS,
    .lookup = root_lookup,
    .getattr = proc_dir_getattr,
};
const struct proc_row proc_root_row = {
    .type = INODE_SPECIAL_DIRECTORY,
    .mode = 0555,
    .ops = &root_ops,
    .node = &root_node,
    .table = &table,
};
