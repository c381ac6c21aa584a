/* Freezing (contract vfs 15). */
#include "process_test.h"

#include <simrun/fs/ramfs.h>

static int add_name(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)attr;
    struct str *out = arg;
    str_addf(out, "%s%s", out->n ? " " : "", name);
    return 0;
}

/* Everything that one reading of `path` gives, in order. */
static void assert_listing(struct world *w, const char *path, const char *expected)
{
    struct str out;
    str_init(&out, &w->s.d);
    struct file *f = open_file(w, path, O_RDONLY);
    struct dir_ctx dc = {.emit = add_name, .arg = &out};
    assert_int_equal(sys_getdents(&w->p, f, &dc), 0);
    assert_string_equal(str_get(&out), expected);
    assert_int_equal(sys_getdents(&w->p, f, &dc), 0);
    assert_int_equal(dc.written, 0);
    sys_close(&w->p, f);
    str_release(&out);
}

/* An overlay, which is not virtual, with a lower "low" and "d/low". */
static void world_open_overlay(struct world *w)
{
    sentry_init(&w->s, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 022};
    struct inode *upper = world_tmpfs(w), *lower = world_tmpfs(w), *root;
    assert_int_equal(lower->ops->mkdir(&c, lower, "d", 0755), 0);
    assert_int_equal(lower->ops->mkdir(&c, lower, "low", 0755), 0);
    struct inode *d = ramfs_dir_find(lower, "d");
    assert_int_equal(d->ops->mkdir(&c, d, "low", 0755), 0);
    assert_int_equal(overlay_new_root(&c, upper, lower, (struct mount_flags){0}, &root, NULL), 0);
    inode_put(upper);
    inode_put(lower);
    world_enter(w, root);
}

/* Only what is held is known: the rest is ENOENT, for looking up and for every change. */
static void a_frozen_directory_learns_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open_overlay(&w);
    struct file *held = open_file(&w, "d", O_RDONLY);
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "low", true, &st), 0); /* in the cache, which is flushed */
    assert_int_equal(mount_ns_freeze(&w.p.c, w.ns), 0);
    assert_int_equal(sys_stat(&w.p, "d", true, &st), 0);
    assert_int_equal(sys_stat(&w.p, "low", true, &st), -ENOENT);
    assert_int_equal(sys_stat(&w.p, "d/low", true, &st), -ENOENT);
    assert_int_equal(sys_mkdir(&w.p, "new", 0755), -ENOENT);
    assert_int_equal(sys_symlink(&w.p, "x", "d/new"), -ENOENT);
    assert_int_equal(sys_mknod(&w.p, "new", 0100644), -ENOENT);
    assert_int_equal(sys_rmdir(&w.p, "d"), -ENOENT);
    assert_int_equal(sys_rename(&w.p, "d", "e"), -ENOENT);
    assert_int_equal(sys_mount(&w.p, "none", "d", "tmpfs", 0, ""), -ENOENT);
    assert_listing(&w, "/", ". .. d");
    assert_listing(&w, "d", ". ..");
    assert_int_equal(sys_chmod(&w.p, "d", 0700), 0); /* what has a name can be changed */
    sys_close(&w.p, held);
    assert_int_equal(sys_stat(&w.p, "d", true, &st), 0); /* freezing itself holds it */
    world_close(&w);
}

static void a_frozen_mount_point_stays(void **state)
{
    (void)state;
    struct world w;
    world_open_overlay(&w);
    assert_int_equal(sys_mount(&w.p, "none", "d", "tmpfs", 0, ""), 0);
    assert_int_equal(mount_ns_freeze(&w.p.c, w.ns), 0);
    assert_int_equal(sys_umount(&w.p, "d", 0), -EBUSY); /* freezing holds a reference */
    assert_int_equal(sys_umount(&w.p, "d", 2), -ENOENT);
    make_file(&w, "d/f", ""); /* a tmpfs is virtual */
    world_close(&w);
}

/* Virtual directories look up and change as before, but list only what is alive. */
/* proves: VQ-16 */
static void a_frozen_virtual_directory_lists_the_living(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "dropped", "");
    make_file(&w, "held", "");
    make_file(&w, "-z", "");
    struct file *a = open_file(&w, "held", O_RDONLY), *b = open_file(&w, "-z", O_RDONLY);
    assert_listing(&w, "/", ". .. -z dropped held");
    assert_int_equal(mount_ns_freeze(&w.p.c, w.ns), 0);
    assert_listing(&w, "/", "-z . .. held"); /* sorted together */
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "dropped", true, &st), 0);
    assert_listing(&w, "/", "-z . .. dropped held"); /* the cache keeps it alive now */
    make_dir(&w, "new");
    assert_listing(&w, "/", "-z . .. dropped held");
    assert_int_equal(sys_unlink(&w.p, "held"), 0);
    assert_int_equal(sys_rename(&w.p, "dropped", "moved"), 0);
    assert_listing(&w, "/", "-z . .."); /* a rename takes it out of the cache */
    sys_close(&w.p, a);
    sys_close(&w.p, b);
    world_close(&w);
}

/* A new child of a frozen directory is frozen, and so are those below. */
static void new_children_are_frozen(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(mount_ns_freeze(&w.p.c, w.ns), 0);
    make_dir(&w, "a");
    make_dir(&w, "a/b");
    assert_listing(&w, "a/b", ". ..");
    assert_listing(&w, "a", ". .. b"); /* the cache holds b */
    mount_ns_flush(w.ns);
    assert_listing(&w, "a", ". ..");
    world_close(&w);
}

/* The offset is an index into the list of that moment. */
static int only_two(void *arg, const char *name, const struct dent_attr *attr)
{
    struct str *out = arg;
    if (out->n > 4) {
        return -EINVAL;
    }
    return add_name(arg, name, attr);
}

static void the_offset_is_an_index(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "aa");
    make_dir(&w, "bb");
    struct file *a = open_file(&w, "aa", O_RDONLY), *b = open_file(&w, "bb", O_RDONLY);
    assert_int_equal(mount_ns_freeze(&w.p.c, w.ns), 0);
    struct file *f = open_file(&w, "/", O_RDONLY);
    struct str out;
    str_init(&out, &w.s.d);
    struct dir_ctx dc = {.emit = only_two, .arg = &out};
    assert_int_equal(sys_getdents(&w.p, f, &dc), 0);
    assert_string_equal(str_get(&out), ". .. aa");
    assert_int_equal(f->offset, 3);
    str_release(&out);
    str_init(&out, &w.s.d);
    assert_int_equal(sys_getdents(&w.p, f, &dc), 0);
    assert_string_equal(str_get(&out), "bb");
    assert_int_equal(f->offset, 4);
    str_release(&out);
    sys_close(&w.p, f);
    sys_close(&w.p, a);
    sys_close(&w.p, b);
    world_close(&w);
}

static void freezing_part_of_the_tree(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "d");
    make_dir(&w, "d/sub");
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "d/sub", true, &st), 0);
    struct dirent *d;
    assert_int_equal(mount_ns_find_inode(&w.p.c, w.ns, w.ns->root, NULL, "d", 0, &d), 0);
    struct ptrvec held;
    ptrvec_init(&held, &w.s.d);
    assert_int_equal(dirent_freeze(d, &held), 0);
    assert_int_equal(held.n, 1); /* d/sub, alive in the cache; d itself is the caller's */
    assert_false(w.ns->root->frozen);
    assert_true(d->frozen);
    assert_true(((struct dirent *)held.p[0])->frozen);
    dirent_put(held.p[0]);
    ptrvec_release(&held);
    dirent_put(d);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frozen_directory_learns_nothing),
        cmocka_unit_test(a_frozen_mount_point_stays),
        cmocka_unit_test(a_frozen_virtual_directory_lists_the_living),
        cmocka_unit_test(new_children_are_frozen),
        cmocka_unit_test(the_offset_is_an_index),
        cmocka_unit_test(freezing_part_of_the_tree),
    };
    return cmocka_run_group_tests_name("freeze", tests, NULL, NULL);
}
