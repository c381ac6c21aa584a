#include "fixture.h"

static void names_all(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "--help"), EXIT_FINE);
    for (size_t i = 0; i < n_option_rows; i++) {
        assert_contains(f->out, option_rows[i].help);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        assert_contains(f->out, commands[i].usage);
    }
    assert_contains(f->out, "Examples:");
}

static void of_one_command(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(simrun(f, "tree --help"), EXIT_FINE);
    assert_contains(f->out, "usage: simrun tree CASE");
    assert_contains(f->out, "--run RUN");
    assert_null(strstr(f->out, "--fail-fast"));
}

int main(void)
{
    const struct CMUnitTest help_tests[] = {test(names_all), test(of_one_command)};
    return cmocka_run_group_tests(help_tests, NULL, NULL);
}
