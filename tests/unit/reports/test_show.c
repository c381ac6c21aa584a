#include "support.h"

static void everything_is_shown_within_80_columns(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, "nightly");
    struct rep_mount mounts[] = {
        {.destination = "/data",
         .type = "bind",
         .source = "@data",
         .fs = "9p",
         .flags = "ro",
         .rules = "PQ-12",
         .ignored = "nosuid",
         .created = "/data",
         .spec_index = 4,
         .shadowed_by = 1},
        {.destination = "/data", .type = "weird\033", .spec_index = 5, .shadowed_by = -1},
    };
    struct rep_finding finding = {"warning", "ignored-type", "the type \"weird\" is ignored"};
    struct rep_result result = {
        .name = "suite/7",
        .result = "error",
        .status = REP_FAIL,
        .error = "a rather long error text that goes on and on until no terminal of eighty columns "
                 "could hold it on one line",
        .text =
            {
                [REP_LOG] = "[\"W ignoring \\u001b[0m\",\"I second\"]",
                [REP_COMPILED] = "[]",
                [REP_OPS_TEXT] = "[{\"op\":\"mkdir\",\"errno\":\"EEXIST\"}]",
                [REP_RESTORE] = "{\"error\":\"no\",\"fds_left\":0}",
                [REP_HOST_DIFF] = "not json at all",
            },
        .fds_left = 2,
        .leaks = 1,
        .duration_ns = 1500000,
        .mounts = mounts,
        .n_mounts = 2,
        .findings = &finding,
        .n_findings = 1,
    };
    OK(db, rep_record(run, &result));
    end_run(run);
    OK(db, rep_show(db, "nightly", "suite/7", &t->sink));
    static const char *const parts[] = {
        "suite/7",
        "label nightly",
        "model 1.0",
        "gvisor-2018-08-14",
        "error (fail)",
        "a rather long",
        "2 descriptors left, 1 leaks, 1.500 ms",
        "warning ignored-type: the type",
        "/data  bind from @data  fs 9p",
        "spec mount 4",
        "rules PQ-12",
        "ignored options nosuid",
        "/data; hidden by mount 1",
        "hidden by mount 1",
        "weird\\x1b",
        "not mounted",
        "W ignoring \\x1b[0m",
        "I second",
        "{\"op\":\"mkdir\",\"errno\":\"EEXIST\"}",
        "error: no",
        "fds_left: 0",
        "not json at all",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_contains(t->text.data, parts[i]);
    }
    assert_lacks(t->text.data, "Compiled");
    assert_lacks(t->text.data, "\033");
    for (const char *line = t->text.data; *line; line += strcspn(line, "\n") + 1) {
        assert_true(rep_columns(line, strcspn(line, "\n")) <= 80);
    }
    assert_int_equal(rep_show(db, "nightly", "nobody", &t->sink), -ENOENT);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(everything_is_shown_within_80_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
