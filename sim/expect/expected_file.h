/* expected_file: a file of result lines, indexed by id. */
#ifndef SIMRUN_SIM_EXPECT_EXPECTED_FILE_H
#define SIMRUN_SIM_EXPECT_EXPECTED_FILE_H

#include "../input/lines.h"

#include <cjson/cJSON.h>

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
/*
 * An object of a file that is expected of cases, read as every input is: the last of equal keys
 * counts, and what is no JSON is told with its place. cJSON_Delete it. 0; -EINVAL, -E2BIG;
 * CODE_FATE.
 */
int expected_object(struct domain *d, const char *path, uint64_t line, const char *p, size_t n,
                    cJSON **ret, struct error *err);
/* The line of `id`, or NULL. */
const struct expected_line *expected_file_find(const struct expected_file *f, const char *id);

#endif
