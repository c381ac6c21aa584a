#include "fixture.h"

static void drawn_ten_times_a_second_at_most(void **state)
{
    struct fixture *f = *state;
    struct progress p;
    f->env.err_tty = true;
    progress_init(&p, &f->c, 10);
    progress_step(&p, false);
    flush(f);
    assert_string_equal(f->complaints, "");
    f->clock = 500000000;
    progress_step(&p, true);
    progress_step(&p, false);
    flush(f);
    assert_contains(f->complaints, "2/10  4/s  1 failed  2 s left");
    assert_null(strstr(f->complaints, "3/10"));
    progress_clear(&p);
}

static void silent_without_a_terminal_or_when_quiet(void **state)
{
    struct fixture *f = *state;
    struct progress p;
    progress_init(&p, &f->c, 10);
    assert_false(p.on);
    f->env.err_tty = true;
    f->c.o.quiet = true;
    progress_init(&p, &f->c, 10);
    assert_false(p.on);
}

int main(void)
{
    const struct CMUnitTest progress_tests[] = {
        test(drawn_ten_times_a_second_at_most),
        test(silent_without_a_terminal_or_when_quiet),
    };
    return cmocka_run_group_tests(progress_tests, NULL, NULL);
}
