/* Mounts and their lists are numbered by each file for itself: what comes gets numbers of this one.
 */
#include "merge.h"

/* Runs `insert` with the columns of each row of `select`. */
static int copy_each(struct rep_db *into, struct rep_db *from, const char *select,
                     const char *insert)
{
    sqlite3_stmt *in = NULL;
    sqlite3_stmt *out = NULL;
    int code = rep_sql_prepare(into, insert, &out);
    if (code < 0) {
        return code;
    }
    int asked = rep_sql_prepare(from, select, &in);
    while (asked >= 0 && code == 0 && (asked = rep_sql_row(from, in, "read the mounts")) == 1) {
        for (int i = 0; i < sqlite3_column_count(in); i++) {
            (void)sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
        }
        code = rep_sql_done(into, out, "merge mounts");
    }
    if (asked < 0) {
        into->error = from->error;
        code = asked;
    }
    sqlite3_finalize(in);
    sqlite3_finalize(out);
    return code;
}

/* A list that names a mount which is not there is damaged: NULL is refused. */
static int copy_lists(struct rep_db *into, struct rep_db *from)
{
    int code = copy_each(into, from, "SELECT id, hash FROM mount_row",
                         "INSERT INTO temp.mount_here SELECT ?1, id FROM main.mount_row "
                         "WHERE hash = ?2");
    if (code == 0) {
        code = copy_each(into, from, "SELECT id, hash FROM mount_list",
                         "INSERT INTO temp.list_new SELECT ?1, ?2 "
                         "WHERE ?2 NOT IN (SELECT hash FROM main.mount_list)");
    }
    if (code == 0) {
        code =
            rep_sql_exec(into, "INSERT INTO main.mount_list(hash) SELECT hash FROM temp.list_new",
                         "merge mounts");
    }
    return code < 0
               ? code
               : copy_each(into, from,
                           "SELECT list, idx, mount, spec_index, shadowed_by, mount_id, op, "
                           "log_first, log_lines FROM mount_item",
                           "INSERT INTO main.mount_item(list, idx, mount, spec_index, shadowed_by, "
                           "mount_id, op, log_first, log_lines) "
                           "SELECT l.id, ?2, (SELECT here FROM temp.mount_here WHERE id = ?3), "
                           "?4, ?5, ?6, ?7, ?8, ?9 FROM temp.list_new n "
                           "JOIN main.mount_list l ON l.hash = n.hash WHERE n.id = ?1");
}

int rep_merge_mounts(struct rep_db *into, struct rep_db *from)
{
    static const char make[] = "CREATE TEMP TABLE mount_here(id INTEGER PRIMARY KEY, here INTEGER);"
                               "CREATE TEMP TABLE list_new(id INTEGER PRIMARY KEY, hash BLOB)";
    int code = rep_copy_rows(
        into, from,
        &(struct rep_copy){.table = "mount_row", .map = {{.column = "id", .null = true}}});
    if (code == 0) {
        code = rep_sql_exec(into, make, "merge mounts");
    }
    if (code < 0) {
        return code;
    }
    code = copy_lists(into, from);
    struct rep_error first = into->error;
    int dropped =
        rep_sql_exec(into, "DROP TABLE temp.mount_here; DROP TABLE temp.list_new", "merge mounts");
    if (code < 0) {
        into->error = first;
        return code;
    }
    return dropped;
}
