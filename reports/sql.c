#include "private.h"

#include <errno.h>
#include <string.h>

static const char *const texts[REP_SQL_COUNT] = {
    [REP_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [REP_SQL_COMMIT] = "COMMIT",
    [REP_SQL_ROLLBACK] = "ROLLBACK",
    [REP_SQL_SAVEPOINT] = "SAVEPOINT one",
    [REP_SQL_RELEASE] = "RELEASE one",
    [REP_SQL_ROLLBACK_TO] = "ROLLBACK TO one",
    [REP_SQL_ADD_BLOB] = "INSERT OR IGNORE INTO blob(hash, data) VALUES(?, ?)",
    [REP_SQL_HAS_BLOB] = "SELECT 1 FROM blob WHERE hash = ?",
    [REP_SQL_HAS_INPUT] = "SELECT 1 FROM input WHERE hash = ?",
    [REP_SQL_ADD_INPUT] =
        "INSERT OR IGNORE INTO input(hash, spec, conf, root, sources, ops, flags) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_ADD_PLAN] = "INSERT OR IGNORE INTO plan(run, seq, name, input) VALUES(?, ?, ?, ?)",
    [REP_SQL_PLAN_INPUT] = "SELECT input FROM plan WHERE run = ? AND name = ?",
    [REP_SQL_ADD_RESULT] =
        "INSERT OR IGNORE INTO result(run, name, input, result, status, error, log, compiled, ops, "
        "restore, host_diff, fds_left, leaks, duration_ns, mounts, tree, flaky, file, line, "
        "reason) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_RESULT_INPUT] = "SELECT input FROM result WHERE run = ? AND name = ?",
    [REP_SQL_ADD_FINDING] =
        "INSERT INTO finding(result, seq, severity, code, text) VALUES(?, ?, ?, ?, ?)",
    [REP_SQL_ADD_ATTEMPT] =
        "INSERT INTO attempt(result, n, outcome, status, error, same_as, duration_ns) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_HAS_MOUNTS] = "SELECT 1 FROM mount_list WHERE hash = ?",
    [REP_SQL_ADD_MOUNTS] = "INSERT OR IGNORE INTO mount_list(hash) VALUES(?)",
    [REP_SQL_ADD_MOUNT_ITEM] =
        "INSERT INTO mount_item(list, idx, mount, spec_index, shadowed_by, mount_id, op, "
        "log_first, log_lines) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_ADD_MOUNT] =
        "INSERT OR IGNORE INTO mount_row(hash, destination, type, source, fs, flags, rules, "
        "ignored, created, lost, state, place, seen_at, layers, data, hides, options, reasons, "
        "made) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_MOUNT_ID] = "SELECT id FROM mount_row WHERE hash = ?",
    [REP_SQL_HAS_DIR] = "SELECT 1 FROM dir WHERE hash = ?",
    [REP_SQL_ADD_DIR] = "INSERT OR IGNORE INTO dir(hash, entries, nodes) VALUES(?, ?, ?)",
    [REP_SQL_ADD_NODE] =
        "INSERT INTO node(dir, name, type, mode, uid, gid, size, nlink, rdev, target, fs, flags, "
        "mountpoint, overlay, upper, lower, special, readdir, error, child, layers) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [REP_SQL_DIR_COUNTS] = "SELECT entries, nodes FROM dir WHERE hash = ?",
    [REP_SQL_DIR_NODES] =
        "SELECT name, type, mode, uid, gid, size, nlink, rdev, target, fs, flags, mountpoint, "
        "overlay, upper, lower, special, readdir, error, child, layers FROM node WHERE dir = ? "
        "ORDER BY name",
    [REP_SQL_SEARCH_ERROR] = "INSERT OR IGNORE INTO search_item(kind, hash) VALUES('error', ?)",
    [REP_SQL_SEARCH_LOG] =
        "INSERT OR IGNORE INTO search_item(kind, text) SELECT 'log', value FROM "
        "(SELECT CASE WHEN json_valid(?1) THEN json_extract(?1, '$') END AS value) "
        "WHERE value IS NOT NULL",
    [REP_SQL_SEARCH_PATH] = "INSERT OR IGNORE INTO search_item(kind, text) VALUES('path', ?)",
    [REP_SQL_SEARCH_LAST] = "SELECT ifnull(max(id), 0) FROM search_item",
    [REP_SQL_SEARCH_INDEX] =
        "INSERT INTO search(rowid, text) SELECT id, text FROM search_text WHERE id > ?",
    [REP_SQL_SEARCH_STATE] =
        "UPDATE search_state SET result = (SELECT ifnull(max(id), 0) FROM result)",
};

int rep_sql_kept(struct rep_db *db, enum rep_sql which, sqlite3_stmt **stmt)
{
    if (!db->kept[which]) {
        int rc = sqlite3_prepare_v3(db->sql, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                    &db->kept[which], NULL);
        if (rc != SQLITE_OK) {
            return rep_fail_sql_code(db, rc, "prepare a statement");
        }
    }
    *stmt = db->kept[which];
    return 0;
}

int rep_sql_prepare(struct rep_db *db, const char *text, sqlite3_stmt **stmt)
{
    sqlite3_stmt *made = NULL;
    int rc = sqlite3_prepare_v2(db->sql, text, -1, &made, NULL);
    if (rc != SQLITE_OK) {
        return rep_fail_sql_code(db, rc, "prepare a statement");
    }
    *stmt = made;
    return 0;
}

int rep_sql_done(struct rep_db *db, sqlite3_stmt *stmt, const char *doing)
{
    int rc = sqlite3_step(stmt);
    int code = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : rep_fail_sql_code(db, rc, doing);
    sqlite3_reset(stmt);
    return code;
}

int rep_sql_row(struct rep_db *db, sqlite3_stmt *stmt, const char *doing)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        return 1;
    }
    return rc == SQLITE_DONE ? 0 : rep_fail_sql_code(db, rc, doing);
}

int rep_sql_exec(struct rep_db *db, const char *text, const char *doing)
{
    int rc = sqlite3_exec(db->sql, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : rep_fail_sql_code(db, rc, doing);
}

int rep_sql_kept_exec(struct rep_db *db, enum rep_sql which, const char *doing)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, which, &stmt);
    return code < 0 ? code : rep_sql_done(db, stmt, doing);
}

int rep_sql_int(struct rep_db *db, const char *text, int64_t *value)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, text, &stmt);
    if (code < 0) {
        return code;
    }
    code = rep_sql_row(db, stmt, "read the file");
    if (code == 1) {
        *value = sqlite3_column_int64(stmt, 0);
        code = 0;
    } else if (code == 0) {
        code = rep_fail(db, -ENOENT, "nothing found");
    }
    sqlite3_finalize(stmt);
    return code;
}

void rep_sql_release(struct rep_db *db)
{
    for (size_t i = 0; i < REP_SQL_COUNT; i++) {
        sqlite3_finalize(db->kept[i]);
        db->kept[i] = NULL;
    }
}

void rep_bind_text(sqlite3_stmt *stmt, int column, const char *text)
{
    /* A failed binding (memory) leaves NULL, which a NOT NULL column refuses; bounds are checked
     * before. */
    if (text) {
        (void)sqlite3_bind_text64(stmt, column, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
    } else {
        (void)sqlite3_bind_null(stmt, column);
    }
}

void rep_bind_hash(sqlite3_stmt *stmt, int column, const struct rep_hash *hash)
{
    if (hash) {
        (void)sqlite3_bind_blob(stmt, column, hash->byte, sizeof hash->byte, SQLITE_STATIC);
    } else {
        (void)sqlite3_bind_null(stmt, column);
    }
}

bool rep_column_hash(sqlite3_stmt *stmt, int column, struct rep_hash *hash)
{
    if (sqlite3_column_type(stmt, column) != SQLITE_BLOB ||
        sqlite3_column_bytes(stmt, column) != (int)sizeof hash->byte) {
        return false;
    }
    memcpy(hash->byte, sqlite3_column_blob(stmt, column), sizeof hash->byte);
    return true;
}

const char *rep_column_text(sqlite3_stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt, column);
}
