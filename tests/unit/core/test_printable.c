#include "core_test.h"

static void ascii_prints_from_space_to_tilde(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 0x80; r++) {
        assert_int_equal(go_is_print(r), r >= 0x20 && r <= 0x7e);
    }
}

static void known_code_points(void **state)
{
    (void)state;
    static const uint32_t yes[] = {
        0xa1,   0xe4,    0x20ac,  0xfffd, 0x1f600, /* a symbol */
        0x0301,                                    /* a mark */
        0x4e00, 0x9fea,                            /* the last ideograph of Unicode 10.0 */
        0x20bf, 0x1f6f8, 0x2ceb0,                  /* came with 10.0 */
    };
    static const uint32_t no[] = {
        0x80,   0xa0,   0xad,   0x2028,  0x200b,  0x3000,  0xd800,   0xe000,   0xfeff,
        0xfffe, 0xffff, 0x9feb, 0x1f6fa, 0x31350, 0xe0001, 0x10ffff, 0x110000, UINT32_MAX,
    };
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        assert_true(go_is_print(yes[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        assert_false(go_is_print(no[i]));
    }
}

/*
 * Unicode 10.0 counts 136,690 graphic and format characters. Of these 153 are format characters or
 * line and paragraph separators, and 17 are spaces, of which only the ASCII one is printed.
 */
static void the_table_has_as_many_code_points_as_unicode_10(void **state)
{
    (void)state;
    size_t n = 0;
    for (uint32_t r = 0; r <= 0x10ffff; r++) {
        n += go_is_print(r);
    }
    assert_int_equal(n, 136690 - 153 - 17 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_prints_from_space_to_tilde),
        cmocka_unit_test(known_code_points),
        cmocka_unit_test(the_table_has_as_many_code_points_as_unicode_10),
    };
    return cmocka_run_group_tests_name("core_printable", tests, NULL, NULL);
}
