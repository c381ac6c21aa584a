/*
 * cursor: JSON text against values that are at hand, without parsing it. Almost every expected line
 * is looked at this way, and almost every byte of it is what it should be.
 */
#ifndef SIMRUN_SIM_EXPECT_CURSOR_H
#define SIMRUN_SIM_EXPECT_CURSOR_H

#include <simrun/core.h>

/*
 * A place in a text. Each function moves behind what it was asked for; false: it is not there, or
 * not in so plain a form. Then the place is of no more use.
 */
struct cursor {
    const char *p, *end;
};

/* These very bytes; the place stays when they are not there. */
__attribute__((always_inline)) static inline bool cursor_bytes(struct cursor *c, const char *bytes,
                                                               size_t n)
{
    bool there = (size_t)(c->end - c->p) >= n && memcmp(c->p, bytes, n) == 0;
    c->p += there ? n : 0;
    return there;
}

/* cursor_joint for a text that has white space between its tokens, or something else. */
bool cursor_joint_spaced(struct cursor *c, const char *json, size_t n);

/*
 * A piece of JSON that stands between two values: `,"type":"` for example, up to the quote that
 * opens the text, or `]}`. White space may stand before each token.
 */
__attribute__((always_inline)) static inline bool cursor_joint(struct cursor *c, const char *json,
                                                               size_t n)
{
    return cursor_bytes(c, json, n) || cursor_joint_spaced(c, json, n);
}
#define CURSOR_JOINT(c, literal) cursor_joint(c, literal, sizeof(literal) - 1)

/* Is this the next byte but for white space? The place stays before it. */
bool cursor_sees(struct cursor *c, char byte);
/* Nothing but white space is left. */
bool cursor_at_end(struct cursor *c);

/* The rest of a string behind its opening quote: these bytes, escaped as result lines do it, but
 * none that is written at length. */
bool cursor_text(struct cursor *c, const char *text);
/* The same of any string without escapes: its bytes. */
bool cursor_any_text(struct cursor *c, const char **ret, size_t *ret_n);

/* Decimal digits. What may come behind them is the caller's to say: 12 begins with a 1. */
bool cursor_number(struct cursor *c, uint64_t value);
/* The same with a sign. */
bool cursor_integer(struct cursor *c, int64_t value);
/* true or false. */
bool cursor_truth(struct cursor *c, bool value);
/* The bytes of this JSON value, spaces outside of strings aside. */
bool cursor_value(struct cursor *c, const char *json);

#endif
