/* What the tests of core share: a fresh domain for each test, which must close with an empty
 * ledger. */
#ifndef SIMRUN_TESTS_CORE_TEST_H
#define SIMRUN_TESTS_CORE_TEST_H

#include <setjmp.h>
#include <simrun/core.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline int open_domain(void **state)
{
    struct domain *d = malloc(sizeof(*d));
    if (!d) {
        return -1;
    }
    domain_init(d, "test", PROFILE_GVISOR_2018_08_14);
    *state = d;
    return 0;
}

static inline void print_leftover(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

/* After a fate the ledger may hold what was abandoned; without one it must be empty. */
static inline int close_domain(void **state)
{
    struct domain *d = *state;
    size_t left = domain_close(d, print_leftover, NULL);
    bool dead = domain_dead(d);
    free(d);
    return left > 0 && !dead ? -1 : 0;
}

/* A test of the function `f` in a domain of its own. */
#define DOMAIN_TEST(f) cmocka_unit_test_setup_teardown(f, open_domain, close_domain)

#endif
