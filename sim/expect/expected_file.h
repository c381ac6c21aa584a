/* expected_file: a file of result lines, indexed by id. */
#ifndef SIMRUN_SIM_EXPECT_EXPECTED_FILE_H
#define SIMRUN_SIM_EXPECT_EXPECTED_FILE_H

#include <simrun/core.h>

struct expected_line {
    size_t id; /* offset in `ids` */
    uint64_t offset, number;
};
struct expected_file {
    struct domain *d;
    char *path;              /* owned */
    struct str ids;          /* NUL terminated, one behind the other */
    struct expected_line *v; /* owned; sorted by id */
    size_t n, cap;
};

/* Reads the whole file once. 0; -ENOENT without a text when there is none; or a code with `err`. */
int expected_file_open(struct domain *d, const char *path, struct expected_file **ret,
                       struct error *err);
void expected_file_free(struct expected_file *f); /* takes NULL */
/* The line of `id`, or NULL. */
const struct expected_line *expected_file_find(const struct expected_file *f, const char *id);

#endif
