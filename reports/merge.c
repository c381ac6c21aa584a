#include "merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- One run -----------------------------------------------------------------------------------
 */

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
        code = merge_note_own_part(into, passage->target);
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
    int code =
        merge_ask(merge->into, "SELECT count(*) FROM plan WHERE run = ?", target, NULL, &planned);
    if (code >= 0) {
        code = merge_ask(merge->into, "SELECT count(*) FROM run_part WHERE run = ?", target, NULL,
                         &parts);
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
        code = merge_ask(passage->source->db, "SELECT 1 FROM run_part WHERE run = ?",
                         passage->info.id, NULL, &had_parts);
    }
    if (code >= 0) {
        code = had_parts ? 0
                         : merge_add_part(merge->into, passage->target, passage->source->path,
                                          &passage->info, &passage->digest);
    }
    if (code == 0 && passage->info.shard_count > 0 && !merge->separate) {
        code = merge_settle_joined(merge->into, passage->target);
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
    code = merge_find_known(merge, &passage);
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

/* Of several files, which one it was. */
static void tell_source(struct rep_db *into, const char *path)
{
    char text[sizeof into->error.text];
    if (!strstr(into->error.text, path)) {
        memcpy(text, into->error.text, sizeof text);
        (void)snprintf(into->error.text, sizeof into->error.text, "%.600s; in what %.300s brings",
                       text, path);
    }
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
    if (code < 0) {
        tell_source(merge->into, path);
    }
    merge->counts.files += code == 0;
    return code;
}

/* ---- All of them -------------------------------------------------------------------------------
 */

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
        code = merge_tell_joined(merge, merge->joined[i]);
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
