#include "core_test.h"

/* Contract pipeline 3, `<q>`. */
static void quoting_follows_the_contract(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", "\"\""},
        {"plain text", "\"plain text\""},
        {"a\"b\\c'd", "\"a\\\"b\\\\c'd\""},
        {"\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\""},
        {"\x01\x1f\x7f", "\"\\x01\\x1f\\x7f\""},
        {"\xff\xc3", "\"\\xff\\xc3\""},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\xc2\xa0\xc2\xad", "\"\\u00a0\\u00ad\""},
        {"\xe2\x80\xa8", "\"\\u2028\""},
        {"\xee\x80\x80", "\"\\ue000\""},
        {"\xf3\xa0\x80\x81", "\"\\U000e0001\""},
        {"\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
        {"\xf4\x8f\xbf\xbf", "\"\\U0010ffff\""},
        /* not UTF-8: surrogate, overlong, too large, cut short */
        {"\xed\xa0\x80", "\"\\xed\\xa0\\x80\""},
        {"\xc0\xaf", "\"\\xc0\\xaf\""},
        {"\xe0\x80\xaf", "\"\\xe0\\x80\\xaf\""},
        {"\xf0\x80\x80\xaf", "\"\\xf0\\x80\\x80\\xaf\""},
        {"\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\""},
        {"\xf8\x88\x80\x80\x80", "\"\\xf8\\x88\\x80\\x80\\x80\""},
        {"\xe2\x82", "\"\\xe2\\x82\""},
        {"\xe2\x82z", "\"\\xe2\\x82z\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP_MEM char *out = go_quote(*state, rows[i].in);
        assert_string_equal(out, rows[i].out);
    }
}

static void quoting_appends(void **state)
{
    struct str s;
    str_init(&s, *state);
    str_add(&s, "[");
    str_addq(&s, "a");
    str_add(&s, " ");
    str_addq(&s, "");
    str_add(&s, "]");
    assert_string_equal(str_get(&s), "[\"a\" \"\"]");
    str_release(&s);
}

static void every_byte_pair_is_survived(void **state)
{
    struct domain *d = *state;
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            char in[3] = {(char)a, (char)b, '\0'};
            CLEANUP_MEM char *out = go_quote(d, in);
            size_t n = strlen(out);
            assert_true(n >= 2 && n <= 10);
            assert_true(out[0] == '"' && out[n - 1] == '"');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(quoting_follows_the_contract),
        DOMAIN_TEST(quoting_appends),
        DOMAIN_TEST(every_byte_pair_is_survived),
    };
    return cmocka_run_group_tests_name("core_quote", tests, NULL, NULL);
}
