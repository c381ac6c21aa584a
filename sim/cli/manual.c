/* Manual pages in mdoc, from the tables. */
#include "manual.h"

#include "manual_text.h"

void manual_put_text(FILE *out, const char *text, size_t n)
{
    bool start = true;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (start && (c == '.' || c == '\'')) {
            (void)fputs("\\&", out);
        }
        if (c == '\\') {
            (void)fputs("\\e", out);
        } else if (c == '-') {
            (void)fputs("\\-", out);
        } else {
            (void)fputc(c, out);
        }
        start = c == '\n';
    }
}

/* Words up to the width that an input line may have. */
static void put_filled(FILE *out, const char *text, size_t n)
{
    enum { WIDTH = 72 };
    while (n > WIDTH) {
        const char *space = memrchr(text, ' ', WIDTH);
        space = space ? space : memchr(text, ' ', n);
        if (!space) {
            break;
        }
        size_t k = (size_t)(space - text);
        manual_put_text(out, text, k);
        (void)fputc('\n', out);
        text += k + 1;
        n -= k + 1;
    }
    manual_put_text(out, text, n);
}

void manual_put_sentences(FILE *out, const char *text, size_t n)
{
    while (n) {
        size_t k = 0;
        while (k < n && !(text[k] == '.' && k + 1 < n && text[k + 1] == ' ')) {
            k++;
        }
        size_t line = k < n ? k + 1 : n;
        put_filled(out, text, line);
        (void)fputc('\n', out);
        line += line < n;
        text += line;
        n -= line;
    }
}

static void put_paragraphs(FILE *out, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t n = end ? (size_t)(end - text) : strlen(text);
        manual_put_sentences(out, text, n);
        text += n;
        if (end) {
            (void)fputs(".Pp\n", out);
            text += 2;
        }
    }
}

static void put_argument(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        (void)fputs(*text == '"'    ? "\\(dq"
                    : *text == '\\' ? "\\e"
                    : *text == '-'  ? "\\-"
                                    : (char[]){*text, 0},
                    out);
    }
    (void)fputc('"', out);
}

static void put_items(FILE *out, const char *title, const char *macro,
                      const struct manual_item *items)
{
    (void)fprintf(out, ".Sh %s\n.Bl -tag -width Ds\n", title);
    for (; items->name; items++) {
        (void)fprintf(out, ".It %s ", macro);
        put_argument(out, items->name);
        (void)fputc('\n', out);
        manual_put_sentences(out, items->text, strlen(items->text));
    }
    (void)fputs(".El\n", out);
}

static void put_option(FILE *out, const struct option_row *row)
{
    (void)fputs(".It ", out);
    if (row->letter) {
        (void)fprintf(out, "Fl %c , ", row->letter);
    }
    (void)fprintf(out, "Fl \\-%s", row->name);
    if (row->arg) {
        (void)fputs(" Ar ", out);
        put_argument(out, row->arg);
    }
    (void)fputc('\n', out);
    manual_put_text(out, row->help, strlen(row->help));
    (void)fputs(".\n", out);
    if (row->type == OPTION_CHOICE) {
        (void)fputs("One of: ", out);
        manual_put_text(out, row->choices, strlen(row->choices));
        (void)fputs(".\n", out);
    }
    if (row->type == OPTION_LIST) {
        (void)fputs("May be given more than once.\n", out);
    }
}

/* All options of a command, group by group, in the order of the table. */
static void put_options(FILE *out, enum command_id command)
{
    bool done[OPTION_ROWS_MAX] = {0};
    (void)fputs(".Sh OPTIONS\n", out);
    for (size_t i = 0; i < n_option_rows; i++) {
        if (done[i] || !(option_rows[i].commands & 1u << command)) {
            continue;
        }
        (void)fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", option_rows[i].group);
        for (size_t k = i; k < n_option_rows; k++) {
            if (strcmp(option_rows[k].group, option_rows[i].group) == 0 &&
                option_rows[k].commands & 1u << command) {
                put_option(out, &option_rows[k]);
                done[k] = true;
            }
        }
        (void)fputs(".El\n", out);
    }
}

static void put_commands(FILE *out)
{
    (void)fputs(
        ".Sh COMMANDS\nA first word that is none of these is a PATH to run.\n.Bl -tag -width Ds\n",
        out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fputs(".It Cm ", out);
        put_argument(out, commands[i].usage);
        (void)fputc('\n', out);
        manual_put_text(out, commands[i].about, strlen(commands[i].about));
        (void)fputs(".\n", out);
        if (i != COMMAND_RUN) {
            (void)fprintf(out, "See\n.Xr simrun\\-%s 1 .\n", commands[i].name);
        }
    }
    (void)fputs(".El\n", out);
}

static void put_examples(FILE *out, enum command_id command)
{
    (void)fputs(".Sh EXAMPLES\n", out);
    for (size_t i = 0; i < MANUAL_EXAMPLES && manual[command].examples[i].line; i++) {
        (void)fputs(i ? ".Pp\n" : "", out);
        const char *about = manual[command].examples[i].about;
        size_t n = strlen(about);
        manual_put_text(out, about, n);
        (void)fputs(n && about[n - 1] == '?' ? "\n.Dl " : ":\n.Dl ", out);
        put_argument(out, manual[command].examples[i].line);
        (void)fputc('\n', out);
    }
}

void manual_put_head(FILE *out, const char *name, int section, const char *date)
{
    (void)fprintf(out, ".\\\" Made from the tables of the program.\n.Dd %s\n.Dt ", date);
    for (const char *p = name; *p; p++) {
        (void)fputc(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, out);
    }
    (void)fprintf(out, " %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", section, name);
}

void manual_print(FILE *out, enum command_id command, const char *version, const char *date)
{
    const struct command *c = &commands[command];
    char name[64] = "simrun";
    bool whole = command == COMMAND_RUN;
    if (!whole) {
        (void)snprintf(name, sizeof(name), "simrun-%s", c->name);
    }
    manual_put_head(out, name, 1, date);
    const char *about =
        whole ? "which file tree does a container get from this OCI spec, and why" : c->about;
    manual_put_text(out, about, strlen(about));
    (void)fputs("\n.Sh SYNOPSIS\n.Nm simrun\n.Op Ar option ...\n", out);
    manual_put_text(out, c->usage, strlen(c->usage));
    (void)fputs("\n.Sh DESCRIPTION\n", out);
    put_paragraphs(out, manual[command].text);
    if (whole) {
        put_commands(out);
    }
    put_options(out, command);
    if (whole) {
        put_items(out, "ENVIRONMENT", "Ev", manual_variables);
        put_items(out, "FILES", "Pa", manual_files);
    }
    put_items(out, "EXIT STATUS", "Li", manual_exits);
    put_examples(out, command);
    (void)fprintf(out,
                  ".Sh SEE ALSO\n%s.Xr simrun\\-db 5 ,\n.Xr simrun\\-suite 5\n.Pp\nThis page is of "
                  "simrun %s.\n",
                  whole ? "" : ".Xr simrun 1 ,\n", version);
}
