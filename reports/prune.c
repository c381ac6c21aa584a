#include "private.h"

#include <errno.h>
#include <stdio.h>

/* Without foreign keys, which would look for users of each row one by one; the order here keeps
 * what they ask for. The runs that go stand in temp.gone. */
static const char *const prune_sql =
    "DELETE FROM main.finding WHERE result IN (SELECT id FROM main.result WHERE run IN temp.gone);"
    "DELETE FROM main.attempt WHERE result IN (SELECT id FROM main.result WHERE run IN temp.gone);"
    "DELETE FROM main.result WHERE run IN temp.gone;"
    "DELETE FROM main.plan WHERE run IN temp.gone;"
    "DELETE FROM main.run_part WHERE run IN temp.gone;"
    "DELETE FROM main.run WHERE id IN temp.gone;"
    "DELETE FROM main.input WHERE hash NOT IN (SELECT input FROM main.plan UNION "
    "SELECT input FROM main.result);"
    "DELETE FROM main.mount_list WHERE hash NOT IN "
    "(SELECT mounts FROM main.result WHERE mounts IS NOT NULL);"
    "DELETE FROM main.mount_item WHERE list NOT IN (SELECT id FROM main.mount_list);"
    "DELETE FROM main.mount_row WHERE id NOT IN (SELECT mount FROM main.mount_item);"
    "CREATE TEMP TABLE live(hash BLOB PRIMARY KEY) WITHOUT ROWID;"
    "WITH RECURSIVE reached(hash) AS (SELECT tree FROM main.result WHERE tree IS NOT NULL "
    "UNION SELECT n.child FROM reached r JOIN main.node n ON n.dir = r.hash "
    "WHERE n.child IS NOT NULL) INSERT INTO temp.live SELECT hash FROM reached;"
    "DELETE FROM main.node WHERE dir NOT IN temp.live;"
    "DELETE FROM main.dir WHERE hash NOT IN temp.live;"
    "DELETE FROM main.blob WHERE hash NOT IN ("
    "SELECT error FROM main.result WHERE error IS NOT NULL UNION "
    "SELECT log FROM main.result WHERE log IS NOT NULL UNION "
    "SELECT compiled FROM main.result WHERE compiled IS NOT NULL UNION "
    "SELECT ops FROM main.result WHERE ops IS NOT NULL UNION "
    "SELECT restore FROM main.result WHERE restore IS NOT NULL UNION "
    "SELECT host_diff FROM main.result WHERE host_diff IS NOT NULL UNION "
    "SELECT file FROM main.result WHERE file IS NOT NULL UNION "
    "SELECT reason FROM main.result WHERE reason IS NOT NULL UNION "
    "SELECT input FROM main.fuzz_crash UNION "
    "SELECT text FROM main.fuzz_crash WHERE text IS NOT NULL);"
    "DROP TABLE temp.live;";

static int choose(struct rep_db *db, unsigned keep)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "DROP TABLE IF EXISTS temp.gone; CREATE TEMP TABLE gone AS SELECT id FROM "
                   "main.run WHERE label IS NULL AND id NOT IN "
                   "(SELECT id FROM main.run ORDER BY id DESC LIMIT %u)",
                   keep);
    return rep_sql_exec(db, sql, "prune");
}

/* Names each run that goes, and counts them. */
static int tell(struct rep_db *db, rep_run_info_fn *each, void *arg, struct rep_prune_counts *made)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, "SELECT id FROM temp.gone ORDER BY id", &stmt);
    if (code < 0) {
        return code;
    }
    while ((code = rep_sql_row(db, stmt, "prune")) == 1) {
        struct rep_run_info info;
        code = rep_run_find(db, rep_column_text(stmt, 0), &info);
        if (code == 0) {
            made->runs++;
            made->results += info.counts.recorded;
            code = each ? each(arg, &info) : 0;
            rep_run_info_release(&info);
        }
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

static int free_bytes(struct rep_db *db, int64_t *bytes)
{
    int64_t pages = 0;
    int64_t size = 0;
    int code = rep_sql_int(db, "PRAGMA freelist_count", &pages);
    if (code == 0) {
        code = rep_sql_int(db, "PRAGMA page_size", &size);
    }
    if (code == 0) {
        *bytes = pages * size;
    }
    return code;
}

/* In one transaction, which a dry run takes back once it is known what it would free. */
static int remove_gone(struct rep_db *db, bool dry_run, int64_t *bytes)
{
    int64_t before = 0;
    int64_t after = 0;
    int code = free_bytes(db, &before);
    if (code == 0) {
        code = rep_sql_exec(db, "BEGIN IMMEDIATE", "prune");
    }
    if (code < 0) {
        return code;
    }
    code = rep_search_forget(db);
    if (code == 0) {
        code = rep_sql_exec(db, prune_sql, "prune");
    }
    if (code == 0) {
        code = free_bytes(db, &after);
    }
    if (code == 0 && !dry_run) {
        code = rep_sql_exec(db, "COMMIT", "prune");
    }
    struct rep_error first = db->error;
    if (!sqlite3_get_autocommit(db->sql)) {
        (void)rep_sql_exec(db, "ROLLBACK", "prune");
    }
    db->error = first;
    rep_forget_caches(db);
    if (code == 0) {
        *bytes = dry_run ? after - before : after;
    }
    return code;
}

/* The runs are gone already; what follows only gives the space back and makes the index anew. */
static int tidy(struct rep_db *db)
{
    int code = rep_search_update(db);
    if (code == 0) {
        code = rep_sql_exec(db, "VACUUM", "give the space back");
    }
    return code == 0 ? rep_sql_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", "give the space back")
                     : code;
}

static int prune(struct rep_db *db, unsigned keep, bool dry_run, rep_run_info_fn *each, void *arg,
                 struct rep_prune_counts *made)
{
    int code = choose(db, keep);
    if (code == 0) {
        code = tell(db, each, arg, made);
    }
    if (code == 0 && made->runs > 0) {
        code = remove_gone(db, dry_run, &made->bytes);
        if (code == 0 && !dry_run) {
            code = tidy(db);
        }
    }
    struct rep_error first = db->error;
    (void)rep_sql_exec(db, "DROP TABLE IF EXISTS temp.gone", "prune");
    db->error = first;
    return code;
}

int rep_prune(struct rep_db *db, unsigned keep, bool dry_run, rep_run_info_fn *each, void *arg,
              struct rep_prune_counts *counts)
{
    struct rep_prune_counts made = {0};
    int code = rep_check_care(db);
    if (code == 0) {
        code = rep_sql_exec(db, "PRAGMA foreign_keys = OFF", "prune");
    }
    if (code < 0) {
        return code;
    }
    code = prune(db, keep, dry_run, each, arg, &made);
    struct rep_error first = db->error;
    int restored = rep_sql_exec(db, "PRAGMA foreign_keys = ON", "prune");
    if (code != 0) {
        db->error = first;
        return code;
    }
    if (restored == 0 && counts) {
        *counts = made;
    }
    return restored;
}
