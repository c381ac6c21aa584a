/* What differs between two results, and which row of the contract does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <simrun/sim/compare.h>

static int setup(void **state)
{
    struct domain *d = malloc(sizeof(*d));
    domain_init(d, "test", PROFILE_GVISOR_2018_08_14);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    size_t left = domain_close(*state, NULL, NULL);
    free(*state);
    return left != 0;
}

static struct sim_result *result(struct domain *d)
{
    struct sim_result *r = sim_result_new(d, "case");
    assert_non_null(r);
    r->nodes = mem_resize(d, NULL, 0, 2, sizeof(*r->nodes), "nodes");
    r->nodes[0] = (struct sim_node){.path = "/",
                                    .type = "dir",
                                    .mode = "0755",
                                    .size = -1,
                                    .fs = "9p",
                                    .flags = "",
                                    .nlink = 2,
                                    .readdir = true};
    r->nodes[1] = (struct sim_node){.path = "/a",
                                    .type = "file",
                                    .mode = "0644",
                                    .size = 3,
                                    .fs = "9p",
                                    .flags = "",
                                    .nlink = 1,
                                    .readdir = true};
    r->n_nodes = 2;
    assert_int_equal(sim_result_add(r, &r->log, "I one"), 0);
    return r;
}

static bool has(const struct comparison *c, const char *text)
{
    for (size_t i = 0; i < c->changes.n; i++) {
        if (strcmp(c->changes.p[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Compare a fresh result with one that `change` was done to: exactly one change, with this text. */
static void one_change(struct domain *d, void (*change)(struct sim_result *r), const char *text)
{
    struct sim_result *a = result(d), *b = result(d);
    struct comparison c;
    comparison_init(&c, d);
    change(b);
    assert_int_equal(compare_results(a, b, &c), 0);
    assert_false(c.equal);
    assert_int_equal(c.changes.n, 1);
    assert_string_equal(c.changes.p[0], text);
    comparison_release(&c);
    sim_result_free(a);
    sim_result_free(b);
}

static void set_outcome(struct sim_result *r)
{
    r->outcome = OUTCOME_PANIC;
}

static void set_error(struct sim_result *r)
{
    r->error = "no";
}

static void add_log(struct sim_result *r)
{
    assert_int_equal(sim_result_add(r, &r->log, "W two"), 0);
}

static void drop_node(struct sim_result *r)
{
    r->n_nodes = 1;
}

static void rename_mode(struct sim_result *r)
{
    r->nodes[1].mode = "0600";
}

static void add_upper(struct sim_result *r)
{
    r->nodes[1].upper = "";
}

static void add_host_diff(struct sim_result *r)
{
    assert_int_equal(sim_result_add(r, &r->host_diff, "- @rootfs/a"), 0);
}

static void each_part_is_compared(void **state)
{
    one_change(*state, set_outcome, "result: ok -> panic");
    one_change(*state, set_error, "error: nothing -> no");
    one_change(*state, add_log, "log line 2: nothing -> W two");
    one_change(*state, drop_node, "nodes /a: gone");
    one_change(*state, rename_mode, "nodes /a: mode 0644 -> 0600");
    one_change(*state, add_upper, "nodes /a: upper absent -> \"\""); /* absent is not empty */
    one_change(*state, add_host_diff, "host_diff line 1: nothing -> - @rootfs/a");
}

static void equal_results_are_equal(void **state)
{
    struct sim_result *a = result(*state), *b = result(*state);
    struct comparison c;
    comparison_init(&c, *state);
    assert_int_equal(compare_results(a, b, &c), 0);
    assert_true(c.equal);
    assert_int_equal(c.changes.n, 0);
    comparison_release(&c);
    sim_result_free(a);
    sim_result_free(b);
}

static void compare_line(struct domain *d, const char *line, struct comparison *ret)
{
    struct case_options opt = CASE_OPTIONS_INIT;
    const struct model_options a = {.profile = PROFILE_GVISOR_2018_08_14},
                               b = {.profile = PROFILE_STRICT};
    struct error err = {0};
    struct sim_case *c;
    assert_int_equal(case_from_bytes(d, &opt, CASE_SUITE, "test", line, strlen(line), &c, &err), 0);
    comparison_init(ret, d);
    assert_int_equal(compare_case(d, c, &a, &b, ret), 0);
    case_free(c);
}

/* The one row that does it is named; rows that were only asked are not. */
static void the_cause_is_found_by_flipping(void **state)
{
    struct comparison c;
    compare_line(*state,
                 "{\"id\": \"x\", \"rootfs\": [], \"spec\": {\"root\": {\"path\": \"@rootfs\"}, "
                 "\"mounts\": [{\"destination\": \"\", \"type\": \"tmpfs\"}]}}",
                 &c);
    assert_false(c.equal);
    assert_true(has(&c, "result: panic -> error"));
    assert_int_equal(c.causes.n, 1);
    assert_string_equal(c.causes.p[0], "VP-06");
    comparison_release(&c);
}

static void a_plain_case_is_the_same_in_both(void **state)
{
    struct comparison c;
    compare_line(*state,
                 "{\"id\": \"x\", \"rootfs\": [{\"path\": \"a\", \"type\": \"dir\"}], \"spec\": "
                 "{\"root\": {\"path\": \"@rootfs\"}, \"mounts\": []}}",
                 &c);
    assert_true(c.equal);
    assert_int_equal(c.causes.n, 0);
    comparison_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_part_is_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_results_are_equal, setup, teardown),
        cmocka_unit_test_setup_teardown(the_cause_is_found_by_flipping, setup, teardown),
        cmocka_unit_test_setup_teardown(a_plain_case_is_the_same_in_both, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
