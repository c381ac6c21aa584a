#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int open_side(struct diff_side *side, const struct rep_diff_side *what)
{
    int64_t run = 0;
    side->db = what->db;
    int code = rep_run_resolve(what->db, what->run, &run);
    if (code == 0) {
        code = rep_sql_prepare(what->db,
                               "SELECT name, result, status, input, error, log, compiled, ops, "
                               "restore, host_diff, mounts, tree, fds_left, leaks "
                               "FROM result WHERE run = ?1 AND name = ifnull(?2, name) "
                               "ORDER BY name",
                               &side->stmt);
    }
    if (code == 0) {
        sqlite3_bind_int64(side->stmt, 1, run);
        rep_bind_text(side->stmt, 2, what->name);
    }
    return code;
}

static int next_row(struct diff_side *side)
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

static int compare_runs(struct run_diff *diff)
{
    int code = next_row(&diff->a);
    if (code == 0) {
        code = next_row(&diff->b);
    }
    while (code == 0 && (diff->a.at_row || diff->b.at_row)) {
        int order = !diff->a.at_row ? 1 : !diff->b.at_row ? -1 : strcmp(diff->a.name, diff->b.name);
        code = order != 0 ? diff_only(diff, order < 0) : diff_case(diff);
        if (code == 0 && order <= 0) {
            code = next_row(&diff->a);
        }
        if (code == 0 && order >= 0) {
            code = next_row(&diff->b);
        }
    }
    return code;
}

static int first_row(struct diff_side *side, const struct rep_diff_side *what)
{
    int64_t run = 0;
    int code = next_row(side);
    if (code < 0 || side->at_row) {
        return code;
    }
    code = rep_run_resolve(what->db, what->run, &run);
    return code < 0 ? code : rep_fail_no_case(what->db, run, what->run, what->name);
}

static int compare_two_cases(struct run_diff *diff, const struct rep_diff_side *a,
                             const struct rep_diff_side *b)
{
    diff->whole = true;
    int code = first_row(&diff->a, a);
    if (code == 0) {
        code = first_row(&diff->b, b);
    }
    return code == 0 ? diff_case(diff) : code;
}

/* Whoever asks either file learns what failed. */
static int share_error(struct rep_db *a, struct rep_db *b, int code)
{
    if (code < 0 && a != b) {
        const struct rep_error *told = a->error.code == code ? &a->error : &b->error;
        struct rep_error copy = *told;
        a->error = copy;
        b->error = copy;
    }
    return code;
}

int rep_diff_compare(struct rep_diff_job *job, bool only_count)
{
    const struct rep_diff_side *a = job->a;
    const struct rep_diff_side *b = job->b;
    struct run_diff diff = {.groups = only_count ? NULL : &job->groups, .counts = &job->counts};
    a->db->error = b->db->error = (struct rep_error){0};
    if (!a->name != !b->name) {
        return rep_fail(a->db, -EINVAL, "a case is compared with a case, not with a run");
    }
    int code = open_side(&diff.a, a);
    if (code == 0) {
        code = open_side(&diff.b, b);
    }
    if (code == 0) {
        code = a->name ? compare_two_cases(&diff, a, b) : compare_runs(&diff);
    }
    sqlite3_finalize(diff.a.stmt);
    sqlite3_finalize(diff.b.stmt);
    rep_groups_sort(&job->groups);
    return share_error(a->db, b->db, code);
}

/* ---- Given out ---------------------------------------------------------------------------------
 */

const char *rep_change_name(enum rep_change_kind kind)
{
    static const char *const names[REP_CHANGE_KINDS] = {
        [REP_CHANGE_REGRESSION] = "regression",
        [REP_CHANGE_FIXED] = "fixed",
        [REP_CHANGE_FLIP] = "outcome",
        [REP_CHANGE_ERROR] = "error",
        [REP_CHANGE_MOUNTS] = "mounts",
        [REP_CHANGE_TREE] = "tree",
        [REP_CHANGE_LOG + REP_LOG] = "log",
        [REP_CHANGE_LOG + REP_COMPILED] = "compiled",
        [REP_CHANGE_LOG + REP_OPS_TEXT] = "ops",
        [REP_CHANGE_LOG + REP_RESTORE] = "restore",
        [REP_CHANGE_LOG + REP_HOST_DIFF] = "host",
        [REP_CHANGE_OTHER] = "counts",
        [REP_CHANGE_INPUT] = "input",
        [REP_CHANGE_ONLY_A] = "only-a",
        [REP_CHANGE_ONLY_B] = "only-b",
    };
    return names[kind];
}

bool rep_diff_is_equal(const struct rep_diff_counts *counts)
{
    return counts->equal == counts->compared &&
           counts->input_changed + counts->only_a + counts->only_b == 0;
}

static int give_group(const struct rep_diff_job *job, const struct rep_group *group,
                      const char **names, rep_change_fn *each, void *arg)
{
    struct rep_change change = {.kind = group->kind,
                                .kind_name = rep_change_name(group->kind),
                                .text = group->text,
                                .cause = group->cause,
                                .cases = group->hits,
                                .name = names,
                                .places = group->places,
                                .place = (const char *const *)group->place};
    for (size_t i = 0; i < group->hits; i++) {
        names[i] = job->groups.name[group->hit[i]];
    }
    while (change.n_place < REP_GROUP_PLACES && group->place[change.n_place]) {
        change.n_place++;
    }
    return each(arg, &change);
}

int rep_changes_give(const struct rep_diff_job *job, rep_change_fn *each, void *arg)
{
    const char **names = calloc(job->groups.n_names + 1, sizeof *names);
    int code = names ? 0 : rep_fail_memory(job->a->db);
    for (size_t i = 0; i < job->groups.count && code == 0; i++) {
        code = give_group(job, &job->groups.group[i], names, each, arg);
    }
    free(names);
    return code;
}

int rep_changes(const struct rep_diff_side *a, const struct rep_diff_side *b, rep_change_fn *each,
                void *arg, struct rep_diff_counts *counts)
{
    struct rep_diff_job job = {.a = a, .b = b};
    int code = rep_diff_compare(&job, each == NULL);
    if (code == 0 && each) {
        code = rep_changes_give(&job, each, arg);
    }
    rep_groups_release(&job.groups);
    if (code == 0 && counts) {
        *counts = job.counts;
    }
    return code;
}

int rep_diff(const struct rep_diff_side *a, const struct rep_diff_side *b,
             const struct rep_sink *sink, enum rep_format format, struct rep_diff_counts *counts)
{
    struct rep_diff_job job = {.a = a, .b = b};
    if (sink && format == REP_FORMAT_CSV) {
        return rep_fail(a->db, -EINVAL, "a comparison is text or JSON lines");
    }
    int code = rep_diff_compare(&job, sink == NULL);
    if (code == 0 && sink) {
        code = format == REP_FORMAT_JSONL ? rep_diff_jsonl(&job, sink) : rep_diff_print(&job, sink);
        code = share_error(a->db, b->db, code);
    }
    rep_groups_release(&job.groups);
    if (code == 0 && counts) {
        *counts = job.counts;
    }
    return code;
}
