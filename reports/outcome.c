/* What choosing cases needs to know of a run: its plan, and results without their texts. */
#include "private.h"

#include <string.h>

/* Prepares `sql` for the run that `ref` means. */
static int prepare(struct rep_db *db, const char *ref, const char *sql, sqlite3_stmt **stmt)
{
    int64_t run = 0;
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(db, sql, stmt);
    }
    if (code == 0) {
        sqlite3_bind_int64(*stmt, 1, run);
    }
    return code;
}

int rep_read_outcomes(struct rep_db *db, const char *ref, rep_outcome_fn *each, void *arg)
{
    sqlite3_stmt *stmt = NULL;
    int code = prepare(
        db, ref, "SELECT name, result, status, flaky, input FROM result WHERE run = ? ORDER BY id",
        &stmt);
    if (code < 0) {
        return code;
    }
    while ((code = rep_sql_row(db, stmt, "read results")) == 1) {
        struct rep_outcome outcome = {.name = rep_column_text(stmt, 0),
                                      .result = rep_column_text(stmt, 1),
                                      .status = rep_status_parse(rep_column_text(stmt, 2)),
                                      .flaky = sqlite3_column_int(stmt, 3) != 0};
        struct rep_hash hash;
        if (rep_column_hash(stmt, 4, &hash)) {
            memcpy(outcome.input.byte, hash.byte, sizeof outcome.input.byte);
        }
        code = each(arg, &outcome);
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

int rep_read_plan(struct rep_db *db, const char *ref, rep_plan_fn *each, void *arg)
{
    sqlite3_stmt *stmt = NULL;
    int code = prepare(db, ref,
                       "SELECT p.name, EXISTS (SELECT 1 FROM result r WHERE r.run = p.run AND "
                       "r.name = p.name) FROM plan p WHERE p.run = ? ORDER BY p.seq",
                       &stmt);
    if (code < 0) {
        return code;
    }
    while ((code = rep_sql_row(db, stmt, "read the plan")) == 1) {
        code = each(arg, rep_column_text(stmt, 0), sqlite3_column_int(stmt, 1) != 0);
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}
