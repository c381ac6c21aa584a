#include "html/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void html_rows_release(struct html_rows *rows)
{
    free(rows->row);
    rep_arena_release(&rows->arena);
    *rows = (struct html_rows){0};
}

static const char *keep(struct html_rows *rows, sqlite3_stmt *stmt, int column, bool *failed)
{
    const char *text = rep_column_text(stmt, column);
    if (!text) {
        return NULL;
    }
    const char *copy = rep_arena_copy(&rows->arena, text, strlen(text));
    *failed = *failed || !copy;
    return copy;
}

static int add_row(struct rep_db *db, sqlite3_stmt *stmt, struct html_rows *rows)
{
    bool failed = false;
    struct html_row *row = rep_grow(rows->row, &rows->room, rows->count + 1, sizeof *row);
    if (!row) {
        return rep_fail_memory(db);
    }
    rows->row = row;
    row += rows->count;
    *row = (struct html_row){
        .id = sqlite3_column_int64(stmt, 0),
        .name = keep(rows, stmt, 1, &failed),
        .result = keep(rows, stmt, 2, &failed),
        .status = keep(rows, stmt, 3, &failed),
        .bad = sqlite3_column_int(stmt, 4) != 0,
        .duration_ns = sqlite3_column_int64(stmt, 5),
        .fds_left = sqlite3_column_int64(stmt, 6),
        .leaks = sqlite3_column_int64(stmt, 7),
        .nodes = sqlite3_column_int64(stmt, 8),
        .error = keep(rows, stmt, 9, &failed),
    };
    if (failed) {
        return rep_fail_memory(db);
    }
    if (!row->name || !row->result || !row->status) {
        return rep_fail(db, -EBADMSG, "the file is damaged: a result lacks a field");
    }
    for (int i = 0; i < HTML_PARTS; i++) {
        row->has[i] = rep_column_hash(stmt, 10 + i, &row->part[i]);
    }
    row->flaky = sqlite3_column_int(stmt, 10 + HTML_PARTS) != 0;
    rows->count++;
    return 0;
}

int html_rows_load(struct rep_db *db, int64_t run, struct html_rows *rows)
{
    sqlite3_stmt *stmt = NULL;
    struct html_rows made = {0};
    int code = rep_sql_prepare(
        db,
        "SELECT r.id, r.name, r.result, r.status, v.bad, r.duration_ns, r.fds_left, r.leaks, "
        "ifnull(d.nodes, 0), substr(CAST(e.data AS TEXT), 1, ?2), r.input, r.error, r.mounts, "
        "r.tree, r.log, r.compiled, r.ops, r.restore, r.host_diff, r.flaky "
        "FROM result r JOIN verdict v ON v.id = r.id LEFT JOIN dir d ON d.hash = r.tree "
        "LEFT JOIN blob e ON e.hash = r.error WHERE r.run = ?1 ORDER BY r.id",
        &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    sqlite3_bind_int64(stmt, 2, HTML_ERROR_BYTES);
    while ((code = rep_sql_row(db, stmt, "read results")) == 1) {
        code = add_row(db, stmt, &made);
        if (code < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    if (code < 0) {
        html_rows_release(&made);
        return code;
    }
    *rows = made;
    return 0;
}

/* ---- Against the baseline ----------------------------------------------------------------------
 */

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct html_row *)a)->name, ((const struct html_row *)b)->name);
}

static bool is_same(const struct html_row *a, const struct html_row *b, unsigned part)
{
    return a->has[part] == b->has[part] &&
           (!a->has[part] || memcmp(&a->part[part], &b->part[part], sizeof a->part[part]) == 0);
}

/* The same rules as rep_diff counts by. */
static unsigned compare(const struct html_row *new, const struct html_row *old)
{
    unsigned changes = 0;
    if (!is_same(new, old, HTML_PART_INPUT)) {
        return HTML_INPUT;
    }
    bool same_result = strcmp(new->result, old->result) == 0;
    if (!same_result || strcmp(new->status, old->status) != 0) {
        changes |= HTML_FLIP;
        changes |= new->bad && !old->bad ? HTML_REGRESSION : 0u;
        changes |= old->bad && !new->bad ? HTML_FIXED : 0u;
    }
    if (same_result && !is_same(new, old, HTML_PART_ERROR)) {
        changes |= HTML_ERROR;
    }
    if (!is_same(new, old, HTML_PART_TREE)) {
        changes |= HTML_TREE;
    }
    bool same_texts = new->fds_left == old->fds_left &&new->leaks ==
                      old->leaks &&is_same(new, old, HTML_PART_MOUNTS);
    for (unsigned i = 0; i < REP_TEXTS; i++) {
        same_texts = same_texts && is_same(new, old, HTML_PART_TEXT + i);
    }
    return same_texts ? changes : changes | HTML_TEXT;
}

void html_rows_compare(struct html_rows *rows, struct html_rows *base)
{
    if (base->count > 1) {
        qsort(base->row, base->count, sizeof *base->row, compare_names);
    }
    for (size_t i = 0; i < rows->count; i++) {
        struct html_row *row = &rows->row[i];
        row->base =
            base->count ? bsearch(row, base->row, base->count, sizeof *row, compare_names) : NULL;
        row->changes = row->base ? compare(row, row->base) : HTML_NEW;
    }
}
