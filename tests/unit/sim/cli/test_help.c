#include "fixture.h"

static void names_all(void **state)
{
    struct fixture *f = *state;
    f->env.width = 200; /* no text is broken */
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

static void fits_the_width(void **state)
{
    struct fixture *f = *state;
    f->env.width = 60;
    assert_int_equal(simrun(f, "help compare"), EXIT_FINE);
    assert_contains(f->out, "\n                             ");
    for (const char *line = strstr(f->out, "Output:"); line && *line != '\0';) {
        size_t n = strcspn(line, "\n");
        assert_true(n <= 60 || strncmp(line, "  simrun ", 9) == 0);
        line += n + (line[n] == '\n');
    }
}

int main(void)
{
    const struct CMUnitTest help_tests[] = {test(names_all), test(of_one_command),
                                            test(fits_the_width)};
    return cmocka_run_group_tests(help_tests, NULL, NULL);
}
