/* cursor.c: what it finds is the value, in the only form that it takes for it. */
#include "fixture.h"

static struct cursor at(const char *text)
{
    return (struct cursor){text, text + strlen(text)};
}

/* `json` stands behind the opening quote. */
static bool text_is(const char *json, const char *text)
{
    struct cursor c = at(json);
    return cursor_text(&c, text) && cursor_at_end(&c);
}

static void texts(void **state)
{
    (void)state;
    assert_true(text_is("abc\"", "abc"));
    assert_true(text_is("\" ", ""));
    assert_true(text_is("\xc3\xa4\"", "\xc3\xa4"));
    assert_true(text_is("\xc3\xa4 and more\\n\"", "\xc3\xa4 and more\n"));
    assert_false(text_is("a\x01\"", "a\x01")); /* no JSON has it so */
    assert_false(text_is("12345678\n\"", "12345678\n"));
    assert_false(text_is("\t2345678\"", "\t2345678"));
    assert_false(text_is("abc\"", "ab"));
    assert_false(text_is("ab\"", "abc"));
    assert_false(text_is("abc", "abc"));
    assert_false(text_is("", ""));
}

/* Bytes that look alike mean something else in JSON. */
static void escapes(void **state)
{
    (void)state;
    assert_true(text_is("say \\\"so\\\" \\\\ \\n\\t.\"", "say \"so\" \\ \n\t."));
    assert_true(text_is("\\\\\"", "\\"));
    assert_false(text_is("a\\n\"", "a\\n"));
    assert_false(text_is("a\\n\"", "an"));
    assert_false(text_is("a\\\"", "a\\"));
    assert_false(text_is("a\\\"", "a\""));
    assert_false(text_is("a\\", "a\\"));
    assert_false(text_is("a\",\"b\"", "a\",\"b"));
    assert_false(text_is("\\u0041\"", "A")); /* a doubt */
    static const char nul[] = "a\\\0\"";
    struct cursor c = {nul, nul + sizeof(nul) - 1};
    assert_false(cursor_text(&c, "ab"));
}

static void any_text(void **state)
{
    (void)state;
    const char *p;
    size_t n;
    struct cursor c = at("abc\"x");
    assert_true(cursor_any_text(&c, &p, &n));
    assert_int_equal(n, 3);
    assert_memory_equal(p, "abc", 3);
    assert_int_equal(*c.p, 'x');
    c = at("a\\u0041\"");
    assert_false(cursor_any_text(&c, &p, &n));
    c = at("abc");
    assert_false(cursor_any_text(&c, &p, &n));
}

static bool number_is(const char *json, uint64_t value)
{
    struct cursor c = at(json);
    return cursor_number(&c, value) && (*c.p == ',' || cursor_at_end(&c));
}

static bool integer_is(const char *json, int64_t value)
{
    struct cursor c = at(json);
    return cursor_integer(&c, value) && cursor_at_end(&c);
}

static void numbers(void **state)
{
    (void)state;
    assert_true(number_is("0,", 0));
    assert_true(number_is(" 17 ", 17));
    assert_true(number_is("18446744073709551615", UINT64_MAX));
    assert_false(number_is("18446744073709551616", 0));
    assert_false(number_is("99999999999999999999999", 0));
    assert_false(number_is("12,", 1));
    assert_false(number_is("01,", 1));
    assert_false(number_is("00,", 0));
    assert_false(number_is("1.0,", 1));
    assert_false(number_is("1e3,", 1));
    assert_false(number_is(",", 0));
    assert_false(number_is("", 0));
    assert_true(integer_is(" -17", -17));
    assert_true(integer_is("9223372036854775807", INT64_MAX));
    assert_true(integer_is("-9223372036854775808", INT64_MIN));
    assert_false(integer_is("17", -17));
    assert_false(integer_is("-17", 17));
    assert_false(integer_is("-", -1));
    assert_false(integer_is("- 17", -17));
}

static void truths(void **state)
{
    (void)state;
    struct cursor c = at("true, false}");
    assert_true(cursor_truth(&c, true));
    assert_true(CURSOR_JOINT(&c, ","));
    assert_true(cursor_truth(&c, false));
    assert_false(cursor_truth(&c, false));
    c = at("true}");
    assert_false(cursor_truth(&c, false));
    c = at("tr ue");
    assert_false(cursor_truth(&c, true));
    c = at("tru");
    assert_false(cursor_truth(&c, true));
}

static bool joint_is(const char *text)
{
    struct cursor c = at(text);
    return CURSOR_JOINT(&c, "},{\"a\":\"") && cursor_text(&c, "b") && cursor_at_end(&c);
}

static void joints(void **state)
{
    (void)state;
    assert_true(joint_is("},{\"a\":\"b\""));
    assert_true(joint_is(" } ,\n\t{ \"a\" : \"b\""));
    assert_false(joint_is("},{\"a \":\"b\""));
    assert_false(joint_is("},{\"a\":\" b\""));
    assert_false(joint_is("},{\"a\""));
    assert_false(joint_is("},{\"a\":b"));
    assert_false(joint_is(""));
}

static bool value_is(const char *text, const char *json)
{
    struct cursor c = at(text);
    return cursor_value(&c, json) && cursor_at_end(&c);
}

static void no_white_space_within_a_word(void **state)
{
    (void)state;
    assert_true(value_is(" [ 420 ,true ]", "[420,true]"));
    assert_true(value_is("{ \"a b\" : -1 }", "{\"a b\": -1}"));
    assert_false(value_is("4 20", "420"));
    assert_false(value_is("[- 1]", "[-1]"));
    assert_false(value_is("t rue", "true"));
}

static void values(void **state)
{
    (void)state;
    assert_true(value_is("[\"a b\",1]", "[\"a b\", 1]"));
    assert_true(value_is(" { \"a\\\" \" : null }", "{\"a\\\" \":null}"));
    assert_false(value_is("[\"a  b\"]", "[\"a b\"]"));
    assert_false(value_is("[\"a\\\"  b\"]", "[\"a\\\" b\"]"));
    assert_false(value_is("12", "1"));
    assert_false(value_is("1", "12"));
    assert_false(value_is("\"a\\", "\"a\\\""));
    assert_false(value_is("\"\\n\"", "\"\\t\""));
}

static void bytes_that_are_not_there_leave_the_place(void **state)
{
    (void)state;
    struct cursor c = at("abc");
    assert_false(cursor_bytes(&c, "abd", 3));
    assert_false(cursor_bytes(&c, "abcd", 4));
    assert_true(cursor_bytes(&c, "ab", 2));
    assert_true(cursor_sees(&c, 'c'));
    assert_false(cursor_sees(&c, 'd'));
    assert_true(cursor_bytes(&c, "c", 1));
    assert_false(cursor_sees(&c, 'c'));
}

int main(void)
{
    const struct CMUnitTest cursor_tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(escapes),
        cmocka_unit_test(any_text),
        cmocka_unit_test(numbers),
        cmocka_unit_test(no_white_space_within_a_word),
        cmocka_unit_test(truths),
        cmocka_unit_test(joints),
        cmocka_unit_test(values),
        cmocka_unit_test(bytes_that_are_not_there_leave_the_place),
    };
    return cmocka_run_group_tests(cursor_tests, NULL, NULL);
}
