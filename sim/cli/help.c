/* --help, from the tables. */
#include "cli.h"

static const char *const examples[][2] = {
    {"simrun corpus/", "replay all, record into simrun.db"},
    {"simrun config.json", "what tree does a container get from this spec?"},
    {"simrun --filter 'named/*' -j1 corpus/", "some cases, one worker"},
    {"simrun --failed corpus/", "again, only what failed in the newest run"},
    {"simrun --changed-since latest corpus/", "only what was edited since"},
    {"simrun --resume", "finish the newest run, which was interrupted or killed"},
    {"simrun --format jsonl --no-db suite.jsonl", "result lines for other tools"},
    {"simrun --baseline latest corpus/", "exit 1 when something got worse"},
    {"simrun --profile strict --fail-on panic,hang .", "another revision; panics fail the run"},
    {"simrun tree engines/crun-spec.json", "the tree as it was recorded"},
    {"simrun diff", "what changed since the run before, by cause"},
    {"simrun search 'etc/host*'", "words in errors, logs and paths"},
    {"simrun query by-error", "error texts by number of cases"},
};

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
    if (!one) {
        (void)fputs("\nExamples:\n", out);
        for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
            (void)fprintf(out, "  %s\n      %s\n", examples[i][0], examples[i][1]);
        }
        (void)fputs("\nExit: 0 fine, 1 failures, 2 usage or nothing selected, 3 simrun failed, 130 "
                    "interrupted.\n",
                    out);
    }
}
