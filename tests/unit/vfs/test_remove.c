/* Removing entries (contract vfs 13). */
#include "fake_fs.h"

enum { OTHER = 7 };

static int rm(struct test_world *w, const char *dir, const char *name)
{
    struct dirent *d = at(w, dir);
    int r = dirent_remove(&w->p.c, d, w->ns->root, name);
    dirent_put(d);
    return r;
}

static int rmdir_at(struct test_world *w, const char *dir, const char *name)
{
    struct dirent *d = at(w, dir);
    int r = dirent_rmdir(&w->p.c, d, w->ns->root, name);
    dirent_put(d);
    return r;
}

/* proves: VP-12 */
static void test_errno_table(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/full/ d/full/x=1 d/empty/ d/f=1 d/l->full d/p| d/m/ d/mf=1");
    OK(sys_mount_tmpfs(&w, "/d/m"));
    OK(sys_mount_tmpfs(&w, "/d/mf"));
    const struct {
        const char *dir, *name;
        int remove, rmdir;
    } table[] = {
        {"/d/f", "x", ENOTDIR, ENOTDIR}, {"/d", "none", ENOENT, ENOENT},
        {"/d", "f", 0, ENOTDIR},         {"/d", "l", 0, ENOTDIR},
        {"/d", "p", 0, ENOTDIR},         {"/d", "full", EISDIR, ENOTEMPTY},
        {"/d", ".", EISDIR, EINVAL},     {"/d", "..", EISDIR, ENOTEMPTY},
        {"/d", "", EISDIR, ENOENT},      {"/d", "m", EISDIR, EBUSY},
        {"/d", "mf", EISDIR, EBUSY}, /* what is mounted decides */
        {"/d", "empty", EISDIR, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        ERR(rmdir_at(&w, table[i].dir, table[i].name), table[i].rmdir);
        if (strcmp(table[i].name, "empty") != 0 && strcmp(table[i].dir, "/d/f") != 0) {
            ERR(rm(&w, table[i].dir, table[i].name), table[i].remove);
        }
    }
    assert_string_equal(ls(&w, "/d"), "full m mf");
    OK(sys_umount(&w.p, "/d/m", 0));
    OK(sys_umount(&w.p, "/d/mf", 0));
    assert_string_equal(ls(&w, "/d"), "full m mf");
    world_done(&w);
}

/* A file mounted over: EBUSY. The filesystem is not asked. */
static void test_busy_file(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 t/ t/g=2");
    struct dirent *f = at(&w, "/f"), *g = at(&w, "/t/g");
    /* A filesystem whose root is a file. */
    struct inode *fs = new_tmpfs(&w, "");
    fill(&w, fs, "root=content");
    struct dirent *inner = NULL;
    OK(inode_lookup(&w.p.c, fs, "root", &inner));
    struct inode *file_root = inode_get(inner->inode);
    dirent_put(inner);
    inode_put(fs);
    OK(mount_ns_mount(&w.p.c, w.ns, f, file_root));
    ERR(rm(&w, "/", "f"), EBUSY);
    assert_string_equal(cat(&w, "/f"), "content");
    dirent_put(f);
    dirent_put(g);
    OK(sys_umount(&w.p, "/f", 0));
    assert_string_equal(cat(&w, "/f"), "1");
    OK(rm(&w, "/", "f"));
    world_done(&w);
}

/* A name of a removed file says so, at each level. */
static void test_deleted_names(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/ a/b/ a/b/c=1");
    struct dirent *b = at(&w, "/a/b"), *c = at(&w, "/a/b/c");
    OK(sys_unlink(&w.p, "/a/b/c"));
    OK(sys_rmdir(&w.p, "/a/b"));
    char *name = NULL;
    bool reachable = false;
    OK(dirent_full_name(c, w.ns->root, &name, &reachable));
    assert_string_equal(name, "/a/b (deleted)/c (deleted)");
    assert_true(reachable);
    mem_free(name);
    OK(dirent_full_name(w.ns->root, c, &name, &reachable));
    assert_string_equal(name, "/");
    assert_false(reachable);
    mem_free(name);
    dirent_put(b);
    dirent_put(c);
    world_done(&w);
}

static void test_may_delete(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL,
                "t/ t/mine=1 t/mine#7 t/roots=1 t@1777 c/ c/x=1 own/ own/x=1 own#7 "
                "own@1755");
    become(&w, OTHER);
    struct dirent *t = at(&w, "/t"), *closed = at(&w, "/c"), *own = at(&w, "/own");
    struct ctx *c = &w.p.c;
    OK(dirent_may_delete(c, t, w.ns->root, "mine"));
    ERR(dirent_may_delete(c, t, w.ns->root, "roots"), EPERM);
    ERR(dirent_may_delete(c, t, w.ns->root, "none"), ENOENT);
    ERR(dirent_may_delete(c, closed, w.ns->root, "x"), EACCES);
    ERR(dirent_may_delete(c, closed, w.ns->root, "none"), ENOENT); /* looked up first */
    OK(dirent_may_delete(c, own, w.ns->root, "x"));
    w.p.c.creds.caps = UINT64_C(1) << CAP_BIT_FOWNER;
    OK(dirent_may_delete(c, t, w.ns->root, "roots"));
    dirent_put(t);
    dirent_put(closed);
    dirent_put(own);
    world_done(&w);
}

static bool has_mount(const struct test_world *w)
{
    return !list_empty(&w->ns->mounts);
}

/* A merged directory without entries of its own in the upper can go although something is mounted
 * in it. */
/* proves: VQ-08 */
static void test_directory_with_mounts(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "d/ d/m/", "");
        w.s.d.quirks.value[VQ_08] = !strict;
        OK(sys_mount_tmpfs(&w, "/d/m"));
        OK(put_file(&w, "/d/m/x", "1"));
        ERR(sys_rmdir(&w.p, "/d"), strict ? EBUSY : 0);
        assert_int_equal(exists(&w, "/d"), strict);
        assert_int_equal(exists(&w, "/d/m/x"), strict);
        assert_true(has_mount(&w)); /* it stays in the table either way */
        world_done(&w);
    }
}

static void test_filesystem_refuses(void **state)
{
    (void)state;
    struct test_world w;
    struct fake fake = {.op_err = -EIO, .child_type = INODE_REGULAR};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    struct dirent *f = at(&w, "/f");
    ERR(rm(&w, "/", "f"), EIO);
    assert_true(f->hashed);
    assert_false(f->deleted);
    fake.op_err = 0;
    OK(rm(&w, "/", "f"));
    assert_true(f->deleted);
    assert_false(f->hashed);
    dirent_put(f);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errno_table),           cmocka_unit_test(test_busy_file),
        cmocka_unit_test(test_deleted_names),         cmocka_unit_test(test_may_delete),
        cmocka_unit_test(test_directory_with_mounts), cmocka_unit_test(test_filesystem_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
