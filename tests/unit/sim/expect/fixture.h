/* What the tests of sim/expect share. */
#ifndef TEST_SIM_EXPECT_FIXTURE_H
#define TEST_SIM_EXPECT_FIXTURE_H

/* cmocka wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>

#include "compare.h"

/* A domain, a verdict in it, and a folder for files. */
struct fixture {
    struct domain d;
    struct verdict v;
    struct error err;
    struct sim_result *r; /* owned, or NULL */
    cJSON *json[8];       /* owned: what parse() made */
    size_t n_json;
    char dir[64];
};
int fixture_setup(void **state);
int fixture_teardown(void **state); /* the ledger must be empty then */

/* Text as JSON; fails the test when it is none. Apostrophes stand for quotes. */
const cJSON *parse(struct fixture *f, const char *text);
/* A result with nodes /, /etc (dir), /etc/hosts (file, 3 bytes) and one log line. */
struct sim_result *small_result(struct fixture *f);
/* Write DIR/NAME (apostrophes stand for quotes). */
const char *write_file(struct fixture *f, const char *name, const char *text);
/* The only difference is this; or there is none (NULL). */
void assert_difference(struct fixture *f, const char *text);

#define test(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

#endif
