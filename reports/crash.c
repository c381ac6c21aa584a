#include "private.h"

#include <errno.h>
#include <string.h>

static int upsert(struct rep_db *db, const struct rep_crash *crash, const struct rep_hash *input,
                  const struct rep_hash *text)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db,
        "INSERT INTO fuzz_crash(target, kind, found, last_found, times, subject_version, seed, "
        "input, text) VALUES(?1, ?2, ?3, ?3, 1, ?4, ?5, ?6, ?7) ON CONFLICT(target, input) "
        "DO UPDATE SET times = times + 1, last_found = excluded.last_found",
        &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, crash->target);
    rep_bind_text(stmt, 2, crash->kind);
    rep_bind_text(stmt, 3, crash->found);
    rep_bind_text(stmt, 4, crash->subject_version);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)crash->seed);
    rep_bind_hash(stmt, 6, input);
    rep_bind_hash(stmt, 7, text);
    code = rep_sql_done(db, stmt, "store a crash");
    sqlite3_finalize(stmt);
    return code;
}

static int store(struct rep_db *db, const struct rep_crash *crash)
{
    struct rep_hash input;
    struct rep_hash text;
    int code = rep_blob_store(db, &crash->input, false, &input);
    if (code == 0 && crash->text) {
        code =
            rep_blob_store(db, &(struct rep_bytes){crash->text, strlen(crash->text)}, true, &text);
    }
    return code < 0 ? code : upsert(db, crash, &input, crash->text ? &text : NULL);
}

int rep_fuzz_crash(struct rep_db *db, const struct rep_crash *crash)
{
    if (db->mode == REP_READ) {
        return rep_fail(db, -EROFS, "opened for reading only");
    }
    if (!crash->target || !crash->found || !crash->kind || !crash->input.data) {
        return rep_fail(db, -EINVAL, "a crash needs a target, a time, a kind and an input");
    }
    if (crash->input.size > REP_MAX_TEXT) {
        return rep_fail(db, -E2BIG, "the input of a crash is longer than %u bytes", REP_MAX_TEXT);
    }
    int code = rep_sql_kept_exec(db, REP_SQL_SAVEPOINT, "store a crash");
    if (code < 0) {
        return code;
    }
    code = store(db, crash);
    if (code == 0) {
        code = rep_sql_kept_exec(db, REP_SQL_RELEASE, "store a crash");
    }
    if (code < 0) {
        struct rep_error first = db->error;
        rep_forget_caches(db);
        (void)rep_sql_kept_exec(db, REP_SQL_ROLLBACK_TO, "undo");
        (void)rep_sql_kept_exec(db, REP_SQL_RELEASE, "undo");
        db->error = first;
    }
    return code;
}
