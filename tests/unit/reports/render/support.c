#include "support.h"

const struct rep_run_options test_run = {
    .subject = "model",
    .subject_version = "1.0",
    .profile = "p-1",
    .label = "night",
    .started = "2018-08-14T00:00:00Z",
    .seed = 7,
    .shard_index = 2,
    .shard_count = 3,
};

struct rep_result fine(const char *name)
{
    return (struct rep_result){.name = name,
                               .result = "ok",
                               .status = REP_PASS,
                               .error = "",
                               .file = "suite.jsonl",
                               .line = 1,
                               .duration_ns = 1500000};
}

struct rep_result failed(const char *name)
{
    static const struct rep_finding findings[] = {
        {"warning", "input", "key \"x\" twice"},
        {"error", "expect", "nodes /etc: mode want 0755 got 0700"},
        {"error", "expect", "log: want none"},
    };
    return (struct rep_result){.name = name,
                               .result = "error",
                               .status = REP_FAIL,
                               .error = "no such device",
                               .file = "suite.jsonl",
                               .line = 3,
                               .duration_ns = 2000000,
                               .findings = findings,
                               .n_findings = 3};
}

const char *document_with(struct scratch *scratch, const char *renderer,
                          const struct rep_report_head *head, const struct rep_result *results,
                          size_t n, bool complete)
{
    const struct rep_renderer *how = rep_renderer_find(renderer);
    struct rep_report *report = NULL;
    struct rep_report_tail tail = {.ended = "2018-08-14T00:00:01Z", .complete = complete};
    rep_buf_clear(&scratch->text);
    assert_non_null(how);
    assert_int_equal(rep_report_begin(how, head, &scratch->sink, &report), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(rep_report_result(report, &results[i]), 0);
    }
    assert_int_equal(rep_report_end(report, &tail), 0);
    rep_report_free(report);
    return scratch->text.data ? scratch->text.data : "";
}

const char *document(struct scratch *scratch, const char *renderer,
                     const struct rep_result *results, size_t n, bool complete)
{
    static const char *const replay[] = {"--profile", "p-1", NULL};
    struct rep_report_head head = {
        .run = &test_run, .id = 12, .planned = (int64_t)n + !complete, .replay = replay};
    return document_with(scratch, renderer, &head, results, n, complete);
}

void assert_plain(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        bool line_break = *p == '\n' || *p == '\r';
        if ((*p < 0x20 && !line_break) || *p >= 0x7f) {
            fail_msg("byte %02x in:\n%s", *p, text);
        }
    }
}
