#include "support.h"

static void totals_come_first(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b"), fine("c"), fine("d")};
    results[2].result = "crash";
    results[2].error = "signal SIGSEGV";
    results[3].status = REP_XFAIL;
    results[3].reason = "later";
    const char *text = document(*state, "junit", results, 4, true);
    assert_contains(text,
                    "<testsuites name=\"simrun\" tests=\"4\" failures=\"1\" errors=\"1\" "
                    "skipped=\"1\" time=\"0.006500\">\n <testsuite name=\"night\" tests=\"4\"");
    assert_contains(text, "<property name=\"shard\" value=\"2/3\"/>");
    assert_contains(text, "<property name=\"run\" value=\"12\"/>");
    assert_contains(text, "<testcase name=\"a\" classname=\"suite\" time=\"0.001500\" "
                          "file=\"suite.jsonl\" line=\"1\">");
    assert_contains(text,
                    "<failure message=\"nodes /etc: mode want 0755 got 0700\" type=\"fail\">");
    assert_contains(text, "again: simrun -j0 --profile p-1 --filter b suite.jsonl</failure>");
    assert_contains(text, "<error message=\"crash: signal SIGSEGV\" type=\"crash\">");
    assert_contains(text, "<skipped message=\"expected to fail: later\"/>");
    assert_contains(text, "<system-err>warning input: key &quot;x&quot; twice\n</system-err>");
}

static void classes_are_suites_and_folders(void **state)
{
    static const char *const files[][2] = {
        {"corpus/named/dev.jsonl", "classname=\"corpus.named.dev\""},
        {"./x/s.jsonl.gz", "classname=\"x.s\""},
        {"/abs/engines/x.json", "classname=\"abs.engines\""},
        {"spec.json", "classname=\"simrun\""},
        {"../a/b.jsonl", "classname=\"a.b\""},
        {"-", "classname=\"simrun\""},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct rep_result one = fine("a");
        one.file = files[i][0];
        assert_contains(document(*state, "junit", &one, 1, true), files[i][1]);
    }
}

static void logs_are_output_and_all_is_legal_xml(void **state)
{
    struct rep_result one = fine(HOSTILE);
    one.text[REP_LOG] = "[\"W <a> \\u001b[2J\", \"I \\ud83d\\ude00 ]]>\"]";
    const char *text = document(*state, "junit", &one, 1, true);
    assert_contains(text,
                    "name=\"a\\x1b[2J#\\\\&quot;&lt;&amp;&gt;&apos;%,:\\u{202e}\\xff\\n\\tz\"");
    assert_contains(text,
                    "<system-out>W &lt;a&gt; \\x1b[2J\nI \xf0\x9f\x98\x80 ]]&gt;\n</system-out>");
}

static void a_part_of_a_run_says_so(void **state)
{
    struct rep_result one = fine("a");
    const char *text = document(*state, "junit", &one, 1, false);
    assert_contains(text, "<property name=\"incomplete\" value=\"1 of 2\"/>");
    assert_contains(text, "</testsuites>\n");
}

/* More than the spool keeps in memory. */
static void many_cases_keep_their_order(void **state)
{
    struct scratch *scratch = *state;
    struct rep_result *many = calloc(9000, sizeof *many);
    char(*names)[24] = calloc(9000, sizeof *names);
    assert_true(many && names);
    for (int i = 0; i < 9000; i++) {
        (void)snprintf(names[i], sizeof names[i], "case-%d", i);
        many[i] = failed(names[i]);
    }
    const char *text = document(scratch, "junit", many, 9000, true);
    assert_true(scratch->text.size > 2u << 20);
    for (int i = 0; i < 9000; i += 450) {
        char part[40];
        (void)snprintf(part, sizeof part, "<testcase name=\"%s\"", names[i]);
        text = strstr(text, part);
        assert_non_null(text);
    }
    free(many);
    free(names);
}

/* A file may say any duration. */
static void absurd_durations_are_added(void **state)
{
    struct rep_result two[] = {fine("a"), fine("b")};
    two[0].duration_ns = two[1].duration_ns = INT64_MAX;
    assert_contains(document(*state, "junit", two, 2, true), " time=\"18446744073.7095");
}

int main(void)
{
    const struct CMUnitTest junit_tests[] = {
        SCRATCH_TEST(totals_come_first),
        SCRATCH_TEST(classes_are_suites_and_folders),
        SCRATCH_TEST(logs_are_output_and_all_is_legal_xml),
        SCRATCH_TEST(a_part_of_a_run_says_so),
        SCRATCH_TEST(many_cases_keep_their_order),
        SCRATCH_TEST(absurd_durations_are_added),
    };
    return cmocka_run_group_tests(junit_tests, NULL, NULL);
}
