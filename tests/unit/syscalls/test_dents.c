/* getdents64(2) (contract filesystems 11.7). */
#include "vfs_test.h"

struct record {
    uint64_t inode;
    int64_t off;
    unsigned length, type;
    const char *name;
};

static size_t parse(const char *buf, size_t n, struct record *out)
{
    size_t count = 0;
    for (size_t at = 0; at < n; count++) {
        struct record *r = &out[count];
        uint16_t length;
        memcpy(&r->inode, buf + at, 8);
        memcpy(&r->off, buf + at + 8, 8);
        memcpy(&length, buf + at + 16, 2);
        r->length = length;
        r->type = (unsigned char)buf[at + 18];
        r->name = buf + at + 19;
        assert_int_equal(length, (19 + strlen(r->name) + 8) & ~7u);
        at += length;
        assert_true(at <= n);
    }
    return count;
}

/* proves: FQ-70 */
static void test_records(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "dir/ file=1 link->x pipe| a-rather-long-name=1");
    struct file *f = NULL;
    char buf[1024];
    struct record r[16];
    size_t n = 0;
    OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
    OK(sys_getdents64(&w.p, f, buf, sizeof(buf), &n));
    static const char *const names[] = {".",    "..",  "a-rather-long-name", "dir", "file",
                                        "link", "pipe"};
    static const unsigned types[] = {4, 4, 8, 4, 8, 10, 1};
    assert_int_equal(parse(buf, n, r), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(r[i].name, names[i]);
        assert_int_equal(r[i].type, types[i]);
        assert_int_equal(r[i].off, i + 1);
    }
    assert_int_equal(r[0].inode, w.ns->root->inode->stable.inode_id);
    OK(sys_getdents64(&w.p, f, buf, sizeof(buf), &n));
    assert_int_equal(n, 0);
    OK(sys_close(&w.p, f));

    OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
    OK(sys_getdents64(&w.p, f, buf, 48, &n)); /* room for the dots */
    assert_int_equal(parse(buf, n, r), 2);
    OK(sys_getdents64(&w.p, f, buf, 1024, &n));
    assert_int_equal(parse(buf, n, r), 5);
    assert_int_equal(r[0].off, 1); /* from 1 again: no use for seeking */
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* proves: FQ-71 */
static void test_small_buffers(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a-rather-long-name=1 f=1");
    struct file *f = NULL;
    char buf[64];
    size_t n = 1;
    OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
    ERR(sys_getdents64(&w.p, f, buf, 26, &n), EINVAL);
    OK(sys_getdents64(&w.p, f, buf, 27, &n));
    assert_int_equal(n, 24);
    OK(sys_getdents64(&w.p, f, buf, 27, &n));
    OK(sys_getdents64(&w.p, f, buf, 27, &n));
    assert_int_equal(n, 0); /* the long name does not fit: looks like the end */
    OK(sys_getdents64(&w.p, f, buf, 64, &n));
    assert_int_equal(n, 40 + 24);
    OK(sys_close(&w.p, f));
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
    ERR(sys_getdents64(&w.p, f, buf, 64, &n), ENOTDIR);
    OK(sys_close(&w.p, f));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_small_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
