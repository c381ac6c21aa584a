/* Copy-on-write trees: whatever happens above, the real directory stays as it was. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"

#define PLAIN                                                                                      \
    TREE(FILE_("f", "hello"), DIR_("d/e"), FILE_("d/x", "x"), LINK_("l", "f"), HARD_("h", "f"),    \
         FILE_("gone", ""))

static void real_path(const struct fixture *f, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/h/rootfs/%s", f->tmp, name);
}

static void test_lower_is_never_changed(void **state)
{
    (void)state;
    struct fixture f, real;
    struct host_snapshot *s;
    struct ptrvec lines;
    const struct host_label label = {.label = "@", .path = "/h/rootfs"};
    size_t n;
    fixture_open(&f, BACKEND_COW, PLAIN);
    /* a dir host over the same directory tells what really changed */
    domain_init(&real.d, "real", PROFILE_GVISOR_2018_08_14);
    int fd = open(f.tmp, O_PATH | O_CLOEXEC);
    assert_int_equal(host_dir_new(&real.d, fd, &real.h), 0);
    close(fd);
    assert_int_equal(host_snapshot_new(real.h, &real.d, &label, 1, &s), 0);

    struct host_file *file = at(&f, "f", O_RDWR);
    struct owned_fd *donated;
    assert_int_equal(host_pwrite(file, "J", 1, 0, &n), 0);
    assert_int_equal(host_file_donate(file, &donated), 0);
    assert_int_equal(pwrite(donated->fd, "world, and more", 15, 0), 15);
    assert_int_equal(host_fchmod(file, 0600), 0);
    assert_int_equal(stat_at(&f, "h").st_size, 15); /* one file under two names */
    owned_fd_free(donated);
    host_file_put(file);
    assert_int_equal(host_unlinkat(f.root, "gone", 0), 0);
    assert_int_equal(host_renameat(f.root, "d", f.root, "moved"), 0);
    assert_int_equal(stat_at(&f, "moved/x").st_size, 1);
    file = at(&f, "moved/x", O_RDWR | O_TRUNC);
    host_file_put(file);
    assert_int_equal(host_mkdirat(f.root, "new", 0755), 0);
    assert_int_equal(host_fchmod(f.root, 0700), 0);

    ptrvec_init(&lines, &real.d);
    assert_int_equal(host_diff(s, &lines), 0);
    assert_int_equal(lines.n, 0);
    ptrvec_release(&lines);
    host_snapshot_free(s);
    host_free(real.h);
    assert_int_equal(domain_close(&real.d, NULL, NULL), 0);
    fixture_close(&f);
}

/* Nodes come on demand: what is not looked at costs nothing and may change until then. */
static void test_on_demand(void **state)
{
    (void)state;
    struct fixture f;
    char path[128], buf[8];
    size_t n;
    fixture_open(&f, BACKEND_COW, PLAIN);
    size_t before = f.host_domain.allocs;
    struct stat st;
    assert_int_equal(host_fstat(f.root, &st), 0);
    assert_int_equal(f.host_domain.allocs, before);
    real_path(&f, "d/late", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_true(S_ISDIR(stat_at(&f, "d/late").st_mode));
    /* contents later than names */
    struct host_file *file = at(&f, "f", O_RDONLY);
    real_path(&f, "f", path);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "J", 1, 0), 1);
    close(fd);
    assert_int_equal(host_pread(file, buf, sizeof(buf), 0, &n), 0);
    assert_memory_equal(buf, "Jello", 5);
    host_file_put(file);
    fixture_close(&f);
}

/* What was a file when its name was read is not opened when it has become something else. */
static void test_lower_changes_type(void **state)
{
    (void)state;
    struct fixture f;
    char path[128], buf[8];
    size_t n;
    fixture_open(&f, BACKEND_COW, PLAIN);
    struct host_file *file = at(&f, "d/x", O_RDONLY);
    real_path(&f, "d/x", path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_int_equal(host_pread(file, buf, sizeof(buf), 0, &n), -ESTALE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(host_pread(file, buf, sizeof(buf), 0, &n), -ESTALE);
    host_file_put(file);
    fixture_close(&f);
}

static void test_large_file(void **state)
{
    (void)state;
    struct fixture f;
    char path[128], buf[8];
    size_t n;
    fixture_open(&f, BACKEND_COW, PLAIN);
    real_path(&f, "f", path);
    assert_int_equal(truncate(path, 3 << 20), 0);
    struct host_file *file = at(&f, "f", O_RDONLY);
    assert_int_equal(stat_at(&f, "f").st_size, 3 << 20);
    assert_int_equal(host_pread(file, buf, 5, 0, &n), 0);
    assert_memory_equal(buf, "hello", 5);
    assert_int_equal(host_pread(file, buf, 8, (3 << 20) - 4, &n), 0);
    assert_int_equal(n, 4);
    host_file_put(file);
    fixture_close(&f);
}

static void test_single_file_and_refusals(void **state)
{
    (void)state;
    struct fixture f;
    char path[128];
    struct stat st;
    fixture_open(&f, BACKEND_COW, PLAIN);
    real_path(&f, "f", path);
    int fd = open(path, O_PATH | O_CLOEXEC);
    assert_int_equal(host_add_lower(f.h, "/h/src/one", fd), 0);
    assert_int_equal(host_add_lower(f.h, "/h/src/one", fd), -EEXIST);
    assert_int_equal(host_stat(f.h, &f.d, "/h/src/one", &st), 0);
    assert_int_equal(st.st_size, 5);
    close(fd);
    fd = memfd_create("x", MFD_CLOEXEC);
    assert_int_equal(host_add_lower(f.h, "/h/src/two", fd), 0);
    close(fd);
    real_path(&f, "l", path);
    fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    assert_int_equal(host_add_lower(f.h, "/h/src/three", fd), -EINVAL);
    close(fd);
    fixture_close(&f);
}

/* Every allocation of the tree fails once: the caller meets the fate too. */
static void test_out_of_memory(void **state)
{
    (void)state;
    int rc = CODE_FATE;
    for (uint64_t i = 1; rc < 0; i++) {
        struct fixture f;
        struct host_file *file = NULL;
        char buf[8];
        size_t n;
        fixture_open(&f, BACKEND_COW, PLAIN);
        f.host_domain.alloc_fail_at = f.host_domain.allocs + i;
        rc = host_openat(f.root, "f", O_RDWR, 0, &file);
        if (rc == 0) {
            rc = host_pread(file, buf, sizeof(buf), 0, &n);
        }
        if (rc == 0) {
            rc = host_renameat(f.root, "f", f.root, "d2");
        }
        if (rc == 0) {
            f.host_domain.alloc_fail_at = 0;
            host_file_put(file);
            fixture_close(&f);
            assert_true(i > 10);
            continue;
        }
        assert_int_equal(rc, CODE_FATE);
        assert_int_equal(f.d.fate, FATE_OOM);
        (void)domain_close(&f.d, NULL, NULL);
        (void)domain_close(&f.host_domain, NULL, NULL);
        remove_tree(f.tmp);
        assert_int_equal(open_fds(), f.fds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lower_is_never_changed),   cmocka_unit_test(test_on_demand),
        cmocka_unit_test(test_lower_changes_type),       cmocka_unit_test(test_large_file),
        cmocka_unit_test(test_single_file_and_refusals), cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
