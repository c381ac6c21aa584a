/* What the tests of sim/subject share: a domain that must close empty, a result with something in
 * every field, and a case from one suite line. */
#ifndef SIMRUN_TEST_SUBJECT_FIXTURE_H
#define SIMRUN_TEST_SUBJECT_FIXTURE_H

#include <setjmp.h>
#include <simrun/sim/subject.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <support.h>

int fixture_setup(void **state);    /* *state: an open domain */
int fixture_teardown(void **state); /* closes it: the ledger must be empty */
#define SUBJECT_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

/* Something random in every field; the same for the same seed. */
struct sim_result *random_result(struct domain *d, uint64_t seed);

struct sim_case *case_of(struct domain *d, const char *line);
/* Run it; descriptors must be as before. */
struct sim_result *run_case(struct domain *d, const struct sim_case *c, enum gofer_mode gofer,
                            enum host_backend host);

/* A root file system with a file, and what else is given, served over 9P. */
#define SMALL_CASE(more, ops)                                                                      \
    "{\"id\": \"small/0\", \"conf\": {\"file_access\": \"proxy\", \"overlay\": false}, "           \
    "\"rootfs\": [{\"path\": \"etc/name\", \"type\": \"file\", \"mode\": \"0644\", \"content\": "  \
    "\"hello\"}" more "], \"sources\": {}, "                                                       \
    "\"spec\": {\"root\": {\"path\": \"@rootfs\", \"readonly\": false}, \"mounts\": []}, "         \
    "\"ops\": [" ops "], \"restore\": false}"
#define A_FIFO ", {\"path\": \"pipe\", \"type\": \"fifo\", \"mode\": \"0644\"}"

#endif
