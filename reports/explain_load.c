/* Reading what a case recorded about its mounts. */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

void explain_each(struct explain *x, const char *sql, const char *json, explain_row_fn *row,
                  void *arg)
{
    sqlite3_stmt *stmt = NULL;
    if (x->code < 0 || !json) {
        return;
    }
    int code = rep_sql_prepare(x->db, sql, &stmt);
    if (code == 0) {
        rep_bind_text(stmt, 1, json);
        while ((code = rep_sql_row(x->db, stmt, "read a case")) == 1 && x->code == 0) {
            row(x, stmt, arg);
        }
        sqlite3_finalize(stmt);
    }
    x->code = x->code < 0 ? x->code : code < 0 ? code : 0;
}

const char *explain_column(struct explain *x, sqlite3_stmt *stmt, int column)
{
    const char *text = rep_column_text(stmt, column);
    const char *copy =
        text ? rep_arena_copy(&x->arena, text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
    if (text && !copy && x->code == 0) {
        x->code = rep_fail_memory(x->db);
    }
    return copy;
}

static void take_hidden(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    struct explain_hidden *hidden = arg;
    hidden->type = explain_column(x, stmt, 0);
    hidden->fs = explain_column(x, stmt, 1);
    hidden->mount = sqlite3_column_int64(stmt, 2);
    hidden->root = sqlite3_column_int(stmt, 3) != 0;
    bool known = sqlite3_column_type(stmt, 4) == SQLITE_INTEGER;
    hidden->entries = known ? sqlite3_column_int64(stmt, 4) : -1;
}

static void take_name(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    struct explain_hidden *hidden = arg;
    const char *text = explain_column(x, stmt, 0);
    const char **name = reallocarray(hidden->name, hidden->names + 1, sizeof *name);
    if (!name) {
        x->code = rep_fail_memory(x->db);
        return;
    }
    hidden->name = name;
    name[hidden->names++] = text ? text : "";
}

bool explain_hidden(struct explain *x, const struct rep_mount *mount, struct explain_hidden *ret)
{
    struct explain_hidden hidden = {.mount = -1, .entries = -1};
    explain_each(x,
                 "SELECT ?1 ->> '$.type', ?1 ->> '$.fs', ?1 ->> '$.mount', ?1 ->> '$.root', "
                 "?1 ->> '$.entries'",
                 mount->hides, take_hidden, &hidden);
    explain_each(x, "SELECT value FROM json_each(?1, '$.names')", mount->hides, take_name, &hidden);
    if (!hidden.type || !hidden.fs || x->code < 0) {
        explain_hidden_release(&hidden);
        return false;
    }
    *ret = hidden;
    return true;
}

void explain_hidden_release(struct explain_hidden *hidden)
{
    free(hidden->name);
    hidden->name = NULL;
    hidden->names = 0;
}

const struct rep_node *explain_find(const struct explain *x, const char *path)
{
    size_t low = 0;
    size_t high = x->tree.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct rep_node *node = &x->tree.node[middle].node;
        int order = rep_path_compare(node->path, path);
        if (order == 0) {
            return node->type ? node : NULL;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
