/* reader: what judging and updating share: the files of the suite that is at hand. */
#ifndef SIMRUN_SIM_EXPECT_READER_H
#define SIMRUN_SIM_EXPECT_READER_H

#include "compare.h"
#include "expected_file.h"

/* A suite of the source. */
struct suite {
    const char *file;               /* of the source */
    char *subtrees;                 /* owned: path of subtrees.json */
    struct expected_file *expected; /* owned; NULL = none for this profile */
};
struct expect_set {
    struct domain *d;
    const char *profile;
    struct suite *suites; /* owned; in the order of the source */
    size_t n, cap;
};
struct expect_reader {
    struct domain *d;
    const struct expect_set *set;
    const struct suite *suite; /* whose files are open; NULL = none */
    struct lines *lines;       /* of the expected file; NULL = not open */
    struct subtrees subtrees;
};

/* Go to the suite of a case, if it is another one. 0 or CODE_FATE. */
int reader_enter(struct expect_reader *r, const struct sim_case *c);
/* Its line in the expected file: 1; 0 when there is none; or a code with `err`. */
int reader_line(struct expect_reader *r, const char *id, struct line *ret, struct error *err);

#endif
