#include "p9_test.h"

static void formatting_and_parsing_are_inverse(void **state)
{
    (void)state;
    char text[P9_VERSION_TEXT];
    for (uint32_t v = 0; v < 1024; v++) {
        uint32_t back;
        assert_int_equal(p9_version_parse(p9_str(p9_version_format(v, text)), &back), 0);
        assert_int_equal(back, v);
    }
    assert_string_equal(p9_version_format(0, text), "9P2000.L");
    assert_string_equal(p9_version_format(UINT32_MAX, text), "9P2000.L.Google.4294967295");
}

static void the_parser_takes_what_the_originals_does(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t version; /* -1: refused */
    } rows[] = {
        {"9P2000.L", 0},
        {"9P2000.L.Google.0", 0},
        {"9P2000.L.Google.1", 1},
        {"9P2000.L.Google.007", 7},
        {"9P2000.L.Google.347823894", 347823894},
        {"9P2000.L.Google.4294967295", 4294967295},
        {"9P2000.L.Google.4294967296", -1},
        {"9P2000.L.Google.3546343826724305832", -1},
        {"9P2000.L.Google.18446744073709551617", -1},
        {"9P2000.L.Google.-1", -1},
        {"9P2000.L.Google.+1", -1},
        {"9P2000.L.Google. 1", -1},
        {"9P2000.L.Google.1_0", -1},
        {"9P2000.L.Google.1.2", -1},
        {"9P2000.L.Google.", -1},
        {"9P2000.L.Google", -1},
        {"9P2000.L.google.1", -1},
        {"9P2000.L.", -1},
        {"9P2000", -1},
        {"9P2001.L", -1},
        {"9P200.L", -1},
        {"9P.L", -1},
        {"9P", -1},
        {"", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t v = 12345;
        int code = p9_version_parse(p9_str(rows[i].text), &v);
        assert_int_equal(code, rows[i].version < 0 ? -EINVAL : 0);
        assert_int_equal(v, rows[i].version < 0 ? 12345 : rows[i].version);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formatting_and_parsing_are_inverse),
        cmocka_unit_test(the_parser_takes_what_the_originals_does),
    };
    return cmocka_run_group_tests_name("p9_version", tests, NULL, NULL);
}
