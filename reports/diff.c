#include "private.h"

#include <errno.h>
#include <string.h>

/* One side of the comparison: the results of a run in the order of names. */
struct side {
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

struct diff {
    struct side a;
    struct side b;
    struct rep_groups *groups; /* NULL = only count */
    struct rep_diff_counts counts;
};

static bool is_bad(const char *result, const char *status)
{
    if (strcmp(status, "fail") == 0 || strcmp(status, "xpass") == 0 ||
        strcmp(result, "crash") == 0 || strcmp(result, "timeout") == 0 ||
        strcmp(result, "oom") == 0) {
        return true;
    }
    return strcmp(status, "recorded") == 0 && strcmp(result, "ok") != 0 &&
           strcmp(result, "unsupported") != 0;
}

static int open_side(struct side *side, struct rep_db *db, const char *ref)
{
    int64_t run = 0;
    side->db = db;
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(db,
                               "SELECT name, result, status, input, error, log, compiled, ops, "
                               "restore, host_diff, mounts, tree, fds_left, leaks "
                               "FROM result WHERE run = ? ORDER BY name",
                               &side->stmt);
    }
    if (code == 0) {
        sqlite3_bind_int64(side->stmt, 1, run);
    }
    return code;
}

static int next_row(struct side *side)
{
    sqlite3_stmt *stmt = side->stmt;
    int code = rep_sql_row(side->db, stmt, "compare runs");
    side->at_row = code == 1;
    if (code != 1) {
        return code;
    }
    side->name = rep_column_text(stmt, 0);
    side->result = rep_column_text(stmt, 1);
    side->status = rep_column_text(stmt, 2);
    if (!side->name || !side->result || !side->status || !rep_column_hash(stmt, 3, &side->input)) {
        return rep_fail(side->db, -EBADMSG, "the file is damaged: a result lacks a field");
    }
    side->has_error = rep_column_hash(stmt, 4, &side->error);
    for (int i = 0; i < REP_TEXTS; i++) {
        side->has_text[i] = rep_column_hash(stmt, 5 + i, &side->text[i]);
    }
    side->has_mounts = rep_column_hash(stmt, 10, &side->mounts);
    side->has_tree = rep_column_hash(stmt, 11, &side->tree);
    side->fds_left = sqlite3_column_int64(stmt, 12);
    side->leaks = sqlite3_column_int64(stmt, 13);
    side->bad = is_bad(side->result, side->status);
    return 0;
}

static bool is_same(bool has_a, const struct rep_hash *a, bool has_b, const struct rep_hash *b)
{
    return has_a == has_b && (!has_a || memcmp(a, b, sizeof *a) == 0);
}

static int note(struct diff *diff, enum rep_change kind, const char *text, const char *name)
{
    if (!diff->groups) {
        return 0;
    }
    int code = rep_groups_add(diff->groups, kind, text, name);
    return code < 0 ? rep_fail_memory(diff->a.db) : 0;
}

/* Appends the error text of a side, quoted by what it is. */
static int add_error(const struct side *side, struct rep_buf *text)
{
    int code = 0;
    if (side->has_error) {
        code = rep_blob_load(side->db, &side->error, text);
    }
    return code;
}

static int note_flip(struct diff *diff, enum rep_change kind)
{
    struct rep_buf text = {0};
    if (!diff->groups) {
        return 0;
    }
    rep_buf_fmt(&text, "%s (%s) => %s (%s)", diff->a.result, diff->a.status, diff->b.result,
                diff->b.status);
    size_t before = text.size;
    rep_buf_str(&text, ": ");
    int code = add_error(&diff->b, &text);
    if (!text.failed && text.size == before + 2) {
        text.data[before] = '\0';
    }
    if (code == 0) {
        code =
            text.failed ? rep_fail_memory(diff->a.db) : note(diff, kind, text.data, diff->a.name);
    }
    rep_buf_release(&text);
    return code;
}

static int compare_outcome(struct diff *diff, bool *changed)
{
    const struct side *a = &diff->a;
    const struct side *b = &diff->b;
    if (strcmp(a->result, b->result) == 0 && strcmp(a->status, b->status) == 0) {
        return 0;
    }
    *changed = true;
    diff->counts.flips++;
    diff->counts.regressions += !a->bad && b->bad;
    diff->counts.fixed += a->bad && !b->bad;
    return note_flip(diff, a->bad == b->bad ? REP_CHANGE_FLIP
                           : b->bad         ? REP_CHANGE_REGRESSION
                                            : REP_CHANGE_FIXED);
}

static int compare_errors(struct diff *diff, bool *changed)
{
    const struct side *a = &diff->a;
    const struct side *b = &diff->b;
    struct rep_buf text = {0};
    if (strcmp(a->result, b->result) != 0 ||
        is_same(a->has_error, &a->error, b->has_error, &b->error)) {
        return 0;
    }
    *changed = true;
    diff->counts.error_changed++;
    if (!diff->groups) {
        return 0;
    }
    int code = add_error(a, &text);
    rep_buf_str(&text, " => ");
    if (code == 0) {
        code = add_error(b, &text);
    }
    if (code == 0) {
        code =
            text.failed ? rep_fail_memory(a->db) : note(diff, REP_CHANGE_ERROR, text.data, a->name);
    }
    rep_buf_release(&text);
    return code;
}

static int compare_number(struct diff *diff, const char *what, int64_t a, int64_t b, bool *changed)
{
    struct rep_buf text = {0};
    if (a == b) {
        return 0;
    }
    *changed = true;
    rep_buf_fmt(&text, "%s %lld => %lld", what, (long long)a, (long long)b);
    int code = text.failed ? rep_fail_memory(diff->a.db)
                           : note(diff, REP_CHANGE_OTHER, text.data, diff->a.name);
    rep_buf_release(&text);
    return code;
}

static int compare_texts(struct diff *diff, bool *changed)
{
    const struct side *a = &diff->a;
    const struct side *b = &diff->b;
    bool any = false;
    int code = 0;
    for (unsigned i = 0; i < REP_TEXTS && code == 0; i++) {
        if (is_same(a->has_text[i], &a->text[i], b->has_text[i], &b->text[i])) {
            continue;
        }
        any = true;
        /* With another result all texts differ; only the log says why. */
        if (diff->groups && (i == REP_LOG || strcmp(a->result, b->result) == 0)) {
            code = rep_diff_json(a->db, a->has_text[i] ? &a->text[i] : NULL, b->db,
                                 b->has_text[i] ? &b->text[i] : NULL,
                                 (enum rep_change)(REP_CHANGE_LOG + i), a->name, diff->groups);
        }
    }
    if (code == 0) {
        code = compare_number(diff, "fds_left", a->fds_left, b->fds_left, &any);
    }
    if (code == 0) {
        code = compare_number(diff, "leaks", a->leaks, b->leaks, &any);
    }
    if (code == 0 && !is_same(a->has_mounts, &a->mounts, b->has_mounts, &b->mounts)) {
        any = true;
        code = note(diff, REP_CHANGE_OTHER, "mounts or their provenance", a->name);
    }
    diff->counts.text_changed += any;
    *changed = *changed || any;
    return code;
}

static int compare_trees(struct diff *diff, bool *changed)
{
    const struct side *a = &diff->a;
    const struct side *b = &diff->b;
    if (is_same(a->has_tree, &a->tree, b->has_tree, &b->tree)) {
        return 0;
    }
    *changed = true;
    diff->counts.tree_changed++;
    if (!diff->groups || strcmp(a->result, b->result) != 0) {
        return 0;
    }
    return rep_diff_trees(a->db, a->has_tree ? &a->tree : NULL, b->db,
                          b->has_tree ? &b->tree : NULL, a->name, diff->groups);
}

static int compare_case(struct diff *diff)
{
    bool changed = false;
    if (memcmp(&diff->a.input, &diff->b.input, sizeof diff->a.input) != 0) {
        diff->counts.input_changed++;
        return note(diff, REP_CHANGE_INPUT, "not compared", diff->a.name);
    }
    diff->counts.compared++;
    int code = compare_outcome(diff, &changed);
    if (code == 0) {
        code = compare_errors(diff, &changed);
    }
    if (code == 0) {
        code = compare_texts(diff, &changed);
    }
    if (code == 0) {
        code = compare_trees(diff, &changed);
    }
    diff->counts.equal += !changed;
    return code;
}

static int compare_runs(struct diff *diff)
{
    int code = next_row(&diff->a);
    if (code == 0) {
        code = next_row(&diff->b);
    }
    while (code == 0 && (diff->a.at_row || diff->b.at_row)) {
        int order = !diff->a.at_row ? 1 : !diff->b.at_row ? -1 : strcmp(diff->a.name, diff->b.name);
        if (order < 0) {
            diff->counts.only_a++;
            code = note(diff, REP_CHANGE_ONLY_A, "gone", diff->a.name);
        } else if (order > 0) {
            diff->counts.only_b++;
            code = note(diff, REP_CHANGE_ONLY_B, "new", diff->b.name);
        } else {
            code = compare_case(diff);
        }
        if (code == 0 && order <= 0) {
            code = next_row(&diff->a);
        }
        if (code == 0 && order >= 0) {
            code = next_row(&diff->b);
        }
    }
    return code;
}

/* Failures of either file are told through the file of A too. */
static int share_error(struct rep_db *db_a, struct rep_db *db_b, int code)
{
    if (code < 0 && db_a != db_b && db_b->error.code == code) {
        db_a->error = db_b->error;
    }
    return code;
}

int rep_diff(struct rep_db *db_a, const char *run_a, struct rep_db *db_b, const char *run_b,
             const struct rep_sink *sink, struct rep_diff_counts *counts)
{
    struct rep_groups groups = {0};
    struct diff diff = {.groups = sink ? &groups : NULL};
    db_b->error = (struct rep_error){0};
    int code = open_side(&diff.a, db_a, run_a);
    if (code == 0) {
        code = open_side(&diff.b, db_b, run_b);
    }
    if (code == 0) {
        code = compare_runs(&diff);
    }
    sqlite3_finalize(diff.a.stmt);
    sqlite3_finalize(diff.b.stmt);
    if (code == 0 && sink) {
        code = rep_diff_print(db_a, run_a, db_b, run_b, &diff.counts, &groups, sink);
    }
    rep_groups_release(&groups);
    if (code == 0 && counts) {
        *counts = diff.counts;
    }
    return share_error(db_a, db_b, code);
}

int rep_baseline_status(struct rep_db *db, const char *run, struct rep_db *base_db,
                        const char *base_run, struct rep_diff_counts *counts)
{
    int code = rep_diff(base_db, base_run, db, run, NULL, counts);
    if (code < 0 && base_db != db && base_db->error.code == code) {
        db->error = base_db->error;
    }
    return code;
}
