/* What the tests of reports/ share: a scratch folder, a sink that remembers, ready-made records. */
#ifndef TEST_REPORTS_SUPPORT_H
#define TEST_REPORTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct scratch {
    char dir[64];
    char path[128]; /* of a database that does not exist yet */
    struct rep_buf text;
    struct rep_sink sink; /* appends to text; 80 columns, no colour */
};

int scratch_setup(void **state);
int scratch_teardown(void **state);

/* cmocka's fixture for every test of a group. */
#define SCRATCH_TEST(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

/* Fails the test with the error's text. */
struct rep_db *open_or_fail(const char *path, enum rep_mode mode);
void check_ok(struct rep_db *db, int code, const char *file, int line);
#define OK(db, call) check_ok(db, call, __FILE__, __LINE__)

struct rep_run *begin_run(struct rep_db *db, const char *label);
void end_run(struct rep_run *run);
/* A node with what most nodes have. */
struct rep_node make_node(const char *path, const char *type);
/* Records a passing result "ok" with these nodes. */
int record_tree(struct rep_run *run, const char *name, const struct rep_node *nodes, size_t count);
/* One run whose cases a, b, c ended as the letters say: g good, b bad, B bad in another way, x
 * flaky and good, - not run, i good with another input. */
void record_letters(struct rep_db *db, const char *outcomes, const char *profile);
int64_t count_rows(struct rep_db *db, const char *table);
int64_t query_int(struct rep_db *db, const char *sql);
void assert_contains(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);

/* A file as the first version made it, with one run and the result of a case "c". */
void make_version_1(const char *path);
/* Files in `folder` whose names have `part` in them. */
int count_files(const char *folder, const char *part);

/* A generator with a seed that the test prints. */
uint64_t next_random(uint64_t *state);

#endif
