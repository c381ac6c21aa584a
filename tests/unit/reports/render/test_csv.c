#include "support.h"

static void a_line_a_case(void **state)
{
    struct rep_result results[] = {fine("a"), failed("b")};
    const char *text = document(*state, "csv", results, 2, true);
    assert_contains(text, "name,status,result,failed,");
    assert_contains(text, "\r\na,pass,ok,0,0,,0,,0,0,0,0,0,0,0,0,0,1.500,suite.jsonl,1,\r\n");
    assert_contains(text,
                    "\r\nb,fail,error,1,0,\"no such device\",2,\"nodes /etc: mode want 0755 got "
                    "0700\",1,1,0,0,0,0,0,0,0,2.000,suite.jsonl,3,\r\n");
}

static void formulas_are_texts(void **state)
{
    static const char *const names[][2] = {
        {"=1+1", "\"'=1+1\","}, {"+1", "\"'+1\","},  {"-1", "\"'-1\","},
        {"@x", "\"'@x\","},     {"a=1", "\r\na=1,"}, {"a\"b,c", "\"a\"\"b,c\","},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct rep_result one = fine(names[i][0]);
        assert_contains(document(*state, "csv", &one, 1, true), names[i][1]);
    }
}

static void a_hostile_name_stays_in_its_cell(void **state)
{
    struct rep_result one = fine(HOSTILE);
    const char *text = document(*state, "csv", &one, 1, true);
    assert_contains(text, "\"a\\x1b[2J#\\\\\"\"<&>'%,:\\u{202e}\\xff\\n\\tz\",pass");
    assert_plain(text);
}

int main(void)
{
    const struct CMUnitTest csv_tests[] = {
        SCRATCH_TEST(a_line_a_case),
        SCRATCH_TEST(formulas_are_texts),
        SCRATCH_TEST(a_hostile_name_stays_in_its_cell),
    };
    return cmocka_run_group_tests(csv_tests, NULL, NULL);
}
