#include "merge.h"

#include <errno.h>
#include <string.h>

/* What a result is, apart from when and where it was made; two columns. */
#define RESULT_CONTENT                                                                             \
    "hex(input), result || ' ' || status || ' ' || flaky || ' ' || fds_left || ' ' || leaks || "   \
    "' ' || ifnull(hex(error), '-') || ' ' || ifnull(hex(log), '-') || ' ' || "                    \
    "ifnull(hex(compiled), '-') || ' ' || ifnull(hex(ops), '-') || ' ' || "                        \
    "ifnull(hex(restore), '-') || ' ' || ifnull(hex(host_diff), '-') || ' ' || "                   \
    "ifnull(hex(mounts), '-') || ' ' || ifnull(hex(tree), '-')"

/* ---- Digest ------------------------------------------------------------------------------------
 */

/* Chains the fields of every row that the statement gives. */
static int add_rows(struct rep_db *db, const char *sql, int64_t run, struct rep_hash *hash)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf bytes = {0};
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    while ((code = rep_sql_row(db, stmt, "read a run")) == 1) {
        rep_buf_clear(&bytes);
        rep_buf_add(&bytes, hash->byte, sizeof hash->byte);
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            rep_buf_field(&bytes, rep_column_text(stmt, i));
        }
        if (bytes.failed) {
            code = rep_fail_memory(db);
            break;
        }
        *hash = rep_hash_of(bytes.data, bytes.size);
    }
    sqlite3_finalize(stmt);
    rep_buf_release(&bytes);
    return code;
}

int rep_run_digest(struct rep_db *db, int64_t run, struct rep_hash *digest)
{
    struct rep_hash made = {0};
    int code = add_rows(db,
                        "SELECT started, argv, subject, subject_version, profile, seed, label "
                        "FROM run WHERE id = ?",
                        run, &made);
    if (code == 0) {
        code = add_rows(db,
                        "SELECT name, duration_ns, " RESULT_CONTENT
                        " FROM result WHERE run = ? ORDER BY name",
                        run, &made);
    }
    if (code == 0) {
        *digest = made;
    }
    return code;
}

/* ---- Which shards belong together --------------------------------------------------------------
 */

/* Options that each machine of a sharded run has its own of, all with a value. */
static bool is_per_machine(const char *word, bool *takes_next)
{
    static const char *const names[] = {"--shard", "--db", "--jobs", "--report", "-j", "-o"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        if (strncmp(word, names[i], size) == 0) {
            *takes_next = word[size] == '\0';
            if (*takes_next || word[size] == '=' || names[i][1] != '-') {
                return true;
            }
        }
    }
    return false;
}

int rep_command_key(struct rep_db *db, const char *argv, struct rep_buf *key)
{
    sqlite3_stmt *stmt = NULL;
    bool skip = false;
    int code = rep_sql_prepare(
        db, "SELECT value FROM json_each(?1) WHERE key > 0 AND json_valid(?1)", &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, argv);
    while ((code = rep_sql_row(db, stmt, "read a command line")) == 1) {
        const char *word = rep_column_text(stmt, 0);
        bool next = false;
        if (!skip && !is_per_machine(word, &next)) {
            rep_buf_field(key, word);
        }
        skip = !skip && next;
    }
    sqlite3_finalize(stmt);
    return code == 0 && key->failed ? rep_fail_memory(db) : code;
}

/* Is this run of `into` of the same command? Both keys are of bytes. */
static int is_same_command(struct rep_db *into, const char *argv, const struct rep_buf *key,
                           bool *same)
{
    struct rep_buf other = {0};
    int code = rep_command_key(into, argv, &other);
    *same = code == 0 && other.size == key->size &&
            (key->size == 0 || memcmp(other.data, key->data, key->size) == 0);
    rep_buf_release(&other);
    return code;
}

/* The numbers of the shards in a run, as a JSON array. */
static int shard_list(struct rep_db *db, int64_t run, struct rep_buf *list)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db,
                               "SELECT json_group_array(shard_index) FROM (SELECT shard_index FROM "
                               "run_part WHERE run = ?1 AND shard_index > 0 UNION SELECT "
                               "shard_index FROM run WHERE id = ?1 AND shard_index > 0)",
                               &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    code = rep_sql_row(db, stmt, "read the shards of a run");
    if (code == 1) {
        rep_buf_str(list, rep_column_text(stmt, 0));
        code = list->failed ? rep_fail_memory(db) : 0;
    }
    sqlite3_finalize(stmt);
    return code;
}

static int prepare_candidates(struct rep_db *into, const struct rep_run_info *info,
                              const char *shards, sqlite3_stmt **stmt)
{
    int code = rep_sql_prepare(
        into,
        "SELECT id, argv FROM run r WHERE shard_count = ?1 AND subject = ?2 AND "
        "subject_version IS ?3 AND profile IS ?4 AND seed = ?5 AND label IS ?6 AND options = ?7 "
        "AND shard_index NOT IN (SELECT value FROM json_each(?8)) AND NOT EXISTS (SELECT 1 FROM "
        "run_part p WHERE p.run = r.id AND p.shard_index IN (SELECT value FROM json_each(?8))) "
        "ORDER BY id",
        stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(*stmt, 1, info->shard_count);
    rep_bind_text(*stmt, 2, info->subject);
    rep_bind_text(*stmt, 3, info->subject_version);
    rep_bind_text(*stmt, 4, info->profile);
    sqlite3_bind_int64(*stmt, 5, (sqlite3_int64)info->seed);
    rep_bind_text(*stmt, 6, info->label);
    rep_bind_text(*stmt, 7, info->options);
    rep_bind_text(*stmt, 8, shards);
    return 0;
}

int rep_find_siblings(struct rep_db *into, struct rep_db *from, const struct rep_run_info *info,
                      int64_t *run)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf key = {0};
    struct rep_buf shards = {0};
    bool same = false;
    int code = rep_command_key(into, info->argv, &key);
    if (code == 0 && (code = shard_list(from, info->id, &shards)) < 0) {
        into->error = from->error;
    }
    if (code == 0) {
        code = prepare_candidates(into, info, shards.data, &stmt);
    }
    while (code == 0 && !same && (code = rep_sql_row(into, stmt, "look for other shards")) == 1) {
        code = is_same_command(into, rep_column_text(stmt, 1), &key, &same);
        *run = same ? sqlite3_column_int64(stmt, 0) : *run;
    }
    sqlite3_finalize(stmt);
    rep_buf_release(&key);
    rep_buf_release(&shards);
    return code < 0 ? code : same;
}

/* ---- The same case in two shards ---------------------------------------------------------------
 */

static int fail_conflict(struct rep_db *into, const struct rep_merge_source *source,
                         const char *name, const char *what, const char *other)
{
    return rep_fail(
        into, -EEXIST,
        "conflict: the case %.400s has another %s in %.200s than in %.200s; nothing was "
        "merged (--separate keeps shards as runs of their own)",
        name, what, source->path, other && other[0] ? other : "this file");
}

/* Where the other side came from, as far as that is known. */
static int compare_rows(struct rep_db *into, const struct rep_merge_source *source,
                        sqlite3_stmt *theirs, sqlite3_stmt *ours)
{
    const char *name = rep_column_text(theirs, 0);
    const char *other = rep_column_text(ours, 2);
    if (strcmp(rep_column_text(theirs, 1), rep_column_text(ours, 0)) != 0) {
        return fail_conflict(into, source, name, "input", other);
    }
    if (strcmp(rep_column_text(theirs, 2), rep_column_text(ours, 1)) != 0) {
        return fail_conflict(into, source, name, "result", other);
    }
    return 0;
}

static int compare_all(struct rep_db *into, const struct rep_merge_source *source, int64_t run,
                       sqlite3_stmt *theirs, sqlite3_stmt *ours, int64_t *same)
{
    int code;
    while ((code = rep_sql_row(source->db, theirs, "read the file to merge")) == 1) {
        sqlite3_bind_int64(ours, 1, run);
        rep_bind_text(ours, 2, rep_column_text(theirs, 0));
        code = rep_sql_row(into, ours, "look for a case");
        if (code == 1) {
            ++*same;
            code = compare_rows(into, source, theirs, ours);
        }
        sqlite3_reset(ours);
        if (code < 0) {
            return code;
        }
    }
    if (code < 0) {
        into->error = source->db->error;
    }
    return code;
}

int rep_check_overlap(struct rep_db *into, const struct rep_merge_source *source,
                      int64_t source_run, int64_t run, int64_t *same)
{
    sqlite3_stmt *theirs = NULL;
    sqlite3_stmt *ours = NULL;
    int64_t found = 0;
    int code = rep_sql_prepare(
        source->db, "SELECT name, " RESULT_CONTENT " FROM result WHERE run = ? ORDER BY name",
        &theirs);
    if (code < 0) {
        into->error = source->db->error;
    }
    if (code == 0) {
        code = rep_sql_prepare(into,
                               "SELECT " RESULT_CONTENT ", (SELECT group_concat(DISTINCT source) "
                               "FROM run_part p WHERE p.run = result.run) "
                               "FROM result WHERE run = ?1 AND name = ?2",
                               &ours);
    }
    if (code == 0) {
        sqlite3_bind_int64(theirs, 1, source_run);
        code = compare_all(into, source, run, theirs, ours, &found);
    }
    sqlite3_finalize(theirs);
    sqlite3_finalize(ours);
    if (code == 0) {
        *same += found;
    }
    return code;
}
