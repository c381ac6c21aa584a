/* model/fs/proc/memory.c: cmdline, environ, auxv, maps. */
#include "proc_test.h"

static void read_some(struct proc_world *p, const char *path, int64_t off, size_t len,
                      const char *expected, size_t expected_n)
{
    struct file *f = open_path(p, path);
    char buf[8192];
    size_t n = 0;
    assert_int_equal(file_pread(&p->w.c, f, off, buf, len, &n), 0);
    assert_int_equal(n, expected_n);
    assert_memory_equal(buf, expected, n);
    file_put(f);
}

static void test_strings(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char argv[] = "sleep\0"
                               "100";
    static char env[5000];
    memset(env, 'e', sizeof(env));
    struct task_memory memory = {
        .argv = argv, .argv_n = sizeof(argv), .envv = env, .envv_n = sizeof(env)};
    p.task.memory = &memory;
    read_some(&p, "/self/cmdline", 0, 100, argv, sizeof(argv));
    read_some(&p, "/self/cmdline", 6, 2, "10", 2);
    read_some(&p, "/self/cmdline", 10, 2, "", 0);
    read_some(&p, "/self/environ", 0, 8192, env, 4096); /* the first page only */
    read_some(&p, "/self/environ", 4090, 100, env, 6);
    read_some(&p, "/self/environ", 4096, 100, env, 0);
    proc_world_close(&p);
}

static void test_auxv(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const struct aux_entry aux[] = {{6, 4096}, {3, 0x1122334455667788}};
    struct task_memory memory = {.aux = aux, .aux_n = 2};
    p.task.memory = &memory;
    static const char bytes[48] = "\6\0\0\0\0\0\0\0\0\20\0\0\0\0\0\0"
                                  "\3\0\0\0\0\0\0\0\x88\x77\x66\x55\x44\x33\x22\x11";
    read_some(&p, "/self/auxv", 0, 100, bytes, 48);
    read_some(&p, "/self/auxv", 24, 8, bytes + 24, 8);
    proc_world_close(&p);
}

static void test_without_memory(void **state)
{
    (void)state;
    static const char *const paths[] = {"/1/cmdline", "/1/environ", "/1/auxv"};
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        p.task.exited = false;
        read_some(&p, paths[i], 0, 100, "", 0);
        p.task.exited = true;
        struct file *f = open_path(&p, paths[i]);
        char c;
        size_t n;
        assert_int_equal(file_pread(&p.w.c, f, 0, &c, 1, &n), -ESRCH);
        file_put(f);
    }
    assert_content(&p, "/1/maps", "");
    proc_world_close(&p);
}

static const struct memory_area areas[] = {
    {0x400000, 0x401000, true, false, true, false, 0x1000, 0x10000d, 77, "/bin/sleep"},
    {0x7ff0000000, 0x7ff0002000, true, true, false, true, 0, 0, 0, NULL},
    {0xffffffffff600000, 0xffffffffff601000, false, false, true, false, 0, 0, 0, "[vsyscall]"},
};

static void test_maps(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct task_memory memory = {.areas = areas, .areas_n = 3, .generation = 1};
    p.task.memory = &memory;
    char expected[512]; /* names begin at column 73 */
    snprintf(expected, sizeof(expected), "%-73s%s\n%s\n%-73s%s\n",
             "00400000-00401000 r-xp 00001000 01:0d 77 ", "/bin/sleep",
             "7ff0000000-7ff0002000 rw-s 00000000 00:00 0 ",
             "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 ", "[vsyscall]");
    assert_content(&p, "/self/maps", expected);
    proc_world_close(&p);
}

/* Goes on behind the last area that was read, and asks again only when they changed. */
static void test_maps_go_on_by_address(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct task_memory memory = {.areas = areas, .areas_n = 3, .generation = 1};
    p.task.memory = &memory;
    struct file *f = open_path(&p, "/self/maps");
    char buf[200];
    size_t n, at;
    assert_int_equal(file_pread(&p.w.c, f, 0, buf, 84, &n), 0);
    at = n;
    memory.areas = areas + 2; /* the second is gone, and the first */
    memory.areas_n = 1;
    assert_int_equal(file_pread(&p.w.c, f, (int64_t)at, buf, sizeof(buf), &n), 0);
    assert_memory_equal(buf, "7ff0000000", 10); /* nobody said that they changed */
    memory.generation++;
    assert_int_equal(file_pread(&p.w.c, f, (int64_t)at, buf, sizeof(buf), &n), 0);
    assert_memory_equal(buf, "ffffffffff600000", 16);
    file_put(f);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_auxv),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_maps_go_on_by_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
