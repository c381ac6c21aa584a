/* Nodes that are no directories, and how their content is read (contract
 * filesystems 7.1, 7.6, 7.9). */
#include "private.h"

int proc_new_file(struct mount_source *ms, const struct proc_row *row, struct task *task,
                  uint64_t number, struct inode **ret)
{
    struct sentry *s = ms->s;
    struct proc_file *file = MEM_NEW(&s->d, struct proc_file);
    if (!file) {
        return CODE_FATE;
    }
    ramfs_entry_init(&file->e, s, row->node, ramfs_root_owner(), row->mode);
    file->e.attr.links = row->counted;
    file->row = row;
    file->task = task;
    struct stable_attr stable = {row->type, DEVICE_PROC, number, 4096, 0, 0};
    struct inode *inode;
    int rc = inode_new(ms, row->ops, file, stable, &inode);
    if (rc) {
        mem_free(file);
        return rc;
    }
    if (row->type == INODE_SYMLINK && row->text) {
        file->e.attr.size = file->e.attr.usage = (int64_t)strlen(row->text);
    }
    if (row->init) {
        row->init(inode);
    }
    *ret = inode;
    return 0;
}

void proc_file_release(struct inode *inode)
{
    struct proc_file *file = proc_file_of(inode);
    seq_release(&file->seq);
    file_put(file->open);
    mem_free(file->text);
    ramfs_entry_release(&file->e);
    mem_free(file);
    inode->priv = NULL;
}

/* Owned nodes show the task's present ids, whatever chown was told. */
int proc_file_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    struct proc_file *file = proc_file_of(inode);
    *ret = file->e.attr;
    if (file->row->owned && file->task) {
        ret->uid = file->task->creds.euid;
        ret->gid = file->task->creds.egid;
    }
    if (file->row->node && file->row->node->read == proc_seq_read) {
        ret->mtime = domain_now(&c->s->d); /* 7.9 */
    }
    return 0;
}

const struct inode_ops proc_file_ops = {
    RAMFS_SHARED_OPS,
    RAMFS_NOT_DIRECTORY_OPS,
    .release = proc_file_release,
    .getattr = proc_file_getattr,
    .chmod = ramfs_chmod,
    .truncate = ramfs_refuse_truncate,
    .open = ramfs_open,
};

int proc_copy_text(const char *text, size_t size, int64_t off, char *buf, size_t len, size_t *n)
{
    if (off < 0) {
        return -EINVAL;
    }
    size_t count = 0;
    if ((uint64_t)off < size) {
        count = size - (size_t)off < len ? size - (size_t)off : len;
        memcpy(buf, text + off, count);
    }
    *n = count;
    return 0;
}

int proc_refuse_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                      size_t *n)
{
    (void)c, (void)inode, (void)off, (void)buf, (void)len, (void)n;
    return -EINVAL;
}

/* ------------------------------------------------------------------------------------------------
 * stubs */

static int text_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                     size_t *n)
{
    (void)c;
    const struct proc_file *file = proc_file_of(inode);
    const char *text = file->text ? file->text : file->row->text;
    return proc_copy_text(text, strlen(text), off, buf, len, n);
}

const struct ramfs_node_ops proc_text_node = {.read = text_read, .write = proc_refuse_write};

/* -----------------------------------------------------------------------------------------------
 * direct */

/* Made anew for each read. */
static int direct_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len,
                       size_t *n)
{
    struct seq_out out;
    seq_out_init(&out, &c->s->d);
    int rc = proc_file_of(inode)->row->fill(c, inode, &out);
    if (!rc) {
        rc = domain_dead(&c->s->d)
                 ? CODE_FATE
                 : proc_copy_text(str_get(&out.text), out.text.n, off, buf, len, n);
    }
    seq_out_release(&out);
    return rc;
}

const struct ramfs_node_ops proc_direct_node = {.read = direct_read};

/* ---------------------------------------------------------------------------------------------
 * seqfiles */

static bool seq_needs_update(void *arg, uint64_t generation)
{
    struct inode *inode = arg;
    const struct proc_row *row = proc_file_of(inode)->row;
    return !row->needs_update || row->needs_update(inode, generation);
}

/* Copy what comes after the record with handle `after` into `out`. */
static int append_after(const struct seq_out *all, uint64_t after, struct seq_out *out)
{
    size_t start = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct seq_record *record = &all->records[i];
        if (record->handle > after) {
            str_addn(&out->text, all->text.p + start, record->end - start);
            int rc = seq_out_cut_at(out, record->handle);
            if (rc) {
                return rc;
            }
        }
        start = record->end;
    }
    return 0;
}

static int fill_one(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    int rc = proc_file_of(inode)->row->fill(c, inode, out);
    return rc ? rc : seq_out_cut(out);
}

static int seq_source_read(struct ctx *c, void *arg, uint64_t after, struct seq_out *out,
                           uint64_t *generation)
{
    struct inode *inode = arg;
    const struct proc_row *row = proc_file_of(inode)->row;
    *generation = row->generation ? row->generation(inode) : 1;
    if (row->records == RECORDS_ONE) {
        return after ? 0 : fill_one(c, inode, out);
    }
    if (row->records == RECORDS_MANY && after && quirk_on(&c->s->d, FQ_47)) {
        return 0;
    }
    struct seq_out all;
    seq_out_init(&all, &c->s->d);
    int rc = row->fill(c, inode, &all);
    rc = rc ? rc : append_after(&all, after, out);
    seq_out_release(&all);
    return rc;
}

int proc_seq_read(struct ctx *c, struct inode *inode, int64_t off, char *buf, size_t len, size_t *n)
{
    static const struct seq_source source = {seq_needs_update, seq_source_read};
    ramfs_touch_atime(inode);
    return seq_read(c, &proc_file_of(inode)->seq, &source, inode, off, buf, len, n);
}

static int seq_refuse_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf,
                            size_t len, size_t *n)
{
    (void)c, (void)inode, (void)off, (void)buf, (void)len, (void)n;
    return ERR_DENIED; /* an empty write as well */
}

const struct ramfs_node_ops proc_seq_node = {.read = proc_seq_read, .write = seq_refuse_write};
