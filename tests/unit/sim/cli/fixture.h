/* What the tests of sim/cli share: an environment whose output is text in memory. */
#ifndef TEST_SIM_CLI_FIXTURE_H
#define TEST_SIM_CLI_FIXTURE_H

/* cmocka wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>

#include "cli.h"

struct fixture {
    struct domain d;
    struct error err;
    struct cli_env env;
    struct cli c;
    char *out, *complaints; /* texts so far, after flush() */
    size_t out_n, complaints_n;
    char *line;                     /* what parse() was given, in words */
    int64_t clock;                  /* what now() gives */
    const char *const *environment; /* what variable() knows: "NAME=VALUE", ended by NULL */
    uint64_t number;                /* what entropy() gave last */
    struct subject subject; /* "ok" for all, but for cases whose names begin with panic, crash (a
                               SIGSEGV) and odd (an error at the first, third, ... time; -j0) */
    unsigned odd;           /* how often cases of that name ran */
    char dir[64];
};
int fixture_setup(void **state);
int fixture_teardown(void **state); /* the ledger must be empty then */

/* Parse a command line (words blank separated, without the program). */
int parse(struct fixture *f, const char *line);
/* A whole run of the program; the exit code. `%` stands for the fixture's folder. */
int simrun(struct fixture *f, const char *line);
void flush(struct fixture *f);
void write_file(struct fixture *f, const char *name, const char *text);

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (!strstr((text), (part)))                                                               \
            fail_msg("no \"%s\" in:\n%s", (part), (text));                                         \
    } while (0)
#define test(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

#endif
