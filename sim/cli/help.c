/* --help, from the tables. */
#include "cli.h"
#include "manual.h"

static void print_option(FILE *out, const struct option_row *row)
{
    char left[64];
    (void)snprintf(left, sizeof(left), "%s%c%s--%s%s%s", row->letter ? "-" : "  ",
                   row->letter ? row->letter : ' ', row->letter ? ", " : " ", row->name,
                   row->arg ? " " : "", row->arg ? row->arg : "");
    (void)fprintf(out, "  %-26s %s\n", left, row->help);
}

static bool is_first_of_group(size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(option_rows[k].group, option_rows[i].group) == 0) {
            return false;
        }
    }
    return true;
}

static void print_examples(FILE *out, enum command_id command)
{
    (void)fputs("\nExamples:\n", out);
    for (size_t i = 0; i < MANUAL_EXAMPLES && manual[command].examples[i].line; i++) {
        (void)fprintf(out, "  %s\n      %s\n", manual[command].examples[i].line,
                      manual[command].examples[i].about);
    }
}

void help_print(FILE *out, enum command_id command)
{
    bool one = command != COMMAND_RUN && command != COMMAND_HELP;
    if (one) {
        (void)fprintf(out, "usage: simrun %s\n\n%s\n", commands[command].usage,
                      commands[command].about);
    } else {
        (void)fputs("simrun: which file tree does a container get from this OCI spec, and why?\n\n"
                    "usage: simrun [COMMAND] [OPTION...] [WORD...]\n\n"
                    "PATH is a bundle, a spec (*.json), a suite (*.jsonl[.gz]), a folder of these, "
                    "or -.\n\nCommands:\n",
                    out);
    }
    for (size_t i = 0; i < COMMAND_COUNT && !one; i++) {
        (void)fprintf(out, "  %-26s %s\n", commands[i].usage, commands[i].about);
    }
    for (size_t i = 0; i < n_option_rows; i++) {
        if (!is_first_of_group(i)) {
            continue;
        }
        bool title = false;
        for (size_t k = i; k < n_option_rows; k++) {
            const struct option_row *row = &option_rows[k];
            if (strcmp(row->group, option_rows[i].group) != 0 ||
                (one && !(row->commands & 1u << command))) {
                continue;
            }
            if (!title) {
                (void)fprintf(out, "\n%s:\n", row->group);
                title = true;
            }
            print_option(out, row);
        }
    }
    print_examples(out, one ? command : COMMAND_RUN);
    if (!one) {
        (void)fputs("\nExit: 0 fine, 1 failures, 2 usage or nothing selected, 3 simrun failed, 130 "
                    "interrupted.\nsimrun help COMMAND tells more about one.\n",
                    out);
    }
}
