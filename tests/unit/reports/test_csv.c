#include "support.h"

static void check(const char *text, bool is_text, const char *want)
{
    struct rep_buf buf = {0};
    rep_add_csv_cell(&buf, text, strlen(text), is_text);
    assert_string_equal(buf.data ? buf.data : "", want);
    rep_buf_release(&buf);
}

static void cells_are_quoted_when_they_must(void **state)
{
    (void)state;
    check("", true, "");
    check("plain", true, "plain");
    check("a b", true, "\"a b\"");
    check("a,\"b\"\r\n", true, "\"a,\"\"b\"\"\r\n\"");
}

static void texts_are_no_formulas_and_numbers_stay(void **state)
{
    (void)state;
    check("=1", true, "\"'=1\"");
    check("-1", true, "\"'-1\"");
    check("\tx", true, "\"'\tx\"");
    check("-1", false, "-1");
    check("a=1", true, "a=1");
}

int main(void)
{
    const struct CMUnitTest csv_tests[] = {
        cmocka_unit_test(cells_are_quoted_when_they_must),
        cmocka_unit_test(texts_are_no_formulas_and_numbers_stay),
    };
    return cmocka_run_group_tests(csv_tests, NULL, NULL);
}
