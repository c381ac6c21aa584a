#include "support.h"

static void json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "null",
        " [ ] ",
        "{}",
        "[1,-0.5e+3,0,true,false,null,\"\"]",
        "{\"a\" : [{\"b\":[[],{}]}, \"\\u00ff\\n\\\"\"],\n\"c\":1E9}",
        "\"\\\\x\\\\\"",
        "\"\xff\"", /* whoever writes it out replaces the byte */
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(rep_is_json(good[i]));
    }
}

/* Copies of their own length: run with the address sanitizer. */
static void no_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "[",           "]",       "[1",       "[1,]",
        "[,1]",       "[1 2]",       "{1:2}",   "{\"a\"}",  "{\"a\":",
        "{\"a\":1,}", "{\"a\":1]",   "[1}",     "tru",      "01",
        "-",          "1.",          "1e",      "\"",       "\"\\",
        "\"\\u",      "\"\\u12x4\"", "\"\\q\"", "\"a\nb\"", "[\"a\xff:\"\"}]",
        "1 2",        "nullx",       "+1",      "'a'",      "\x01",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *copy = strdup(bad[i]);
        assert_non_null(copy);
        assert_false(rep_is_json(copy));
        free(copy);
    }
}

static void depth_has_a_bound(void **state)
{
    (void)state;
    char text[2 * 257 + 1] = {0};
    memset(text, '[', 256);
    memset(text + 256, ']', 256);
    assert_true(rep_is_json(text));
    memset(text, '[', 257);
    memset(text + 257, ']', 257);
    assert_false(rep_is_json(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json),
        cmocka_unit_test(no_json),
        cmocka_unit_test(depth_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
