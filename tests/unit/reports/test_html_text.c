#include "support.h"

#include "html/html.h"

/* What `write` makes of a text. */
static void check(struct scratch *scratch, void (*write)(struct rep_out *, const char *),
                  const char *text, const char *expected)
{
    struct rep_out out;
    rep_buf_clear(&scratch->text);
    rep_out_init(&out, &scratch->sink);
    write(&out, text);
    assert_int_equal(rep_out_finish(&out), 0);
    assert_string_equal(scratch->text.data ? scratch->text.data : "", expected);
}

static void test_text(void **state)
{
    check(*state, html_text, "plain \xc3\xa9", "plain \xc3\xa9");
    check(*state, html_text, "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&apos;");
    check(*state, html_text, "a\nb\x1b\xff\xe2\x80\xae\\", "a\\nb\\x1b\\xff\\u{202e}\\\\");
    check(*state, html_text, NULL, "");
}

static void test_fragment(void **state)
{
    check(*state, html_fragment, "suite/case-1_a.b~", "suite/case-1_a.b~");
    check(*state, html_fragment, "a b&c=d#e%", "a%20b%26c%3Dd%23e%25");
    check(*state, html_fragment, "\xc3\xa9\n\"<", "%C3%A9%5Cn%22%3C");
}

static void test_json(void **state)
{
    check(*state, html_json, "</script><!--", "\"\\u003c/script>\\u003c!--\"");
    check(*state, html_json, "a\"b\\c\n", "\"a\\\"b\\\\c\\u000a\"");
    /* Different bytes stay different. */
    check(*state, html_json, "x\xff\xc3", "\"x\\udcff\\udcc3\"");
    check(*state, html_json, "\xe2\x80\xae\xf3\xa0\x80\x81", "\"\\u202e\\udb40\\udc01\"");
    check(*state, html_json, NULL, "null");
}

static void check_number(struct scratch *scratch, void (*write)(struct rep_out *, int64_t),
                         int64_t number, const char *expected)
{
    struct rep_out out;
    rep_buf_clear(&scratch->text);
    rep_out_init(&out, &scratch->sink);
    write(&out, number);
    assert_int_equal(rep_out_finish(&out), 0);
    assert_string_equal(scratch->text.data, expected);
}

static void test_count(void **state)
{
    check_number(*state, html_count, 0, "0");
    check_number(*state, html_count, 999, "999");
    check_number(*state, html_count, 1000, "1,000");
    check_number(*state, html_count, -123456, "-123,456");
    check_number(*state, html_count, INT64_MAX, "9,223,372,036,854,775,807");
}

static void test_duration(void **state)
{
    check_number(*state, html_duration, 0, "0 ns");
    check_number(*state, html_duration, 830, "830 ns");
    check_number(*state, html_duration, 12345, "12.3 \xc2\xb5s");
    check_number(*state, html_duration, 5230000, "5.23 ms");
    check_number(*state, html_duration, 999600000, "1.00 s");
    check_number(*state, html_duration, 123400000000, "123 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_text),  SCRATCH_TEST(test_fragment), SCRATCH_TEST(test_json),
        SCRATCH_TEST(test_count), SCRATCH_TEST(test_duration),
    };
    return cmocka_run_group_tests_name("html_text", tests, NULL, NULL);
}
