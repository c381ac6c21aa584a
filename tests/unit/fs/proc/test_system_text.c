/* model/fs/proc/system_text.c: texts about the system. */
#include "proc_test.h"

static void test_fixed_texts(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_content(&p, "/loadavg", "0.00 0.00 0.00 0/0 0\n");
    assert_content(&p, "/version", "Linux version 3.11.10 #1 SMP Fri Nov 29 10:47:50 PST 2013\n");
    proc_world_close(&p);
}

/* proves: FP-06 */
static void test_version_before_the_first_process(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    p.k.tasks_n = 0;
    p.w.c.task = NULL;
    assert_content(&p, "/version", "Linux version 3.11.10 #1 SMP Fri Nov 29 10:47:50 PST 2013\n");
    proc_world_close(&p);
}

/* Seconds of the mount, not of the system. proves: FQ-42 */
static void test_uptime(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_content(&p, "/uptime", "0.00 0.00\n");
    p.w.s.d.now_ns += 12345000000;
    assert_content(&p, "/uptime", "12.35 0.00\n");
    proc_world_close(&p);
}

static int mount_nothing(struct ctx *c, struct filesystem *fs, const char *device,
                         struct mount_flags flags, const char *data, struct inode **ret,
                         struct error *err)
{
    (void)c, (void)fs, (void)device, (void)flags, (void)data, (void)ret, (void)err;
    return -ENODEV;
}

/* Sorted, and read once. */
static void test_filesystems(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    const struct filesystem more[] = {
        {.name = "tmpfs", .allow_user_list = true, .mount = mount_nothing},
        {.name = "9p", .allow_user_list = true, .mount = mount_nothing},
        {.name = "hidden", .mount = mount_nothing},
        {.name = "late", .allow_user_list = true, .mount = mount_nothing},
    };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(filesystem_register(&p.w.s, &more[i]), 0);
    }
    static const char expected[] = "nodev\t9p\nnodev\tproc\nnodev\ttmpfs\n";
    struct file *f = open_path(&p, "/filesystems");
    char *text = read_all(&p, f, 65536);
    assert_string_equal(text, expected);
    mem_free(text);
    assert_int_equal(filesystem_register(&p.w.s, &more[3]), 0);
    text = read_all(&p, f, 5); /* still what it was, but from the start anew when one goes back */
    assert_non_null(strstr(text, "nodev\t9p\n"));
    mem_free(text);
    file_put(f);
    proc_world_close(&p);
}

/* proves: FP-12 */
static void test_cpuinfo(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_init(&p, PROFILE_GVISOR_2018_08_14);
    p.k.cpu = (struct cpu_description){1, "V", 6, 63, 2300.5, "fpu vme"};
    proc_world_enter(&p);
    assert_content(&p, "/cpuinfo",
                   "processor\t: 0\nvendor_id\t: V\ncpu family\t: 6\nmodel\t\t: 63\n"
                   "model name\t: unknown\nstepping\t: unknown\ncpu MHz\t\t: 2300.500\n"
                   "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\n"
                   "flags\t\t: fpu vme\nbogomips\t: 2300.50\nclflush size\t: 64\n"
                   "cache_alignment\t: 64\n"
                   "address sizes\t: 46 bits physical, 48 bits virtual\npower management:\n\n");
    p.k.cpu.flags = NULL;
    assert_content(&p, "/cpuinfo", "");
    proc_world_close(&p);
}

static void test_stat(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    char *text = content_of(&p, "/stat", 4096);
    static const char start[] = "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n"
                                "cpu1 0 0 0 0 0 0 0 0 0 0\nintr 0 0 0";
    static const char end[] = "\nctxt 0\nbtime 1534204800\nprocesses 0\nprocs_running 0\n"
                              "procs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n";
    assert_memory_equal(text, start, strlen(start));
    assert_string_equal(strstr(text, "\nctxt"), end);
    assert_int_equal(strstr(text, "\nctxt") - strstr(text, "intr"), strlen("intr 0") + 2 * 256);
    mem_free(text);
    proc_world_close(&p);
}

static void assert_line(const char *text, const char *line)
{
    if (!strstr(text, line)) {
        print_error("no line %s in:\n%s", line, text);
        fail();
    }
}

static void test_meminfo(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    p.k.memory = (struct memory_usage){
        .total = 1, .anonymous = 8192, .tmpfs = 4096, .page_cache = 12288, .mapped = 0};
    char *text = content_of(&p, "/meminfo", 4096);
    assert_string_equal(text, "MemTotal:        2097152 kB\nMemFree:         2097128 kB\n"
                              "MemAvailable:    2097128 kB\nBuffers:               0 kB\n"
                              "Cached:               16 kB\nSwapCache:             0 kB\n"
                              "Active:               16 kB\nInactive:              8 kB\n"
                              "Active(anon):         12 kB\nInactive(anon):        0 kB\n"
                              "Active(file):          4 kB\nInactive(file):        8 kB\n"
                              "Unevictable:           0 kB\nMlocked:               0 kB\n"
                              "SwapTotal:             0 kB\nSwapFree:              0 kB\n"
                              "Dirty:                 0 kB\nWriteback:             0 kB\n"
                              "AnonPages:            12 kB\nMapped:               12 kB\n"
                              "Shmem:                 4 kB\n");
    mem_free(text);
    p.k.memory.anonymous = 5ULL << 30; /* more than the system has: the next power of two */
    text = content_of(&p, "/meminfo", 4096);
    assert_line(text, "MemTotal:        8388608 kB\n");
    mem_free(text);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_texts), cmocka_unit_test(test_version_before_the_first_process),
        cmocka_unit_test(test_uptime),      cmocka_unit_test(test_filesystems),
        cmocka_unit_test(test_cpuinfo),     cmocka_unit_test(test_stat),
        cmocka_unit_test(test_meminfo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
