/* model/fs/host/mount.c: options and roots. */
#include "host_test.h"

/* The texts of contract 8.1. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *data, *text;
    } cases[] = {
        {"root=h", "failed to find root: invalid argument"},
        {"root=", "failed to find root: invalid argument"},
        {"root", "failed to find root: invalid argument"},
        {"root=/none", "failed to find root: no such file or directory"},
        {"root=/h/dir/a/x", "failed to find root: not a directory"},
        {"root=/h,dont_translate_ownership",
         "invalid value for \"dont_translate_ownership\": strconv.ParseBool: parsing \"\": invalid "
         "syntax"},
        {"dont_translate_ownership=yes",
         "invalid value for \"dont_translate_ownership\": strconv.ParseBool: parsing \"yes\": "
         "invalid syntax"},
        {"root=/h,b,a=1", "unsupported mount options: map[a:1 b:]"},
        {"root=/none,a=1,dont_translate_ownership=x",
         "failed to find root: no such file or directory"},
        {"root=/h,Root=/", "unsupported mount options: map[Root:/]"},
        {"whitelist=/x,root=a", "whitelist path \"/x\" must be a child of root path \"a\""},
        {"whitelist=/x|y,root=/", "whitelist path \"y\" must be a child of root path \"/\""},
    };
    struct host_world p;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        host_world_open(&p);
        world_mount_fails(&p.w, "whitelistfs", cases[i].data, cases[i].text);
        host_world_close(&p);
    }
}

static void assert_root(struct host_world *p, const char *data, enum inode_type type)
{
    struct inode *root = host_mounted(p, data);
    assert_int_equal(root->stable.type, type);
    assert_int_equal(root->stable.device_id, DEVICE_HOST_FILE);
    inode_put(root);
    jobs_drain(&p->w.s.d);
}

/* Cleaned, not followed; a file or link is accepted. proves: FQ-48 */
static void test_roots(struct host_world *p)
{
    assert_root(p, "", INODE_DIRECTORY);
    assert_root(p, "root=/h", INODE_DIRECTORY);
    assert_root(p, "root=/h/../h//dir/.", INODE_DIRECTORY);
    assert_root(p, "root=/none,root=/h", INODE_DIRECTORY);
    assert_root(p, "root=/h/dir/a", INODE_REGULAR);
    assert_root(p, "root=/h/dir/link", INODE_SYMLINK);
    assert_root(p, "root=/h/fifo", INODE_PIPE);
    assert_root(p, "whitelist=,dont_translate_ownership=F", INODE_DIRECTORY);
}

static void test_roots_on_both(void **state)
{
    (void)state;
    on_both(test_roots);
}

/* A socket as root opens as a place only and cannot be used: the errno itself. proves: FQ-51 */
static void test_socket_as_root(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    struct filesystem *fs = filesystem_find(&p.w.s, "whitelistfs");
    struct error err = {0};
    struct inode *root = NULL;
    assert_int_equal(
        fs->mount(&p.w.c, fs, "", (struct mount_flags){0}, "root=/h/sock", &root, &err), -EBADF);
    assert_string_equal(err.text, "bad file descriptor");
    error_release(&err);
    host_world_close(&p);
}

static void assert_whitelist(struct host_world *p, const char *expected)
{
    size_t n;
    const char *const *list = fs_host_whitelist(filesystem_find(&p->w.s, "whitelistfs"), &n);
    struct str s;
    str_init(&s, &p->w.s.d);
    for (size_t i = 0; i < n; i++) {
        str_addf(&s, "%s%s", i ? "|" : "", list[i]);
    }
    assert_string_equal(str_get(&s), expected);
    str_release(&s);
}

/* An entry outside of the root lands below it. proves: FQ-49 */
static void test_entries_outside(void **state)
{
    (void)state;
    static const char data[] = "whitelist=/h/dir/a|/b|/h,root=/h";
    struct host_world p;
    host_world_open(&p);
    inode_put(host_mounted(&p, data));
    assert_whitelist(&p, "/dir/a|/b|/");
    host_world_close(&p);
    host_world_open_as(&p, PROFILE_STRICT);
    world_mount_fails(&p.w, "whitelistfs", data,
                      "whitelist path \"/b\" must be a child of root path \"/h\"");
    host_world_close(&p);
}

/* Later mounts move the old list again. proves: FQ-50 */
static void test_a_list_that_stays(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    inode_put(host_mounted(&p, "whitelist=/h/dir/a"));
    assert_whitelist(&p, "/h/dir/a"); /* without root nothing moves */
    inode_put(host_mounted(&p, "root=/h"));
    assert_whitelist(&p, "/dir/a");
    inode_put(host_mounted(&p, "root=/h"));
    assert_whitelist(&p, "/dir/a"); /* outside by now, and moved below */
    world_mount_fails(&p.w, "whitelistfs", "root=h",
                      "whitelist path \"/dir/a\" must be a child of root path \"h\"");
    host_world_close(&p);
    host_world_open_as(&p, PROFILE_STRICT);
    inode_put(host_mounted(&p, "whitelist=/h/dir/a,root=/h"));
    assert_whitelist(&p, "");
    world_mount_fails(&p.w, "whitelistfs", "root=h", "failed to find root: invalid argument");
    host_world_close(&p);
}

/* Any bytes: a root, or one of the texts. proves: FI-16 */
static void test_random_options(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "root", "=",    ",",  "/h", "whitelist", "|", "true", "..", "dont_translate_ownership",
        "/",    "\xff", "\n", "x"};
    struct host_world p;
    host_world_open(&p);
    struct filesystem *fs = filesystem_find(&p.w.s, "whitelistfs");
    for (int round = 0; round < 2000; round++) {
        struct str data;
        str_init(&data, &p.w.s.d);
        str_add(&data, "");
        for (uint64_t n = domain_random(&p.w.s.d) % 10; n > 0; n--) {
            str_add(&data, pieces[domain_random(&p.w.s.d) % ARRAY_LEN(pieces)]);
        }
        struct inode *root = NULL;
        struct error err = {0};
        int rc = fs->mount(&p.w.c, fs, "", (struct mount_flags){0}, str_get(&data), &root, &err);
        if (rc) {
            assert_int_equal(rc, -EINVAL);
            assert_true(strncmp(err.text, "failed to find root: ", 21) == 0 ||
                        strncmp(err.text, "invalid value for \"dont_tr", 26) == 0 ||
                        strncmp(err.text, "unsupported mount options: map[", 31) == 0 ||
                        strncmp(err.text, "whitelist path \"", 16) == 0);
        }
        error_release(&err);
        inode_put(root);
        str_release(&data);
        jobs_drain(&p.w.s.d);
    }
    host_world_close(&p);
}

static struct host *host_for_oom;

static int register_host(struct sentry *s)
{
    return fs_host_register(s, host_for_oom);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    host_for_oom = p.h;
    mount_without_memory(register_host, "whitelistfs",
                         "whitelist=/h/a|/b,root=/h,dont_translate_ownership=1");
    host_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),          cmocka_unit_test(test_roots_on_both),
        cmocka_unit_test(test_socket_as_root),    cmocka_unit_test(test_entries_outside),
        cmocka_unit_test(test_a_list_that_stays), cmocka_unit_test(test_random_options),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
