#include "support.h"

static void assert_escaped(const char *text, size_t size, const char *expected)
{
    struct rep_buf buf = {0};
    rep_escape_into(&buf, text, size, 0);
    assert_string_equal(buf.data, expected);
    rep_buf_release(&buf);
}

static void hostile_text_becomes_plain(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"plain", "plain"},
        {"a b\\c", "a b\\\\c"},
        {"\033[2Jx", "\\x1b[2Jx"},
        {"\r\b\a\x7f", "\\x0d\\x08\\x07\\x7f"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"\xc2\x9b"
         "31m",
         "\\u{9b}31m"}, /* CSI in C1 */
        {"\x9b"
         "31m",
         "\\x9b31m"}, /* the same as a bare byte */
        {"\xe2\x80\xae"
         "cod",
         "\\u{202e}cod"},              /* right-to-left override */
        {"\xe2\x80\x8b", "\\u{200b}"}, /* zero width space */
        {"\xef\xbb\xbf", "\\u{feff}"},
        {"\xf3\xa0\x81\x81", "\\u{e0041}"},               /* tag A */
        {"\xe4\xb8\xad\xc3\xa9", "\xe4\xb8\xad\xc3\xa9"}, /* CJK and e acute stay */
        {"\xc0\xaf", "\\xc0\\xaf"},                       /* overlong */
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* past U+10FFFF */
        {"\xe4\xb8", "\\xe4\\xb8"},                   /* cut short */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_escaped(rows[i].text, strlen(rows[i].text), rows[i].expected);
    }
    assert_escaped("a\0b", 3, "a\\x00b");
}

/* Whatever goes in, nothing that acts comes out. */
static void no_control_survives(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int i = 0; i < 2000; i++) {
        char text[64];
        struct rep_buf buf = {0};
        for (size_t j = 0; j < sizeof text; j++) {
            text[j] = (char)next_random(&seed);
        }
        rep_escape_into(&buf, text, sizeof text, 0);
        for (size_t j = 0; j < buf.size; j++) {
            unsigned char c = (unsigned char)buf.data[j];
            assert_true(c >= 0x20 && c != 0x7f);
            assert_false(c == 0xc2 && (unsigned char)buf.data[j + 1] < 0xa0);
        }
        rep_buf_release(&buf);
    }
}

static void columns_are_counted(void **state)
{
    (void)state;
    assert_int_equal(rep_columns("abc", 3), 3);
    assert_int_equal(rep_columns("\xe4\xb8\xad", 3), 2);
    assert_int_equal(rep_columns("e\xcc\x81", 3), 1);
    assert_int_equal(rep_fit("abc", 3, 2), 2);
    assert_int_equal(rep_fit("a\xe4\xb8\xad", 4, 2), 1);
    assert_int_equal(rep_fit("a\xe4\xb8\xad", 4, 3), 4);
}

static void json_is_valid(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    uint64_t seed = 1;
    for (int i = 0; i < 500; i++) {
        char text[32];
        struct rep_buf buf = {0};
        for (size_t j = 0; j < sizeof text; j++) {
            text[j] = (char)(next_random(&seed) | 1);
        }
        rep_buf_json(&buf, text, sizeof text);
        sqlite3_stmt *stmt;
        OK(db, rep_sql_prepare(db, "SELECT json_valid(?)", &stmt));
        rep_bind_text(stmt, 1, buf.data);
        assert_int_equal(rep_sql_row(db, stmt, "check"), 1);
        assert_int_equal(sqlite3_column_int(stmt, 0), 1);
        sqlite3_finalize(stmt);
        rep_buf_release(&buf);
    }
    struct rep_buf buf = {0};
    rep_buf_json(&buf, "\"\\\n\xff\xf3\xa0\x81\x81", 8);
    assert_string_equal(buf.data, "\"\\\"\\\\\\u000a\\ufffd\\udb40\\udc41\"");
    rep_buf_release(&buf);
    rep_close(db);
}

static int refuse(void *arg, const char *data, size_t size)
{
    (void)arg, (void)data, (void)size;
    return -EPIPE;
}

static void a_sink_that_fails_ends_it(void **state)
{
    struct scratch *t = *state;
    struct rep_sink broken = {.write = refuse};
    assert_int_equal(rep_escape(&t->sink, "a\nb", 3), 0);
    assert_string_equal(t->text.data, "a\\nb");
    assert_int_equal(rep_escape(&broken, "a", 1), -EPIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_becomes_plain), cmocka_unit_test(no_control_survives),
        cmocka_unit_test(columns_are_counted),        SCRATCH_TEST(json_is_valid),
        SCRATCH_TEST(a_sink_that_fails_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
