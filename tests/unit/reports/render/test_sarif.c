#include "support.h"

static const char *rule(const char *id)
{
    return strcmp(id, "PQ-22") == 0 ? "unknown types are skipped" : NULL;
}

static void a_failure_is_an_error_with_a_place(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b")};
    const char *text = document(*state, "sarif", results, 2, true);
    assert_contains(text, "{\"ruleId\":\"expect\",\"ruleIndex\":0,\"level\":\"error\",\"message\":"
                          "{\"text\":\"b: nodes /etc: mode want 0755 got 0700\\nlog: want none\"}");
    assert_contains(text, "{\"artifactLocation\":{\"uri\":\"suite.jsonl\",\"uriBaseId\":"
                          "\"%SRCROOT%\"},\"region\":{\"startLine\":3}}");
    assert_contains(text, "{\"ruleId\":\"input\",\"ruleIndex\":1,\"level\":\"warning\"");
    assert_contains(text, "\"executionSuccessful\":true");
    assert_contains(text, "\"automationDetails\":{\"id\":\"simrun/p-1/shard-2-of-3/\"}");
    assert_contains(text, "\"version\":\"1.0\",\"rules\":[");
}

static void rules_are_described_once(void **state)
{
    struct rep_mount mounts[] = {REP_MOUNT_INIT, REP_MOUNT_INIT, REP_MOUNT_INIT};
    struct rep_result one = fine("a");
    for (size_t i = 0; i < 3; i++) {
        mounts[i].destination = "/odd";
        mounts[i].state = "skipped";
        mounts[i].spec_index = (int)i;
        mounts[i].reasons = "[{\"rule\":\"PQ-22\",\"text\":\"the type is unknown\"}]";
    }
    mounts[2].reasons = "[{\"text\":\"devices are brought\"}]";
    one.status = REP_RECORDED;
    one.mounts = mounts;
    one.n_mounts = 3;
    struct rep_report_head head = {.run = &test_run, .planned = 1, .rule = rule};
    const char *text = document_with(*state, "sarif", &head, &one, 1, true);
    assert_contains(text, "\"/odd (spec mount 0): the type is unknown\"");
    assert_contains(text, "\"/odd (spec mount 1): the type is unknown\"");
    assert_contains(text, "\"ruleId\":\"mount-not-made\",\"ruleIndex\":1,\"level\":\"warning\","
                          "\"message\":{\"text\":\"/odd (spec mount 2): devices are brought\"}");
    const char *described = strstr(text, "{\"id\":\"PQ-22\",\"shortDescription\":{\"text\":"
                                         "\"unknown types are skipped\"}");
    assert_non_null(described);
    assert_null(strstr(described + 1, "{\"id\":\"PQ-22\""));
}

/* Met expectations say that the mounts are as they should be. */
static void mounts_of_a_case_that_passed_are_not_told(void **state)
{
    struct rep_mount mount = REP_MOUNT_INIT;
    struct rep_result one = fine("a");
    mount.destination = "/odd";
    mount.state = "skipped";
    mount.spec_index = 0;
    one.mounts = &mount;
    one.n_mounts = 1;
    assert_lacks(document(*state, "sarif", &one, 1, true), "/odd");
}

static void hidden_lost_and_ignored(void **state)
{
    struct rep_mount mounts[] = {REP_MOUNT_INIT, REP_MOUNT_INIT, REP_MOUNT_INIT};
    struct rep_result one = fine("a");
    for (size_t i = 0; i < 3; i++) {
        mounts[i] = (struct rep_mount){.destination = i < 2 ? "/a" : "/b",
                                       .fs = "tmpfs",
                                       .state = "done",
                                       .spec_index = (int)i,
                                       .shadowed_by = i == 0 ? 1 : -1,
                                       .seen_at = i == 1 ? "/a" : NULL,
                                       .ignored = i == 1 ? "nosuid" : ""};
    }
    one.status = REP_RECORDED;
    one.n_nodes = 1;
    one.mounts = mounts;
    one.n_mounts = 3;
    const char *text = document(*state, "sarif", &one, 1, true);
    assert_contains(text, "/a (spec mount 0): a later mount hides it");
    assert_contains(text, "\"level\":\"note\",\"message\":{\"text\":\"/a (spec mount 1): options "
                          "without effect: nosuid\"}");
    assert_contains(text, "\"level\":\"warning\",\"message\":{\"text\":\"/b (spec mount 2): is "
                          "mounted, but no path leads to it\"}");
}

static const char *fingerprint(const char *text)
{
    const char *at = strstr(text, "\"simrun/v1\":\"");
    assert_non_null(at);
    return at + 13;
}

static void fingerprints_stay_while_values_change(void **state)
{
    struct rep_result one = failed("b");
    char first[33] = {0}, second[33] = {0}, other[33] = {0};
    memcpy(first, fingerprint(document(*state, "sarif", &one, 1, true)), 32);
    static const struct rep_finding changed = {"error", "expect", "quite another difference"};
    one.findings = &changed;
    one.n_findings = 1;
    one.line = 99;
    memcpy(second, fingerprint(document(*state, "sarif", &one, 1, true)), 32);
    one.name = "c";
    memcpy(other, fingerprint(document(*state, "sarif", &one, 1, true)), 32);
    assert_string_equal(first, second);
    assert_string_not_equal(first, other);
}

static void announced_failures_are_suppressed(void **state)
{
    struct rep_result one = failed("b");
    one.status = REP_XFAIL;
    one.reason = "later";
    assert_contains(document(*state, "sarif", &one, 1, true),
                    "\"suppressions\":[{\"kind\":\"external\",\"justification\":\"later\"}]");
}

static void places_are_uris_and_names_escaped(void **state)
{
    struct rep_result one = failed(HOSTILE);
    one.file = "/a b/\xff%.jsonl";
    const char *text = document(*state, "sarif", &one, 1, false);
    assert_contains(text, "\"uri\":\"file:///a%20b/%FF%25.jsonl\"}");
    assert_contains(text, "\"fullyQualifiedName\":\"a\\\\x1b[2J#\\\\\\\\\\\"<&>'%,:\\\\u{202e}"
                          "\\\\xff\\\\n\\\\tz\"");
    assert_contains(text, "the run ended early: 1 of 2 cases ran");
    assert_plain(text);
    one.file = "-";
    assert_lacks(document(*state, "sarif", &one, 1, true), "physicalLocation");
}

int main(void)
{
    const struct CMUnitTest sarif_tests[] = {
        SCRATCH_TEST(a_failure_is_an_error_with_a_place),
        SCRATCH_TEST(rules_are_described_once),
        SCRATCH_TEST(mounts_of_a_case_that_passed_are_not_told),
        SCRATCH_TEST(hidden_lost_and_ignored),
        SCRATCH_TEST(fingerprints_stay_while_values_change),
        SCRATCH_TEST(announced_failures_are_suppressed),
        SCRATCH_TEST(places_are_uris_and_names_escaped),
    };
    return cmocka_run_group_tests(sarif_tests, NULL, NULL);
}
