/* What the files of the JSON layer share. */
#ifndef SIMRUN_SIM_INPUT_JSON_INTERNAL_H
#define SIMRUN_SIM_INPUT_JSON_INTERNAL_H

#include "arena.h"

#include <simrun/sim/json.h>

/* The state of one parse. */
struct scanner {
    struct json_doc *doc;
    struct error *err;
    const char *p, *end; /* what is left */
    char *texts;         /* room for the strings of what is left, of the arena: decoded they are no
                            longer than with their quotes */
    const char *line_start;
    uint32_t line;
    unsigned depth;
    size_t values;
};

uint32_t scan_column(const struct scanner *s, const char *at);
/* Fill the error with `FILE: fmt (line, column of `at`)`; returns `code`. */
int scan_fail(struct scanner *s, int code, const char *at, const char *fmt, ...)
    SIMRUN_PRINTF(4, 5);

/*
 * The string whose opening quote is at s->p: decoded into s->texts, s->p behind the closing quote.
 * Here U+FFFD takes the place of half surrogate pairs, and `\u0000`, invalid UTF-8 and control
 * characters are refused.
 */
int scan_string(struct scanner *s, const char **ret, size_t *ret_n);

/* Length of the valid UTF-8 sequence at `p`, 0 when there is none. */
size_t utf8_length(const char *p, const char *end);

/* Mark members whose key comes again, with a warning for each. */
int scan_duplicates(struct scanner *s, struct json *object);

#endif
