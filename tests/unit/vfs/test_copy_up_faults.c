/* Copying up, each of its steps failing (contract vfs 22). */
#include "fake_fs.h"
#include "vfs_internal.h"

/* What fails, and how. The tables below are copies of tmpfs's with one operation replaced. */
static struct {
    struct inode_ops dir, lower, made; /* of the upper directory, the lower inode, the new inode */
    const struct inode_ops *real_dir, *real_lower, *real_made;
    bool patch_made;
} broken;

static int made_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                       uint16_t perms, struct file **ret)
{
    int r = broken.real_dir->create(c, dir, name, flags, perms, ret);
    if (r == 0 && broken.patch_made) {
        struct inode *made = (*ret)->dirent->inode;
        broken.real_made = made->ops;
        struct inode_ops ops = *made->ops;
        if (broken.made.utimes) {
            ops.utimes = broken.made.utimes;
        }
        if (broken.made.chown) {
            ops.chown = broken.made.chown;
        }
        if (broken.made.setxattr) {
            ops.setxattr = broken.made.setxattr;
        }
        if (broken.made.open) {
            ops.open = broken.made.open;
        }
        if (broken.made.mappable) {
            ops.mappable = broken.made.mappable;
        }
        broken.made = ops;
        made->ops = &broken.made;
    }
    return r;
}

static int fail_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c, (void)inode, (void)ret;
    return -ESTALE;
}
static int fail_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
                       uint16_t perms, struct file **ret)
{
    (void)c, (void)dir, (void)name, (void)flags, (void)perms, (void)ret;
    return -ENOSPC;
}
static int fail_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    (void)c, (void)dir, (void)name, (void)perms;
    return -ENOSPC;
}
static int fail_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)
{
    (void)c, (void)dir, (void)name, (void)target;
    return -ENOSPC;
}
static int fail_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    (void)c, (void)inode, (void)ret;
    return -EACCES;
}
static int fail_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    (void)c, (void)inode, (void)d, (void)flags, (void)ret;
    return -EMFILE;
}
static int fail_chown(struct ctx *c, struct inode *inode, uint32_t uid, uint32_t gid)
{
    (void)c, (void)inode, (void)uid, (void)gid;
    return -EPERM;
}
static int fail_utimes(struct ctx *c, struct inode *inode, const struct set_times *t)
{
    (void)c, (void)inode, (void)t;
    return -EPERM;
}
static int fail_setxattr(struct ctx *c, struct inode *inode, const char *name, const char *value,
                         size_t n)
{
    (void)c, (void)inode, (void)name, (void)value, (void)n;
    return -EDQUOT;
}
static int fail_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret)
{
    (void)c, (void)inode, (void)ret;
    return -EIO;
}
static int no_listxattr(struct ctx *c, struct inode *inode, struct ptrvec *ret)
{
    (void)c, (void)inode, (void)ret;
    return -EOPNOTSUPP;
}
static int fail_remove(struct ctx *c, struct inode *dir, const char *name)
{
    (void)c, (void)dir, (void)name;
    return -EISDIR;
}
static bool not_mappable(struct inode *inode)
{
    (void)inode;
    return false;
}
static unsigned fail_lookup_after;
static int fail_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    if (fail_lookup_after == 0) {
        return -ENOMEM;
    }
    fail_lookup_after--;
    return broken.real_dir->lookup(c, dir, name, ret);
}
static int smaller_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    int r = ramfs_getattr(c, inode, ret);
    ret->size++;
    return r;
}

static struct inode *lower_child(struct test_world *w, const char *name)
{
    struct dirent *d = NULL;
    OK(inode_lookup(&w->p.c, w->lower, name, &d));
    struct inode *inode = inode_get(d->inode);
    dirent_put(d);
    return inode;
}

/* A world whose upper root and lower `name` have tables that a test may damage. */
static struct inode *open_world(struct test_world *w, const char *name)
{
    memset(&broken, 0, sizeof(broken));
    world_overlay(w, ORIGINAL, "f=content d/ l->to p| e=", "");
    struct inode *inode = lower_child(w, name);
    OK(inode_setxattr(&w->p.c, inode, "user.note", "text", 4));
    OK(inode_setxattr(&w->p.c, inode, "trusted.overlay.whiteout.x", "y", 1));
    broken.real_dir = w->upper->ops;
    broken.dir = *w->upper->ops;
    broken.real_lower = inode->ops;
    broken.lower = *inode->ops;
    broken.dir.create = made_create;
    w->upper->ops = &broken.dir;
    inode->ops = &broken.lower;
    return inode;
}

/* The layers work again. */
static void repair(struct test_world *w, struct inode *inode)
{
    w->upper->ops = broken.real_dir;
    inode->ops = broken.real_lower;
}

static void close_world(struct test_world *w, struct inode *inode)
{
    repair(w, inode);
    inode_put(inode);
    world_done(w);
}

static int copy_up(struct test_world *w, const char *path)
{
    struct dirent *d = at(w, path);
    int r = overlay_copy_up(&w->p.c, d);
    if (r == 0) {
        assert_non_null(d->inode->overlay->upper);
    } else if (r != CODE_FATE) {
        assert_null(d->inode->overlay->upper);
    }
    dirent_put(d);
    return r;
}

enum step {
    LOWER_GETATTR,
    UPPER_CREATE,
    UPPER_MKDIR,
    UPPER_LOOKUP,
    LOWER_READLINK,
    UPPER_SYMLINK,
    UPPER_CHOWN,
    UPPER_UTIMES,
    UPPER_SETXATTR,
    LOWER_LISTXATTR,
    LOWER_OPEN,
    UPPER_OPEN,
    UPPER_MAPPABLE,
    STEPS,
};

static void damage(enum step step)
{
    broken.patch_made = true;
    switch (step) {
    case LOWER_GETATTR:
        broken.lower.getattr = fail_getattr;
        break;
    case UPPER_CREATE:
        broken.dir.create = fail_create;
        break;
    case UPPER_MKDIR:
        broken.dir.mkdir = fail_mkdir;
        break;
    case UPPER_LOOKUP:
        broken.dir.lookup = fail_lookup;
        fail_lookup_after = 1; /* the overlay's own lookup goes well */
        break;
    case LOWER_READLINK:
        broken.lower.readlink = fail_readlink;
        break;
    case UPPER_SYMLINK:
        broken.dir.symlink = fail_symlink;
        break;
    case UPPER_CHOWN:
        broken.made.chown = fail_chown;
        break;
    case UPPER_UTIMES:
        broken.made.utimes = fail_utimes;
        break;
    case UPPER_SETXATTR:
        broken.made.setxattr = fail_setxattr;
        break;
    case LOWER_LISTXATTR:
        broken.lower.listxattr = fail_listxattr;
        break;
    case LOWER_OPEN:
        broken.lower.open = fail_open;
        break;
    case UPPER_MAPPABLE:
        broken.made.mappable = not_mappable;
        break;
    case UPPER_OPEN:
        broken.made.open = fail_open;
        break;
    case STEPS:
        break;
    }
}

static void test_each_step_fails(void **state)
{
    (void)state;
    static const struct {
        enum step step;
        const char *name, *log;
    } table[] = {
        {LOWER_GETATTR, "f", "copy up failed to get lower attributes: stale NFS file handle"},
        {UPPER_CREATE, "f", "copy up failed to create file: no space left on device"},
        {UPPER_MKDIR, "d", "copy up failed to create directory: no space left on device"},
        {UPPER_LOOKUP, "d", "copy up failed to lookup directory: cannot allocate memory"},
        {LOWER_READLINK, "l", "copy up failed to read symlink value: permission denied"},
        {UPPER_SYMLINK, "l", "copy up failed to create symlink: no space left on device"},
        {UPPER_LOOKUP, "l", "copy up failed to lookup symlink: cannot allocate memory"},
        {UPPER_CHOWN, "f", "copy up failed to copy up attributes: operation not permitted"},
        {UPPER_UTIMES, "f", "copy up failed to copy up attributes: operation not permitted"},
        {UPPER_SETXATTR, "f", "copy up failed to copy up attributes: disk quota exceeded"},
        {LOWER_LISTXATTR, "f", "copy up failed to copy up attributes: input/output error"},
        {LOWER_OPEN, "f", "copy up failed to copy up contents: too many open files"},
        {UPPER_OPEN, "f", "copy up failed to copy up contents: too many open files"},
        {UPPER_MAPPABLE, "f", "copy up failed: cannot ensure memory mapping coherence"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct test_world w;
        struct inode *inode = open_world(&w, table[i].name);
        damage(table[i].step);
        char path[] = {'/', table[i].name[0], '\0'};
        ERR(copy_up(&w, path), EIO);
        if (!logged(&w, table[i].log)) {
            for (size_t k = 0; k < w.s.d.log_n; k++) {
                print_error("%s\n", w.s.d.log[k].text);
            }
            fail_msg("%s", table[i].log);
        }
        /* Nothing is left in the upper, and the next attempt goes well. */
        repair(&w, inode);
        struct dirent *d = NULL;
        ERR(inode_lookup(&w.p.c, w.upper, table[i].name, &d), ENOENT);
        OK(copy_up(&w, path));
        close_world(&w, inode);
    }
}

static int copy_up_with(struct test_world *w, const char *name, struct inode **inode,
                        enum quirk off,
                        int (*getattr)(struct ctx *, struct inode *, struct unstable_attr *),
                        int (*remove)(struct ctx *, struct inode *, const char *), enum step step)
{
    *inode = open_world(w, name);
    w->s.d.quirks.value[off] = 0;
    damage(step);
    if (getattr) {
        broken.lower.getattr = getattr;
    }
    if (remove) {
        broken.dir.remove = remove;
    }
    char path[] = {'/', name[0], '\0'};
    return copy_up(w, path);
}

/* The lower file ends at another size than its attributes said. */
/* proves: VP-13 */
static void test_size_changes(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct inode *inode;
        int r = copy_up_with(&w, "f", &inode, strict ? VP_13 : PQ_02, smaller_getattr, NULL, STEPS);
        if (!strict) {
            assert_int_equal(r, CODE_FATE);
            world_fated(
                &w, FATE_PANIC,
                "filesystem is in an inconsistent state: wrote only 7 bytes of 8 sized file");
            continue;
        }
        ERR(r, EIO);
        struct dirent *d = NULL;
        ERR(inode_lookup(&w.p.c, w.upper, "f", &d), ENOENT); /* cleaned up */
        close_world(&w, inode);
    }
}

/* The cleanup itself fails: certain for a directory on an upper that tells the two apart. */
/* proves: VP-14 */
static void test_cleanup_fails(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        struct inode *inode;
        int r = copy_up_with(&w, "d", &inode, strict ? VP_14 : PQ_02, NULL, fail_remove,
                             LOWER_LISTXATTR);
        if (!strict) {
            assert_int_equal(r, CODE_FATE);
            world_fated(&w, FATE_PANIC,
                        "overlay filesystem is in an inconsistent state: failed to remove \"d\" "
                        "from upper filesystem: is a directory");
            continue;
        }
        ERR(r, EIO); /* removed as a directory */
        struct dirent *d = NULL;
        ERR(inode_lookup(&w.p.c, w.upper, "d", &d), ENOENT);
        close_world(&w, inode);
    }
    struct test_world w;
    struct inode *inode;
    ERR(copy_up_with(&w, "f", &inode, VP_14, NULL, fail_remove, LOWER_LISTXATTR), EIO);
    repair(&w, inode);
    struct dirent *f = at(&w, "/f");
    ERR(overlay_copy_up(&w.p.c, f), EIO); /* broken from then on */
    dirent_put(f);
    close_world(&w, inode);
}

static void test_lower_without_xattrs(void **state)
{
    (void)state;
    struct test_world w;
    struct inode *inode = open_world(&w, "f");
    broken.lower.listxattr = no_listxattr; /* exactly EOPNOTSUPP is tolerated */
    OK(copy_up(&w, "/f"));
    close_world(&w, inode);
}

/* Partial progress stays: the parents that were copied. */
static void test_partial_progress(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "d/ d/f=1", "");
    struct dirent *f = at(&w, "/d/f"), *d = at(&w, "/d");
    struct inode *lower = f->inode->overlay->lower;
    const struct inode_ops *good = lower->ops;
    struct inode_ops bad = *good;
    bad.getattr = fail_getattr;
    lower->ops = &bad;
    ERR(overlay_copy_up(&w.p.c, f), EIO);
    lower->ops = good;
    assert_null(f->inode->overlay->upper);
    assert_non_null(d->inode->overlay->upper);
    dirent_put(f);
    dirent_put(d);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_step_fails),  cmocka_unit_test(test_size_changes),
        cmocka_unit_test(test_cleanup_fails),    cmocka_unit_test(test_lower_without_xattrs),
        cmocka_unit_test(test_partial_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
