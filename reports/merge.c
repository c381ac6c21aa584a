#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    struct rep_db *into;
    bool separate;
    struct rep_out out; /* only when sink is there */
    const struct rep_sink *sink;
    struct rep_merge_counts counts;
    int64_t *joined; /* owned; runs that took shards */
    size_t n_joined, room;
};

/* One run of a source on its way. */
struct passage {
    const struct rep_merge_source *source;
    struct rep_run_info info;
    struct rep_hash digest;
    int64_t target;
    int64_t result_base; /* added to the numbers of results */
    bool join;           /* the target was there before */
};

static void note(struct merge *merge, const struct passage *passage, const char *text)
{
    if (merge->sink) {
        rep_out_text(&merge->out, passage->source->path);
        rep_out_fmt(&merge->out, " run %lld", (long long)passage->info.id);
        if (passage->info.shard_count > 0 && passage->info.shard_index > 0) {
            rep_out_fmt(&merge->out, " (shard %u of %u)", passage->info.shard_index,
                        passage->info.shard_count);
        }
        rep_out_fmt(&merge->out, ": %s %lld\n", text, (long long)passage->target);
    }
}

/* Steps a statement whose parameters are a run and perhaps a hash; 1 = it gave a row, whose first
 * number is `*value`. */
static int ask(struct rep_db *db, const char *sql, int64_t run, const struct rep_hash *hash,
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

/* ---- Is it here already? -----------------------------------------------------------------------
 */

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
    int code = ask(into, "SELECT run FROM run_part WHERE ?1 = 0 AND digest = ?2", 0, digest, run);
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

/* 1 = it is, as passage->target. */
static int find_known(struct merge *merge, struct passage *passage)
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

/* ---- One run -----------------------------------------------------------------------------------
 */

static int add_part(struct rep_db *into, int64_t run, const char *source,
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

/* A shard that was recorded here becomes a part like those that join it. */
static int note_own_part(struct rep_db *into, int64_t run)
{
    char ref[32];
    int64_t ignored = 0;
    struct rep_hash digest;
    struct rep_run_info info;
    int code = ask(into, "SELECT 1 FROM run_part WHERE run = ?", run, NULL, &ignored);
    if (code != 0) {
        return code < 0 ? code : 0;
    }
    (void)snprintf(ref, sizeof ref, "%lld", (long long)run);
    code = rep_run_digest(into, run, &digest);
    if (code == 0) {
        code = rep_run_find(into, ref, &info);
    }
    if (code == 0) {
        code = add_part(into, run, into->path, &info, &digest);
        rep_run_info_release(&info);
    }
    return code;
}

static int begin_target(struct merge *merge, struct passage *passage)
{
    struct rep_db *into = merge->into;
    int code = merge->separate || passage->info.shard_count == 0
                   ? 0
                   : rep_find_siblings(into, passage->source->db, &passage->info, &passage->target);
    if (code < 0) {
        return code;
    }
    passage->join = code == 1;
    if (passage->join) {
        merge->counts.joined++;
        code = note_own_part(into, passage->target);
        return code < 0 ? code
                        : rep_check_overlap(into, passage->source, passage->info.id,
                                            passage->target, &merge->counts.same);
    }
    merge->counts.runs++;
    code = rep_sql_int(into, "SELECT ifnull(max(id), 0) + 1 FROM run", &passage->target);
    if (code == 0) {
        code = rep_copy_rows(into, passage->source->db,
                             &(struct rep_copy){.table = "run",
                                                .where = "WHERE id = ?1",
                                                .run = passage->info.id,
                                                .map = {{"id", false, false, passage->target}}});
    }
    return code < 0
               ? code
               : rep_sql_exec(into, "UPDATE run SET state = 'interrupted' WHERE state = 'running'",
                              "merge");
}

static int copy_run(struct merge *merge, struct passage *passage)
{
    int64_t planned = 0;
    int64_t parts = 0;
    int64_t target = passage->target;
    int64_t base = passage->result_base;
    int code = ask(merge->into, "SELECT count(*) FROM plan WHERE run = ?", target, NULL, &planned);
    if (code >= 0) {
        code =
            ask(merge->into, "SELECT count(*) FROM run_part WHERE run = ?", target, NULL, &parts);
    }
    const struct rep_copy copies[] = {
        {"plan",
         "WHERE run = ?1",
         NULL,
         passage->info.id,
         {{"run", false, false, target}, {"seq", true, false, planned}}},
        {"result",
         "WHERE run = ?1",
         NULL,
         passage->info.id,
         {{"run", false, false, target}, {"id", true, false, base}}},
        /* Of a case that was here already there is no such result. */
        {"finding",
         "WHERE result IN (SELECT id FROM result WHERE run = ?1)",
         "EXISTS (SELECT 1 FROM result WHERE id = ?1)",
         passage->info.id,
         {{"result", true, false, base}}},
        {"attempt",
         "WHERE result IN (SELECT id FROM result WHERE run = ?1)",
         "EXISTS (SELECT 1 FROM result WHERE id = ?1)",
         passage->info.id,
         {{"result", true, false, base}}},
        {"run_part",
         "WHERE run = ?1",
         NULL,
         passage->info.id,
         {{"run", false, false, target}, {"part", true, false, parts}}},
    };
    for (size_t i = 0; i < sizeof copies / sizeof copies[0] && code >= 0; i++) {
        code = rep_copy_rows(merge->into, passage->source->db, &copies[i]);
    }
    return code < 0 ? code : 0;
}

/* What a run of several shards is as a whole; it counts as sharded while some are missing. */
static int settle_joined(struct rep_db *into, int64_t run)
{
    int64_t ignored = 0;
    int code = ask(into,
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

static int remember_joined(struct merge *merge, int64_t run)
{
    for (size_t i = 0; i < merge->n_joined; i++) {
        if (merge->joined[i] == run) {
            return 0;
        }
    }
    int64_t *grown = rep_grow(merge->joined, &merge->room, merge->n_joined + 1, sizeof *grown);
    if (!grown) {
        return rep_fail_memory(merge->into);
    }
    merge->joined = grown;
    grown[merge->n_joined++] = run;
    return 0;
}

static int add_run(struct merge *merge, struct passage *passage)
{
    int64_t had_parts = 0;
    int code = begin_target(merge, passage);
    if (code == 0) {
        code = copy_run(merge, passage);
    }
    if (code == 0) {
        code = ask(passage->source->db, "SELECT 1 FROM run_part WHERE run = ?", passage->info.id,
                   NULL, &had_parts);
    }
    if (code >= 0) {
        code = had_parts ? 0
                         : add_part(merge->into, passage->target, passage->source->path,
                                    &passage->info, &passage->digest);
    }
    if (code == 0 && passage->info.shard_count > 0 && !merge->separate) {
        code = settle_joined(merge->into, passage->target);
        if (code == 0) {
            code = remember_joined(merge, passage->target);
        }
    }
    if (code == 0) {
        note(merge, passage, passage->join ? "joined run" : "is now run");
    }
    return code;
}

static int merge_run(struct merge *merge, const struct rep_merge_source *source, int64_t id,
                     int64_t result_base)
{
    char ref[32];
    struct passage passage = {.source = source, .result_base = result_base};
    (void)snprintf(ref, sizeof ref, "%lld", (long long)id);
    int code = rep_run_find(source->db, ref, &passage.info);
    if (code < 0) {
        merge->into->error = source->db->error;
        return code;
    }
    code = find_known(merge, &passage);
    if (code == 1) {
        merge->counts.already++;
        note(merge, &passage, "is here already as run");
        code = 0;
    } else if (code == 0) {
        code = add_run(merge, &passage);
    }
    rep_run_info_release(&passage.info);
    return code;
}

/* ---- One file ----------------------------------------------------------------------------------
 */

/* A crash that both found was found at least as often as either says: a sum would grow with every
 * merge of the same file. */
static int merge_crashes(struct rep_db *into, struct rep_db *from)
{
    sqlite3_stmt *in = NULL;
    sqlite3_stmt *out = NULL;
    int code = rep_copy_rows(
        into, from, &(struct rep_copy){.table = "fuzz_crash", .map = {{"id", false, true, 0}}});
    if (code == 0) {
        code =
            rep_sql_prepare(from, "SELECT times, last_found, target, input FROM fuzz_crash", &in);
    }
    if (code == 0) {
        code = rep_sql_prepare(into,
                               "UPDATE fuzz_crash SET times = max(times, ?), "
                               "last_found = max(last_found, ?) WHERE target = ? AND input = ?",
                               &out);
    }
    while (code == 0 && (code = rep_sql_row(from, in, "read crashes")) == 1) {
        for (int i = 0; i < 4; i++) {
            (void)sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
        }
        code = rep_sql_done(into, out, "merge a crash");
    }
    sqlite3_finalize(in);
    sqlite3_finalize(out);
    return code;
}

static int merge_runs(struct merge *merge, const struct rep_merge_source *source)
{
    sqlite3_stmt *stmt = NULL;
    int64_t base = 0;
    int code = rep_sql_int(merge->into, "SELECT ifnull(max(id), 0) FROM result", &base);
    if (code == 0 &&
        (code = rep_sql_prepare(source->db, "SELECT id FROM run ORDER BY id", &stmt))) {
        merge->into->error = source->db->error;
    }
    while (code == 0 && (code = rep_sql_row(source->db, stmt, "read the file to merge")) == 1) {
        code = merge_run(merge, source, sqlite3_column_int64(stmt, 0), base);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int merge_file(struct merge *merge, const char *path)
{
    /* Content first: what refers to it follows. */
    static const char *const content[] = {"blob", "input", "dir", "node"};
    struct rep_merge_source source;
    int code = rep_merge_source_open(merge->into, path, &source);
    if (code == 0 && (code = rep_trees_check(source.db)) < 0) {
        merge->into->error = source.db->error;
    }
    for (size_t i = 0; i < sizeof content / sizeof content[0] && code == 0; i++) {
        code = rep_copy_rows(merge->into, source.db, &(struct rep_copy){.table = content[i]});
    }
    if (code == 0) {
        code = rep_merge_mounts(merge->into, source.db);
    }
    if (code == 0) {
        code = merge_runs(merge, &source);
    }
    if (code == 0) {
        code = merge_crashes(merge->into, source.db);
    }
    rep_merge_source_close(&source);
    merge->counts.files += code == 0;
    return code;
}

/* ---- All of them -------------------------------------------------------------------------------
 */

static int tell_joined(struct merge *merge, int64_t run)
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

static int merge_all(struct merge *merge, const char *const *paths, size_t count)
{
    struct rep_db *into = merge->into;
    int code = rep_sql_exec(into, "BEGIN IMMEDIATE", "merge");
    if (code < 0) {
        return code;
    }
    for (size_t i = 0; i < count && code == 0; i++) {
        code = merge_file(merge, paths[i]);
    }
    for (size_t i = 0; i < merge->n_joined && code == 0; i++) {
        code = tell_joined(merge, merge->joined[i]);
    }
    if (code == 0) {
        code = rep_sql_exec(into, "COMMIT", "merge");
    }
    struct rep_error first = into->error;
    if (!sqlite3_get_autocommit(into->sql)) {
        (void)rep_sql_exec(into, "ROLLBACK", "merge");
    }
    into->error = first;
    rep_forget_caches(into);
    return code == 0 ? rep_search_update(into) : code;
}

int rep_merge(struct rep_db *into, const char *const *paths, size_t count, bool separate,
              const struct rep_sink *notes, struct rep_merge_counts *counts)
{
    struct merge merge = {.into = into, .separate = separate, .sink = notes};
    int code = rep_check_care(into);
    if (code < 0) {
        return code;
    }
    if (notes) {
        rep_out_init(&merge.out, notes);
    }
    code = merge_all(&merge, paths, count);
    int written = notes ? rep_out_finish(&merge.out) : 0;
    if (code == 0 && written < 0) {
        code = rep_fail(into, written, "cannot write what was merged (it is merged)");
    }
    free(merge.joined);
    if (code == 0 && counts) {
        *counts = merge.counts;
    }
    return code;
}
