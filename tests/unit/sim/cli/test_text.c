#include "fixture.h"

static void cells_are_padded_and_cut(void **state)
{
    struct fixture *f = *state;
    print_cell(f->env.out, "abc", 5);
    print_cell(f->env.out, "abcdefgh", 5);
    print_cell(f->env.out, "\xc3\xa4\xc3\xb6", 3);
    flush(f);
    assert_string_equal(f->out, "abc  abc..\xc3\xa4\xc3\xb6 ");
}

static void nothing_acts_on_the_terminal(void **state)
{
    struct fixture *f = *state;
    print_escaped(f->env.out, "a\033[31mb\nc");
    print_cell(f->env.out, "\033]0;x", 20);
    (void)complain(&f->c, 0, "%s", "x\033y");
    print_wrapped(&f->c, f->env.out, "\033");
    flush(f);
    assert_null(strchr(f->out, '\033'));
    assert_null(strchr(f->complaints, '\033'));
}

static void long_lines_break_at_blanks(void **state)
{
    struct fixture *f = *state;
    f->env.width = 20;
    print_wrapped(&f->c, f->env.out, "one two three four five six seven eight");
    flush(f);
    assert_string_equal(f->out, "  one two three four\n    five six seven\n    eight\n");
}

static void long_words_break_anywhere(void **state)
{
    struct fixture *f = *state;
    f->env.width = 10;
    print_wrapped(&f->c, f->env.out, "abcdefghijklmnop");
    flush(f);
    assert_string_equal(f->out, "  abcdefgh\n    ijklmn\n    op\n");
}

int main(void)
{
    const struct CMUnitTest text_tests[] = {
        test(cells_are_padded_and_cut),
        test(nothing_acts_on_the_terminal),
        test(long_lines_break_at_blanks),
        test(long_words_break_anywhere),
    };
    return cmocka_run_group_tests(text_tests, NULL, NULL);
}
