/* Text for roff: what the pages are put together from. */
#ifndef SIMRUN_SIM_CLI_MANUAL_TEXT_H
#define SIMRUN_SIM_CLI_MANUAL_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* What roff would read as its own becomes plain. */
void manual_put_text(FILE *out, const char *text, size_t n);
/* The same, a sentence a line. */
void manual_put_sentences(FILE *out, const char *text, size_t n);
/* The start of a page up to its one-line description, which comes next. */
void manual_put_head(FILE *out, const char *name, int section, const char *date);

#endif
