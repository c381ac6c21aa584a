/*
 * light: a look at the top members of an object without parsing it: what discovery needs to tell
 * cases from other files and to know their names. Wrong JSON gives wrong answers here, never a
 * fault; the real parse tells about it.
 */
#ifndef SIMRUN_SIM_INPUT_LIGHT_H
#define SIMRUN_SIM_INPUT_LIGHT_H

#include <simrun/core.h>

/* Walk over the members of one object. */
struct light {
    const char *p, *end;
};
struct light_member {
    const char *key, *value; /* raw: key without quotes, value from its first byte */
    size_t key_n;
};

/* False when the bytes do not begin with an object. */
bool light_begin(struct light *l, const char *p, size_t n);
/* The next member; false at the end, and where it stops being JSON. */
bool light_next(struct light *l, struct light_member *ret);

/* Is there a top member of this name (letters folded as Go does)? */
bool light_has(const char *p, size_t n, const char *name);

enum light_id { LIGHT_ID_FOUND, LIGHT_ID_HARD };
/* The text of the top member "id". HARD: look closer (missing, no string, escapes, not ASCII). */
enum light_id light_id(const char *p, size_t n, const char **ret, size_t *ret_n);

#endif
