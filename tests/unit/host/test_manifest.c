/* Trees from manifests (golden/README.md), the same on mem and dir; cow shows what dir has written.
 */
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fixture.h"

static const struct host_xattr xattr = {.name = "user.k", .value = "v", .n = 1};
#define FULL                                                                                       \
    TREE({.path = ".",                                                                             \
          .type = HOST_DIR,                                                                        \
          .has_mode = true,                                                                        \
          .mode = 01777,                                                                           \
          .has_gid = true,                                                                         \
          .gid = 4},                                                                               \
         {.path = "a/b/c",                                                                         \
          .type = HOST_FILE,                                                                       \
          .content = "x",                                                                          \
          .content_n = 1,                                                                          \
          .has_mode = true,                                                                        \
          .mode = 04755,                                                                           \
          .has_uid = true,                                                                         \
          .uid = 3},                                                                               \
         {.path = "set",                                                                           \
          .type = HOST_DIR,                                                                        \
          .has_mode = true,                                                                        \
          .mode = 02775,                                                                           \
          .has_gid = true,                                                                         \
          .gid = 9},                                                                               \
         DIR_("set/in"), FILE_("set/file", ""), HARD_("hard", "a/b/c"), LINK_("l", "a/b"),         \
         {.path = "p", .type = HOST_FIFO, .has_mode = true, .mode = 0600},                         \
         {.path = "s", .type = HOST_SOCK},                                                         \
         {.path = "x", .type = HOST_FILE, .xattr = &xattr, .xattr_n = 1})

static void full(struct fixture *f)
{
    struct stat st;
    assert_int_equal(host_fstat(f->root, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | 01777);
    assert_int_equal(st.st_gid, 4);
    assert_int_equal(st.st_nlink, 4);
    assert_int_equal(stat_at(f, "a").st_mode, S_IFDIR | 0755);
    assert_int_equal(stat_at(f, "a/b/c").st_mode, S_IFREG | 04755);
    assert_int_equal(stat_at(f, "a/b/c").st_uid, 3);
    assert_int_equal(stat_at(f, "a/b/c").st_nlink, 2);
    assert_int_equal(stat_at(f, "hard").st_ino, stat_at(f, "a/b/c").st_ino);
    /* what a manifest does not say is the default, not what the directory hands on */
    assert_int_equal(stat_at(f, "set").st_mode, S_IFDIR | 02775);
    assert_int_equal(stat_at(f, "set/in").st_mode, S_IFDIR | 0755);
    assert_int_equal(stat_at(f, "set/in").st_gid, 0);
    assert_int_equal(stat_at(f, "set/file").st_mode, S_IFREG | 0644);
    assert_int_equal(stat_at(f, "set/file").st_gid, 0);
    assert_int_equal(stat_at(f, "l").st_mode, S_IFLNK | 0777);
    assert_int_equal(stat_at(f, "p").st_mode, S_IFIFO | 0600);
    assert_int_equal(stat_at(f, "s").st_mode, S_IFSOCK | 0644);
}

static void test_full(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    on_all(FULL, full);
}

static void single_file(struct fixture *f)
{
    struct stat st;
    assert_int_equal(host_fstat(f->root, &st), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0600);
    assert_int_equal(st.st_size, 2);
}

static void empty(struct fixture *f)
{
    struct host_names names;
    assert_int_equal(host_readdir(f->root, &names), 0);
    assert_int_equal(names.n, 0);
    host_names_release(&names);
}

static void test_roots(void **state)
{
    (void)state;
    on_all(
        TREE({.type = HOST_FILE, .has_mode = true, .mode = 0600, .content = "f1", .content_n = 2}),
        single_file);
    on_all(&(const struct host_manifest){0}, empty);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        struct host_entry entry;
        int want;
    } table[] = {
        {{.path = "..", .type = HOST_DIR}, -EINVAL},
        {{.path = "a/../b", .type = HOST_DIR}, -EINVAL},
        {{.path = "/a", .type = HOST_DIR}, -EINVAL},
        {{.path = "a/", .type = HOST_DIR}, -EINVAL},
        {{.path = "ok/x", .type = HOST_FILE}, -ENOTDIR},
        {{.path = "ok", .type = HOST_FILE}, -EEXIST},
        {{.path = "l", .type = HOST_SYMLINK}, -EINVAL},
        {{.path = "l", .type = HOST_HARDLINK}, -EINVAL},
        {{.path = "l", .type = HOST_HARDLINK, .target = "none"}, -ENOENT},
        {{.path = ".", .type = HOST_FILE}, -EINVAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        for (int b = 0; b < BACKEND_COUNT; b += BACKEND_DIR) {
            struct fixture f;
            fixture_open(&f, (enum backend)b, &(const struct host_manifest){0});
            const struct host_entry two[] = {FILE_("ok", ""), table[i].entry};
            const struct host_manifest m = {.entries = two, .n = 2};
            int rc = host_add_tree(f.h, "/h/bad", &m);
            if (rc != table[i].want) {
                print_error("%zu: %d\n", i, rc);
            }
            assert_int_equal(rc, table[i].want);
            fixture_close(&f);
        }
    }
    struct fixture f;
    fixture_open(&f, BACKEND_MEM, &(const struct host_manifest){0});
    assert_int_equal(host_add_tree(f.h, "/h/rootfs", &(const struct host_manifest){0}), -EEXIST);
    assert_int_equal(host_add_tree(f.h, "/", &(const struct host_manifest){0}), -EINVAL);
    assert_int_equal(host_add_tree(f.h, "rel", &(const struct host_manifest){0}), -EINVAL);
    const struct host_manifest many = {.n = HOST_MAX_MANIFEST + 1};
    assert_int_equal(host_add_tree(f.h, "/many", &many), -E2BIG);
    fixture_close(&f);
}

static void made_under_umask(struct fixture *f)
{
    struct host_file *made;
    assert_int_equal(stat_at(f, "f").st_mode, S_IFREG | 0666);
    assert_int_equal(host_mkdirat(f->root, "m", 0777), 0);
    assert_int_equal(stat_at(f, "m").st_mode, S_IFDIR | 0777);
    assert_int_equal(host_openat(f->root, "c", O_RDWR | O_CREAT | O_EXCL, 0666, &made), 0);
    host_file_put(made);
    assert_int_equal(stat_at(f, "c").st_mode, S_IFREG | 0666);
}

/* The umask of the process does not show: the gofer's is 0. */
static void test_umask(void **state)
{
    (void)state;
    mode_t old = umask(077);
    on_all(TREE(DIR_("d"), {.path = "f", .type = HOST_FILE, .has_mode = true, .mode = 0666}),
           made_under_umask);
    umask(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_umask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
