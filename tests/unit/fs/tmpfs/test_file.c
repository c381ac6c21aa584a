/* model/fs/tmpfs/file.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

struct open_world {
    struct world w;
    struct inode *root, *inode;
    struct file *f;
};

static void open_file(struct open_world *o)
{
    world_open(&o->w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&o->w.s), 0);
    o->root = world_mount(&o->w, "tmpfs", "");
    struct open_flags flags = {.read = true, .write = true};
    assert_int_equal(o->root->ops->create(&o->w.c, o->root, "f", flags, 0644, &o->f), 0);
    assert_int_equal(o->f->dirent->refs, 1);
    o->inode = o->f->dirent->inode;
}

static void close_file(struct open_world *o)
{
    file_put(o->f);
    inode_put(o->root);
    world_close(&o->w);
}

static void put(struct open_world *o, int64_t off, const char *bytes, size_t len, size_t expected)
{
    size_t n = 0;
    assert_int_equal(file_pwrite(&o->w.c, o->f, off, bytes, len, &n), 0);
    assert_int_equal(n, expected);
}

static size_t get(struct open_world *o, int64_t off, char *buf, size_t len)
{
    size_t n = 0;
    assert_int_equal(file_pread(&o->w.c, o->f, off, buf, len, &n), 0);
    return n;
}

static void test_two_writes_one_read(void **state)
{
    (void)state;
    struct open_world o;
    char a[68], b[856], both[924], expected[924];
    open_file(&o);
    memset(a, 'a', sizeof(a));
    memset(b, 'b', sizeof(b));
    memcpy(expected, a, sizeof(a));
    memcpy(expected + sizeof(a), b, sizeof(b));
    put(&o, 0, a, sizeof(a), sizeof(a));
    put(&o, sizeof(a), b, sizeof(b), sizeof(b));
    assert_int_equal(get(&o, 0, both, sizeof(both)), 924);
    assert_memory_equal(both, expected, 924);
    assert_true(o.f->flags.pread && o.f->flags.pwrite);
    assert_true(inode_mappable(o.inode));
    close_file(&o);
}

/* proves: FI-06 */
static void test_usage_is_what_is_allocated(void **state)
{
    (void)state;
    struct open_world o;
    open_file(&o);
    put(&o, 0, "12345", 5, 5);
    assert_int_equal(attr_of(&o.w, o.inode).usage, 4096);
    assert_int_equal(o.inode->ops->truncate(&o.w.c, o.inode, 10000), 0);
    assert_int_equal(attr_of(&o.w, o.inode).size, 10000);
    assert_int_equal(attr_of(&o.w, o.inode).usage, 4096);
    assert_int_equal(o.inode->ops->truncate(&o.w.c, o.inode, 0), 0);
    assert_int_equal(attr_of(&o.w, o.inode).usage, 0);
    put(&o, 100000, "x", 1, 1);
    assert_int_equal(attr_of(&o.w, o.inode).usage, 4096);
    assert_int_equal(attr_of(&o.w, o.inode).size, 100001);
    close_file(&o);
}

static void test_times(void **state)
{
    (void)state;
    struct open_world o;
    char buf[4];
    open_file(&o);
    struct unstable_attr a = attr_of(&o.w, o.inode), b;
    assert_int_equal(get(&o, 0, buf, 4), 0);
    put(&o, 0, "", 0, 0);
    assert_int_equal(o.inode->ops->truncate(&o.w.c, o.inode, 0), 0);
    b = attr_of(&o.w, o.inode);
    assert_true(attr_equal(&a, &b));
    put(&o, 0, "ab", 2, 2);
    b = attr_of(&o.w, o.inode);
    assert_true(b.mtime > a.mtime && b.ctime == b.mtime && b.atime == a.atime);
    assert_int_equal(get(&o, 1, buf, 4), 1);
    a = attr_of(&o.w, o.inode);
    assert_true(a.atime > b.atime && a.mtime == b.mtime);
    assert_int_equal(o.inode->ops->truncate(&o.w.c, o.inode, 1), 0);
    b = attr_of(&o.w, o.inode);
    assert_true(b.mtime > a.mtime && b.ctime == b.mtime);
    close_file(&o);
}

static void test_the_end_of_offsets(void **state)
{
    (void)state;
    struct open_world o;
    char buf[4];
    open_file(&o);
    put(&o, INT64_MAX - 2, "abc", 3, 2);
    assert_true(attr_of(&o.w, o.inode).size == INT64_MAX);
    assert_int_equal(get(&o, INT64_MAX - 2, buf, 4), 2);
    assert_memory_equal(buf, "ab", 2);
    close_file(&o);
}

static void test_it_is_no_directory(void **state)
{
    (void)state;
    struct open_world o;
    open_file(&o);
    assert_int_equal(lookup_code(&o.w, o.inode, "x"), -ENOTDIR);
    close_file(&o);
}

/* proves: FI-07 */
static void test_against_a_byte_array(void **state)
{
    (void)state;
    enum { MAX = 20000 };
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct open_world o;
        static char model[MAX], bytes[MAX], read[MAX];
        size_t size = 0;
        open_file(&o);
        o.w.s.d.random_state = seed * 7919;
        memset(model, 0, sizeof(model));
        for (int step = 0; step < 200; step++) {
            size_t off = domain_random(&o.w.s.d) % (MAX / 2);
            size_t len = domain_random(&o.w.s.d) % 6000;
            switch (domain_random(&o.w.s.d) % 4) {
            case 0:
            case 1:
                off = domain_random(&o.w.s.d) % 4 ? off : size < MAX / 2 ? size : off;
                memset(bytes, (int)('a' + step % 26), len);
                put(&o, (int64_t)off, bytes, len, len);
                memcpy(model + off, bytes, len);
                size = len && off + len > size ? off + len : size;
                break;
            case 2:
                assert_int_equal(o.inode->ops->truncate(&o.w.c, o.inode, (int64_t)off), 0);
                if (off < size) {
                    memset(model + off, 0, size - off);
                }
                size = off;
                break;
            default:
                len = get(&o, (int64_t)off, read, len) == len ? len : size > off ? size - off : 0;
                assert_memory_equal(read, model + off, len);
            }
            struct unstable_attr a = attr_of(&o.w, o.inode);
            assert_int_equal(a.size, size);
            assert_int_equal(a.usage % 4096, 0);
            assert_true(a.usage <= (a.size + 4095) / 4096 * 4096);
        }
        assert_int_equal(get(&o, 0, read, MAX), size);
        assert_memory_equal(read, model, size);
        close_file(&o);
    }
}

/* A sync has no kind that could be unknown. */
/* proves: FP-07 */
static void test_a_sync_has_no_kind(void **state)
{
    (void)state;
    struct open_world o;
    open_file(&o);
    _Static_assert(_Generic(((struct file_ops *)0)->fsync, int (*)(struct ctx *, struct file *) : 1,
                            default : 0),
                   "fsync takes a file and nothing else");
    assert_int_equal(o.f->ops->fsync(&o.w.c, o.f), 0);
    close_file(&o);
}

/* proves: FQ-01 */
static void test_no_atime_is_not_honoured(void **state)
{
    (void)state;
    struct open_world o;
    char buf[4];
    open_file(&o);
    o.inode->ms->flags.no_atime = true;
    put(&o, 0, "ab", 2, 2);
    struct unstable_attr before = attr_of(&o.w, o.inode);
    assert_int_equal(get(&o, 0, buf, 2), 2);
    assert_true(attr_of(&o.w, o.inode).atime > before.atime);
    close_file(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_writes_one_read),
        cmocka_unit_test(test_usage_is_what_is_allocated),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_the_end_of_offsets),
        cmocka_unit_test(test_it_is_no_directory),
        cmocka_unit_test(test_against_a_byte_array),
        cmocka_unit_test(test_a_sync_has_no_kind),
        cmocka_unit_test(test_no_atime_is_not_honoured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
