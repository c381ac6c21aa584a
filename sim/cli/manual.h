/*
 * manual: what a table of names and types cannot tell about the subcommands: a few sentences and
 * examples each. Help and manual pages are made from it and from options.h; tests run every
 * example.
 */
#ifndef SIMRUN_SIM_CLI_MANUAL_H
#define SIMRUN_SIM_CLI_MANUAL_H

#include "options.h"

#include <stdio.h>

enum { MANUAL_EXAMPLES = 10 };

/* What the words of a command are, for completion. */
enum manual_words {
    WORDS_NONE,
    WORDS_PATHS,
    WORDS_CASES, /* names of the newest run in the database */
    WORDS_RUNS,
    WORDS_QUERIES,
    WORDS_FORMATS, /* of reports, then cases */
    WORDS_COMMANDS,
    WORDS_SHELLS,
    WORDS_ACTIONS, /* of p9 */
};

struct manual_entry {
    enum manual_words words;
    const char *text; /* paragraphs, an empty line between two */
    struct {
        const char *line, *about; /* a command line; what it does. NULL: no more */
    } examples[MANUAL_EXAMPLES];
};
extern const struct manual_entry manual[COMMAND_COUNT];

/* What exit statuses mean, and variables of the environment; ends with a NULL name. */
struct manual_item {
    const char *name, *text;
};
extern const struct manual_item manual_exits[];
extern const struct manual_item manual_variables[];
extern const struct manual_item manual_files[];

/* Text of the page simrun(1), for COMMAND_RUN, or simrun-NAME(1), in mdoc. `date` as mdoc has it.
 */
void manual_print(FILE *out, enum command_id command, const char *version, const char *date);

/* Text of the page simrun-db(5) from the SQL that makes a database: tables, columns and views with
 * the comments that stand beside them. -EINVAL: SQLite does not take the SQL. */
int manual_print_schema(FILE *out, const char *const *sql, size_t n, const char *date);

/* The completion script for a shell that manual_shells names; the list ends with NULL. -EINVAL: no
 * such shell. */
extern const char *const manual_shells[];
int completion_print(FILE *out, const char *shell);

#endif
