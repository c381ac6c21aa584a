/*
 * What the tests of the input side share: a domain for each test that must close with an empty
 * ledger, documents and cases from text, errors compared letter by letter, and a folder that goes
 * away.
 */
#ifndef SIMRUN_TESTS_INPUT_FIXTURE_H
#define SIMRUN_TESTS_INPUT_FIXTURE_H

#include <setjmp.h>
#include <simrun/sim/case.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct domain d;
    struct error err;
    struct case_options opt;
    char folder[64]; /* "" until make_folder */
};

int fixture_open(void **state);
int fixture_close(void **state);
#define INPUT_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)

/* The error that is there has this code and text; it is cleared. */
void assert_error(struct fixture *f, int rc, int code, const char *text);
/* The text only has to begin like this. */
void assert_error_begins(struct fixture *f, int rc, int code, const char *text);

/* A document named "f" with root name "spec"; the parse must work. */
struct json_doc parse(struct fixture *f, const char *text);
/* A parse that must fail like this. */
void assert_refused(struct fixture *f, const char *bytes, size_t n, int code, const char *text);

/* Cases from memory that must be read. */
struct sim_case *spec_case(struct fixture *f, const char *text);
struct sim_case *suite_case(struct fixture *f, const char *text);
/* And one that must not: -EINVAL and this text. */
void assert_no_case(struct fixture *f, enum case_kind kind, const char *text, const char *error);

/* A tree by its name; must be there. */
const struct sim_tree *tree_named(const struct sim_case *c, const char *name);
/* An entry of its manifest; must be there. */
const struct host_entry *entry_at(const struct sim_tree *t, const char *path);

/* A temporary folder, the working directory from then on; fixture_close leaves and removes it. */
void make_folder(struct fixture *f);
void make_dir(const char *path);
void make_file(const char *path, const char *content);

#endif
