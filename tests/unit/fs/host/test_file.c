/* model/fs/host/file.c: open files. */
#include "host_test.h"

static void test_reading_and_writing(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir")), *a = child_of(&p->w, dir, "a");
    for (size_t chunk = 1; chunk < 8; chunk++) {
        char *text = host_content(p, a, chunk);
        assert_string_equal(text, "hello");
        mem_free(text);
    }
    struct file *f = opened(&p->w, a);
    assert_true(f->flags.pread && f->flags.pwrite);
    size_t n = 0;
    assert_int_equal(file_pwrite(c, f, 3, "p!", 2, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(f->ops->fsync(c, f), 0);
    assert_int_equal(f->ops->flush(c, f), 0);
    struct dir_ctx dc = {.emit = emit_name};
    assert_int_equal(f->ops->iterate(c, f, &dc, 0, &(int){0}), -ENOTDIR);
    file_put(f);
    char *text = host_content(p, a, 64);
    assert_string_equal(text, "help!");
    mem_free(text);
    char byte;
    f = opened(&p->w, dir);
    assert_int_equal(file_pread(c, f, 0, &byte, 1, &n), -EISDIR);
    assert_true(file_pwrite(c, f, 0, "x", 1, &n) < 0);
    file_put(f);
    inode_put(a);
    inode_put(dir);
}

/* Streams ignore the offset and would block. proves: FQ-52 FP-15 */
static void test_streams(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    struct ctx *c = &p.w.c;
    struct inode *top = host_mounted(&p, "root=/h"), *fifo = child_of(&p.w, top, "fifo");
    struct file *f = opened(&p.w, fifo);
    char buf[8] = "";
    size_t n = 0;
    assert_false(f->flags.pread || f->flags.pwrite);
    assert_false(inode_mappable(fifo));
    assert_int_equal(file_pread(c, f, 0, buf, 4, &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pwrite(c, f, 99, "abc", 3, &n), 0);
    assert_int_equal(file_pread(c, f, 50, buf, 8, &n), 0);
    assert_int_equal(n, 3);
    assert_memory_equal(buf, "abc", 3);
    file_put(f);
    inode_put(fifo);
    inode_put(top);
    top = host_mounted(&p, "root=/d");
    struct inode *null = child_of(&p.w, top, "null");
    f = opened(&p.w, null);
    assert_int_equal(file_pwrite(c, f, 0, "abc", 3, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(file_pread(c, f, 0, buf, 8, &n), 0);
    assert_int_equal(n, 0);
    file_put(f);
    inode_put(null);
    inode_put(top);
    host_world_close(&p);
}

struct listing {
    struct str text;
    int left;
};

static int emit_typed(void *arg, const char *name, const struct dent_attr *attr)
{
    struct listing *l = arg;
    if (l->left-- == 0) {
        return -EINVAL;
    }
    assert_true(attr->inode_id > 0);
    str_addf(&l->text, "%s:%s ", name, inode_type_name(attr->type));
    return 0;
}

/* Sorted, sockets too, the same in pieces of any size; two handles have cursors of their own.
 * proves: FI-02 FI-04 FQ-51 */
static void test_listing(struct host_world *p)
{
    struct inode *top = host_mounted(p, AS_PIPELINE("/h"));
    for (int piece = 1; piece < 8; piece++) {
        struct file *f = opened(&p->w, top), *other = opened(&p->w, top);
        p->w.c.root = f->dirent;
        struct listing l = {.left = piece};
        str_init(&l.text, &p->w.s.d);
        for (;;) {
            struct dir_ctx dc = {.emit = emit_typed, .arg = &l};
            assert_int_equal(file_readdir(&p->w.c, f, &dc), 0);
            if (dc.written == 0) {
                break;
            }
            l.left = piece;
        }
        assert_string_equal(str_get(&l.text), ".:directory ..:directory dir:directory fifo:pipe "
                                              "hard:file sock:socket ");
        str_release(&l.text);
        char *names = listed(&p->w, other);
        assert_string_equal(names, ". .. dir fifo hard sock");
        mem_free(names);
        p->w.c.root = NULL;
        file_put(f);
        file_put(other);
    }
    inode_put(top);
}

/* What the host gained meanwhile is there, what it lost is not. */
static void test_listing_is_fresh(struct host_world *p)
{
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    struct file *f = opened(&p->w, dir);
    struct host_file *outside = fs_host_file(dir);
    char *names = listed(&p->w, f);
    assert_string_equal(names, ". .. a b link sub");
    mem_free(names);
    assert_int_equal(host_mkdirat(outside, "aa", 0755), 0);
    assert_int_equal(host_mkdirat(outside, "z", 0755), 0);
    assert_int_equal(host_unlinkat(outside, "b", 0), 0);
    names = listed(&p->w, f); /* from the cursor on */
    assert_string_equal(names, "z");
    mem_free(names);
    file_put(f);
    assert_listing(&p->w, dir, ". .. a aa link sub z");
    inode_put(dir);
}

static void test_reading_and_writing_on_both(void **state)
{
    (void)state;
    on_both(test_reading_and_writing);
}

static void test_listing_on_both(void **state)
{
    (void)state;
    on_both(test_listing);
}

static void test_listing_is_fresh_on_both(void **state)
{
    (void)state;
    on_both(test_listing_is_fresh);
}

/* Lookups, listing and reading with the n-th allocation failing, until none does. proves: FI-20 */
static void test_out_of_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        struct host_world p;
        host_world_open(&p);
        struct ctx *c = &p.w.c;
        struct inode *dir = host_mounted(&p, AS_PIPELINE("/h/dir"));
        p.w.s.d.alloc_fail_at = p.w.s.d.allocs + n;
        struct dirent *d = NULL;
        struct file *f = NULL, *made = NULL;
        struct str names;
        str_init(&names, &p.w.s.d);
        struct dir_ctx dc = {.emit = emit_name, .arg = &names};
        int count = 0;
        int rc = inode_lookup(c, dir, "a", &d);
        rc = rc ? rc : inode_open(c, dir, d, (struct open_flags){.read = true}, &f);
        rc = rc ? rc : f->ops->iterate(c, f, &dc, 0, &count);
        rc = rc ? rc
                : dir->ops->create(c, dir, "n", (struct open_flags){.write = true}, 0644, &made);
        rc = rc ? rc : domain_dead(&p.w.s.d) ? CODE_FATE : 0;
        file_put(made);
        file_put(f);
        str_release(&names);
        dirent_put(d);
        inode_put(dir);
        if (!rc) {
            p.w.s.d.alloc_fail_at = 0;
            host_world_close(&p);
            assert_true(n > 10);
            return;
        }
        assert_int_equal(rc, CODE_FATE);
        assert_int_equal(p.w.s.d.fate, FATE_OOM);
        sentry_close(&p.w.s, NULL, NULL);
        host_free(p.h);
        domain_close(&p.hd, NULL, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_and_writing_on_both),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_listing_on_both),
        cmocka_unit_test(test_listing_is_fresh_on_both),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
