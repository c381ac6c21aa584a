#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rep_blob_load(struct rep_db *db, const struct rep_hash *hash, struct rep_buf *text)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, "SELECT data FROM blob WHERE hash = ?", &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_row(db, stmt, "read a text");
    if (code == 1) {
        const void *data = sqlite3_column_blob(stmt, 0);
        rep_buf_add(text, data, (size_t)sqlite3_column_bytes(stmt, 0));
        code = text->failed ? rep_fail_memory(db) : 0;
    } else if (code == 0) {
        code = rep_fail(db, -EBADMSG, "the file is damaged: a text is missing");
    }
    sqlite3_finalize(stmt);
    return code;
}

/* json_each copes with any text that json_valid accepts; a key of an array is its index, which
 * nobody wants to read. */
static int each_element(struct rep_db *db, sqlite3_stmt *stmt, rep_element_fn *each, void *arg)
{
    struct rep_buf line = {0};
    int code;
    while ((code = rep_sql_row(db, stmt, "read a JSON text")) == 1) {
        rep_buf_clear(&line);
        if (sqlite3_column_type(stmt, 0) == SQLITE_TEXT) {
            rep_buf_str(&line, rep_column_text(stmt, 0));
            rep_buf_str(&line, ": ");
        }
        const char *value = rep_column_text(stmt, 1);
        rep_buf_str(&line, value ? value : "null");
        code = line.failed ? rep_fail_memory(db) : each(arg, line.data, line.size);
        if (code != 0) {
            break;
        }
    }
    rep_buf_release(&line);
    return code;
}

int rep_json_elements(struct rep_db *db, const char *json, size_t size, rep_element_fn *each,
                      void *arg)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db,
                               "SELECT key, CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN "
                               "'false' ELSE value END "
                               "FROM json_each(iif(json_valid(?1) AND json_type(?1) IN ('array', "
                               "'object'), ?1, json_array(?1)))",
                               &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_text64(stmt, 1, json, size, SQLITE_STATIC, SQLITE_UTF8);
    code = each_element(db, stmt, each, arg);
    sqlite3_finalize(stmt);
    return code;
}

/* ---- Elements that only one side has -----------------------------------------------------------
 */

struct lines {
    char **line;
    size_t count;
    size_t room;
    struct rep_arena arena;
};

static int add_line(void *arg, const char *text, size_t size)
{
    struct lines *lines = arg;
    char **line = rep_grow(lines->line, &lines->room, lines->count + 1, sizeof *line);
    if (!line) {
        return -ENOMEM;
    }
    lines->line = line;
    line[lines->count] = rep_arena_copy(&lines->arena, text, size);
    return line[lines->count++] ? 0 : -ENOMEM;
}

static void lines_release(struct lines *lines)
{
    free(lines->line);
    rep_arena_release(&lines->arena);
}

static int compare_lines(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

static int load_lines(struct rep_db *db, const struct rep_hash *hash, struct lines *lines)
{
    struct rep_buf text = {0};
    if (!hash) {
        return 0;
    }
    int code = rep_blob_load(db, hash, &text);
    if (code == 0 && text.size > 0) {
        code = rep_json_elements(db, text.data, text.size, add_line, lines);
        if (code == -ENOMEM) {
            code = rep_fail_memory(db);
        }
    }
    rep_buf_release(&text);
    if (lines->count > 1) {
        qsort(lines->line, lines->count, sizeof *lines->line, compare_lines);
    }
    return code;
}

static int add_change(const struct rep_diff_part *part, enum rep_change_kind kind, const char *sign,
                      const char *line)
{
    struct rep_buf text = {0};
    rep_buf_str(&text, sign);
    rep_buf_str(&text, line);
    int code = text.failed ? -ENOMEM : rep_groups_add(part->groups, kind, text.data, NULL);
    rep_buf_release(&text);
    return code;
}

static int compare_sets(const struct rep_diff_part *part, const struct lines *a,
                        const struct lines *b, enum rep_change_kind kind)
{
    size_t i = 0;
    size_t j = 0;
    bool any = false;
    int code = 0;
    while (code == 0 && (i < a->count || j < b->count)) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->line[i], b->line[j]);
        if (order < 0) {
            code = add_change(part, kind, "- ", a->line[i++]);
        } else if (order > 0) {
            code = add_change(part, kind, "+ ", b->line[j++]);
        } else {
            i++;
            j++;
        }
        any = any || order != 0;
    }
    if (code == 0 && !any) {
        code = rep_groups_add(part->groups, kind, "the same lines in another order", NULL);
    }
    return code;
}

int rep_diff_json(const struct rep_diff_part *part, enum rep_change_kind kind)
{
    struct lines lines_a = {0};
    struct lines lines_b = {0};
    int code = load_lines(part->db_a, part->a, &lines_a);
    if (code == 0) {
        code = load_lines(part->db_b, part->b, &lines_b);
    }
    if (code == 0) {
        code = compare_sets(part, &lines_a, &lines_b, kind);
        if (code == -ENOMEM) {
            code = rep_fail_memory(part->db_a);
        }
    }
    lines_release(&lines_a);
    lines_release(&lines_b);
    return code;
}
