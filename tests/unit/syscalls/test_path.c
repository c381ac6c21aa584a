/* Paths as arguments (contract filesystems 10). */
#include "vfs_test.h"

#include "internal.h"

static void test_length_and_slashes(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "");
    const struct {
        const char *path, *text;
        bool dir;
    } table[] = {
        {"/", "/", false}, {"///", "/", true},   {"a", "a", false},
        {"a/", "a", true}, {"/a//", "/a", true}, {"/a/.", "/a/.", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct sys_path sp = {0};
        OK(path_read(&w.p, table[i].path, &sp));
        assert_string_equal(sp.text, table[i].text);
        assert_int_equal(sp.dir, table[i].dir);
        path_release(&sp);
    }
    struct sys_path sp = {0};
    ERR(path_read(&w.p, "", &sp), ENOENT);
    char path[LIMIT_PATH + 1];
    memset(path, '/', LIMIT_PATH);
    path[LIMIT_PATH] = '\0';
    ERR(path_read(&w.p, path, &sp), ENAMETOOLONG);
    assert_null(sp.text);
    path[LIMIT_PATH - 1] = '\0';
    OK(path_read(&w.p, path, &sp));
    path_release(&sp);
    assert_string_equal(ls(&w, path), "");
    world_done(&w);
}

/* The parent of "/x" and "x" is taken without any walk or check. */
static void test_parents(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/e/ f=1 l->d/e shut/ shut@0600 shut/in/");
    OK(sys_chdir(&w.p, "/d"));
    struct dirent *d = at(&w, "/d"), *e = at(&w, "/d/e");
    const struct {
        const char *path, *name;
        struct dirent *dir;
    } table[] = {
        {"/", ".", w.ns->root}, {"/x", "x", w.ns->root}, {"x", "x", d},        {".", ".", d},
        {"e/x", "x", e},        {"/l/x", "x", e},        {"../d/..", "..", d},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct dirent *dir = NULL;
        char *name = NULL;
        OK(path_find_parent(&w.p, table[i].path, &dir, &name));
        assert_ptr_equal(dir, table[i].dir);
        assert_string_equal(name, table[i].name);
        dirent_put(dir);
        mem_free(name);
    }
    struct dirent *dir = NULL;
    char *name = NULL;
    ERR(path_find_parent(&w.p, "/f/x", &dir, &name), ENOTDIR);
    ERR(path_find_parent(&w.p, "/none/x", &dir, &name), ENOENT);
    OK(sys_chdir(&w.p, "/shut"));
    become(&w, 7);
    OK(path_find_parent(&w.p, "x", &dir, &name)); /* cwd itself: no check */
    dirent_put(dir);
    mem_free(name);
    OK(path_find_parent(&w.p, "./x", &dir, &name));
    dirent_put(dir);
    mem_free(name);
    ERR(path_find_parent(&w.p, "in/x", &dir, &name), EACCES);
    become_root(&w);
    OK(sys_chdir(&w.p, "/"));
    dirent_put(d);
    dirent_put(e);
    world_done(&w);
}

static void test_codes(void **state)
{
    (void)state;
    assert_int_equal(sys_code(0), 0);
    assert_int_equal(sys_code(-EIO), -EIO);
    assert_int_equal(sys_code(ERR_NOT_FOUND), -ENOENT);
    assert_int_equal(sys_code(ERR_INVALID_OP), -EINVAL);
    assert_int_equal(sys_code(CODE_FATE), CODE_FATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_and_slashes),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
