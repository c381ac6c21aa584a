/* A suite in memory, line by line, for the tests of sim/gen. */
#ifndef TEST_SIM_GEN_SUPPORT_H
#define TEST_SIM_GEN_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <simrun/sim/gen.h>

struct suite {
    char *text; /* owned */
    size_t n;
};

/* The suite of a family; the ledger of its domain must be empty afterwards. */
void suite_make(struct suite *s, const char *family, uint64_t seed, uint64_t count);
void suite_release(struct suite *s);
/* Line `i`, parsed; the caller deletes it. Fails the test when there is none. */
cJSON *suite_case(const struct suite *s, size_t i);
size_t suite_count(const struct suite *s);

/* How many of the suite's cases have a mount for which `match` is true. */
size_t suite_count_mounts(const struct suite *s, bool (*match)(const cJSON *mount));
/* Text of a key; "" when absent. */
const char *field(const cJSON *object, const char *key);

#endif
