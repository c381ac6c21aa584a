/* Two runs or cases compared: what the files of diff share. */
#ifndef SIMRUN_REPORTS_DIFF_H
#define SIMRUN_REPORTS_DIFF_H

#include "group.h"

/* ---- diff.c, diff_print.c, diff_json.c ---------------------------------------------------------
 */

struct rep_diff_job {
    const struct rep_diff_side *a, *b;
    struct rep_diff_counts counts;
    struct rep_groups groups; /* sorted */
};

int rep_changes_give(const struct rep_diff_job *job, rep_change_fn *each, void *arg);
const char *rep_change_name(enum rep_change_kind kind);
/* What runs differ in: subject, version, profile, command line; nothing when in nothing. */
int rep_run_difference(struct rep_db *db, const struct rep_run_info *a,
                       const struct rep_run_info *b, struct rep_buf *text);
/* Fills counts and groups, which the caller releases in any case. */
int rep_diff_compare(struct rep_diff_job *job, bool only_count);
/* What changed, without the two sides and the counts. */
void rep_diff_print_causes(struct rep_out *out, const struct rep_diff_job *job);
int rep_diff_print(struct rep_diff_job *job, const struct rep_sink *sink);
int rep_diff_jsonl(struct rep_diff_job *job, const struct rep_sink *sink);

/* ---- diff_text.c, diff_tree.c, diff_mounts.c, diff_input.c --------------------------------------
 */

/* The two sides of one part of a case. NULL hash = absent. */
struct rep_diff_part {
    struct rep_db *db_a, *db_b;
    const struct rep_hash *a, *b;
    struct rep_groups *groups;
    bool whole; /* one case is looked at: leave nothing out */
};

/* Adds one change for each JSON element that only one side has ("- x", "+ x"). */
int rep_diff_json(const struct rep_diff_part *part, enum rep_change_kind kind);
int rep_diff_trees(const struct rep_diff_part *part);
int rep_diff_mounts(const struct rep_diff_part *part);
/* Names the parts of the input that differ; both hashes are there. */
int rep_diff_input(const struct rep_diff_part *part);
/* Appends "what a => b" when the two differ, after a comma unless `text` is at `start`. NULL and ""
 * are both told from each other and from anything else. */
void rep_diff_field(struct rep_buf *text, size_t start, const char *what, const char *a,
                    const char *b);
void rep_diff_flag(struct rep_buf *text, size_t start, const char *what, bool a, bool b);

/* ---- diff_case.c -------------------------------------------------------------------------------
 */

/* One side of the comparison: the results of a run in the order of names. */
struct diff_side {
    struct rep_db *db;
    sqlite3_stmt *stmt; /* owned */
    bool at_row;
    const char *name;
    const char *result;
    const char *status;
    struct rep_hash input;
    struct rep_hash error;
    struct rep_hash text[REP_TEXTS];
    struct rep_hash mounts;
    struct rep_hash tree;
    bool has_error;
    bool has_text[REP_TEXTS];
    bool has_mounts;
    bool has_tree;
    int64_t fds_left;
    int64_t leaks;
    bool bad;
};

struct run_diff {
    struct diff_side a;
    struct diff_side b;
    struct rep_groups *groups; /* NULL = only count */
    struct rep_diff_counts *counts;
    bool whole; /* one case with one case */
};

/* Compares the cases where both sides stand. */
int diff_case(struct run_diff *diff);
/* The case where one side stands is not in the other. */
int diff_only(struct run_diff *diff, bool in_a);

#endif
