/* The parts that a run was merged from. */
#include "merge.h"

#include <stdio.h>

int merge_ask(struct rep_db *db, const char *sql, int64_t run, const struct rep_hash *hash,
              int64_t *value)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    if (hash) {
        rep_bind_hash(stmt, 2, hash);
    }
    code = rep_sql_row(db, stmt, "merge");
    if (code == 1) {
        *value = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return code;
}

int merge_add_part(struct rep_db *into, int64_t run, const char *source,
                   const struct rep_run_info *info, const struct rep_hash *digest)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        into,
        "INSERT INTO run_part(run, part, source, source_run, digest, shard_index, shard_count, "
        "state, started, ended, argv, results) VALUES(?1, (SELECT count(*) + 1 FROM run_part WHERE "
        "run = ?1), ?2, ?3, ?4, ?5, ?6, iif(?7 = 'running', 'interrupted', ?7), ?8, ?9, ?10, ?11)",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    rep_bind_text(stmt, 2, source);
    sqlite3_bind_int64(stmt, 3, info->id);
    rep_bind_hash(stmt, 4, digest);
    sqlite3_bind_int64(stmt, 5, info->shard_index);
    sqlite3_bind_int64(stmt, 6, info->shard_count);
    rep_bind_text(stmt, 7, info->state);
    rep_bind_text(stmt, 8, info->started);
    rep_bind_text(stmt, 9, info->ended);
    rep_bind_text(stmt, 10, info->argv);
    sqlite3_bind_int64(stmt, 11, info->counts.recorded);
    code = rep_sql_done(into, stmt, "note where a run came from");
    sqlite3_finalize(stmt);
    return code;
}

int merge_note_own_part(struct rep_db *into, int64_t run)
{
    char ref[32];
    int64_t ignored = 0;
    struct rep_hash digest;
    struct rep_run_info info;
    int code = merge_ask(into, "SELECT 1 FROM run_part WHERE run = ?", run, NULL, &ignored);
    if (code != 0) {
        return code < 0 ? code : 0;
    }
    (void)snprintf(ref, sizeof ref, "%lld", (long long)run);
    code = rep_run_digest(into, run, &digest);
    if (code == 0) {
        code = rep_run_find(into, ref, &info);
    }
    if (code == 0) {
        code = merge_add_part(into, run, into->path, &info, &digest);
        rep_run_info_release(&info);
    }
    return code;
}

int merge_settle_joined(struct rep_db *into, int64_t run)
{
    int64_t ignored = 0;
    int code =
        merge_ask(into,
                  "UPDATE run SET started = (SELECT min(started) FROM run_part WHERE run = ?1), "
                  "ended = (SELECT max(ended) FROM run_part WHERE run = ?1), shard_index = 0, "
                  "shard_count = iif((SELECT count(DISTINCT shard_index) FROM run_part "
                  "WHERE run = ?1) = shard_count, 0, shard_count), "
                  "state = iif((SELECT count(DISTINCT shard_index) FROM run_part WHERE run = ?1 "
                  "AND state = 'finished') = shard_count AND NOT EXISTS (SELECT 1 FROM run_part "
                  "WHERE run = ?1 AND state <> 'finished'), 'finished', 'interrupted') "
                  "WHERE id = ?1",
                  run, NULL, &ignored);
    return code < 0 ? code : 0;
}

int merge_tell_joined(struct merge *merge, int64_t run)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        merge->into,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "(SELECT shard_count FROM run WHERE id = ?1)) "
        "SELECT r.shard_count, (SELECT count(DISTINCT shard_index) FROM run_part WHERE run = ?1), "
        "(SELECT group_concat(i, ', ') FROM (SELECT i FROM n WHERE i NOT IN "
        "(SELECT shard_index FROM run_part WHERE run = ?1) LIMIT 20)), r.state "
        "FROM run r WHERE r.id = ?1",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    code = rep_sql_row(merge->into, stmt, "read a run");
    int64_t wanted = code == 1 ? sqlite3_column_int64(stmt, 0) : 0;
    merge->counts.incomplete += wanted > 0;
    if (code == 1 && merge->sink) {
        rep_out_fmt(&merge->out, "run %lld: ", (long long)run);
        if (wanted > 0) {
            rep_out_fmt(&merge->out, "%lld of %lld shards; missing: %s%s\n",
                        (long long)sqlite3_column_int64(stmt, 1), (long long)wanted,
                        rep_column_text(stmt, 2),
                        wanted - sqlite3_column_int64(stmt, 1) > 20 ? ", ..." : "");
        } else {
            rep_out_fmt(&merge->out, "all %lld shards, %s\n",
                        (long long)sqlite3_column_int64(stmt, 1), rep_column_text(stmt, 3));
        }
    }
    sqlite3_finalize(stmt);
    return code < 0 ? code : 0;
}
