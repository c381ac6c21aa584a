/* Directories made from tables, their children on demand (contract filesystems 7.1, 7.4, 1.6). */
#include "private.h"

static bool is_present(const struct proc_row *row, const struct kernel *k)
{
    return !row->present || row->present(k);
}

/* How many inode numbers a node takes with all below it. */
static uint64_t weight(const struct proc_row *row, const struct kernel *k)
{
    uint64_t sum = 1 + (uint64_t)row->extra_numbers;
    for (size_t i = 0; row->table && i < row->table->n; i++) {
        const struct proc_row *child = &row->table->rows[i];
        sum += is_present(child, k) ? weight(child, k) : 0;
    }
    return sum;
}

/* Links of a new directory: itself, and the subdirectories that were added one by one. */
static uint64_t new_links(const struct proc_row *row, const struct kernel *k)
{
    uint64_t links = 1 + (uint64_t)row->counted;
    for (size_t i = 0; row->table && i < row->table->n; i++) {
        const struct proc_row *child = &row->table->rows[i];
        links += is_present(child, k) && child->counted && type_is_directory(child->type);
    }
    return links;
}

/* The directory's own number is the last of those reserved for it. */
static int new_dir(struct mount_source *ms, const struct proc_row *row, struct task *task,
                   uint64_t first_number, uint64_t n, struct inode **ret)
{
    struct proc_dir *dir = MEM_NEW(&ms->s->d, struct proc_dir);
    if (!dir) {
        return CODE_FATE;
    }
    ramfs_dir_init(&dir->dir, ms->s, NULL, ramfs_root_owner(), row->mode);
    dir->dir.e.node = row->node;
    const struct kernel *k = ((struct proc_mount *)ms->priv)->k;
    dir->dir.e.attr.links = new_links(row, k);
    dir->row = row;
    dir->task = task;
    dir->first_number = first_number;
    dir->born = dir->dir.e.attr.ctime;
    dir->settings = (struct proc_settings){k->net.receive, k->net.send};
    struct stable_attr stable = {row->type, DEVICE_PROC, first_number + n - 1, 4096, 0, 0};
    int rc = inode_new(ms, row->ops, dir, stable, ret);
    if (rc) {
        mem_free(dir);
    }
    return rc;
}

int proc_new_node(struct mount_source *ms, const struct proc_row *row, struct task *task,
                  struct inode **ret)
{
    struct sentry *s = ms->s;
    uint64_t n = weight(row, ((struct proc_mount *)ms->priv)->k);
    uint64_t first = s->last_inode[DEVICE_PROC] + 1;
    s->last_inode[DEVICE_PROC] += n;
    return type_is_directory(row->type) ? new_dir(ms, row, task, first, n, ret)
                                        : proc_new_file(ms, row, task, first + n - 1, ret);
}

int proc_new_dirent(struct mount_source *ms, const struct proc_row *row, struct task *task,
                    const char *name, struct dirent **ret)
{
    struct inode *inode;
    int rc = proc_new_node(ms, row, task, &inode);
    return rc ? rc : dirent_new(inode, name, ret);
}

/* --------------------------------------------------------------------------------- children on
 * demand */

/* What the child would carry had it been made with its directory. */
static void backdate(struct proc_dir *parent, struct inode *child)
{
    struct unstable_attr *attr = &ramfs_entry_of(child)->attr;
    attr->atime = attr->mtime = attr->ctime = parent->born;
    if (type_is_directory(child->stable.type)) {
        proc_dir_of(child)->born = parent->born;
        proc_dir_of(child)->settings = parent->settings;
    }
}

/* Make row `i`, whose inode numbers begin at `first`. */
static int make(struct inode *inode, size_t i, uint64_t first)
{
    struct proc_dir *dir = proc_dir_of(inode);
    const struct proc_row *row = &dir->row->table->rows[i];
    uint64_t n = weight(row, proc_kernel(inode));
    struct inode *child;
    int rc = type_is_directory(row->type)
                 ? new_dir(inode->ms, row, dir->task, first, n, &child)
                 : proc_new_file(inode->ms, row, dir->task, first + n - 1, &child);
    if (rc) {
        return rc;
    }
    backdate(dir, child);
    if (row->setting != SETTING_NONE) {
        proc_file_of(child)->value =
            row->setting == SETTING_RECEIVE ? dir->settings.receive : dir->settings.send;
    }
    dir->made |= UINT64_C(1) << i;
    return ramfs_dir_add(inode, row->name, child, false);
}

/* Make the child `name`, or all (NULL), unless they were made. An unknown name is no error. */
static int need(struct inode *inode, const char *name)
{
    struct proc_dir *dir = proc_dir_of(inode);
    const struct proc_table *table = dir->complete ? NULL : dir->row->table;
    const struct kernel *k = proc_kernel(inode);
    uint64_t first = dir->first_number;
    for (size_t i = 0; table && i < table->n; i++) {
        const struct proc_row *row = &table->rows[i];
        if (!is_present(row, k)) {
            continue;
        }
        bool wanted = !name || strcmp(row->name, name) == 0;
        if (wanted && !(dir->made >> i & 1)) {
            int rc = make(inode, i, row->number ? dir->first_number + row->number - 1 : first);
            if (rc) {
                return rc;
            }
        }
        if (wanted && name) {
            return 0;
        }
        first += weight(row, k);
    }
    dir->complete |= !name;
    return 0;
}

/* ------------------------------------------------------------------------------------------
 * operations */

int proc_dir_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    int rc = need(dir, name);
    return rc ? rc : ramfs_dir_lookup(c, dir, name, ret);
}

int proc_dir_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
{
    int rc = need(dir, name);
    return rc ? rc : ramfs_dir_link(c, dir, target, name);
}

int proc_dir_remove(struct ctx *c, struct inode *dir, const char *name)
{
    int rc = need(dir, name);
    return rc ? rc : ramfs_dir_remove(c, dir, name);
}

int proc_dir_rmdir(struct ctx *c, struct inode *dir, const char *name)
{
    int rc = need(dir, name);
    return rc ? rc : ramfs_dir_rmdir(c, dir, name);
}

/* FP-05: after a seek to the end the count of entries runs over. */
static int check_end(struct domain *d, int64_t offset, int n)
{
    const int64_t last = INT64_MAX - 2;
    if (n == 0 || offset <= last - n) {
        return 0;
    }
    return domain_panic(d, "node.Readdir returned offset %lld less than input offset %lld",
                        (long long)(int64_t)((uint64_t)offset + (uint64_t)n + 2),
                        (long long)offset + 2);
}

int proc_dir_readdir(struct ctx *c, struct inode *dir, struct dir_ctx *dc, int64_t offset, int *n)
{
    struct domain *d = &c->s->d;
    bool at_end = offset >= INT64_MAX - 2;
    if (at_end && !quirk_on(d, FP_05)) {
        *n = 0;
        return 0;
    }
    int rc = need(dir, NULL);
    rc = rc ? rc : ramfs_dir_readdir(c, dir, dc, offset, n);
    if (rc != CODE_FATE && check_end(d, offset, *n)) {
        *n = 0;
        return CODE_FATE;
    }
    return rc;
}

const struct ramfs_node_ops proc_dir_node = {
    .read = ramfs_dir_read,
    .write = ramfs_dir_write,
    .readdir = proc_dir_readdir,
};

void proc_dir_release(struct inode *inode)
{
    ramfs_dir_release(ramfs_dir_of(inode));
    mem_free(inode->priv);
    inode->priv = NULL;
}

int proc_dir_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c;
    const struct proc_dir *dir = proc_dir_of(inode);
    *ret = dir->dir.e.attr;
    if (dir->row->owned && dir->task) {
        ret->uid = dir->task->creds.euid;
        ret->gid = dir->task->creds.egid;
    }
    return 0;
}

const struct inode_ops proc_dir_ops = {
    PROC_DIR_OPS,
    .lookup = proc_dir_lookup,
    .getattr = proc_dir_getattr,
};
