#include "support.h"

/* Every renderer that takes cases, with one that is hostile in every field. */
static void no_format_lets_a_control_character_out(void **state)
{
    struct rep_finding findings[] = {{"warning", HOSTILE, HOSTILE}, {"error", "expect", HOSTILE}};
    struct rep_node node = make_node("/" HOSTILE, "symlink");
    struct rep_mount mount = REP_MOUNT_INIT;
    struct rep_result one = failed(HOSTILE);
    node.target = node.fs = node.error = HOSTILE;
    mount.destination = mount.type = mount.source = mount.ignored = mount.rules = HOSTILE;
    mount.spec_index = 0;
    one.error = one.file = one.reason = HOSTILE;
    one.findings = findings;
    one.n_findings = 2;
    one.nodes = &node;
    one.n_nodes = 1;
    one.mounts = &mount;
    one.n_mounts = 1;
    for (const struct rep_renderer *r = rep_renderers(); r->name; r++) {
        if (!rep_renderer_needs_records(r)) {
            assert_plain(document(*state, r->name, &one, 1, true));
        }
    }
}

static void a_renderer_of_one_case_refuses_a_second(void **state)
{
    struct scratch *scratch = *state;
    struct rep_report_head head = {.run = &test_run, .planned = 2};
    struct rep_report_tail tail = {.complete = true};
    struct rep_report *report = NULL;
    struct rep_result one = fine("a");
    assert_int_equal(rep_report_begin(rep_renderer_find("dot"), &head, &scratch->sink, &report), 0);
    assert_int_equal(rep_report_result(report, &one), 0);
    assert_int_equal(rep_report_result(report, &one), -E2BIG);
    assert_int_equal(rep_report_end(report, &tail), 0);
    rep_report_free(report);
}

struct limited {
    size_t left;
};

static int write_some(void *arg, const char *data, size_t size)
{
    struct limited *limited = arg;
    (void)data;
    if (size > limited->left) {
        limited->left = 0;
        return -ENOSPC;
    }
    limited->left -= size;
    return 0;
}

/* Wherever the output fails, its code comes back, then and later, and nothing is lost. */
static void a_failing_sink_is_told(void **state)
{
    (void)state;
    struct rep_result one = failed("a");
    struct rep_report_head head = {.run = &test_run, .planned = 2};
    struct rep_report_tail tail = {.complete = true};
    for (const struct rep_renderer *r = rep_renderers(); r->name; r++) {
        bool whole = rep_renderer_needs_records(r);
        for (size_t room = 0; !whole && room < 4096; room += 64) {
            struct limited limited = {room};
            struct rep_sink sink = {.write = write_some, .arg = &limited};
            struct rep_report *report = NULL;
            int code = rep_report_begin(r, &head, &sink, &report);
            int first = code ? code : rep_report_result(report, &one);
            code = code ? code : rep_report_end(report, &tail);
            assert_true(code == 0 || code == -ENOSPC);
            assert_true(first == 0 || code == first);
            rep_report_free(report);
            if (code == 0) {
                break;
            }
        }
    }
}

static void renderers_are_found_by_name(void **state)
{
    (void)state;
    assert_null(rep_renderer_find("xml"));
    for (const struct rep_renderer *r = rep_renderers(); r->name; r++) {
        assert_ptr_equal(rep_renderer_find(r->name), r);
        assert_true(r->about[0] && r->suffix[0] == '.');
    }
}

static void failures_are_counted(void **state)
{
    static const char *const fail_on[] = {"panic", NULL};
    struct rep_report_head head = {.run = &test_run, .planned = 3, .fail_on = fail_on};
    struct rep_result results[] = {fine("a"), failed("b"), fine("c")};
    results[2].result = "panic";
    assert_contains(document_with(*state, "text", &head, results, 3, true), "\n2 failed\n");
}

int main(void)
{
    const struct CMUnitTest render_tests[] = {
        SCRATCH_TEST(no_format_lets_a_control_character_out),
        SCRATCH_TEST(a_renderer_of_one_case_refuses_a_second),
        SCRATCH_TEST(a_failing_sink_is_told),
        SCRATCH_TEST(renderers_are_found_by_name),
        SCRATCH_TEST(failures_are_counted),
    };
    return cmocka_run_group_tests(render_tests, NULL, NULL);
}
