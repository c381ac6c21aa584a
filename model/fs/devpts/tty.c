/* ptmx, the slaves, and the open files of both ends (contract filesystems 5). */
#include "devpts_private.h"

enum { PTMX_MAJOR = 5, PTMX_MINOR = 2, SLAVE_MAJOR = 136, TTY_BLOCK = 1024 };

struct tty_node {
    struct ramfs_entry e;
    struct devpts *pts;    /* ptmx: one reference */
    struct terminal *term; /* slave: one reference */
};

/* An open end. */
struct tty_file {
    struct devpts *pts; /* master: one reference; NULL for a slave */
    struct terminal *term;
};

int terminal_new(struct domain *d, uint32_t index, struct terminal **ret)
{
    struct terminal *t = MEM_NEW(d, struct terminal);
    if (!t) {
        return CODE_FATE;
    }
    t->refs = 1;
    t->index = index;
    tty_line_init(&t->line, d);
    *ret = t;
    return 0;
}

struct terminal *terminal_get(struct terminal *t)
{
    t->refs++;
    return t;
}

void terminal_put(struct terminal *t)
{
    if (t && --t->refs == 0) {
        tty_line_release(&t->line);
        mem_free(t);
    }
}

static int slave_name(struct domain *d, uint32_t index, char **ret)
{
    char *name = mem_printf(d, "%u", (unsigned)index);
    if (!name) {
        return CODE_FATE;
    }
    *ret = name;
    return 0;
}

/* ----------------------------------------------------------------------------------- open files */

static struct terminal *term_of(const struct file *f)
{
    return ((const struct tty_file *)f->priv)->term;
}

static int master_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)off;
    struct tty_line *line = &term_of(f)->line;
    return tty_line_read(line, &line->out, buf, len, n);
}

static int master_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                        size_t *n)
{
    (void)c;
    (void)off;
    struct tty_line *line = &term_of(f)->line;
    return tty_line_write(line, &line->in, buf, len, n);
}

static int slave_read(struct ctx *c, struct file *f, int64_t off, char *buf, size_t len, size_t *n)
{
    (void)c;
    (void)off;
    struct tty_line *line = &term_of(f)->line;
    return tty_line_read(line, &line->in, buf, len, n);
}

static int slave_write(struct ctx *c, struct file *f, int64_t off, const char *buf, size_t len,
                       size_t *n)
{
    (void)c;
    (void)off;
    struct tty_line *line = &term_of(f)->line;
    return tty_line_write(line, &line->out, buf, len, n);
}

/* The slave's name goes with its master, even if it is open. */
static void forget_name(const struct tty_file *tf)
{
    CLEANUP_MEM char *name = NULL;
    if (slave_name(&tf->pts->s->d, tf->term->index, &name)) {
        return;
    }
    devpts_del(tf->pts, name);
}

static void tty_close(struct file *f)
{
    struct tty_file *tf = f->priv;
    if (tf->pts) {
        forget_name(tf);
    }
    devpts_put(tf->pts);
    terminal_put(tf->term);
    mem_free(tf);
    f->priv = NULL;
}

static const struct file_ops master_file_ops = {
    .release = tty_close,
    .read = master_read,
    .write = master_write,
    .fsync = file_refuse_fsync,
};
static const struct file_ops slave_file_ops = {
    .release = tty_close,
    .read = slave_read,
    .write = slave_write,
    .fsync = file_refuse_fsync,
};

/* Takes over the references of `pts` and `term` (dropped also on failure). */
static int tty_file_new(struct ctx *c, struct dirent *d, struct open_flags flags,
                        const struct file_ops *ops, struct devpts *pts, struct terminal *term,
                        struct file **ret)
{
    struct tty_file *tf = MEM_NEW(&c->s->d, struct tty_file);
    int rc = CODE_FATE;
    if (tf) {
        *tf = (struct tty_file){.pts = pts, .term = term};
        rc = file_new(c, d, flags, ops, tf, ret);
    }
    if (rc) {
        mem_free(tf);
        devpts_put(pts);
        terminal_put(term);
    }
    return rc;
}

static struct terminal *terminal_of_file(const struct file *f)
{
    return f->ops == &master_file_ops || f->ops == &slave_file_ops ? term_of(f) : NULL;
}

int devpts_index(const struct file *f, uint32_t *ret)
{
    const struct terminal *t = terminal_of_file(f);
    if (!t) {
        return -ENOTTY;
    }
    *ret = t->index;
    return 0;
}

int devpts_ready(const struct file *f, size_t *ret)
{
    const struct terminal *t = terminal_of_file(f);
    if (!t) {
        return -ENOTTY;
    }
    const struct tty_queue *q = f->ops == &master_file_ops ? &t->line.out : &t->line.in;
    *ret = q->readable ? q->ready.n : 0;
    return 0;
}

int devpts_get_termios(const struct file *f, struct tty_termios *ret)
{
    const struct terminal *t = terminal_of_file(f);
    if (!t) {
        return -ENOTTY;
    }
    *ret = t->line.termios;
    return 0;
}

int devpts_set_termios(struct file *f, const struct tty_termios *termios)
{
    struct terminal *t = terminal_of_file(f);
    return t ? tty_line_set(&t->line, termios) : -ENOTTY;
}

/* ---------------------------------------------------------------------------------------- nodes */

static int64_t given_or_now(struct domain *d, int64_t value)
{
    return value == 0 ? domain_now(d) : value;
}

/* FQ-33: a zero time means now; the request flags for now are not looked at. */
static int tty_utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    struct domain *d = &c->s->d;
    struct unstable_attr *attr = &ramfs_entry_of(inode)->attr;
    if (t->atime_omit && t->mtime_omit) {
        return 0;
    }
    if (!t->atime_omit) {
        attr->atime = given_or_now(d, t->atime);
    }
    if (!t->mtime_omit) {
        attr->mtime = given_or_now(d, t->mtime);
    }
    ramfs_touch_ctime(inode);
    return 0;
}

static void tty_release(struct inode *inode)
{
    struct tty_node *node = inode->priv;
    devpts_put(node->pts);
    terminal_put(node->term);
    ramfs_entry_release(&node->e);
    mem_free(node);
    inode->priv = NULL;
}

#define TTY_NODE_OPS                                                                               \
    .is_virtual = true, .release = tty_release, .getattr = ramfs_getattr, .chmod = ramfs_chmod,    \
    .chown = ramfs_chown, .utimes = tty_utimes, .rename = ramfs_refuse_rename,                     \
    .statfs = devpts_statfs

static int slave_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                      struct file **ret)
{
    struct terminal *term = ((struct tty_node *)inode->priv)->term;
    return tty_file_new(c, d, flags, &slave_file_ops, NULL, terminal_get(term), ret);
}

static const struct inode_ops slave_ops = {TTY_NODE_OPS, .open = slave_open};

/* Takes its own references of `pts` and `term`; one of them is NULL. */
static int tty_node_new(struct mount_source *ms, const struct inode_ops *ops, struct devpts *pts,
                        struct terminal *term, struct stable_attr stable, struct ramfs_owner owner,
                        struct inode **ret)
{
    struct tty_node *node = MEM_NEW(&ms->s->d, struct tty_node);
    if (!node) {
        return CODE_FATE;
    }
    ramfs_entry_init(&node->e, ms->s, NULL, owner, 0666);
    node->e.attr.links = 1;
    node->pts = pts ? devpts_get(pts) : NULL;
    node->term = term ? terminal_get(term) : NULL;
    int rc = inode_new(ms, ops, node, stable, ret);
    if (rc) {
        devpts_put(node->pts);
        terminal_put(node->term);
        mem_free(node);
    }
    return rc;
}

static struct stable_attr tty_stable(struct sentry *s, uint16_t major, uint32_t minor)
{
    struct stable_attr stable = ramfs_stable(s, INODE_CHARDEV, DEVICE_DEVPTS);
    stable.block_size = TTY_BLOCK;
    stable.rdev_major = major;
    stable.rdev_minor = minor;
    return stable;
}

/* Make the slave of `term` and list it. */
static int add_slave(struct ctx *c, struct mount_source *ms, struct devpts *pts,
                     struct terminal *term)
{
    struct inode *slave;
    int rc = tty_node_new(ms, &slave_ops, NULL, term, tty_stable(c->s, SLAVE_MAJOR, term->index),
                          ramfs_caller(c), &slave);
    if (rc) {
        return rc;
    }
    if (pts->closed) { /* no directory is left to list it */
        inode_put(slave);
        return 0;
    }
    CLEANUP_MEM char *name = NULL;
    rc = slave_name(&c->s->d, term->index, &name);
    if (rc) {
        inode_put(slave);
        return rc;
    }
    return devpts_add(pts, name, slave);
}

static int ptmx_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    struct devpts *pts = ((struct tty_node *)inode->priv)->pts;
    if (pts->next == UINT32_MAX) {
        return -ENOMEM;
    }
    struct terminal *term;
    int rc = terminal_new(&c->s->d, pts->next, &term);
    if (rc) {
        return rc;
    }
    pts->next++;
    rc = add_slave(c, inode->ms, pts, term);
    if (rc) {
        terminal_put(term);
        return rc;
    }
    return tty_file_new(c, d, flags, &master_file_ops, devpts_get(pts), term, ret);
}

static const struct inode_ops ptmx_ops = {TTY_NODE_OPS, .open = ptmx_open};

int devpts_new_ptmx(struct mount_source *ms, struct devpts *pts, struct inode **ret)
{
    return tty_node_new(ms, &ptmx_ops, pts, NULL, tty_stable(ms->s, PTMX_MAJOR, PTMX_MINOR),
                        ramfs_root_owner(), ret);
}
