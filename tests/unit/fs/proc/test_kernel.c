/* model/fs/proc/kernel.c: who may trace whom, and how numbers are read. */
#include "private.h"
#include "proc_test.h"

static void test_tasks_are_found_by_id(void **state)
{
    (void)state;
    struct kernel k;
    kernel_init(&k);
    struct task a, b;
    task_init(&a, "a");
    task_init(&b, "b");
    b.id = 7;
    struct task *tasks[] = {&a, &b};
    k.tasks = tasks;
    k.tasks_n = 2;
    assert_ptr_equal(kernel_find_task(&k, 1), &a);
    assert_ptr_equal(kernel_find_task(&k, 7), &b);
    assert_null(kernel_find_task(&k, 2));
}

/* The rules of contract 7.10. */
static void test_trace_permission(void **state)
{
    (void)state;
    struct task caller, target;
    task_init(&caller, "caller");
    task_init(&target, "target");
    struct ctx c = {.task = NULL};
    assert_false(kernel_may_trace(&c, &target)); /* the pipeline has no task */
    c.task = &caller;
    assert_true(kernel_may_trace(&c, &caller));
    assert_true(kernel_may_trace(&c, &target));
    caller.creds.caps = 0;
    assert_true(kernel_may_trace(&c, &target)); /* all ids are equal */
    target.creds.euid = 5;
    assert_false(kernel_may_trace(&c, &target));
    caller.creds.caps = UINT64_C(1) << 19; /* CAP_SYS_PTRACE */
    assert_true(kernel_may_trace(&c, &target));
    caller.caps_permitted = 1;
    assert_false(kernel_may_trace(&c, &target)); /* the target can do more */
    target.leader = caller.leader;
    assert_true(kernel_may_trace(&c, &target)); /* but not within one group */
}

static void test_decimals(void **state)
{
    (void)state;
    uint64_t n = 5;
    static const char *const bad[] = {
        "", "x", "1x", "+1", "-1", " 1", "0x1", "18446744073709551616", "99999999999999999999"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(proc_parse_decimal(bad[i], &n));
    }
    assert_int_equal(n, 5);
    assert_true(proc_parse_decimal("0018446744073709551615", &n));
    assert_true(n == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tasks_are_found_by_id),
        cmocka_unit_test(test_trace_permission),
        cmocka_unit_test(test_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
