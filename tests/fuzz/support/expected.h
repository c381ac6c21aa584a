/* expected: what the targets of expectations share: two results, and the texts around them. */
#ifndef FUZZ_SUPPORT_EXPECTED_H
#define FUZZ_SUPPORT_EXPECTED_H

#include "result.h"

enum { EXPECTED_MAX = 8 << 10 }; /* bytes of an input */

/* The result that is there, and the one that the expectation was written for: the same bytes but
 * for some. */
struct expected_input {
    struct bytes more;
    struct made_result got, wanted;
};
/* One input of a target: both results, made of what stands behind its first byte, which says `how`.
 * Nothing may be left in the domain. Inputs that are too short or too long are passed over. 0. */
int expected_run(const uint8_t *data, size_t size,
                 void (*target)(struct domain *d, struct expected_input *in, uint8_t how));

/* Edits of the text of an expectation, as the bytes say. */
void expected_edit(struct expected_input *in, struct str *text);

/* A file of subtrees, and what it holds: "s" is what zero bytes have below /a, "t" is nothing's. */
const char *expected_subtrees(void);
extern const char expected_subtrees_json[];

#endif
