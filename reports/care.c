#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int check_care(struct rep_db *db)
{
    if (db->mode == REP_READ) {
        return rep_fail(db, -EROFS, "opened for reading only");
    }
    return db->run ? rep_fail(db, -EBUSY, "a run is being recorded") : 0;
}

/* Runs the statements in one transaction; on failure nothing of them stays. */
static int in_transaction(struct rep_db *db, const char *sql, const char *doing)
{
    int code = rep_sql_exec(db, "BEGIN IMMEDIATE", doing);
    if (code < 0) {
        return code;
    }
    code = rep_sql_exec(db, sql, doing);
    if (code == 0) {
        code = rep_sql_exec(db, "COMMIT", doing);
    }
    if (code < 0) {
        struct rep_error first = db->error;
        if (!sqlite3_get_autocommit(db->sql)) {
            (void)rep_sql_exec(db, "ROLLBACK", doing);
        }
        db->error = first;
    }
    rep_forget_caches(db);
    return code;
}

/* ---- Merge -------------------------------------------------------------------------------------
 */

/* Content first: what refers to it follows. %1$lld and %2$lld are what is added to the numbers of
 * runs and results. */
#define MERGE_SQL                                                                                  \
    "INSERT OR IGNORE INTO main.blob SELECT * FROM source.blob;"                                   \
    "INSERT OR IGNORE INTO main.input SELECT * FROM source.input;"                                 \
    "INSERT OR IGNORE INTO main.dir SELECT * FROM source.dir;"                                     \
    "INSERT OR IGNORE INTO main.node SELECT * FROM source.node;"                                   \
    "INSERT OR IGNORE INTO main.mount SELECT * FROM source.mount;"                                 \
    "INSERT INTO main.run(id, started, ended, state, argv, subject, subject_version, profile, "    \
    "seed, shard_index, shard_count, label, options) SELECT id + %1$lld, started, ended, "         \
    "iif(state = 'running', 'interrupted', state), argv, subject, subject_version, profile, "      \
    "seed, shard_index, shard_count, label, options FROM source.run;"                              \
    "INSERT INTO main.plan(run, seq, name, input) SELECT run + %1$lld, seq, name, input "          \
    "FROM source.plan;"                                                                            \
    "INSERT INTO main.result(id, run, name, input, result, status, error, log, compiled, ops, "    \
    "restore, host_diff, fds_left, leaks, duration_ns, mounts, tree, flaky, file, line, reason) "  \
    "SELECT id + %2$lld, run + %1$lld, name, input, result, status, error, log, compiled, ops, "   \
    "restore, host_diff, fds_left, leaks, duration_ns, mounts, tree, flaky, file, line, reason "   \
    "FROM source.result;"                                                                          \
    "INSERT INTO main.finding(result, seq, severity, code, text) SELECT result + %2$lld, seq, "    \
    "severity, code, text FROM source.finding;"                                                    \
    "INSERT INTO main.attempt(result, n, outcome, status, error, same_as, duration_ns) SELECT "    \
    "result + %2$lld, n, outcome, status, error, same_as, duration_ns FROM source.attempt;"        \
    "INSERT INTO main.fuzz_crash(target, kind, found, last_found, times, subject_version, seed, "  \
    "input, text) SELECT target, kind, found, last_found, times, subject_version, seed, input, "   \
    "text FROM source.fuzz_crash WHERE true ON CONFLICT(target, input) DO UPDATE SET "             \
    "times = times + excluded.times, last_found = max(last_found, excluded.last_found);"

static int attach(struct rep_db *into, const struct rep_db *from)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf name = {0};
    rep_buf_str(&name, from->path[0] == ':' ? "./" : "");
    rep_buf_str(&name, from->path);
    if (name.failed) {
        return rep_fail_memory(into);
    }
    int code = rep_sql_prepare(into, "ATTACH DATABASE ? AS source", &stmt);
    if (code == 0) {
        rep_bind_text(stmt, 1, name.data);
        code = rep_sql_done(into, stmt, "open the file to merge");
        sqlite3_finalize(stmt);
    }
    rep_buf_release(&name);
    return code;
}

static int copy_all(struct rep_db *into, int64_t *runs)
{
    char sql[4096];
    int64_t run_base = 0;
    int64_t result_base = 0;
    int64_t count = 0;
    int code = rep_sql_int(into, "SELECT ifnull(max(id), 0) FROM main.run", &run_base);
    if (code == 0) {
        code = rep_sql_int(into, "SELECT ifnull(max(id), 0) FROM main.result", &result_base);
    }
    if (code == 0) {
        code = rep_sql_int(into, "SELECT count(*) FROM source.run", &count);
    }
    if (code < 0) {
        return code;
    }
    int size = snprintf(sql, sizeof sql, MERGE_SQL, (long long)run_base, (long long)result_base);
    if (size < 0 || (size_t)size >= sizeof sql) {
        return rep_fail(into, -E2BIG, "the merge statement is too long");
    }
    code = in_transaction(into, sql, "merge");
    if (code == 0) {
        *runs = count;
    }
    return code;
}

int rep_merge(struct rep_db *into, struct rep_db *from, int64_t *runs)
{
    int64_t count = 0;
    int code = check_care(into);
    if (code < 0) {
        return code;
    }
    const char *into_name = sqlite3_db_filename(into->sql, "main");
    const char *from_name = sqlite3_db_filename(from->sql, "main");
    if (into_name && from_name && strcmp(into_name, from_name) == 0) {
        return rep_fail(into, -EINVAL, "a database cannot be merged into itself");
    }
    code = attach(into, from);
    if (code < 0) {
        return code;
    }
    code = copy_all(into, &count);
    struct rep_error first = into->error;
    int detached = rep_sql_exec(into, "DETACH DATABASE source", "merge");
    if (code < 0) {
        into->error = first;
        return code;
    }
    if (detached == 0 && runs) {
        *runs = count;
    }
    return detached;
}

/* ---- Prune -------------------------------------------------------------------------------------
 */

/* Without foreign keys, which would look for users of each row one by one; the order here keeps
 * what they ask for. */
#define PRUNE_SQL                                                                                  \
    "CREATE TEMP TABLE gone AS SELECT id FROM main.run WHERE label IS NULL AND id NOT IN "         \
    "(SELECT id FROM main.run ORDER BY id DESC LIMIT %u);"                                         \
    "DELETE FROM main.finding WHERE result IN (SELECT id FROM main.result WHERE run IN "           \
    "temp.gone);"                                                                                  \
    "DELETE FROM main.attempt WHERE result IN (SELECT id FROM main.result WHERE run IN "           \
    "temp.gone);"                                                                                  \
    "DELETE FROM main.result WHERE run IN temp.gone;"                                              \
    "DELETE FROM main.plan WHERE run IN temp.gone;"                                                \
    "DELETE FROM main.run WHERE id IN temp.gone;"                                                  \
    "DELETE FROM main.input WHERE hash NOT IN (SELECT input FROM main.plan UNION "                 \
    "SELECT input FROM main.result);"                                                              \
    "DELETE FROM main.mount WHERE list NOT IN "                                                    \
    "(SELECT mounts FROM main.result WHERE mounts IS NOT NULL);"                                   \
    "CREATE TEMP TABLE live(hash BLOB PRIMARY KEY) WITHOUT ROWID;"                                 \
    "WITH RECURSIVE reached(hash) AS (SELECT tree FROM main.result WHERE tree IS NOT NULL "        \
    "UNION SELECT n.child FROM reached r JOIN main.node n ON n.dir = r.hash "                      \
    "WHERE n.child IS NOT NULL) INSERT INTO temp.live SELECT hash FROM reached;"                   \
    "DELETE FROM main.node WHERE dir NOT IN temp.live;"                                            \
    "DELETE FROM main.dir WHERE hash NOT IN temp.live;"                                            \
    "DELETE FROM main.blob WHERE hash NOT IN ("                                                    \
    "SELECT error FROM main.result WHERE error IS NOT NULL UNION "                                 \
    "SELECT log FROM main.result WHERE log IS NOT NULL UNION "                                     \
    "SELECT compiled FROM main.result WHERE compiled IS NOT NULL UNION "                           \
    "SELECT ops FROM main.result WHERE ops IS NOT NULL UNION "                                     \
    "SELECT restore FROM main.result WHERE restore IS NOT NULL UNION "                             \
    "SELECT host_diff FROM main.result WHERE host_diff IS NOT NULL UNION "                         \
    "SELECT file FROM main.result WHERE file IS NOT NULL UNION "                                   \
    "SELECT reason FROM main.result WHERE reason IS NOT NULL UNION "                               \
    "SELECT input FROM main.fuzz_crash UNION "                                                     \
    "SELECT text FROM main.fuzz_crash WHERE text IS NOT NULL);"                                    \
    "DROP TABLE temp.gone; DROP TABLE temp.live;"

int rep_prune(struct rep_db *db, unsigned keep, int64_t *runs)
{
    char sql[4096];
    int64_t before = 0;
    int64_t after = 0;
    int code = check_care(db);
    if (code == 0) {
        code = rep_sql_int(db, "SELECT count(*) FROM run", &before);
    }
    if (code < 0) {
        return code;
    }
    int size = snprintf(sql, sizeof sql, PRUNE_SQL, keep);
    if (size < 0 || (size_t)size >= sizeof sql) {
        return rep_fail(db, -E2BIG, "the prune statement is too long");
    }
    code = rep_sql_exec(db, "PRAGMA foreign_keys = OFF", "prune");
    if (code == 0) {
        code = in_transaction(db, sql, "prune");
    }
    struct rep_error first = db->error;
    int restored = rep_sql_exec(db, "PRAGMA foreign_keys = ON", "prune");
    if (code < 0) {
        db->error = first;
        return code;
    }
    if (restored == 0) {
        restored = rep_sql_int(db, "SELECT count(*) FROM run", &after);
    }
    if (restored == 0 && runs) {
        *runs = before - after;
    }
    return restored;
}
