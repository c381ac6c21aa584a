/* host_snapshot and host_diff: lines as golden/README.md writes them, the same on every make of
 * host. */
#include <unistd.h>

#include "fixture.h"

#define PLAIN                                                                                      \
    TREE(FILE_("etc/passwd", "root:x"), FILE_("etc/hosts", "h"), DIR_("opt/a"),                    \
         FILE_("opt/a/f", "deep"), LINK_("l", "etc/passwd"), HARD_("hard", "etc/passwd"),          \
         DIR_("empty"))

static struct host_snapshot *snapshot(struct fixture *f)
{
    const struct host_label labels[] = {{.label = "@rootfs", .path = "/h/rootfs"},
                                        {.label = "@none", .path = "/h/none"}};
    struct host_snapshot *s = NULL;
    assert_int_equal(host_snapshot_new(f->h, &f->d, labels, 2, &s), 0);
    return s;
}

static void expect(struct fixture *f, struct host_snapshot *s, const char *want)
{
    struct ptrvec lines;
    struct str text;
    ptrvec_init(&lines, &f->d);
    str_init(&text, &f->d);
    assert_int_equal(host_diff(s, &lines), 0);
    for (size_t i = 0; i < lines.n; i++) {
        str_add(&text, lines.p[i]);
        str_addc(&text, '\n');
        mem_free(lines.p[i]);
    }
    assert_string_equal(str_get(&text), want);
    str_release(&text);
    ptrvec_release(&lines);
}

static void write_to(struct fixture *f, const char *path, const char *bytes, size_t len)
{
    size_t n;
    struct host_file *file = at(f, path, O_WRONLY | O_TRUNC);
    assert_int_equal(host_pwrite(file, bytes, len, 0, &n), 0);
    host_file_put(file);
}

static void kinds(struct fixture *f)
{
    struct host_snapshot *s = snapshot(f);
    expect(f, s, "");
    struct host_file *etc = at(f, "etc", O_RDONLY);
    struct host_file *file = at(f, "etc/hosts", O_RDONLY);
    assert_int_equal(host_fchmod(file, 0600), 0);
    host_file_put(file);
    write_to(f, "hard", "a\"b\n\0\x01\xff\xc3\xa9", 9);
    assert_int_equal(host_symlinkat(etc, "new", "to where"), 0);
    assert_int_equal(host_mkdirat(f->root, "dir", 01777), 0);
    assert_int_equal(host_mknodat(f->root, "pipe", S_IFIFO | 0644, 0), 0);
    assert_int_equal(host_unlinkat(f->root, "empty", AT_REMOVEDIR), 0);
    host_file_put(etc);
    expect(f, s,
           "+ @rootfs/dir 041777 0:0\n"
           "- @rootfs/empty\n"
           "~ @rootfs/etc/hosts 100600 0:0 1 \"h\"\n"
           "+ @rootfs/etc/new 120777 0:0 -> to where\n"
           "~ @rootfs/etc/passwd 100644 0:0 9 \"a\\\"b\\n\\x00\\x01\\xffé\"\n"
           "~ @rootfs/hard 100644 0:0 9 \"a\\\"b\\n\\x00\\x01\\xffé\"\n"
           "+ @rootfs/pipe 010644 0:0\n");
    host_snapshot_free(s);
    /* a later snapshot starts anew */
    s = snapshot(f);
    expect(f, s, "");
    host_snapshot_free(s);
}

static void test_kinds(void **state)
{
    (void)state;
    on_all(PLAIN, kinds);
}

/* Changed and changed back, or touched without a difference that a line shows: nothing. */
static void nothing(struct fixture *f)
{
    struct host_snapshot *s = snapshot(f);
    write_to(f, "etc/hosts", "other", 5);
    write_to(f, "etc/hosts", "h", 1);
    assert_int_equal(host_mkdirat(f->root, "tmp", 0755), 0);
    assert_int_equal(host_unlinkat(f->root, "tmp", AT_REMOVEDIR), 0);
    assert_int_equal(host_renameat(f->root, "etc", f->root, "e2"), 0);
    assert_int_equal(host_renameat(f->root, "e2", f->root, "etc"), 0);
    struct host_file *dir = at(f, "opt", O_RDONLY);
    struct timespec t[2] = {{.tv_sec = 4}, {.tv_sec = 5}};
    assert_int_equal(host_futimens(dir, t), 0);
    host_file_put(dir);
    /* replaced by another one that looks the same */
    assert_int_equal(host_unlinkat(f->root, "l", 0), 0);
    assert_int_equal(host_symlinkat(f->root, "l", "etc/passwd"), 0);
    expect(f, s, "");
    host_snapshot_free(s);
}

static void test_nothing(void **state)
{
    (void)state;
    on_all(PLAIN, nothing);
}

/* A moved directory is gone there and new here, with all that is in it; sorted by bytes of the
 * whole path. */
static void moved(struct fixture *f)
{
    struct host_snapshot *s = snapshot(f);
    assert_int_equal(host_renameat(f->root, "opt", f->root, "opt.moved"), 0);
    struct host_file *file = at(f, "opt.moved/a/f", O_RDWR);
    assert_int_equal(host_ftruncate(file, 2), 0);
    host_file_put(file);
    assert_int_equal(host_fchmod(f->root, 0700), 0);
    assert_int_equal(host_mkdirat(f->root, "opt", 0755), 0);
    expect(f, s,
           "~ @rootfs 040700 0:0\n"
           "+ @rootfs/opt.moved 040755 0:0\n"
           "+ @rootfs/opt.moved/a 040755 0:0\n"
           "+ @rootfs/opt.moved/a/f 100644 0:0 2 \"de\"\n"
           "- @rootfs/opt/a\n"
           "- @rootfs/opt/a/f\n");
    host_snapshot_free(s);
}

static void test_moved(void **state)
{
    (void)state;
    on_all(PLAIN, moved);
}

/* Another type under the same name; a change inside of what moved on; the first 64 bytes only. */
static void odd(struct fixture *f)
{
    char bytes[100];
    memset(bytes, 'c', sizeof(bytes));
    write_to(f, "etc/hosts", bytes, sizeof(bytes));
    struct host_snapshot *s = snapshot(f);
    bytes[70] = 'x';
    write_to(f, "etc/hosts", bytes, sizeof(bytes)); /* behind the head: not seen */
    assert_int_equal(host_unlinkat(f->root, "hard", 0), 0);
    assert_int_equal(host_mkdirat(f->root, "hard", 0755), 0);
    assert_int_equal(host_renameat(f->root, "opt", f->root, "hard"), 0);
    struct host_file *a = at(f, "hard/a", O_RDONLY);
    assert_int_equal(host_unlinkat(a, "f", 0), 0);
    host_file_put(a);
    expect(f, s,
           "~ @rootfs/hard 040755 0:0\n"
           "+ @rootfs/hard/a 040755 0:0\n"
           "- @rootfs/opt\n"
           "- @rootfs/opt/a\n"
           "- @rootfs/opt/a/f\n");
    host_snapshot_free(s);
}

static void test_odd(void **state)
{
    (void)state;
    on_all(PLAIN, odd);
}

/* Writes through a donated descriptor count, also of one that was donated before. */
static void donated(struct fixture *f)
{
    struct owned_fd *before, *after;
    struct host_file *a = at(f, "etc/hosts", O_RDWR);
    struct host_file *b = at(f, "opt/a/f", O_RDWR);
    assert_int_equal(host_file_donate(a, &before), 0);
    struct host_snapshot *s = snapshot(f);
    assert_int_equal(host_file_donate(b, &after), 0);
    expect(f, s, "");
    assert_int_equal(pwrite(before->fd, "ZZ", 2, 0), 2);
    assert_int_equal(pwrite(after->fd, "D", 1, 0), 1);
    expect(f, s,
           "~ @rootfs/etc/hosts 100644 0:0 2 \"ZZ\"\n"
           "~ @rootfs/opt/a/f 100644 0:0 4 \"Deep\"\n");
    owned_fd_free(before);
    owned_fd_free(after);
    host_file_put(a);
    host_file_put(b);
    host_snapshot_free(s);
}

static void test_donated(void **state)
{
    (void)state;
    on_all(PLAIN, donated);
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, BACKEND_MEM, PLAIN);
    struct host_snapshot *s = snapshot(&f), *second = NULL;
    assert_int_equal(host_snapshot_new(f.h, &f.d, NULL, 0, &second), -EBUSY);
    assert_null(second);
    host_snapshot_free(s);
    fixture_close(&f);
}

/* Every allocation fails once. */
static void test_out_of_memory(void **state)
{
    (void)state;
    for (int b = 0; b < BACKEND_COUNT; b++) {
        bool failed = true;
        for (uint64_t i = 1; failed; i++) {
            struct fixture f;
            struct ptrvec lines = {0};
            struct host_snapshot *s = NULL;
            const struct host_label label = {.label = "@rootfs", .path = "/h/rootfs"};
            fixture_open(&f, (enum backend)b, PLAIN);
            f.d.alloc_fail_at = f.d.allocs + i;
            int rc = host_snapshot_new(f.h, &f.d, &label, 1, &s);
            if (rc == 0) {
                rc = host_renameat(f.root, "opt", f.root, "o2");
            }
            if (rc == 0) {
                ptrvec_init(&lines, &f.d);
                rc = host_diff(s, &lines);
            }
            failed = rc < 0;
            assert_int_equal(rc, failed ? CODE_FATE : 0);
            if (failed) {
                assert_int_equal(f.d.fate, FATE_OOM);
                (void)domain_close(&f.d, NULL, NULL);
                domain_init(&f.d, "again", PROFILE_GVISOR_2018_08_14);
                f.root = NULL;
            } else {
                assert_int_equal(lines.n, 6);
                for (size_t j = 0; j < lines.n; j++) {
                    mem_free(lines.p[j]);
                }
                ptrvec_release(&lines);
                host_snapshot_free(s);
            }
            fixture_close(&f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),         cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_moved),         cmocka_unit_test(test_odd),
        cmocka_unit_test(test_donated),       cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
