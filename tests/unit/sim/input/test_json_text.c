/* Strings. */
#include "fixture.h"

#include <stdio.h>

#define REFUSED(f, text, error) assert_refused(f, text, sizeof(text) - 1, -EINVAL, error)

static void assert_text(struct fixture *f, const char *json, const char *text)
{
    struct json_doc doc = parse(f, json);
    assert_int_equal(doc.root->type, JSON_STRING);
    assert_string_equal(doc.root->text, text);
    assert_int_equal(doc.root->n, strlen(text));
    json_release(&doc);
}

static void escapes(void **state)
{
    struct fixture *f = *state;
    assert_text(f, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    assert_text(f, "\"\\u0041\\u00e9\\u20AC\"", "A\xC3\xA9\xE2\x82\xAC");
    assert_text(f, "\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80");
    assert_text(f, "\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF");
    assert_text(f, "\"\x7F\"", "\x7F");
}

/* As Go: each half of a pair that stands alone is one U+FFFD. */
static void half_surrogates_become_the_replacement(void **state)
{
    struct fixture *f = *state;
    assert_text(f, "\"\\ud800\"", "\xEF\xBF\xBD");
    assert_text(f, "\"\\udc00x\"", "\xEF\xBF\xBDx");
    assert_text(f, "\"\\ud800\\ud800\"", "\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_text(f, "\"\\ud800\\u0041\"",
                "\xEF\xBF\xBD"
                "A");
    assert_text(f, "\"\\ud800\\n\"", "\xEF\xBF\xBD\n");
}

static void what_no_spec_can_hold_is_refused(void **state)
{
    struct fixture *f = *state;
    REFUSED(f, "\"ab\\u0000\"",
            "f: \\u0000 is refused: no text of a spec can hold it (line 1, column 4)");
    REFUSED(f, "{\"\\u0000\":1}",
            "f: \\u0000 is refused: no text of a spec can hold it (line 1, column 3)");
    REFUSED(f, "\"a\0b\"", "f: control character 0x00 in a string (line 1, column 3)");
    REFUSED(f, "[\n\"a\nb\"]", "f: control character 0x0a in a string (line 2, column 3)");
    REFUSED(f, "\"\\x\"", "f: unknown escape in a string (line 1, column 2)");
    REFUSED(f, "\"\\\0\"", "f: unknown escape in a string (line 1, column 2)");
    REFUSED(f, "\"\\u12g4\"", "f: \\u needs four hexadecimal digits (line 1, column 2)");
    REFUSED(f, "\"\\u12", "f: \\u needs four hexadecimal digits (line 1, column 2)");
    REFUSED(f, "[\"abc", "f: string does not end (line 1, column 2)");
    REFUSED(f, "\"abc\\\"", "f: string does not end (line 1, column 1)");
    REFUSED(f, "\"\\", "f: string does not end (line 1, column 2)");
}

static void utf8_is_checked(void **state)
{
    struct fixture *f = *state;
    static const char *const good[] = {
        "\"\xC2\x80\"",     "\"\xDF\xBF\"",         "\"\xE0\xA0\x80\"",    "\"\xED\x9F\xBF\"",
        "\"\xEF\xBF\xBF\"", "\"\xF0\x90\x80\x80\"", "\"\xF4\x8F\xBF\xBF\""};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct json_doc doc = parse(f, good[i]);
        assert_memory_equal(doc.root->text, good[i] + 1, doc.root->n);
        json_release(&doc);
    }
    static const char *const bad[] = {"\"x\x80\"",         "\"x\xC0\xAF\"",
                                      "\"x\xC1\xBF\"",     "\"x\xE0\x9F\xBF\"",
                                      "\"x\xED\xA0\x80\"", "\"x\xF0\x8F\xBF\xBF\"",
                                      "\"x\xF5\"",         "\"x\xF4\x90\x80\x80\"",
                                      "\"x\xE2\x82\"",     "\"x\xC3",
                                      "\"x\xFE\""};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char text[80];
        snprintf(text, sizeof(text), "f: invalid UTF-8: byte 0x%02x (line 1, column 3)",
                 (unsigned char)bad[i][2]);
        assert_refused(f, bad[i], strlen(bad[i]), -EINVAL, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(escapes),
        INPUT_TEST(half_surrogates_become_the_replacement),
        INPUT_TEST(what_no_spec_can_hold_is_refused),
        INPUT_TEST(utf8_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
