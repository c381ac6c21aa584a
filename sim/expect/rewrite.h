/*
 * rewrite: JSON texts with some values changed and every other byte kept: order, spacing, escapes,
 * numbers as they were written. The documents stay as they are; the new text goes to a str.
 */
#ifndef SIMRUN_SIM_EXPECT_REWRITE_H
#define SIMRUN_SIM_EXPECT_REWRITE_H

#include <simrun/sim/json.h>

/* Elements or members on their way out, with the separators that the old container has. */
struct rewrite {
    struct str *out;
    const struct json_doc *doc;
    const struct json *of; /* array or object */
    const struct json *at; /* the last item of it that was written; items keep their order */
    size_t n;              /* written so far */
};
void rewrite_begin(struct rewrite *w, struct str *out, const struct json_doc *doc,
                   const struct json *of);
/* Separator (and key, in an object) of an item of the container; its value is to follow. */
void rewrite_item(struct rewrite *w, const struct json *item);
/* The same for an item that is new: `key` NULL in arrays. */
void rewrite_new(struct rewrite *w, const char *key);
/* One whole item as it is. */
void rewrite_keep(struct rewrite *w, const struct json *item);
void rewrite_end(struct rewrite *w);

/* A value as it was written. */
void rewrite_copy(struct str *out, const struct json_doc *doc, const struct json *v);
/* `old` made equal to `want` (of another document), deep down only where they differ. */
void rewrite_value(struct str *out, const struct json_doc *doc, const struct json *old,
                   const struct json_doc *want_doc, const struct json *want);
/* The object with one member set to a text: that of `member`, or a new one called `key`. */
void rewrite_set(struct str *out, const struct json_doc *doc, const struct json *object,
                 const struct json *member, const char *key, const char *text);

/* Equal as values: numbers by value, members in any order. */
bool json_equal(const struct json *a, const struct json *b);
/* For people: an object as one line a member (a list: one line an element), in one spelling. */
void rewrite_show(struct str *out, const struct json_doc *doc, const struct json *v);

#endif
