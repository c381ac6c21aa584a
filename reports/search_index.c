#include "private.h"

#include <errno.h>
#include <string.h>

/* ---- With the results --------------------------------------------------------------------------
 */

/* Remembers which item is the last that is indexed. */
static int begin(struct rep_run *run)
{
    sqlite3_stmt *stmt = NULL;
    if (run->searching) {
        return 0;
    }
    int code = rep_sql_kept(run->db, REP_SQL_SEARCH_LAST, &stmt);
    if (code == 0 && (code = rep_sql_row(run->db, stmt, "index what can be searched")) == 1) {
        run->search_last = sqlite3_column_int64(stmt, 0);
        run->searching = true;
    }
    sqlite3_reset(stmt);
    return code < 0 ? code : 0;
}

int rep_search_add_error(struct rep_run *run, const struct rep_hash *hash)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&run->db->errors, hash)) {
        return 0;
    }
    int code = begin(run);
    code = code ? code : rep_sql_kept(run->db, REP_SQL_SEARCH_ERROR, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_done(run->db, stmt, "index what can be searched");
    if (code == 0) {
        rep_hash_set_add(&run->db->errors, hash);
    }
    return code;
}

int rep_search_add(struct rep_run *run, enum rep_sql kind, const char *text, size_t size)
{
    sqlite3_stmt *stmt = NULL;
    int code = begin(run);
    code = code ? code : rep_sql_kept(run->db, kind, &stmt);
    if (code < 0) {
        return code;
    }
    (void)sqlite3_bind_text64(stmt, 1, text, size, SQLITE_STATIC, SQLITE_UTF8);
    return rep_sql_done(run->db, stmt, "index what can be searched");
}

/* Indexes the items behind the last that is. */
static int index_behind(struct rep_db *db, int64_t last)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_SEARCH_INDEX, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, last);
    return rep_sql_done(db, stmt, "index what can be searched");
}

int rep_search_store(struct rep_run *run)
{
    int code = run->searching ? index_behind(run->db, run->search_last) : 0;
    run->searching = false;
    return code ? code : rep_sql_kept_exec(run->db, REP_SQL_SEARCH_STATE, "index a batch");
}

/* ---- All that is not indexed yet ---------------------------------------------------------------
 */

/* Results that go into the index in one transaction: bounds memory, and what a kill costs. */
#define CHUNK 2000

static const char *const texts_sql =
    "INSERT OR IGNORE INTO search_item(kind, hash) "
    "SELECT DISTINCT 'error', error FROM result WHERE id > ?1 AND id <= ?2 AND error IS NOT NULL";

static const char *const lines_sql =
    "INSERT OR IGNORE INTO search_item(kind, text) SELECT DISTINCT 'log', e.value FROM "
    "(SELECT DISTINCT log FROM result WHERE id > ?1 AND id <= ?2) r JOIN blob b ON b.hash = r.log, "
    "json_each(iif(json_valid(b.data) AND json_type(b.data) = 'array', b.data, '[]')) e "
    "WHERE e.value IS NOT NULL";

/*
 * Each directory is walked once for each path where it stands. A directory counts more nodes than
 * any below it, and there are no more directories than the roots count nodes; where a damaged file
 * has it otherwise, the rest is left out: who reads the tree hears of it, and a file that cannot be
 * indexed could not be pruned either.
 */
static const char *const paths_sql =
    "WITH RECURSIVE walk(path, dir, nodes) AS ("
    "SELECT DISTINCT '', r.tree, d.nodes FROM result r JOIN dir d ON d.hash = r.tree "
    "WHERE r.id > ?1 AND r.id <= ?2 "
    "UNION SELECT iif(n.name = '/', '', w.path || '/' || n.name), n.child, d.nodes "
    "FROM walk w JOIN node n ON n.dir = w.dir JOIN dir d ON d.hash = n.child "
    "WHERE d.nodes < w.nodes AND length(CAST(w.path AS BLOB)) < ?3 "
    "LIMIT (SELECT min(ifnull(sum(max(min(nodes, 4194304), 0)), 0), 16777216) FROM dir "
    "WHERE hash IN (SELECT tree FROM result WHERE id > ?1 AND id <= ?2))) "
    "INSERT OR IGNORE INTO search_item(kind, text) "
    "SELECT DISTINCT 'path', iif(n.name = '/', '/', w.path || '/' || n.name) "
    "FROM walk w JOIN node n ON n.dir = w.dir";

static const char *const state_sql = "UPDATE search_state SET result = ?2";

static int run_step(struct rep_db *db, const char *sql, int64_t first, int64_t second)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, second);
    sqlite3_bind_int64(stmt, 3, REP_SEARCH_PATH);
    code = rep_sql_done(db, stmt, "index what can be searched");
    sqlite3_finalize(stmt);
    return code;
}

/* Results after `from` up to `to`, in the transaction that is open. */
static int add_results(struct rep_db *db, int64_t from, int64_t to)
{
    int64_t known = 0;
    int code = rep_sql_int(db, "SELECT ifnull(max(id), 0) FROM search_item", &known);
    if (code == 0) {
        code = run_step(db, texts_sql, from, to);
    }
    if (code == 0) {
        code = run_step(db, lines_sql, from, to);
    }
    if (code == 0) {
        code = run_step(db, paths_sql, from, to);
    }
    if (code == 0) {
        code = index_behind(db, known);
    }
    return code < 0 ? code : run_step(db, state_sql, 0, to);
}

/* The last of the next results after `from`: numbers may lie far apart. */
static int find_chunk(struct rep_db *db, int64_t from, int64_t *to)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db, "SELECT max(id) FROM (SELECT id FROM result WHERE id > ?1 ORDER BY id LIMIT ?2)",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, from);
    sqlite3_bind_int64(stmt, 2, CHUNK);
    code = rep_sql_row(db, stmt, "index what can be searched");
    if (code == 1) {
        *to = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return code < 0 ? code : 0;
}

static int add_chunk(struct rep_db *db, int64_t from, int64_t to)
{
    int code = rep_sql_exec(db, "BEGIN IMMEDIATE", "index what can be searched");
    if (code < 0) {
        return code;
    }
    code = add_results(db, from, to);
    if (code == 0) {
        code = rep_sql_exec(db, "COMMIT", "index what can be searched");
    }
    if (code < 0 && !sqlite3_get_autocommit(db->sql)) {
        struct rep_error first = db->error;
        (void)rep_sql_exec(db, "ROLLBACK", "undo");
        db->error = first;
    }
    return code;
}

int rep_search_update(struct rep_db *db)
{
    int64_t done = 0;
    int64_t last = 0;
    int code = rep_sql_int(db, "SELECT result FROM search_state", &done);
    if (code == 0) {
        code = rep_sql_int(db, "SELECT ifnull(max(id), 0) FROM result", &last);
    }
    while (code == 0 && done < last) {
        int64_t to = last;
        code = find_chunk(db, done, &to);
        code = code ? code : add_chunk(db, done, to);
        done = to > done ? to : last;
    }
    return code;
}

int rep_search_forget(struct rep_db *db)
{
    return rep_sql_exec(db,
                        "INSERT INTO search(search) VALUES('delete-all');"
                        "DELETE FROM search_item; UPDATE search_state SET result = 0",
                        "empty the search index");
}
