/* Trees of a file that others wrote: each directory against its hash. */
#include "pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Sums that do not hold, or a child that is not there. */
static const char *const counts_sql =
    "SELECT count(*) FROM (SELECT 1 FROM dir d WHERE d.nodes <> d.entries + "
    "(SELECT ifnull(sum(ifnull(c.nodes, -1)), 0) FROM node n LEFT JOIN dir c ON c.hash = n.child "
    "WHERE n.dir = d.hash AND n.child IS NOT NULL) OR d.nodes < d.entries OR EXISTS "
    "(SELECT 1 FROM node n WHERE n.dir = d.hash AND n.child NOT IN (SELECT hash FROM dir)) "
    "LIMIT 1)";

static int check_counts(struct rep_db *db)
{
    int64_t wrong = 0;
    int code = rep_sql_int(db, counts_sql, &wrong);
    return code == 0 && wrong > 0
               ? rep_fail(db, -EBADMSG, "the file is damaged: a directory counts what it has not")
               : code;
}

static int check_dir(struct rep_db *db, const struct rep_hash *dir, struct rep_buf *bytes)
{
    struct rep_arena arena = {0};
    struct rep_dir_list list = {0};
    rep_buf_clear(bytes);
    int code = rep_dir_load(db, dir, &arena, &list);
    for (size_t i = 0; i < list.count && code == 0; i++) {
        const struct rep_dir_entry *entry = &list.entry[i];
        pack_hash_node(bytes, entry->node.path, strlen(entry->node.path), &entry->node,
                       entry->has_child ? &entry->child : NULL);
    }
    if (code == 0 && bytes->failed) {
        code = rep_fail_memory(db);
    }
    if (code == 0) {
        struct rep_hash hash = rep_hash_of(bytes->data, bytes->size);
        code = memcmp(&hash, dir, sizeof hash) == 0
                   ? 0
                   : rep_fail(db, -EBADMSG,
                              "the file is damaged: a directory is not what its hash says");
    }
    free(list.entry);
    rep_arena_release(&arena);
    return code;
}

int rep_trees_check(struct rep_db *db)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf bytes = {0};
    int code = check_counts(db);
    if (code == 0) {
        code = rep_sql_prepare(db, "SELECT hash FROM dir", &stmt);
    }
    while (code == 0 && (code = rep_sql_row(db, stmt, "read trees")) == 1) {
        struct rep_hash dir;
        code = rep_column_hash(stmt, 0, &dir)
                   ? check_dir(db, &dir, &bytes)
                   : rep_fail(db, -EBADMSG, "the file is damaged: a directory without a hash");
    }
    sqlite3_finalize(stmt);
    rep_buf_release(&bytes);
    return code;
}
