/* Opening, contents and attributes: the same on every make of host. */
#include <unistd.h>

#include "fixture.h"

#define PLAIN TREE(FILE_("f", "hello"), DIR_("d/e"), LINK_("l", "f"))

static void open_modes(struct fixture *f)
{
    static const struct {
        const char *path;
        int flags, want;
    } table[] = {
        {"f", O_RDONLY, 0},
        {"f", O_RDWR, 0},
        {"f", O_RDONLY | O_DIRECTORY, -ENOTDIR},
        {"f/x", O_RDONLY, -ENOTDIR},
        {"d", O_RDONLY, 0},
        {"d", O_WRONLY, -EISDIR},
        {"d", O_RDWR, -EISDIR},
        {"d", O_RDWR | O_CREAT, -EISDIR},
        {"d", O_PATH | O_DIRECTORY, 0},
        {"l", O_RDONLY, -ELOOP},
        {"l", O_RDONLY | O_NOFOLLOW, -ELOOP},
        {"l", O_RDONLY | O_DIRECTORY, -ENOTDIR},
        {"l", O_PATH, 0},
        {"none", O_RDONLY, -ENOENT},
        {"f", O_RDWR | O_CREAT | O_EXCL, -EEXIST},
        {"l", O_RDWR | O_CREAT | O_EXCL, -EEXIST},
        {"d", O_RDWR | O_CREAT | O_EXCL, -EEXIST},
        {"f", O_RDWR | O_CREAT, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct host_file *file = NULL;
        int rc = try_at(f, table[i].path, table[i].flags, &file);
        if (rc != table[i].want) {
            print_error("%s %o: %d\n", table[i].path, (unsigned)table[i].flags, rc);
        }
        assert_int_equal(rc, table[i].want);
        host_file_put(file);
    }
}

static void test_open_modes(void **state)
{
    (void)state;
    on_all(PLAIN, open_modes);
}

static void unsafe_names(struct fixture *f)
{
    static const char *const names[] = {"", ".", "..", "a/b", "/", "../x"};
    struct host_file *file;
    struct stat st;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(host_openat(f->root, names[i], O_PATH, 0, &file), -EINVAL);
        assert_int_equal(host_fstatat(f->root, names[i], &st), -EINVAL);
        assert_int_equal(host_mkdirat(f->root, names[i], 0755), -EINVAL);
        assert_int_equal(host_symlinkat(f->root, names[i], "x"), -EINVAL);
        assert_int_equal(host_unlinkat(f->root, names[i], 0), -EINVAL);
        assert_int_equal(host_renameat(f->root, "f", f->root, names[i]), -EINVAL);
        assert_int_equal(host_renameat(f->root, names[i], f->root, "f"), -EINVAL);
        assert_int_equal(host_linkat(f->root, f->root, names[i]), -EINVAL);
    }
    char name[257];
    memset(name, 'x', 256);
    name[256] = '\0';
    assert_int_equal(host_mkdirat(f->root, name, 0755), -ENAMETOOLONG);
    name[255] = '\0';
    assert_int_equal(host_mkdirat(f->root, name, 0755), 0);
}

/* proves: QI-11 QI-12 */
static void test_unsafe_names(void **state)
{
    (void)state;
    on_all(PLAIN, unsafe_names);
}

static void read_and_write(struct fixture *f)
{
    char buf[64];
    size_t n;
    struct host_file *r = at(f, "f", O_RDONLY);
    struct host_file *w = at(f, "f", O_WRONLY);
    struct host_file *p = at(f, "f", O_PATH);
    assert_int_equal(host_pread(r, buf, sizeof(buf), 1, &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "ello", 4);
    assert_int_equal(host_pread(r, buf, sizeof(buf), 5, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(host_pread(w, buf, 1, 0, &n), -EBADF);
    assert_int_equal(host_pread(p, buf, 1, 0, &n), -EBADF);
    assert_int_equal(host_pread(r, buf, 1, -1, &n), -EINVAL);
    assert_int_equal(host_pread(f->root, buf, 1, 0, &n), -EISDIR);
    assert_int_equal(host_pwrite(r, "x", 1, 0, &n), -EBADF);
    assert_int_equal(host_pwrite(p, "x", 1, 0, &n), -EBADF);
    /* a hole reads as zeros */
    assert_int_equal(host_pwrite(w, "end", 3, 8, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(host_pread(r, buf, sizeof(buf), 0, &n), 0);
    assert_int_equal(n, 11);
    assert_memory_equal(buf, "hello\0\0\0end", 11);
    /* what is cut off does not come back */
    assert_int_equal(host_ftruncate(w, 2), 0);
    assert_int_equal(host_ftruncate(w, 4), 0);
    assert_int_equal(host_pread(r, buf, sizeof(buf), 0, &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "he\0\0", 4);
    assert_int_equal(stat_at(f, "f").st_size, 4);
    assert_int_equal(host_ftruncate(r, 0), -EINVAL);
    assert_int_equal(host_ftruncate(p, 0), -EBADF);
    assert_int_equal(host_ftruncate(f->root, 0), -EINVAL);
    assert_int_equal(host_ftruncate(w, -1), -EINVAL);
    assert_int_equal(host_fsync(w), 0);
    assert_int_equal(host_fsync(f->root), 0);
    assert_int_equal(host_fsync(p), -EBADF);
    struct host_file *t = at(f, "f", O_WRONLY | O_TRUNC);
    assert_int_equal(stat_at(f, "f").st_size, 0);
    host_file_put(t);
    host_file_put(r);
    host_file_put(w);
    host_file_put(p);
}

static void test_read_and_write(void **state)
{
    (void)state;
    on_all(PLAIN, read_and_write);
}

static void large_and_sparse(struct fixture *f)
{
    static char block[100000];
    size_t n;
    struct host_file *w = at(f, "f", O_RDWR);
    for (int64_t i = 0; i < 20; i++) {
        memset(block, 'a' + (int)i, sizeof(block));
        assert_int_equal(host_pwrite(w, block, sizeof(block), i * 100000, &n), 0);
        assert_int_equal(n, sizeof(block));
    }
    assert_int_equal(stat_at(f, "f").st_size, 2000000);
    assert_int_equal(host_pread(w, block, 2, 1099999, &n), 0);
    assert_memory_equal(block, "kl", 2);
    assert_int_equal(host_ftruncate(w, (int64_t)1 << 32), 0);
    assert_int_equal(host_pread(w, block, 2, 4000000000, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(block[0], 0);
    assert_int_equal(host_ftruncate(w, 0), 0);
    host_file_put(w);
}

static void test_large_and_sparse(void **state)
{
    (void)state;
    on_all(PLAIN, large_and_sparse);
}

static void attributes(struct fixture *f)
{
    struct host_file *file = at(f, "f", O_RDONLY);
    struct host_file *link = at(f, "l", O_PATH);
    struct host_file *dir = at(f, "d", O_RDONLY);
    assert_int_equal(host_fchmod(file, 06755), 0);
    assert_int_equal(stat_at(f, "f").st_mode, S_IFREG | 06755);
    assert_int_equal(host_fchmod(link, 0700), -EBADF);
    assert_int_equal(host_fchmod(dir, 02775), 0);
    /* chown ends set-id bits of files, not of directories; an O_PATH descriptor will do */
    assert_int_equal(host_fchown(file, 5, UINT32_MAX), 0);
    assert_int_equal(stat_at(f, "f").st_mode, S_IFREG | 0755);
    assert_int_equal(stat_at(f, "f").st_uid, 5);
    assert_int_equal(stat_at(f, "f").st_gid, 0);
    assert_int_equal(host_fchown(link, 6, 7), 0);
    assert_int_equal(stat_at(f, "l").st_uid, 6);
    assert_int_equal(host_fchown(dir, UINT32_MAX, 8), 0);
    assert_int_equal(stat_at(f, "d").st_mode, S_IFDIR | 02775);
    /* set-group-id directories hand their group on */
    assert_int_equal(host_mkdirat(dir, "sub", 0755), 0);
    assert_int_equal(stat_at(f, "d/sub").st_mode, S_IFDIR | 02755);
    assert_int_equal(stat_at(f, "d/sub").st_gid, 8);
    struct host_file *made = at(f, "d/new", O_RDWR | O_CREAT | O_EXCL);
    assert_int_equal(stat_at(f, "d/new").st_gid, 8);
    assert_int_equal(stat_at(f, "d/new").st_mode, S_IFREG | 0644);
    host_file_put(made);
    /* set-group-id without group execute stays: it is not an identity but mandatory locking */
    assert_int_equal(host_fchmod(file, 02644), 0);
    assert_int_equal(host_fchown(file, 1, 1), 0);
    assert_int_equal(stat_at(f, "f").st_mode, S_IFREG | 02644);
    host_file_put(file);
    host_file_put(link);
    host_file_put(dir);
}

static void test_attributes(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    on_all(PLAIN, attributes);
}

static void times(struct fixture *f)
{
    struct host_file *file = at(f, "f", O_RDONLY);
    struct host_file *link = at(f, "l", O_PATH);
    struct timespec t[2] = {{.tv_sec = 11, .tv_nsec = 22}, {.tv_sec = 33, .tv_nsec = 44}};
    assert_int_equal(host_futimens(file, t), 0);
    struct stat st = stat_at(f, "f");
    assert_int_equal(st.st_atim.tv_sec, 11);
    assert_int_equal(st.st_mtim.tv_nsec, 44);
    t[0].tv_nsec = UTIME_OMIT;
    t[1] = (struct timespec){.tv_sec = 55, .tv_nsec = 66};
    assert_int_equal(host_futimens(file, t), 0);
    st = stat_at(f, "f");
    assert_int_equal(st.st_atim.tv_sec, 11);
    assert_int_equal(st.st_mtim.tv_sec, 55);
    t[1].tv_nsec = UTIME_NOW;
    assert_int_equal(host_futimens(file, t), 0);
    assert_true(stat_at(f, "f").st_mtim.tv_sec > 1000000000);
    assert_int_equal(host_futimens(link, t), -EBADF);
    t[0] = t[1] = (struct timespec){.tv_sec = 77};
    assert_int_equal(host_utimensat(f->root, "l", t), 0);
    assert_int_equal(stat_at(f, "l").st_mtim.tv_sec, 77);
    assert_true(stat_at(f, "f").st_mtim.tv_sec != 77);
    assert_int_equal(host_utimensat(f->root, "none", t), -ENOENT);
    t[0].tv_nsec = 1000000000;
    assert_int_equal(host_futimens(file, t), -EINVAL);
    host_file_put(file);
    host_file_put(link);
}

static void test_times(void **state)
{
    (void)state;
    on_all(PLAIN, times);
}

static void questions(struct fixture *f)
{
    struct host_file *link = at(f, "l", O_PATH);
    struct host_file *file = at(f, "f", O_PATH);
    char *text = NULL;
    struct statfs fs;
    assert_int_equal(host_readlink(link, &text), 0);
    assert_string_equal(text, "f");
    mem_free(text);
    assert_int_equal(host_readlink(file, &text), -ENOENT);
    assert_int_equal(host_file_path(file, &text), 0);
    assert_string_equal(text, "/h/rootfs/f");
    mem_free(text);
    assert_int_equal(host_renameat(f->root, "f", f->root, "g"), 0);
    assert_int_equal(host_file_path(file, &text), 0);
    assert_string_equal(text, "/h/rootfs/g");
    mem_free(text);
    assert_int_equal(host_unlinkat(f->root, "g", 0), 0);
    assert_int_equal(host_file_path(file, &text), -ENOENT);
    assert_int_equal(host_fstatfs(file, &fs), 0);
    assert_int_equal(fs.f_namelen, 255);
    assert_int_equal(host_file_flags(link), O_PATH);
    assert_ptr_equal(host_file_host(link), f->h);
    assert_ptr_equal(host_file_domain(link), &f->d);
    host_file_put(link);
    host_file_put(file);
}

static void test_questions(void **state)
{
    (void)state;
    on_all(PLAIN, questions);
}

static void readdir_lists(struct fixture *f)
{
    struct host_names names;
    assert_int_equal(host_readdir(f->root, &names), 0);
    assert_int_equal(names.n, 3);
    assert_string_equal(names.v[0].name, "d");
    assert_int_equal(names.v[0].type, S_IFDIR);
    assert_string_equal(names.v[1].name, "f");
    assert_int_equal(names.v[1].type, S_IFREG);
    assert_string_equal(names.v[2].name, "l");
    assert_int_equal(names.v[2].type, S_IFLNK);
    assert_int_equal(names.v[1].ino, stat_at(f, "f").st_ino);
    host_names_release(&names);
    struct host_file *p = at(f, "d", O_PATH);
    struct host_file *r = at(f, "f", O_RDONLY);
    struct host_file *e = at(f, "d/e", O_RDONLY);
    assert_int_equal(host_readdir(p, &names), -EBADF);
    assert_int_equal(host_readdir(r, &names), -ENOTDIR);
    assert_int_equal(host_readdir(e, &names), 0);
    assert_int_equal(names.n, 0);
    host_names_release(&names);
    host_file_put(p);
    host_file_put(r);
    host_file_put(e);
}

/* proves: Q-72 */
static void test_readdir_lists(void **state)
{
    (void)state;
    on_all(PLAIN, readdir_lists);
}

static void donation(struct fixture *f)
{
    char buf[16];
    size_t n;
    struct owned_fd *r, *w, *bad = NULL;
    struct host_file *rd = at(f, "f", O_RDONLY);
    struct host_file *rw = at(f, "f", O_RDWR);
    assert_int_equal(host_file_donate(rd, &r), 0);
    assert_int_equal(pread(r->fd, buf, sizeof(buf), 0), 5);
    assert_memory_equal(buf, "hello", 5);
    assert_int_equal(pwrite(r->fd, "x", 1, 0), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(fcntl(r->fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    assert_true(fcntl(r->fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(r->fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(host_file_donate(rw, &w), 0);
    assert_int_equal(fcntl(w->fd, F_GETFL) & O_ACCMODE, O_RDWR);
    /* both sides see each other's changes */
    struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(host_futimens(rw, old), 0);
    assert_int_equal(stat_at(f, "f").st_mtim.tv_sec, 1);
    assert_int_equal(pwrite(w->fd, "J", 1, 0), 1);
    assert_true(stat_at(f, "f").st_mtim.tv_sec > 1);
    assert_int_equal(host_pwrite(rw, "!", 1, 5, &n), 0);
    assert_int_equal(pread(r->fd, buf, sizeof(buf), 0), 6);
    assert_memory_equal(buf, "Jello!", 6);
    assert_int_equal(host_pread(rd, buf, sizeof(buf), 0, &n), 0);
    assert_memory_equal(buf, "Jello!", 6);
    assert_int_equal(ftruncate(w->fd, 1), 0);
    assert_int_equal(stat_at(f, "f").st_size, 1);
    /* the name may go, the descriptor stays */
    assert_int_equal(host_unlinkat(f->root, "f", 0), 0);
    host_file_put(rd);
    host_file_put(rw);
    assert_int_equal(pread(r->fd, buf, sizeof(buf), 0), 1);
    owned_fd_free(r);
    owned_fd_free(w);
    assert_int_equal(host_file_donate(f->root, &bad), -EINVAL);
    assert_null(bad);
}

static void test_donation(void **state)
{
    (void)state;
    on_all(PLAIN, donation);
}

static void reopen(struct fixture *f)
{
    char buf[8];
    size_t n;
    struct host_file *p = at(f, "d/e", O_PATH);
    struct host_file *link = at(f, "l", O_PATH);
    struct host_file *file = at(f, "f", O_PATH);
    struct host_file *again = NULL;
    assert_int_equal(host_unlinkat(f->root, "f", 0), 0);
    assert_int_equal(host_reopen(file, O_RDWR, &again), 0);
    assert_int_equal(host_pread(again, buf, sizeof(buf), 0, &n), 0);
    assert_int_equal(n, 5);
    struct stat st;
    assert_int_equal(host_fstat(again, &st), 0);
    assert_int_equal(st.st_nlink, 0);
    host_file_put(again);
    assert_int_equal(host_reopen(p, O_RDWR, &again), -EISDIR);
    assert_int_equal(host_reopen(link, O_RDONLY, &again), -ELOOP);
    assert_int_equal(host_reopen(p, O_RDONLY, &again), 0);
    host_file_put(again);
    host_file_put(p);
    host_file_put(link);
    host_file_put(file);
}

static void test_reopen(void **state)
{
    (void)state;
    on_all(PLAIN, reopen);
}

/* A domain that met its fate leaves its files behind; the host does not mind. */
static void test_abandoned_files(void **state)
{
    (void)state;
    for (int b = 0; b < BACKEND_COUNT; b++) {
        struct fixture f;
        struct domain d;
        struct host_file *file;
        struct stat st;
        fixture_open(&f, (enum backend)b, PLAIN);
        domain_init(&d, "doomed", PROFILE_GVISOR_2018_08_14);
        assert_int_equal(host_open(f.h, &d, "/h/rootfs/f", O_RDWR, &file), 0);
        assert_int_equal(domain_hang(&d, "test"), CODE_FATE);
        assert_int_equal(host_fstat(file, &st), CODE_FATE);
        host_file_put(file);
        assert_true(domain_close(&d, NULL, NULL) > 0);
        assert_int_equal(host_unlinkat(f.root, "f", 0), 0);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_modes),      cmocka_unit_test(test_unsafe_names),
        cmocka_unit_test(test_read_and_write),  cmocka_unit_test(test_large_and_sparse),
        cmocka_unit_test(test_attributes),      cmocka_unit_test(test_times),
        cmocka_unit_test(test_questions),       cmocka_unit_test(test_readdir_lists),
        cmocka_unit_test(test_donation),        cmocka_unit_test(test_reopen),
        cmocka_unit_test(test_abandoned_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
