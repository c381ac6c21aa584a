#include "support.h"

static void check(const char *json, size_t n, const char *const *want)
{
    struct rep_buf buf = {0};
    size_t i = 0;
    while (rep_json_next_string(&json, &buf)) {
        assert_true(i < n);
        assert_string_equal(buf.data, want[i++]);
    }
    assert_int_equal(i, n);
    rep_buf_release(&buf);
}

static void strings_come_back(void **state)
{
    (void)state;
    static const char *const want[] = {"", "a\"\\/\n\t\b", "\xe2\x80\xae\xf0\x9f\x98\x80", "x"};
    check("[\"\", \"a\\\"\\\\\\/\\n\\t\\b\",\"\\u202e\\ud83d\\ude00\",\"x\"]", 4, want);
    check("[]", 0, NULL);
    check("", 0, NULL);
}

/* Never a read past the end: run with the address sanitizer. */
static void broken_ones_end(void **state)
{
    (void)state;
    static const char *const broken[] = {"[\"a",     "[\"\\",         "[\"\\u",
                                         "[\"\\u12", "[\"\\ud83d\\u", "[\"\\ud83d\\ude0",
                                         "\"",       "[\"a\\q\"]"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct rep_buf buf = {0};
        char *copy = strdup(broken[i]);
        const char *json = copy;
        assert_non_null(copy);
        while (rep_json_next_string(&json, &buf)) {
            assert_true(json <= copy + strlen(copy));
        }
        free(copy);
        rep_buf_release(&buf);
    }
}

static void halves_of_pairs_are_replaced(void **state)
{
    (void)state;
    struct rep_buf buf = {0};
    const char *json = "[\"\\ud83dx\\udc00\\ud83d\\u0041\\ud83d\\ude00\"]";
    assert_true(rep_json_next_string(&json, &buf));
    assert_string_equal(buf.data, "\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd"
                                  "A\xf0\x9f\x98\x80");
    rep_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest json_strings_tests[] = {
        cmocka_unit_test(strings_come_back),
        cmocka_unit_test(broken_ones_end),
        cmocka_unit_test(halves_of_pairs_are_replaced),
    };
    return cmocka_run_group_tests(json_strings_tests, NULL, NULL);
}
