/* Absolute paths: links stay inside of the host root, whatever they say. */
#include <stdio.h>
#include <unistd.h>

#include "fixture.h"
#include "real.h"

#define LINKS                                                                                      \
    TREE(FILE_("d/e/f", "in"), LINK_("abs", "/h/rootfs/d"), LINK_("rel", "d/e"),                   \
         LINK_("d/up", "../../../../../../../h/rootfs/d/e"), LINK_("loop", "loop"),                \
         LINK_("out", "/etc/passwd"), LINK_("climb", "../../../../../../etc/passwd"),              \
         LINK_("file", "d/e/f"), LINK_("dangling", "nowhere"))

static void paths(struct fixture *f)
{
    static const struct {
        const char *path;
        int flags, want;
        bool link; /* the link itself was opened */
    } table[] = {
        {"/h/rootfs/d/e/f", O_RDONLY, 0, false},
        {"/h/rootfs/abs/e/f", O_RDONLY, 0, false},
        {"/h/rootfs/rel/f", O_RDONLY, 0, false},
        {"/h/rootfs/d/up/f", O_RDONLY, 0, false},
        {"/../../h/rootfs/file", O_RDONLY, 0, false},
        {"/h/rootfs/file", O_RDONLY | O_NOFOLLOW, -ELOOP, false},
        {"/h/rootfs/file", O_PATH | O_NOFOLLOW, 0, true},
        {"/h/rootfs/file", O_PATH, 0, false},
        {"/h/rootfs/file/x", O_RDONLY, -ENOTDIR, false},
        {"/h/rootfs/loop", O_RDONLY, -ELOOP, false},
        {"/h/rootfs/loop/x", O_RDONLY | O_NOFOLLOW, -ELOOP, false},
        {"/h/rootfs/dangling", O_RDONLY, -ENOENT, false},
        {"/h/rootfs/none/x", O_RDONLY, -ENOENT, false},
        {"/h/rootfs/out", O_RDONLY, -ENOENT, false},
        {"/h/rootfs/climb", O_RDONLY, -ENOENT, false},
        {"/etc/passwd", O_RDONLY, -ENOENT, false},
        {"", O_RDONLY, -ENOENT, false},
        {"h/rootfs", O_RDONLY, -EINVAL, false},
        {"/h/rootfs/d", O_RDWR | O_CREAT, -EINVAL, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct host_file *file = NULL;
        struct stat st;
        int rc = host_open(f->h, &f->d, table[i].path, table[i].flags, &file);
        if (rc != table[i].want) {
            print_error("%s: %d\n", table[i].path, rc);
        }
        assert_int_equal(rc, table[i].want);
        if (rc == 0) {
            assert_int_equal(host_fstat(file, &st), 0);
            assert_int_equal(S_ISLNK(st.st_mode), table[i].link);
            host_file_put(file);
        }
    }
    char path[LIMIT_PATH + 2];
    memset(path, '/', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    struct host_file *file;
    assert_int_equal(host_open(f->h, &f->d, path, O_RDONLY, &file), -ENAMETOOLONG);
    struct stat st;
    assert_int_equal(host_stat(f->h, &f->d, "/h/rootfs/file", &st), 0);
    assert_int_equal(st.st_size, 2);
}

/* proves: QI-11 */
static void test_paths(void **state)
{
    (void)state;
    on_all(LINKS, paths);
}

/* A held directory is that directory, whatever takes its name meanwhile. */
static void test_swapped_for_a_link(void **state)
{
    (void)state;
    struct fixture f;
    char a[96], b[96];
    struct host_file *file;
    fixture_open(&f, BACKEND_DIR, LINKS);
    (void)snprintf(a, sizeof(a), "%s/h/rootfs/d", f.tmp);
    (void)snprintf(b, sizeof(b), "%s/h/rootfs/d.old", f.tmp);
    struct host_file *d = at(&f, "d", O_RDONLY);
    assert_int_equal(rename(a, b), 0);
    assert_int_equal(symlink("/", a), 0);
    assert_int_equal(host_openat(d, "etc", O_PATH, 0, &file), -ENOENT);
    assert_int_equal(host_openat(f.root, "d", O_RDONLY | O_DIRECTORY, 0, &file), -ENOTDIR);
    assert_int_equal(host_openat(f.root, "d", O_RDONLY, 0, &file), -ELOOP);
    /* by path the link is followed, to the root of the host and no further */
    assert_int_equal(host_open(f.h, &f.d, "/h/rootfs/d/h", O_RDONLY, &file), 0);
    host_file_put(file);
    assert_int_equal(host_open(f.h, &f.d, "/h/rootfs/d/proc", O_RDONLY, &file), -ENOENT);
    host_file_put(d);
    fixture_close(&f);
}

/* The walk by hand, for kernels without openat2, obeys the same rules. */
static void test_by_hand(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, BACKEND_DIR, LINKS);
    int root = open(f.tmp, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(root >= 0);
    static const struct {
        const char *path;
        bool follow;
        int want;
    } in_root[] = {
        {"/h/rootfs/d/up/f", true, 0},
        {"/../../h/rootfs/file", true, 0},
        {"/h/rootfs/abs/e/f", true, 0},
        {"/h/rootfs/loop", true, -ELOOP},
        {"/h/rootfs/out", true, -ENOENT},
        {"/h/rootfs/climb", true, -ENOENT},
        {"/h/rootfs/file/x", true, -ENOTDIR},
        {"/h/rootfs/out", false, 0},
        {"/", true, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(in_root); i++) {
        int a = real_open_in_root(root, in_root[i].path, in_root[i].follow);
        int b = real_in_root_by_hand(root, in_root[i].path, in_root[i].follow);
        assert_int_equal(a < 0 ? a : 0, in_root[i].want);
        assert_int_equal(b < 0 ? b : 0, in_root[i].want);
        (void)(a >= 0 && close(a));
        (void)(b >= 0 && close(b));
    }
    static const struct {
        const char *path;
        int want;
    } beneath[] = {
        {"h/rootfs/d/e", 0}, {"h/rootfs/out", 0},        {"", 0},
        {"../etc", -EXDEV},  {"h/rootfs/none", -ENOENT}, {"h/rootfs/d/e/f/x", -ENOTDIR},
    };
    for (size_t i = 0; i < ARRAY_LEN(beneath); i++) {
        int a = real_open_beneath(root, beneath[i].path);
        int b = real_beneath_by_hand(root, beneath[i].path);
        assert_int_equal(a < 0 ? a : 0, beneath[i].want);
        assert_int_equal(b < 0 ? b : 0, beneath[i].want);
        (void)(a >= 0 && close(a));
        (void)(b >= 0 && close(b));
    }
    assert_true(real_open_beneath(root, "h/rootfs/abs/e") < 0);
    assert_true(real_beneath_by_hand(root, "h/rootfs/abs/e") < 0);
    assert_int_equal(real_open_beneath(root, "/etc"), -EXDEV);
    close(root);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_swapped_for_a_link),
        cmocka_unit_test(test_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
