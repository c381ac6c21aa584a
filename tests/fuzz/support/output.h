/* output: what readers of a database wrote, held against the rules of its form. */
#ifndef FUZZ_SUPPORT_OUTPUT_H
#define FUZZ_SUPPORT_OUTPUT_H

#include "bytes.h"

#include <simrun/reports.h>

enum { OUTPUT_MAX = 64 << 20 }; /* of a file of some kilobytes */

struct output {
    char *p; /* owned, terminated */
    size_t n, room;
};
struct rep_sink output_sink(struct output *o);
void output_release(struct output *o);

/* Each ends the program when the rule is broken. */
void output_is_plain(const struct output *o); /* nothing acts on a terminal */
void output_is_json_lines(const struct output *o);
void output_is_csv(const struct output *o);
void output_is_xml(const struct output *o);
/* `tag`, which came from a record, is none. */
void output_is_html(const struct output *o, const char *tag);

#endif
