#include "private.h"

#include <errno.h>

int rep_attempts_check(struct rep_db *db, const struct rep_result *result)
{
    if (result->n_attempts > REP_MAX_ATTEMPTS) {
        return rep_fail(db, -E2BIG, "the case %.400s has more than %u attempts", result->name,
                        REP_MAX_ATTEMPTS);
    }
    for (size_t i = 0; i < result->n_attempts; i++) {
        const struct rep_attempt *a = &result->attempts[i];
        if (!a->result || (unsigned)a->status >= REP_STATUSES || a->same_as < 1 ||
            a->same_as > i + 1) {
            return rep_fail(db, -EINVAL, "attempt %zu of the case %.400s is not well formed", i + 1,
                            result->name);
        }
    }
    return 0;
}

int rep_attempts_store(struct rep_db *db, int64_t id, const struct rep_result *result)
{
    for (size_t i = 0; i < result->n_attempts; i++) {
        const struct rep_attempt *a = &result->attempts[i];
        sqlite3_stmt *stmt = NULL;
        int code = rep_sql_kept(db, REP_SQL_ADD_ATTEMPT, &stmt);
        if (code == 0) {
            sqlite3_bind_int64(stmt, 1, id);
            sqlite3_bind_int64(stmt, 2, (sqlite3_int64)i + 1);
            rep_bind_text(stmt, 3, a->result);
            rep_bind_text(stmt, 4, rep_status_name(a->status));
            rep_bind_text(stmt, 5, a->error);
            sqlite3_bind_int64(stmt, 6, a->same_as);
            sqlite3_bind_int64(stmt, 7, a->duration_ns);
            code = rep_sql_done(db, stmt, "store an attempt");
        }
        if (code < 0) {
            return code;
        }
    }
    return 0;
}
