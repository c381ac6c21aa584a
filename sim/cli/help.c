/* --help, from the tables. */
#include "cli.h"
#include "manual.h"

/* What is told about a name stands to the right of it, or below when there is no room. */
static void print_pair(const struct cli *c, const char *name, const char *text)
{
    enum { NAME_WIDTH = 29 };
    char label[NAME_WIDTH + 1];
    int n = snprintf(label, sizeof(label), "  %-*s", NAME_WIDTH - 2, name);
    if (n > NAME_WIDTH || label[NAME_WIDTH - 1] != ' ') {
        (void)fprintf(c->env->out, "  %s\n", name);
        (void)snprintf(label, sizeof(label), "%*s", NAME_WIDTH, "");
    }
    print_labelled(c, c->env->out, label, text);
}

static void print_option(const struct cli *c, const struct option_row *row)
{
    char left[64];
    (void)snprintf(left, sizeof(left), "%s%c%s--%s%s%s", row->letter ? "-" : "  ",
                   row->letter ? row->letter : ' ', row->letter ? ", " : " ", row->name,
                   row->arg ? " " : "", row->arg ? row->arg : "");
    print_pair(c, left, row->help);
}

static void print_paragraphs(const struct cli *c, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t n = end ? (size_t)(end - text) : strlen(text);
        struct str s;
        str_init(&s, c->d);
        str_addn(&s, text, n);
        (void)fputc('\n', c->env->out);
        print_labelled(c, c->env->out, "", str_get(&s));
        str_release(&s);
        text += end ? n + 2 : n;
    }
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

void help_print(const struct cli *c, enum command_id command)
{
    FILE *out = c->env->out;
    bool one = command != COMMAND_RUN && command != COMMAND_HELP;
    if (one) {
        (void)fprintf(out, "usage: simrun %s\n\n%s\n", commands[command].usage,
                      commands[command].about);
        print_paragraphs(c, manual[command].text);
    } else {
        (void)fputs("simrun: which file tree does a container get from this OCI spec, and why?\n\n"
                    "usage: simrun [COMMAND] [OPTION...] [WORD...]\n\n"
                    "PATH is a bundle, a spec (*.json), a suite (*.jsonl[.gz]), a folder of\n"
                    "these, or -.\n\nCommands:\n",
                    out);
    }
    for (size_t i = 0; i < COMMAND_COUNT && !one; i++) {
        print_pair(c, commands[i].usage, commands[i].about);
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
            print_option(c, row);
        }
    }
    print_examples(out, one ? command : COMMAND_RUN);
    if (!one) {
        (void)fputs("\nExit: 0 fine, 1 failures, 2 usage or nothing selected, 3 simrun failed,\n"
                    "130 interrupted. simrun help COMMAND tells more about one.\n",
                    out);
    }
}
