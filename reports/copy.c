#include "private.h"

#include <errno.h>
#include <string.h>

/* Rows from one file into another, whatever columns the table has: both have the same schema. */

int rep_check_care(struct rep_db *db)
{
    if (db->mode == REP_READ) {
        return rep_fail(db, -EROFS, "opened for reading only");
    }
    return db->run ? rep_fail(db, -EBUSY, "a run is being recorded") : 0;
}

#define MAX_COLUMNS 64

struct columns {
    struct rep_buf list;                         /* separated by commas */
    const struct rep_copy_map *map[MAX_COLUMNS]; /* NULL = as it is */
    int count;
};

static const struct rep_copy_map *find_map(const struct rep_copy *copy, const char *column)
{
    for (size_t i = 0; i < REP_COPY_MAPS && copy->map[i].column; i++) {
        if (strcmp(copy->map[i].column, column) == 0) {
            return &copy->map[i];
        }
    }
    return NULL;
}

static int list_columns(struct rep_db *db, const struct rep_copy *copy, struct columns *columns)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, "SELECT name FROM pragma_table_info(?)", &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, copy->table);
    while ((code = rep_sql_row(db, stmt, "read the schema")) == 1) {
        const char *name = rep_column_text(stmt, 0);
        if (columns->count == MAX_COLUMNS) {
            code = rep_fail(db, -E2BIG, "a table has more than %d columns", MAX_COLUMNS);
            break;
        }
        columns->map[columns->count] = find_map(copy, name);
        rep_buf_str(&columns->list, columns->count++ ? ", " : "");
        rep_buf_str(&columns->list, name);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int prepare_both(struct rep_db *into, struct rep_db *from, const struct rep_copy *copy,
                        const struct columns *columns, sqlite3_stmt **in, sqlite3_stmt **out)
{
    struct rep_buf select = {0};
    struct rep_buf insert = {0};
    rep_buf_fmt(&select, "SELECT %s FROM %s %s", columns->list.data, copy->table,
                copy->where ? copy->where : "");
    rep_buf_fmt(&insert, "INSERT OR IGNORE INTO %s(%s) SELECT ", copy->table, columns->list.data);
    for (int i = 0; i < columns->count; i++) {
        rep_buf_fmt(&insert, "%s?%d", i ? ", " : "", i + 1);
    }
    rep_buf_fmt(&insert, " WHERE %s", copy->guard ? copy->guard : "true");
    int code = select.failed || insert.failed ? rep_fail_memory(into) : 0;
    if (code == 0 && (code = rep_sql_prepare(from, select.data, in)) < 0) {
        into->error = from->error;
    }
    if (code == 0) {
        code = rep_sql_prepare(into, insert.data, out);
    }
    rep_buf_release(&select);
    rep_buf_release(&insert);
    return code;
}

static int bind_mapped(struct rep_db *into, const struct rep_copy_map *map, sqlite3_stmt *in,
                       sqlite3_stmt *out, int column)
{
    int64_t value = map->value;
    if (map->null) {
        sqlite3_bind_null(out, column + 1);
        return 0;
    }
    if (map->add && __builtin_add_overflow(value, sqlite3_column_int64(in, column), &value)) {
        return rep_fail(into, -EBADMSG, "the file to merge is damaged: its numbers have no end");
    }
    sqlite3_bind_int64(out, column + 1, value);
    return 0;
}

static int bind_row(struct rep_db *into, const struct columns *columns, sqlite3_stmt *in,
                    sqlite3_stmt *out)
{
    int code = 0;
    for (int i = 0; i < columns->count && code == 0; i++) {
        const struct rep_copy_map *map = columns->map[i];
        if (map) {
            code = bind_mapped(into, map, in, out, i);
        } else {
            int rc = sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
            code = rc == SQLITE_OK ? 0 : rep_fail_sql_code(into, rc, "merge");
        }
    }
    return code;
}

static int copy_rows(struct rep_db *into, struct rep_db *from, const struct columns *columns,
                     sqlite3_stmt *in, sqlite3_stmt *out)
{
    int code;
    while ((code = rep_sql_row(from, in, "read the file to merge")) == 1) {
        code = bind_row(into, columns, in, out);
        code = code ? code : rep_sql_done(into, out, "merge");
        if (code < 0) {
            return code;
        }
    }
    if (code < 0) {
        into->error = from->error;
    }
    return code;
}

int rep_copy_rows(struct rep_db *into, struct rep_db *from, const struct rep_copy *copy)
{
    struct columns columns = {0};
    sqlite3_stmt *in = NULL;
    sqlite3_stmt *out = NULL;
    int code = list_columns(into, copy, &columns);
    if (code == 0) {
        code = columns.list.failed ? rep_fail_memory(into)
                                   : prepare_both(into, from, copy, &columns, &in, &out);
    }
    if (code == 0) {
        sqlite3_bind_int64(in, 1, copy->run);
        code = copy_rows(into, from, &columns, in, out);
    }
    sqlite3_finalize(in);
    sqlite3_finalize(out);
    rep_buf_release(&columns.list);
    return code;
}
