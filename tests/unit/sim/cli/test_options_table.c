#include "fixture.h"

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_option_rows; i++) {
        const struct option_row *r = &option_rows[i];
        assert_true(r->name[0] && r->help[0] && r->group[0] && r->commands);
        assert_int_equal(r->arg == NULL, r->type == OPTION_FLAG);
        assert_int_equal(r->choices != NULL, r->type == OPTION_CHOICE);
        assert_true(r->type != OPTION_NUMBER || r->min < r->max);
        assert_true(r->offset < sizeof(struct cli_options));
        assert_true(strlen(r->help) <= 64); /* fits beside its name in 96 columns */
    }
}

static void names_and_letters_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_option_rows; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(option_rows[i].name, option_rows[k].name);
            assert_true(!option_rows[i].letter || option_rows[i].letter != option_rows[k].letter);
            assert_true(option_rows[i].offset != option_rows[k].offset);
        }
    }
}

static void every_command_is_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        assert_int_equal(command_find(commands[i].name), i);
    }
    assert_int_equal(command_find("runs"), COMMAND_COUNT);
}

int main(void)
{
    const struct CMUnitTest options_table_tests[] = {
        test(rows_are_whole),
        test(names_and_letters_are_unique),
        test(every_command_is_found_by_name),
    };
    return cmocka_run_group_tests(options_table_tests, NULL, NULL);
}
