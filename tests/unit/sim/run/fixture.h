/* What the tests of sim/run share: a source of small cases and a subject that does what the case's
 * `comment`-like name asks for. */
#ifndef TEST_SIM_RUN_FIXTURE_H
#define TEST_SIM_RUN_FIXTURE_H

/* cmocka wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>

#include <simrun/sim/run.h>

enum { MAX_RECORDS = 4096 };

/* A record as the tests look at it. */
struct seen {
    size_t index;
    char name[64];
    enum sim_outcome outcome;
    enum verdict_status status;
    char error[128];
    char difference[128]; /* the first */
    bool has_spec;        /* in the key of its input */
    bool packed;
    char attempts[128]; /* "OUTCOME:SAME-AS " of each */
    bool flaky;
};

struct fixture {
    struct domain d;
    struct error err;
    char dir[64];
    struct case_source *source;
    struct expect_set *expect;
    struct subject subject;
    struct run_options opt;
    size_t *selection;
    unsigned *runs; /* how often each case ran since run_cases(); shared with the workers */
    struct seen seen[MAX_RECORDS];
    size_t n_seen;
    size_t end_after;  /* the record function ends the run at this many; 0 = never */
    size_t stop_after; /* the record function writes a byte to stop_fd at this many; 0 = never */
    int stop_fd;
};
int fixture_setup(void **state);
int fixture_teardown(void **state); /* the ledger must be empty then */

/*
 * Cases by name, blank separated. What the subject does with a case is the part of its name before
 * the first '-': ok, error, segv, abort, exit, hang (never returns), fd (leaves a descriptor open),
 * oom, big (a result of 1 MiB), leak (says that its ledger was not empty), slow (100 ms), odd (an
 * error at the first, third, ... time), crashonce (at the first time), mad (sends what is no
 * frame), liar (answers for another case). A case named bad-... is not readable.
 */
void make_cases(struct fixture *f, const char *names);
/* n cases ok-0, ok-1, ... */
void make_many(struct fixture *f, size_t n);
/* Run them all with that many workers; what run_go gave. */
int run_cases(struct fixture *f, unsigned jobs);

#define test(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

#endif
