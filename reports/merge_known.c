/* Is a run of the file to merge here already? */
#include "merge.h"

#include <errno.h>
#include <string.h>

/* Among runs that were recorded here. */
static int find_native(struct rep_db *into, const char *started, const char *argv,
                       const struct rep_hash *digest, int64_t *run)
{
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    int code = rep_sql_prepare(into,
                               "SELECT id FROM run r WHERE started = ? AND argv = ? AND NOT EXISTS "
                               "(SELECT 1 FROM run_part p WHERE p.run = r.id)",
                               &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, started);
    rep_bind_text(stmt, 2, argv);
    while (!found && (code = rep_sql_row(into, stmt, "look for a run")) == 1) {
        struct rep_hash own;
        *run = sqlite3_column_int64(stmt, 0);
        code = rep_run_digest(into, *run, &own);
        if (code < 0) {
            break;
        }
        found = memcmp(&own, digest, sizeof own) == 0;
    }
    sqlite3_finalize(stmt);
    return code < 0 ? code : found;
}

static int find_digest(struct rep_db *into, const char *started, const char *argv,
                       const struct rep_hash *digest, int64_t *run)
{
    int code =
        merge_ask(into, "SELECT run FROM run_part WHERE ?1 = 0 AND digest = ?2", 0, digest, run);
    return code != 0 ? code : find_native(into, started, argv, digest, run);
}

/* A run that was merged before is known by its parts: all of them or none may be here. */
static int find_parts(struct merge *merge, struct passage *passage)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_db *from = passage->source->db;
    int64_t parts = 0;
    int64_t here = 0;
    int code =
        rep_sql_prepare(from, "SELECT started, argv, digest FROM run_part WHERE run = ?", &stmt);
    if (code < 0) {
        merge->into->error = from->error;
        return code;
    }
    sqlite3_bind_int64(stmt, 1, passage->info.id);
    while ((code = rep_sql_row(from, stmt, "read the file to merge")) == 1) {
        struct rep_hash digest;
        int found = rep_column_hash(stmt, 2, &digest)
                        ? find_digest(merge->into, rep_column_text(stmt, 0),
                                      rep_column_text(stmt, 1), &digest, &passage->target)
                        : 0;
        if (found < 0) {
            code = found;
            break;
        }
        parts++;
        here += found;
    }
    sqlite3_finalize(stmt);
    if (code < 0 || here == 0) {
        return code;
    }
    return here == parts ? 1
                         : rep_fail(merge->into, -EEXIST,
                                    "conflict: run %lld of %.200s has shards that are here already "
                                    "and others that are not; nothing was merged (merge the files "
                                    "that it came from)",
                                    (long long)passage->info.id, passage->source->path);
}

int merge_find_known(struct merge *merge, struct passage *passage)
{
    int code = rep_run_digest(passage->source->db, passage->info.id, &passage->digest);
    if (code < 0) {
        merge->into->error = passage->source->db->error;
        return code;
    }
    code = find_digest(merge->into, passage->info.started, passage->info.argv, &passage->digest,
                       &passage->target);
    return code != 0 ? code : find_parts(merge, passage);
}
