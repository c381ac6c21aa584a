/* Copying up: what arrives, in which order, from which roots (contract vfs 22). */
#include "fake_fs.h"
#include "vfs_internal.h"

static struct inode *lower_child(struct test_world *w, const char *name)
{
    struct dirent *d = NULL;
    OK(inode_lookup(&w->p.c, w->lower, name, &d));
    struct inode *inode = inode_get(d->inode);
    dirent_put(d);
    return inode;
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

/* Nothing is lost on the way: content, owner, mode, target, foreign attributes. */
/* proves: VI-12 */
static void test_what_is_copied(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL,
                  "d/ d/e/ d/e/f=hello d/e/f#7 d/e/f@4711 d/e#8 d/e@1770 l->d/e l#9 "
                  "e=",
                  "");
    struct inode *e = lower_child(&w, "e");
    OK(inode_setxattr(&w.p.c, e, "user.note", "text", 4));
    OK(inode_setxattr(&w.p.c, e, "trusted.overlay.whiteout.x", "y", 1));
    inode_put(e);
    char *before = snapshot(&w, w.lower);
    OK(copy_up(&w, "/d/e/f")); /* and its parents, from the top */
    OK(copy_up(&w, "/l"));
    OK(copy_up(&w, "/e"));
    struct sys_stat f = stat_of(&w, "/d/e/f"), dir = stat_of(&w, "/d/e"), l = stat_of(&w, "/l");
    assert_int_equal(f.mode & 07777, 04711);
    assert_int_equal(f.uid, 7);
    assert_int_equal(f.size, 5);
    assert_int_equal(dir.mode & 07777, 01770);
    assert_int_equal(dir.gid, 8);
    assert_int_equal(l.uid, 9);
    struct inode *copy = NULL;
    struct dirent *d = NULL;
    OK(inode_lookup(&w.p.c, w.upper, "e", &d));
    copy = d->inode;
    struct str value;
    str_init(&value, &w.s.d);
    OK(inode_getxattr(&w.p.c, copy, "user.note", &value));
    assert_string_equal(str_get(&value), "text");
    str_release(&value);
    str_init(&value, &w.s.d);
    ERR(inode_getxattr(&w.p.c, copy, "trusted.overlay.whiteout.x", &value), ENODATA);
    str_release(&value);
    dirent_put(d);
    mount_ns_flush(w.ns);
    assert_string_equal(cat(&w, "/l/f"), "hello");
    char *after = snapshot(&w, w.lower);
    assert_string_equal(before, after);
    mem_free(before);
    mem_free(after);
    world_done(&w);
}

static struct unstable_attr attr_at(struct test_world *w, const char *path)
{
    struct unstable_attr a;
    struct dirent *d = at(w, path);
    OK(inode_getattr(&w->p.c, d->inode, &a));
    dirent_put(d);
    return a;
}

/* proves: VQ-39 */
static void test_times(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=content e= d/ l->to", "");
        w.s.d.quirks.value[VQ_39] = !strict;
        static const char *const paths[] = {"/f", "/e", "/d", "/l"};
        for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
            struct unstable_attr before = attr_at(&w, paths[i]);
            OK(copy_up(&w, paths[i]));
            struct unstable_attr after = attr_at(&w, paths[i]);
            bool kept = i > 0 || strict; /* fresh only for a non-empty regular file */
            assert_int_equal(before.mtime == after.mtime, kept);
            assert_true(after.ctime > before.ctime);
            if (i < 2) {
                assert_true(before.atime == after.atime);
            }
        }
        world_done(&w);
    }
}

/* A file longer than a piece. */
static void test_pieces(void **state)
{
    (void)state;
    enum { SIZE = 32768 * 2 + 5 };
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=", "");
    struct inode *f = lower_child(&w, "f");
    struct dirent *d = NULL;
    struct file *file = NULL;
    OK(dirent_new(inode_get(f), "f", &d));
    OK(inode_open(&w.p.c, f, d, (struct open_flags){.write = true}, &file));
    char *bytes = mem_new(&w.s.d, SIZE, "bytes"), *copy = mem_new(&w.s.d, SIZE, "bytes");
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i * 7 + i / 251);
    }
    size_t n = 0;
    OK(file_pwrite(&w.p.c, file, 0, bytes, SIZE, &n));
    file_put(file);
    dirent_put(d);
    inode_put(f);
    OK(copy_up(&w, "/f"));
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &file));
    OK(file_pread(&w.p.c, file, 0, copy, SIZE, &n));
    assert_int_equal(n, SIZE);
    assert_memory_equal(bytes, copy, SIZE);
    OK(sys_close(&w.p, file));
    mem_free(bytes);
    mem_free(copy);
    world_done(&w);
}

/* A type that cannot be copied: EINVAL and no line. */
static void test_socket(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "", "");
    struct dirent *bound = NULL;
    OK(w.lower->ops->bind(&w.p.c, w.lower, "s", 0644, &bound));
    dirent_put(bound);
    struct dirent *s = at(&w, "/s");
    ERR(overlay_copy_up(&w.p.c, s), EINVAL);
    assert_int_equal(w.s.d.log_n, 0);
    dirent_put(s);
    world_done(&w);
}

static void mount_file(struct test_world *w, const char *path)
{
    struct inode *fs = new_tmpfs(w, ""), *file = NULL, *merged = NULL;
    fill(w, fs, "file=inside");
    struct dirent *d = NULL;
    OK(inode_lookup(&w->p.c, fs, "file", &d));
    file = inode_get(d->inode);
    dirent_put(d);
    struct mount_source *upper = NULL;
    struct error err = {0};
    OK(tmpfs_new_source(&w->s, (struct mount_flags){0}, &upper));
    OK(overlay_new_root_file(&w->p.c, upper, file, (struct mount_flags){0}, &merged, &err));
    mount_source_put(upper);
    inode_put(file);
    inode_put(fs);
    d = at(w, path);
    OK(mount_ns_mount(&w->p.c, w->ns, d, merged));
    dirent_put(d);
}

/* A file root is copied into the upper of the surrounding mount, hidden by the mount. */
/* proves: VP-15 */
static void test_file_root(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "d/ d/m=covered taken=low", "taken=up");
    mount_file(&w, "/d/m");
    assert_string_equal(cat(&w, "/d/m"), "inside");
    OK(put_file(&w, "/d/m", "written"));
    assert_string_equal(cat(&w, "/d/m"), "written");
    OK(sys_umount(&w.p, "/d/m", 0));
    mount_ns_flush(w.ns);
    assert_string_equal(cat(&w, "/d/m"), "written");
    mount_file(&w, "/taken");
    ERR(put_file(&w, "/taken", "x"), EIO); /* that upper has the name */
    OK(sys_umount(&w.p, "/taken", 0));
    world_done(&w);

    for (int strict = 0; strict < 2; strict++) {
        world_plain(&w, ORIGINAL, "m=covered");
        w.s.d.quirks.value[VP_15] = !strict;
        mount_file(&w, "/m");
        int r = put_file(&w, "/m", "x");
        if (strict) {
            ERR(r, EIO);
            world_done(&w);
        } else {
            assert_int_equal(r, CODE_FATE);
            world_fated(&w, FATE_PANIC, "runtime error: invalid memory address");
        }
    }
}

/* The stress of contract vfs 30, for one thread: deep parents, many files, handles opened before.
 */
static void test_deep(void **state)
{
    (void)state;
    enum { DEPTH = 64, FILES = 64 };
    struct test_world w;
    world_empty(&w, ORIGINAL);
    w.lower = new_tmpfs(&w, "");
    w.upper = new_tmpfs(&w, "");
    char tree[DEPTH * (DEPTH * 2 + 4)] = "", path[DEPTH * 2 + 8] = "";
    for (int i = 0; i < DEPTH; i++) {
        strcat(path, "d/");
        strcat(tree, path);
        strcat(tree, " ");
    }
    fill(&w, w.lower, tree);
    for (int i = 0; i < FILES; i++) {
        char file[sizeof(path) + 40];
        snprintf(file, sizeof(file), "%sf%d=0123456789-%d", path, i, i);
        fill(&w, w.lower, file);
    }
    struct inode *merged = NULL;
    struct error err = {0};
    OK(overlay_new_root(&w.p.c, w.upper, w.lower, (struct mount_flags){0}, &merged, &err));
    world_on(&w, merged);
    struct file *files[FILES];
    for (int i = 0; i < FILES; i++) {
        char file[sizeof(path) + 16];
        snprintf(file, sizeof(file), "%sf%d", path, i);
        OK(sys_open(&w.p, file, O_RDONLY, 0, &files[i]));
        OK(sys_truncate(&w.p, file, 10));
    }
    for (int i = 0; i < FILES; i++) {
        assert_string_equal(read_all(&w, files[i]), "0123456789");
        OK(sys_close(&w.p, files[i]));
    }
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_copied), cmocka_unit_test(test_times),
        cmocka_unit_test(test_pieces),         cmocka_unit_test(test_socket),
        cmocka_unit_test(test_file_root),      cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
