/* model/fs/proc/mounts.c: mounts and mountinfo. */
#include "proc_test.h"

#include <simrun/fs/tmpfs.h>

/* A tmpfs root with proc, and mounts made by the test. */
static void open_world(struct proc_world *p)
{
    proc_world_init(p, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&p->w.s), 0);
    struct inode *root = world_mount(&p->w, "tmpfs", "");
    assert_int_equal(mount_ns_new(&p->w.c, root, &p->ns), 0);
    p->w.c.root = p->task.root = p->ns->root;
    p->w.c.task = &p->task;
}

static void mkdir_at(struct proc_world *p, const char *dir, const char *name)
{
    struct dirent *d = find(p, dir);
    assert_int_equal(dirent_mkdir(&p->w.c, d, p->ns->root, name, 0755), 0);
    drop(p, d);
}

static void mount_at(struct proc_world *p, const char *path, const char *type,
                     struct mount_flags flags)
{
    struct filesystem *fs = filesystem_find(&p->w.s, type);
    struct inode *inode = NULL;
    struct error err = {0};
    assert_int_equal(fs->mount(&p->w.c, fs, "none", flags, "", &inode, &err), 0);
    struct dirent *d = find(p, path);
    assert_int_equal(mount_ns_mount(&p->w.c, p->ns, d, inode), 0);
    drop(p, d);
}

/* In order of ids, covered mounts too, blanks as they are. proves: FQ-43 FQ-44 FQ-46 FI-15 */
static void test_lines(void **state)
{
    (void)state;
    struct proc_world p;
    open_world(&p);
    mkdir_at(&p, "/", "proc");
    mkdir_at(&p, "/", "a b");
    mount_at(&p, "/proc", "proc", (struct mount_flags){0});
    mount_at(&p, "/a b", "tmpfs", (struct mount_flags){.read_only = true, .no_atime = true});
    mount_at(&p, "/a b", "tmpfs", (struct mount_flags){0});
    mkdir_at(&p, "/a b", "c");
    mount_at(&p, "/a b/c", "tmpfs", (struct mount_flags){.no_atime = true});
    assert_content(&p, "/proc/mounts",
                   "none\t/\ttmpfs\trw\t0\t0\nnone\t/proc\tproc\trw\t0\t0\n"
                   "none\t/a b\ttmpfs\tro\t0\t0\nnone\t/a b\ttmpfs\trw\t0\t0\n"
                   "none\t/a b/c\ttmpfs\trw\t0\t0\n");
    assert_content(&p, "/proc/1/mountinfo",
                   "1 1 0:0 / / rw - tmpfs none rw\n2 1 0:0 / /proc rw - proc none rw\n"
                   "3 1 0:0 / /a b ro,noatime - tmpfs none ro,noatime\n"
                   "4 3 0:0 / /a b rw - tmpfs none rw\n"
                   "5 4 0:0 / /a b/c rw,noatime - tmpfs none rw,noatime\n");
    proc_world_close(&p);
}

/* Below another root only what is below it; nothing for a task that is gone. */
static void test_other_roots(void **state)
{
    (void)state;
    struct proc_world p;
    open_world(&p);
    mkdir_at(&p, "/", "proc");
    mkdir_at(&p, "/", "r");
    mount_at(&p, "/proc", "proc", (struct mount_flags){0});
    mount_at(&p, "/r", "tmpfs", (struct mount_flags){0});
    mkdir_at(&p, "/r", "s");
    mount_at(&p, "/r/s", "tmpfs", (struct mount_flags){0});
    p.task.root = find(&p, "/r");
    assert_content(&p, "/proc/1/mounts", "none\t/\ttmpfs\trw\t0\t0\nnone\t/s\ttmpfs\trw\t0\t0\n");
    drop(&p, p.task.root);
    p.task.root = NULL;
    assert_content(&p, "/proc/1/mounts", "");
    p.task.root = p.ns->root;
    p.task.exited = true;
    assert_content(&p, "/proc/1/mountinfo", "");
    proc_world_close(&p);
}

/* A mount that was taken off is not shown, nor what stood below it. proves: VQ-23 */
static void test_unmounted(void **state)
{
    (void)state;
    struct proc_world p;
    open_world(&p);
    mkdir_at(&p, "/", "proc");
    mkdir_at(&p, "/", "m");
    mount_at(&p, "/proc", "proc", (struct mount_flags){0});
    mount_at(&p, "/m", "tmpfs", (struct mount_flags){0});
    mkdir_at(&p, "/m", "n");
    mount_at(&p, "/m/n", "tmpfs", (struct mount_flags){0});
    struct dirent *d = find(&p, "/m");
    assert_int_equal(mount_ns_unmount(&p.w.c, p.ns, d, true), 0);
    drop(&p, d);
    assert_content(&p, "/proc/mounts", "none\t/\ttmpfs\trw\t0\t0\nnone\t/proc\tproc\trw\t0\t0\n");
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_other_roots),
        cmocka_unit_test(test_unmounted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
