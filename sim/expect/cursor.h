/* cursor: JSON text against values that are at hand, without parsing it. */
#ifndef SIMRUN_SIM_EXPECT_CURSOR_H
#define SIMRUN_SIM_EXPECT_CURSOR_H

#include <simrun/core.h>

/*
 * A place in a text. Each function skips white space and then moves behind what it was asked for;
 * false: it is not there, or not in so plain a form. Then the place is of no more use.
 */
struct cursor {
    const char *p, *end;
};

bool cursor_take(struct cursor *c, char byte);
/* These bytes at once; when they are not there the place stays. */
static inline bool cursor_bytes(struct cursor *c, const char *bytes, size_t n)
{
    bool there = (size_t)(c->end - c->p) >= n && memcmp(c->p, bytes, n) == 0;
    c->p += there ? n : 0;
    return there;
}
/* A string of these bytes; one that needs escapes is never found. */
bool cursor_text(struct cursor *c, const char *text);
/* Any string without escapes: its bytes. */
bool cursor_any_text(struct cursor *c, const char **ret, size_t *ret_n);
/* An integer in decimal digits, and no longer number. */
bool cursor_number(struct cursor *c, int64_t value);
bool cursor_truth(struct cursor *c, bool value);
/* Nothing but white space is left. */
bool cursor_at_end(struct cursor *c);

#endif
