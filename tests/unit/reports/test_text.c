#include "support.h"

static void text_is_broken_at_spaces(void **state)
{
    struct scratch *t = *state;
    struct rep_out out;
    t->sink.width = 30;
    rep_out_init(&out, &t->sink);
    rep_out_wrap(&out, "key", 6, "aaaa bbbb cccc dddd eeee ffff gggg\nhhhh");
    rep_out_wrap(&out, "", 2, "0123456789012345678901234567890123456789");
    assert_int_equal(rep_out_finish(&out), 0);
    assert_string_equal(t->text.data, "key   aaaa bbbb cccc dddd eeee\n"
                                      "      ffff gggg\\nhhhh\n"
                                      "  0123456789012345678901234567\n"
                                      "  890123456789\n");
}

static void colour_is_only_for_those_who_want_it(void **state)
{
    struct scratch *t = *state;
    for (int colour = 0; colour < 2; colour++) {
        struct rep_out out;
        t->sink.colour = colour;
        rep_buf_clear(&t->text);
        rep_out_init(&out, &t->sink);
        rep_out_colour(&out, REP_RED);
        rep_out_text(&out, "\033[0m");
        rep_out_colour(&out, REP_PLAIN);
        assert_int_equal(rep_out_finish(&out), 0);
        assert_string_equal(t->text.data, colour ? "\033[31m\\x1b[0m\033[0m" : "\\x1b[0m");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(text_is_broken_at_spaces),
        SCRATCH_TEST(colour_is_only_for_those_who_want_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
