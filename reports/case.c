#include "private.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define RESULT_COLUMNS                                                                             \
    "SELECT r.id, r.name, r.result, r.status, r.fds_left, r.leaks, r.duration_ns, "                \
    "ifnull(d.nodes, 0), e.data, t0.data, t1.data, t2.data, t3.data, t4.data, r.mounts, r.flaky, " \
    "f.data, r.line, x.data "                                                                      \
    "FROM result r LEFT JOIN blob f ON f.hash = r.file LEFT JOIN blob x ON x.hash = r.reason "     \
    "LEFT JOIN dir d ON d.hash = r.tree LEFT JOIN blob e ON e.hash = r.error "                     \
    "LEFT JOIN blob t0 ON t0.hash = r.log LEFT JOIN blob t1 ON t1.hash = r.compiled "              \
    "LEFT JOIN blob t2 ON t2.hash = r.ops LEFT JOIN blob t3 ON t3.hash = r.restore "               \
    "LEFT JOIN blob t4 ON t4.hash = r.host_diff "

enum rep_status rep_status_parse(const char *text)
{
    for (unsigned i = 0; text && i < REP_STATUSES; i++) {
        if (strcmp(text, rep_status_name((enum rep_status)i)) == 0) {
            return (enum rep_status)i;
        }
    }
    return REP_RECORDED;
}

/* Strings are sqlite's and live until the next step. */
static void fill_result(sqlite3_stmt *stmt, struct rep_result *result)
{
    *result = (struct rep_result){
        .name = rep_column_text(stmt, 1),
        .result = rep_column_text(stmt, 2),
        .status = rep_status_parse(rep_column_text(stmt, 3)),
        .fds_left = sqlite3_column_int64(stmt, 4),
        .leaks = sqlite3_column_int64(stmt, 5),
        .duration_ns = sqlite3_column_int64(stmt, 6),
        .error = rep_column_text(stmt, 8),
        .flaky = sqlite3_column_int(stmt, 15) != 0,
        .file = rep_column_text(stmt, 16),
        .line = sqlite3_column_int64(stmt, 17),
        .reason = rep_column_text(stmt, 18),
    };
    result->n_nodes = (size_t)sqlite3_column_int64(stmt, 7);
    for (int i = 0; i < REP_TEXTS; i++) {
        result->text[i] = rep_column_text(stmt, 9 + i);
    }
}

int rep_read_results(struct rep_db *db, const char *ref, rep_result_fn *each, void *arg)
{
    int64_t run = 0;
    sqlite3_stmt *stmt = NULL;
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(db, RESULT_COLUMNS "WHERE r.run = ? ORDER BY r.id", &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    while ((code = rep_sql_row(db, stmt, "read results")) == 1) {
        struct rep_result result;
        fill_result(stmt, &result);
        code = each(arg, &result);
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

int rep_read_pending(struct rep_db *db, const char *ref, rep_name_fn *each, void *arg)
{
    int64_t run = 0;
    sqlite3_stmt *stmt = NULL;
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code =
            rep_sql_prepare(db,
                            "SELECT p.name FROM plan p WHERE p.run = ?1 AND NOT EXISTS (SELECT 1 "
                            "FROM result r WHERE r.run = ?1 AND r.name = p.name) ORDER BY p.seq",
                            &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    while ((code = rep_sql_row(db, stmt, "read the plan")) == 1) {
        code = each(arg, rep_column_text(stmt, 0));
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

/* ---- One case ----------------------------------------------------------------------------------
 */

struct details {
    struct rep_mount *mount;
    size_t mounts;
    size_t mount_room;
    struct rep_finding *finding;
    size_t findings;
    size_t finding_room;
    struct rep_attempt *attempt;
    size_t attempts;
    size_t attempt_room;
    struct rep_arena arena;
};

/* A column's text that outlives the statement; NULL for NULL. */
static const char *keep(struct details *details, sqlite3_stmt *stmt, int column, bool *failed)
{
    const char *text = rep_column_text(stmt, column);
    if (!text) {
        return NULL;
    }
    const char *copy = rep_arena_copy(&details->arena, text, strlen(text));
    *failed = *failed || !copy;
    return copy;
}

static int column_index(sqlite3_stmt *stmt, int column)
{
    int64_t value = sqlite3_column_int64(stmt, column);
    bool valid =
        sqlite3_column_type(stmt, column) == SQLITE_INTEGER && value >= 0 && value <= INT_MAX;
    return valid ? (int)value : -1;
}

static int64_t column_number(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_INTEGER ? sqlite3_column_int64(stmt, column)
                                                               : -1;
}

static int add_mount(struct rep_db *db, sqlite3_stmt *stmt, struct details *details)
{
    bool failed = false;
    struct rep_mount *mount =
        rep_grow(details->mount, &details->mount_room, details->mounts + 1, sizeof *mount);
    if (!mount) {
        return rep_fail_memory(db);
    }
    details->mount = mount;
    mount[details->mounts++] = (struct rep_mount){
        .destination = keep(details, stmt, 0, &failed),
        .type = keep(details, stmt, 1, &failed),
        .source = keep(details, stmt, 2, &failed),
        .fs = keep(details, stmt, 3, &failed),
        .flags = keep(details, stmt, 4, &failed),
        .rules = keep(details, stmt, 5, &failed),
        .ignored = keep(details, stmt, 6, &failed),
        .created = keep(details, stmt, 7, &failed),
        .spec_index = column_index(stmt, 8),
        .shadowed_by = column_index(stmt, 9),
        .state = keep(details, stmt, 10, &failed),
        .place = keep(details, stmt, 11, &failed),
        .seen_at = keep(details, stmt, 12, &failed),
        .layers = keep(details, stmt, 13, &failed),
        .data = keep(details, stmt, 14, &failed),
        .hides = keep(details, stmt, 15, &failed),
        .options = keep(details, stmt, 16, &failed),
        .reasons = keep(details, stmt, 17, &failed),
        .made = keep(details, stmt, 18, &failed),
        .mount_id = column_number(stmt, 19),
        .log_first = column_number(stmt, 20),
        .log_lines = column_number(stmt, 21),
        .op = column_index(stmt, 22),
    };
    return failed ? rep_fail_memory(db) : 0;
}

static int add_finding(struct rep_db *db, sqlite3_stmt *stmt, struct details *details)
{
    bool failed = false;
    struct rep_finding *finding =
        rep_grow(details->finding, &details->finding_room, details->findings + 1, sizeof *finding);
    if (!finding) {
        return rep_fail_memory(db);
    }
    details->finding = finding;
    finding[details->findings++] = (struct rep_finding){
        .severity = keep(details, stmt, 0, &failed),
        .code = keep(details, stmt, 1, &failed),
        .text = keep(details, stmt, 2, &failed),
    };
    return failed ? rep_fail_memory(db) : 0;
}

static int add_attempt(struct rep_db *db, sqlite3_stmt *stmt, struct details *details)
{
    bool failed = false;
    struct rep_attempt *attempt =
        rep_grow(details->attempt, &details->attempt_room, details->attempts + 1, sizeof *attempt);
    if (!attempt) {
        return rep_fail_memory(db);
    }
    details->attempt = attempt;
    attempt[details->attempts++] = (struct rep_attempt){
        .result = keep(details, stmt, 0, &failed),
        .error = keep(details, stmt, 1, &failed),
        .status = rep_status_parse(rep_column_text(stmt, 2)),
        .same_as = (unsigned)sqlite3_column_int64(stmt, 3),
        .duration_ns = sqlite3_column_int64(stmt, 4),
    };
    return failed ? rep_fail_memory(db) : 0;
}

typedef int add_fn(struct rep_db *db, sqlite3_stmt *stmt, struct details *details);

static int load_rows(struct rep_db *db, const char *sql, const struct rep_hash *list, int64_t id,
                     add_fn *add, struct details *details)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    if (list) {
        rep_bind_hash(stmt, 1, list);
    } else {
        sqlite3_bind_int64(stmt, 1, id);
    }
    while ((code = rep_sql_row(db, stmt, "read a case")) == 1) {
        code = add(db, stmt, details);
        if (code < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

static int load_details(struct rep_db *db, sqlite3_stmt *stmt, struct details *details)
{
    struct rep_hash list;
    int code = 0;
    if (rep_column_hash(stmt, 14, &list)) {
        code = load_rows(db,
                         "SELECT destination, type, source, fs, flags, rules, ignored, created, "
                         "spec_index, shadowed_by, state, place, seen_at, layers, data, hides, "
                         "options, reasons, made, mount_id, log_first, log_lines, op "
                         "FROM mount WHERE list = ? ORDER BY idx",
                         &list, 0, add_mount, details);
    }
    if (code == 0) {
        code =
            load_rows(db, "SELECT severity, code, text FROM finding WHERE result = ? ORDER BY seq",
                      NULL, sqlite3_column_int64(stmt, 0), add_finding, details);
    }
    if (code == 0) {
        code = load_rows(db,
                         "SELECT outcome, error, status, same_as, duration_ns FROM attempt "
                         "WHERE result = ? ORDER BY n",
                         NULL, sqlite3_column_int64(stmt, 0), add_attempt, details);
    }
    return code;
}

/* The row that `stmt` stands at, with all that belongs to it. */
static int deliver(struct rep_db *db, sqlite3_stmt *stmt, rep_result_fn *each, void *arg)
{
    struct details details = {0};
    struct rep_result result;
    fill_result(stmt, &result);
    int code = load_details(db, stmt, &details);
    result.mounts = details.mount;
    result.n_mounts = details.mounts;
    result.findings = details.finding;
    result.n_findings = details.findings;
    result.attempts = details.attempt;
    result.n_attempts = details.attempts;
    code = code < 0 ? code : each(arg, &result);
    free(details.mount);
    free(details.finding);
    free(details.attempt);
    rep_arena_release(&details.arena);
    return code;
}

int rep_case_by_id(struct rep_db *db, int64_t id, rep_result_fn *each, void *arg)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, RESULT_COLUMNS "WHERE r.id = ?", &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, id);
    code = rep_sql_row(db, stmt, "read a case");
    code = code == 1 ? deliver(db, stmt, each, arg) : code < 0 ? code : -ENOENT;
    sqlite3_finalize(stmt);
    return code;
}

int rep_case_find(struct rep_db *db, const char *ref, const char *name, int64_t *id)
{
    int64_t run = 0;
    sqlite3_stmt *stmt = NULL;
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(db, "SELECT id FROM result WHERE run = ? AND name = ?", &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    rep_bind_text(stmt, 2, name);
    code = rep_sql_row(db, stmt, "look for a case");
    if (code == 1) {
        *id = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return code == 0 ? rep_fail_no_case(db, run, ref, name) : code < 0 ? code : 0;
}

int rep_read_case(struct rep_db *db, const char *ref, const char *name, rep_result_fn *each,
                  void *arg)
{
    int64_t id = 0;
    int code = rep_case_find(db, ref, name, &id);
    return code < 0 ? code : rep_case_by_id(db, id, each, arg);
}

int rep_case_tree_by_id(struct rep_db *db, int64_t id, struct rep_hash *hash, bool *has_tree)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, "SELECT tree FROM result WHERE id = ?", &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, id);
    code = rep_sql_row(db, stmt, "read a case");
    if (code == 1) {
        *has_tree = rep_column_hash(stmt, 0, hash);
    }
    sqlite3_finalize(stmt);
    return code == 1 ? 0 : code < 0 ? code : -ENOENT;
}

int rep_case_tree(struct rep_db *db, const char *ref, const char *name, struct rep_hash *hash,
                  bool *has_tree)
{
    int64_t id = 0;
    int code = rep_case_find(db, ref, name, &id);
    return code < 0 ? code : rep_case_tree_by_id(db, id, hash, has_tree);
}
