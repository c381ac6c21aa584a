/* Open handles: offsets, append, reading directories (contract vfs 16, 18). */
#include "fake_fs.h"

struct listing {
    char text[512];
    int room; /* entries that fit; negative: no limit */
};

static int emit(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)attr;
    struct listing *l = arg;
    if (l->room == 0) {
        return -ENOBUFS;
    }
    l->room--;
    if (l->text[0]) {
        strcat(l->text, " ");
    }
    strcat(l->text, name);
    return 0;
}

static int list(struct test_world *w, struct file *f, int room, struct listing *l)
{
    *l = (struct listing){.room = room};
    struct dir_ctx dc = {.emit = emit, .arg = l};
    return file_readdir(&w->p.c, f, &dc);
}

/* proves: VI-15 */
static void test_in_pieces(void **state)
{
    (void)state;
    for (int overlay = 0; overlay < 2; overlay++) {
        for (int size = 1; size < 9; size++) {
            struct test_world w;
            if (overlay) {
                world_overlay(&w, ORIGINAL, "b=1 c/ a=1", "-z=1 d=1 c/");
            } else {
                world_plain(&w, ORIGINAL, "d=1 b=1 c/ a=1 -z=1");
            }
            struct file *f = NULL;
            OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
            char all[512] = "";
            for (struct listing l;;) {
                OK(list(&w, f, size, &l));
                if (!l.text[0]) {
                    break;
                }
                strcat(all, l.text);
                strcat(all, " ");
            }
            assert_string_equal(all, ". .. -z a b c d ");
            assert_int_equal(f->offset, 7);
            OK(sys_close(&w.p, f));
            world_done(&w);
        }
    }
}

static void test_changes_between(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "b=1 d=1 f=1");
    struct file *f = NULL;
    struct listing l;
    OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
    OK(list(&w, f, 4, &l));
    assert_string_equal(l.text, ". .. b d");
    OK(put_file(&w, "/a", "before the cursor"));
    OK(put_file(&w, "/e", "behind it"));
    OK(sys_unlink(&w.p, "/d"));
    OK(list(&w, f, -1, &l));
    assert_string_equal(l.text, "e f");
    assert_int_equal(list(&w, f, 0, &l), 0); /* nothing left: no refusal */
    f->offset = 0;
    assert_int_equal(list(&w, f, 0, &l), -ENOBUFS); /* too small for the first one */
    assert_int_equal(f->offset, 0);
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* proves: VQ-17 */
static void test_not_a_directory(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=hello");
    struct file *f = NULL;
    struct listing l;
    char buf[3];
    size_t n;
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
    OK(sys_read(&w.p, f, buf, 3, &n));
    assert_int_equal(f->offset, 3);
    ERR(list(&w, f, -1, &l), ENOTDIR);
    assert_int_equal(f->offset, 0);
    OK(sys_close(&w.p, f));
    world_done(&w);
}

static uint64_t dotdot;
static int see_dotdot(void *arg, const char *name, const struct dent_attr *attr)
{
    if (strcmp(name, "..") == 0) {
        *(uint64_t *)arg = attr->inode_id;
    }
    return 0;
}

/* proves: VQ-18 */
static void test_dotdot_of_a_root(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "a/ a/b/");
        w.s.d.quirks.value[VQ_18] = !strict;
        struct dirent *a = at(&w, "/a"), *b = at(&w, "/a/b");
        const struct {
            struct dirent *dir, *root, *shown;
        } table[] = {
            {b, w.ns->root, a},
            {a, w.ns->root, w.ns->root},
            {b, a, a},
            {a, a, strict ? a : w.ns->root},
            {a, b, a}, /* outside of the root */
            {w.ns->root, w.ns->root, w.ns->root},
        };
        for (size_t i = 0; i < ARRAY_LEN(table); i++) {
            struct file *f = NULL;
            OK(inode_open(&w.p.c, table[i].dir->inode, table[i].dir,
                          (struct open_flags){.read = true}, &f));
            struct dir_ctx dc = {.emit = see_dotdot, .arg = &dotdot};
            w.p.c.root = table[i].root;
            OK(file_readdir(&w.p.c, f, &dc));
            assert_int_equal(dotdot, table[i].shown->inode->stable.inode_id);
            file_put(f);
        }
        w.p.c.root = w.ns->root;
        dirent_put(a);
        dirent_put(b);
        world_done(&w);
    }
}

/* proves: VP-18 FP-14 */
static void test_without_root_or_reader(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a/");
    struct file *f = NULL;
    struct listing l;
    OK(sys_open(&w.p, "/a", O_RDONLY, 0, &f));
    struct dir_ctx dc = {0};
    ERR(file_readdir(&w.p.c, f, &dc), EINVAL);
    w.p.c.root = NULL; /* the directory itself is the root */
    OK(list(&w, f, -1, &l));
    assert_string_equal(l.text, ". ..");
    w.p.c.root = w.ns->root;
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* proves: VQ-24 VQ-25 */
static void test_append(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=hello");
    struct file *f = NULL;
    size_t n = 0;
    OK(sys_open(&w.p, "/f", O_RDWR | O_APPEND, 0, &f));
    OK(file_writev(&w.p.c, f, "", 0, &n));
    assert_int_equal(f->offset, 5); /* although nothing was written */
    OK(file_pwrite(&w.p.c, f, 1, "XY", 2, &n));
    assert_int_equal(f->offset, 5);
    assert_string_equal(read_all(&w, f), "helloXY"); /* not at 1 */
    OK(sys_write(&w.p, f, "!", 1, &n));
    assert_int_equal(f->offset, 8);
    OK(sys_close(&w.p, f));
    OK(sys_open(&w.p, "/f", O_RDWR, 0, &f));
    OK(file_pwrite(&w.p.c, f, 1, "E", 1, &n));
    OK(sys_write(&w.p, f, "H", 1, &n));
    assert_int_equal(f->offset, 1);
    assert_string_equal(read_all(&w, f), "HElloXY!");
    OK(sys_close(&w.p, f));
    world_done(&w);
}

static void test_ids_and_references(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1");
    struct file *a = NULL, *b = NULL;
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &a));
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &b));
    assert_true(a->id < b->id);
    size_t refs = a->dirent->refs;
    file_put(file_get(a));
    assert_int_equal(a->dirent->refs, refs);
    file_put(a);
    assert_int_equal(b->dirent->refs, refs - 1);
    file_put(b);
    file_put(NULL);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_changes_between),
        cmocka_unit_test(test_not_a_directory),
        cmocka_unit_test(test_dotdot_of_a_root),
        cmocka_unit_test(test_without_root_or_reader),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_ids_and_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
