/* mounts and mountinfo: the mounts below a task's root (contract filesystems 7.8). */
#include "private.h"

#include <inttypes.h>

/* `ms` and all below it. FQ-46: the tree of mounts is walked, so covered ones are there too. */
static int collect(struct mount_source *ms, struct ptrvec *ret)
{
    int rc = ptrvec_push(ret, ms);
    list_for_each(it, &ms->children)
    {
        rc = rc ? rc : collect(container_of(it, struct mount_source, child_link), ret);
    }
    return rc;
}

static int by_id(const void *a, const void *b)
{
    const struct mount_source *x = *(void *const *)a, *y = *(void *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

static const char *fs_name(const struct mount_source *ms)
{
    return ms->fs ? ms->fs->name : "none"; /* stub trees have none */
}

static const char *mode_text(const struct mount_source *ms)
{
    return ms->flags.read_only ? "ro" : "rw";
}

/* FQ-43: tabs between fields, blanks in paths as they are. */
static void add_mounts_line(struct str *s, const struct mount_source *ms, const char *path)
{
    str_addf(s, "none\t%s\t%s\t%s\t0\t0\n", path, fs_name(ms), mode_text(ms));
}

/* FQ-44: the device number is that of a device file, which a root never is. */
static void add_mountinfo_line(struct str *s, const struct mount_source *ms, const char *path)
{
    const struct stable_attr *root = &ms->root->inode->stable;
    const char *no_atime = ms->flags.no_atime ? ",noatime" : "";
    str_addf(s, "%" PRIu64 " %" PRIu64 " %u:%u / %s %s%s - %s none %s%s\n", ms->id,
             ms->parent ? ms->parent->id : ms->id, (unsigned)root->rdev_major,
             (unsigned)root->rdev_minor, path, mode_text(ms), no_atime, fs_name(ms), mode_text(ms),
             no_atime);
}

typedef void add_line(struct str *s, const struct mount_source *ms, const char *path);

static int add_mount(struct dirent *root, struct mount_source *ms, add_line *add,
                     struct seq_out *out)
{
    if (!ms->root) {
        return 0;
    }
    CLEANUP_MEM char *path = NULL;
    bool reachable;
    int rc = dirent_full_name(ms->root, root, &path, &reachable);
    if (!rc && reachable) {
        add(&out->text, ms, path);
    }
    return rc;
}

static int fill(struct ctx *c, struct inode *inode, add_line *add, struct seq_out *out)
{
    const struct task *task = proc_file_of(inode)->task;
    if (task->exited || !task->root) {
        return 0;
    }
    struct ptrvec sources;
    ptrvec_init(&sources, &c->s->d);
    int rc = collect(task->root->inode->ms, &sources);
    if (!rc) {
        qsort(sources.p, sources.n, sizeof(*sources.p), by_id);
    }
    for (size_t i = 0; i < sources.n && !rc; i++) {
        rc = add_mount(task->root, sources.p[i], add, out);
    }
    ptrvec_release(&sources);
    return rc;
}

int proc_fill_mounts(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    return fill(c, inode, add_mounts_line, out);
}

int proc_fill_mountinfo(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    return fill(c, inode, add_mountinfo_line, out);
}
