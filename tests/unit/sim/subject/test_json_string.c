/* json_string.c: any bytes are a string of JSON in the end. */
#include "fixture.h"

static void any_bytes_give_json(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *want;
    } rows[] = {
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\x80", 1, "\"\\ufffd\""},
        {"\xc3\xa9", 2, "\"\xc3\xa9\""},
        {"\xc3", 1, "\"\\ufffd\""},
        {"\xc0\xaf", 2, "\"\\ufffd\\ufffd\""},
        {"\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\""},
        {"\xf4\x90\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"\\\"", 2, "\"\\\\\\\"\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str s;
        str_init(&s, *state);
        sim_json_text(&s, rows[i].bytes, rows[i].n);
        assert_string_equal(str_get(&s), rows[i].want);
        str_release(&s);
    }
}

/* A character may stand across the end of what is looked at together. */
static void long_texts(void **state)
{
    struct domain *d = *state;
    for (size_t pad = 250; pad < 260; pad++) {
        struct str text, got, want;
        str_init(&text, d);
        str_init(&got, d);
        str_init(&want, d);
        str_addc(&want, '"');
        for (size_t i = 0; i < pad; i++) {
            str_addc(&text, 'x');
            str_addc(&want, 'x');
        }
        str_add(&text, "\xf0\x9f\x99\x82\x01\xff");
        str_add(&want, "\xf0\x9f\x99\x82\\u0001\\ufffd");
        for (size_t i = 0; i < 3000; i++) {
            str_add(&text, "\"\x1f");
            str_add(&want, "\\\"\\u001f");
        }
        str_addc(&want, '"');
        sim_json_text(&got, str_get(&text), text.n);
        assert_string_equal(str_get(&got), str_get(&want));
        str_release(&text);
        str_release(&got);
        str_release(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(any_bytes_give_json),
        SUBJECT_TEST(long_texts),
    };
    return cmocka_run_group_tests_name("sim_subject_json_string", tests, NULL, NULL);
}
