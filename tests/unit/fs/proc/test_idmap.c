/* model/fs/proc/idmap.c: the maps of ids. */
#include "proc_test.h"

static void test_root_namespace(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_content(&p, "/self/uid_map", "         0          0 4294967295\n");
    assert_content(&p, "/self/gid_map", "         0          0 4294967295\n");
    proc_world_close(&p);
}

static void test_writes(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const struct {
        const char *text;
        int errno_;
    } cases[] = {
        {"0 1000 1", EPERM},
        {"\n 0\t1000 1\n", EPERM},
        {"0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n", EPERM},
        {"0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n", EINVAL},
        {"0 0", EINVAL},
        {"0 -1 1", EINVAL},
        {"0 0 4294967296", EINVAL},
        {"", EINVAL},
        {"a b c", EINVAL},
        {"0 0 1\n\n1 1 1", EINVAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t n = 0;
        assert_int_equal(write_code(&p, "/self/uid_map", cases[i].text, &n), -cases[i].errno_);
    }
    static char big[4097];
    memset(big, ' ', 4096);
    memcpy(big, "0 0 1", 5);
    size_t n = 0;
    assert_int_equal(write_code(&p, "/self/gid_map", big, &n), -EINVAL);
    big[4095] = '\0';
    assert_int_equal(write_code(&p, "/self/gid_map", big, &n), -EPERM);
    struct file *f = open_path(&p, "/self/gid_map");
    assert_int_equal(file_pwrite(&p.w.c, f, 1, "0 0 1", 5, &n), -EINVAL);
    file_put(f);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root_namespace),
        cmocka_unit_test(test_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
