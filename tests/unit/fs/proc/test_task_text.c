/* model/fs/proc/task_text.c: texts about one process. */
#include "proc_test.h"

static void test_texts(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct task_memory memory = {.vss = 12345678, .rss = 40960};
    struct task parent;
    task_init(&parent, "parent");
    parent.id = 4;
    p.task.memory = &memory;
    p.task.parent = p.task.tracer = &parent;
    p.task.times = (struct task_times){1230000000, 450000000};
    p.task.joined_times = (struct task_times){10000000, 9999999};
    p.task.priority = 25;
    p.task.nice = 5;
    p.task.seccomp = 2;
    p.task.caps_inheritable = 0x1f;
    p.task.io = (struct task_io){1, 2, 3, 4, 5, 6, 7};
    assert_content(&p, "/self/comm", "init\n");
    assert_content(&p, "/self/statm", "3014 10 0 0 0 0 0\n");
    assert_content(&p, "/self/stat",
                   "1 (init) R 4 1 1 0 0 0 0 0 0 0 123 45 1 0 25 5 1 0 0 12345678 10 "
                   "0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    assert_content(&p, "/self/status",
                   "Name:\tinit\nState:\tR (running)\nTgid:\t1\nPid:\t1\nPPid:\t4\nTracerPid:\t4\n"
                   "FDSize:\t0\nVmSize:\t12056 kB\nVmRSS:\t40 kB\nThreads:\t1\n"
                   "CapInh:\t000000000000001f\nCapPrm:\t0000003fffffffff\n"
                   "CapEff:\t0000003fffffffff\nCapBnd:\t0000003fffffffff\nSeccomp:\t2\n");
    proc_world_close(&p);
}

/* 52 fields, whoever counts. */
static void test_fields_of_stat(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    char *text = content_of(&p, "/self/stat", 4096);
    size_t blanks = 0;
    for (const char *s = text; *s; s++) {
        blanks += *s == ' ';
    }
    assert_int_equal(blanks, 51);
    mem_free(text);
    proc_world_close(&p);
}

/* proves: FQ-45 */
static void test_io_of_the_group(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    task_init(&p.other, "thread");
    p.other.id = 2;
    p.other.leader = &p.task;
    p.other.state = TASK_SLEEPING;
    p.tasks[p.k.tasks_n++] = &p.other;
    p.task.io = (struct task_io){1, 2, 3, 4, 5, 6, 7};
    static const char expected[] = "char: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\n"
                                   "write_bytes: 6\ncancelled_write_bytes: 7\n";
    assert_content(&p, "/1/io", expected);
    assert_content(&p, "/1/task/2/io", expected);
    char *text = content_of(&p, "/1/task/2/stat", 4096); /* a thread has no exit signal */
    assert_non_null(strstr(text, "2 (thread) S 0 1 1 "));
    assert_null(strstr(text, " 17 "));
    mem_free(text);
    text = content_of(&p, "/1/task/2/status", 4096);
    assert_non_null(strstr(text, "State:\tS (sleeping)\nTgid:\t1\nPid:\t2\n"));
    assert_non_null(strstr(text, "Threads:\t2\n"));
    mem_free(text);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_fields_of_stat),
        cmocka_unit_test(test_io_of_the_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
