/* JSON text, written in the order of the calls; the separators follow from the nesting. */
#ifndef SIMRUN_SIM_GEN_WRITE_H
#define SIMRUN_SIM_GEN_WRITE_H

#include <simrun/core.h>

struct gen_write {
    struct str s; /* what was written */
    bool comma;   /* the next value or key has one before it */
};

void gen_write_init(struct gen_write *w, struct domain *d);
void gen_write_release(struct gen_write *w);

void gen_write_open(struct gen_write *w, char bracket);  /* '{' or '[' */
void gen_write_close(struct gen_write *w, char bracket); /* '}' or ']' */
void gen_write_key(struct gen_write *w, const char *key);
void gen_write_text(struct gen_write *w, const char *text); /* UTF-8 */
void gen_write_number(struct gen_write *w, int64_t n);
void gen_write_bool(struct gen_write *w, bool value);

/* Key and value together. */
void gen_write_field(struct gen_write *w, const char *key, const char *text);

#endif
