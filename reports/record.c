#include "private.h"

#include <errno.h>
#include <string.h>

const char *const rep_text_names[REP_TEXTS] = {"log", "compiled", "ops", "restore", "host_diff"};

/* Everything of a result that is stored elsewhere and named by its hash. */
struct parts {
    struct rep_hash input;
    struct rep_hash error;
    struct rep_hash text[REP_TEXTS];
    struct rep_hash file;
    struct rep_hash reason;
    struct rep_hash mounts;
    struct rep_hash tree;
};

int rep_blob_store(struct rep_db *db, const struct rep_bytes *bytes, bool is_text,
                   struct rep_hash *hash)
{
    struct rep_hash made = rep_hash_of(bytes->data, bytes->size);
    sqlite3_stmt *stmt = NULL;
    if (!rep_hash_set_has(&db->blobs, &made)) {
        int code = rep_sql_kept(db, REP_SQL_ADD_BLOB, &stmt);
        if (code < 0) {
            return code;
        }
        const void *data = bytes->size ? bytes->data : "";
        rep_bind_hash(stmt, 1, &made);
        if (is_text) {
            sqlite3_bind_text64(stmt, 2, data, bytes->size, SQLITE_STATIC, SQLITE_UTF8);
        } else {
            sqlite3_bind_blob64(stmt, 2, data, bytes->size, SQLITE_STATIC);
        }
        code = rep_sql_done(db, stmt, "store a text");
        if (code < 0) {
            return code;
        }
        rep_hash_set_add(&db->blobs, &made);
    }
    *hash = made;
    return 0;
}

static int check_text(struct rep_db *db, const char *name, const char *text, const char *what)
{
    if (text && strlen(text) > REP_MAX_TEXT) {
        return rep_fail(db, -E2BIG, "the %s of the case %.400s is longer than %u bytes", what, name,
                        REP_MAX_TEXT);
    }
    return 0;
}

static int check_result(struct rep_db *db, const struct rep_result *result)
{
    if (!result->name || result->name[0] == '\0' || !result->result ||
        (unsigned)result->status >= REP_STATUSES) {
        return rep_fail(db, -EINVAL, "a result needs the name of a case, a result and a status");
    }
    if (strlen(result->name) > REP_MAX_NAME) {
        return rep_fail(db, -E2BIG, "the case name %.60s... is longer than %d bytes", result->name,
                        REP_MAX_NAME);
    }
    if (result->n_mounts > REP_MAX_MOUNTS) {
        return rep_fail(db, -E2BIG, "the case %.400s has more than %u mounts", result->name,
                        REP_MAX_MOUNTS);
    }
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (!finding->severity || !finding->code || !finding->text) {
            return rep_fail(db, -EINVAL, "a finding of the case %.400s lacks a field",
                            result->name);
        }
    }
    int code = rep_attempts_check(db, result);
    if (code == 0) {
        code = check_text(db, result->name, result->error, "error");
    }
    if (code == 0) {
        code = check_text(db, result->name, result->file, "file");
    }
    if (code == 0) {
        code = check_text(db, result->name, result->reason, "reason");
    }
    for (size_t i = 0; i < REP_TEXTS && code == 0; i++) {
        code = check_text(db, result->name, result->text[i], rep_text_names[i]);
    }
    return code;
}

static int planned_input(struct rep_run *run, const char *name, struct rep_hash *hash)
{
    static const struct rep_input nothing;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_PLAN_INPUT, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    rep_bind_text(stmt, 2, name);
    code = rep_sql_row(run->db, stmt, "look for a plan");
    bool found = code == 1 && rep_column_hash(stmt, 0, hash);
    sqlite3_reset(stmt);
    return code < 0 || found ? (code < 0 ? code : 0) : rep_input_store(run, &nothing, hash);
}

static int store_text(struct rep_db *db, const char *text, struct rep_hash *hash)
{
    if (!text) {
        return 0;
    }
    return rep_blob_store(db, &(struct rep_bytes){text, strlen(text)}, true, hash);
}

static int store_parts(struct rep_run *run, const struct rep_result *result, struct parts *parts)
{
    int code = result->input ? rep_input_store(run, result->input, &parts->input)
                             : planned_input(run, result->name, &parts->input);
    if (code == 0) {
        code = store_text(run->db, result->error, &parts->error);
    }
    for (size_t i = 0; i < REP_TEXTS && code == 0; i++) {
        code = store_text(run->db, result->text[i], &parts->text[i]);
    }
    if (code == 0) {
        code = store_text(run->db, result->file, &parts->file);
    }
    if (code == 0) {
        code = store_text(run->db, result->reason, &parts->reason);
    }
    if (code == 0 && result->n_nodes > 0 && !rep_hash_set_has(&run->db->dirs, &parts->tree)) {
        code = rep_tree_store(run);
    }
    if (code == 0 && result->n_mounts > 0) {
        code = rep_mounts_store(run, result, &parts->mounts);
    }
    return code;
}

static int store_row(struct rep_run *run, const struct rep_result *result,
                     const struct parts *parts)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_ADD_RESULT, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    rep_bind_text(stmt, 2, result->name);
    rep_bind_hash(stmt, 3, &parts->input);
    rep_bind_text(stmt, 4, result->result);
    rep_bind_text(stmt, 5, rep_status_name(result->status));
    rep_bind_hash(stmt, 6, result->error ? &parts->error : NULL);
    for (int i = 0; i < REP_TEXTS; i++) {
        rep_bind_hash(stmt, 7 + i, result->text[i] ? &parts->text[i] : NULL);
    }
    sqlite3_bind_int64(stmt, 12, result->fds_left);
    sqlite3_bind_int64(stmt, 13, result->leaks);
    sqlite3_bind_int64(stmt, 14, result->duration_ns);
    rep_bind_hash(stmt, 15, result->n_mounts > 0 ? &parts->mounts : NULL);
    rep_bind_hash(stmt, 16, result->n_nodes > 0 ? &parts->tree : NULL);
    sqlite3_bind_int(stmt, 17, result->flaky);
    rep_bind_hash(stmt, 18, result->file ? &parts->file : NULL);
    if (result->line > 0) {
        sqlite3_bind_int64(stmt, 19, result->line);
    } else {
        sqlite3_bind_null(stmt, 19);
    }
    rep_bind_hash(stmt, 20, result->reason ? &parts->reason : NULL);
    code = rep_sql_done(run->db, stmt, "store a result");
    if (code == 0 && sqlite3_changes(run->db->sql) == 0) {
        return rep_fail(run->db, -EEXIST, "the case %.400s is already recorded in run %lld",
                        result->name, (long long)run->id);
    }
    return code;
}

static int store_findings(struct rep_db *db, int64_t id, const struct rep_result *result)
{
    for (size_t i = 0; i < result->n_findings; i++) {
        sqlite3_stmt *stmt = NULL;
        int code = rep_sql_kept(db, REP_SQL_ADD_FINDING, &stmt);
        if (code == 0) {
            sqlite3_bind_int64(stmt, 1, id);
            sqlite3_bind_int64(stmt, 2, (sqlite3_int64)i);
            rep_bind_text(stmt, 3, result->findings[i].severity);
            rep_bind_text(stmt, 4, result->findings[i].code);
            rep_bind_text(stmt, 5, result->findings[i].text);
            code = rep_sql_done(db, stmt, "store a finding");
        }
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static int store_result(struct rep_run *run, const struct rep_result *result, struct parts *parts)
{
    int code = store_parts(run, result, parts);
    if (code == 0) {
        code = store_row(run, result, parts);
    }
    if (code < 0) {
        return code;
    }
    int64_t id = sqlite3_last_insert_rowid(run->db->sql);
    code = store_findings(run->db, id, result);
    return code < 0 ? code : rep_attempts_store(run->db, id, result);
}

int rep_record(struct rep_run *run, const struct rep_result *result)
{
    struct parts parts;
    if (run->failed) {
        return run->failed;
    }
    /* All that can be refused is refused before the file is touched. */
    int code = check_result(run->db, result);
    if (code == 0 && result->n_nodes > 0) {
        code = rep_tree_prepare(run, result->nodes, result->n_nodes, &parts.tree);
    }
    if (code == 0) {
        code = rep_run_enter(run);
    }
    if (code == 0) {
        code = rep_sql_kept_exec(run->db, REP_SQL_SAVEPOINT, "store a result");
    }
    if (code < 0) {
        return code;
    }
    code = store_result(run, result, &parts);
    if (code < 0 && code != -EEXIST) {
        return rep_run_break(run, code);
    }
    /* What a refused result had stored of its parts is kept: others may use it, and the caches say
     * it is there. */
    int released = rep_sql_kept_exec(run->db, REP_SQL_RELEASE, "store a result");
    if (released < 0) {
        return rep_run_break(run, released);
    }
    if (code == -EEXIST) {
        return code;
    }
    run->pending++;
    return run->pending >= run->batch ? rep_flush(run) : 0;
}
