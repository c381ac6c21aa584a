#include "core_test.h"

#define SYNTAX ": invalid syntax"
#define RANGE  ": value out of range"

static void check_text(struct error *err, const char *func, const char *quoted, const char *why)
{
    char want[128] = "strconv.";
    strcat(strcat(strcat(strcat(want, func), ": parsing "), quoted), why);
    assert_int_equal(err->code, -EINVAL);
    assert_string_equal(err->text, want);
    error_release(err);
}

struct uint_row {
    const char *in;
    int base, bits;
    uint64_t value;
    const char *quoted, *why; /* NULL: it parses */
};

/* Contract filesystems 1.2 and 3.1 (mode), ninep 10.1 (msize). */
static const struct uint_row uints[] = {
    {"0755", 8, 32, 0755, NULL, NULL},
    {"037777777777", 8, 32, UINT32_MAX, NULL, NULL},
    {"00000000777", 8, 32, 0777, NULL, NULL},
    {"047777777777", 8, 32, UINT32_MAX, "\"047777777777\"", RANGE},
    {"047777777777x", 8, 32, UINT32_MAX, "\"047777777777x\"", RANGE},
    {"03777777777x", 8, 32, 0, "\"03777777777x\"", SYNTAX},
    {"x0755", 8, 32, 0, "\"x0755\"", SYNTAX},
    {"0x0755", 8, 32, 0, "\"0x0755\"", SYNTAX},
    {"0700=1", 8, 32, 0, "\"0700=1\"", SYNTAX},
    {"-0755", 8, 32, 0, "\"-0755\"", SYNTAX},
    {"+0755", 8, 32, 0, "\"+0755\"", SYNTAX},
    {" 0755", 8, 32, 0, "\" 0755\"", SYNTAX},
    {"08", 8, 32, 0, "\"08\"", SYNTAX},
    {"07\xff", 8, 32, 0, "\"07\\xff\"", SYNTAX},
    {"0", 10, 32, 0, NULL, NULL},
    {"4294967295", 10, 32, UINT32_MAX, NULL, NULL},
    {"4294967296", 10, 32, UINT32_MAX, "\"4294967296\"", RANGE},
    {"abc", 10, 32, 0, "\"abc\"", SYNTAX},
    {"", 10, 32, 0, "\"\"", SYNTAX},
    {"18446744073709551615", 10, 64, UINT64_MAX, NULL, NULL},
    {"18446744073709551616", 10, 64, UINT64_MAX, "\"18446744073709551616\"", RANGE},
    {"99999999999999999999999", 10, 64, UINT64_MAX, "\"99999999999999999999999\"", RANGE},
    {"fF", 16, 8, 255, NULL, NULL},
    {"100", 16, 8, 255, "\"100\"", RANGE},
};

static void unsigned_numbers(void **state)
{
    struct domain *d = *state;
    for (size_t i = 0; i < ARRAY_LEN(uints); i++) {
        const struct uint_row *row = &uints[i];
        struct error err = {0};
        uint64_t n = 77;
        int r = go_parse_uint(d, "ParseUint", row->in, row->base, row->bits, &n, &err);
        assert_int_equal(r, row->why ? -EINVAL : 0);
        assert_true(n == row->value);
        if (row->why) {
            check_text(&err, "ParseUint", row->quoted, row->why);
        }
        assert_null(err.text);
    }
}

struct int_row {
    const char *in;
    int bits;
    int64_t value;
    const char *quoted, *why;
};

/* Contract filesystems 3.1 (uid, gid), ninep 10.1 (rfdno). */
static const struct int_row ints[] = {
    {"010", 32, 10, NULL, NULL},
    {"+5", 32, 5, NULL, NULL},
    {"-1", 32, -1, NULL, NULL},
    {"-0", 32, 0, NULL, NULL},
    {"2147483647", 32, INT32_MAX, NULL, NULL},
    {"-2147483648", 32, INT32_MIN, NULL, NULL},
    {"2147483648", 32, INT32_MAX, "\"2147483648\"", RANGE},
    {"4294967295", 32, INT32_MAX, "\"4294967295\"", RANGE},
    {"4294967296", 32, INT32_MAX, "\"4294967296\"", RANGE},
    {"-2147483649", 32, INT32_MIN, "\"-2147483649\"", RANGE},
    {"-99999999999999999999999", 32, INT32_MIN, "\"-99999999999999999999999\"", RANGE},
    {"4294967296x", 32, INT32_MAX, "\"4294967296x\"", RANGE},
    {"2147483648x", 32, 0, "\"2147483648x\"", SYNTAX}, /* the signed bound comes last */
    {"0x10", 32, 0, "\"0x10\"", SYNTAX},
    {"1_0", 32, 0, "\"1_0\"", SYNTAX},
    {"", 32, 0, "\"\"", SYNTAX},
    {"+", 32, 0, "\"+\"", SYNTAX},
    {"-", 32, 0, "\"-\"", SYNTAX},
    {"--1", 32, 0, "\"--1\"", SYNTAX},
    {"+-1", 32, 0, "\"+-1\"", SYNTAX},
    {"9223372036854775807", 64, INT64_MAX, NULL, NULL},
    {"-9223372036854775808", 64, INT64_MIN, NULL, NULL},
    {"9223372036854775808", 64, INT64_MAX, "\"9223372036854775808\"", RANGE},
    {"-9223372036854775809", 64, INT64_MIN, "\"-9223372036854775809\"", RANGE},
};

static void signed_numbers(void **state)
{
    struct domain *d = *state;
    for (size_t i = 0; i < ARRAY_LEN(ints); i++) {
        const struct int_row *row = &ints[i];
        struct error err = {0};
        int64_t n = 77;
        int r = go_parse_int(d, "Atoi", row->in, 10, row->bits, &n, &err);
        assert_int_equal(r, row->why ? -EINVAL : 0);
        assert_true(n == row->value);
        if (row->why) {
            check_text(&err, "Atoi", row->quoted, row->why);
        }
        assert_null(err.text);
    }
}

static void booleans(void **state)
{
    struct domain *d = *state;
    static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True"};
    static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False"};
    static const char *const bad[] = {"", "yes", "tRUE", "01", " 1", "TrUe"};
    struct error err = {0};
    bool b = false;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        b = false;
        assert_int_equal(go_parse_bool(d, yes[i], &b, &err), 0);
        assert_true(b);
        assert_int_equal(go_parse_bool(d, no[i], &b, &err), 0);
        assert_false(b);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(go_parse_bool(d, bad[i], &b, &err), -EINVAL);
        CLEANUP_MEM char *quoted = go_quote(d, bad[i]);
        check_text(&err, "ParseBool", quoted, SYNTAX);
    }
}

static void out_of_memory_while_refusing(void **state)
{
    struct domain *d = *state;
    struct error err = {0};
    uint64_t n;
    d->alloc_fail_at = 2;
    assert_int_equal(go_parse_uint(d, "ParseUint", "x", 10, 32, &n, &err), CODE_FATE);
    assert_int_equal(err.code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(unsigned_numbers),
        DOMAIN_TEST(signed_numbers),
        DOMAIN_TEST(booleans),
        DOMAIN_TEST(out_of_memory_while_refusing),
    };
    return cmocka_run_group_tests_name("core_number", tests, NULL, NULL);
}
