#include "tree.h"

static int is_stored(struct rep_db *db, const struct rep_hash *hash)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&db->dirs, hash)) {
        return 1;
    }
    int code = rep_sql_kept(db, REP_SQL_HAS_DIR, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_row(db, stmt, "look for a directory");
    sqlite3_reset(stmt);
    if (code == 1) {
        rep_hash_set_add(&db->dirs, hash);
    }
    return code;
}

static int want_dirs(struct rep_run *run)
{
    struct rep_tree_writer *writer = run->tree;
    writer->dir[writer->dir_count - 1].wanted = true;
    for (size_t i = writer->dir_count; i-- > 0;) {
        struct rep_closed_dir *dir = &writer->dir[i];
        if (!dir->wanted) {
            continue;
        }
        int stored = is_stored(run->db, &dir->hash);
        if (stored < 0) {
            return stored;
        }
        dir->wanted = stored == 0;
        for (size_t j = 0; j < dir->count && dir->wanted; j++) {
            uint32_t child = writer->entry[dir->first + j].child;
            if (child != REP_NO_DIR) {
                writer->dir[child].wanted = true;
            }
        }
    }
    return 0;
}

static int store_entry(struct rep_run *run, const struct rep_hash *dir,
                       const struct rep_entry *entry)
{
    const struct rep_node *node = entry->node ? entry->node : &rep_implied_node;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_ADD_NODE, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, dir);
    sqlite3_bind_text(stmt, 2, entry->name, (int)entry->name_size, SQLITE_STATIC);
    rep_bind_text(stmt, 3, node->type);
    rep_bind_text(stmt, 4, node->mode);
    sqlite3_bind_int64(stmt, 5, node->uid);
    sqlite3_bind_int64(stmt, 6, node->gid);
    if (node->size >= 0) {
        sqlite3_bind_int64(stmt, 7, node->size);
    } else {
        sqlite3_bind_null(stmt, 7);
    }
    sqlite3_bind_int64(stmt, 8, (sqlite3_int64)node->nlink);
    rep_bind_text(stmt, 9, node->rdev);
    rep_bind_text(stmt, 10, node->target);
    rep_bind_text(stmt, 11, node->fs);
    rep_bind_text(stmt, 12, node->flags);
    sqlite3_bind_int(stmt, 13, node->mountpoint);
    sqlite3_bind_int(stmt, 14, node->overlay);
    rep_bind_text(stmt, 15, node->upper);
    rep_bind_text(stmt, 16, node->lower);
    sqlite3_bind_int(stmt, 17, node->special);
    sqlite3_bind_int(stmt, 18, node->readdir);
    rep_bind_text(stmt, 19, node->error);
    rep_bind_hash(stmt, 20, entry->child == REP_NO_DIR ? NULL : &run->tree->dir[entry->child].hash);
    rep_bind_text(stmt, 21, node->layers);
    return rep_sql_done(run->db, stmt, "store a node");
}

static int store_dir(struct rep_run *run, const struct rep_closed_dir *dir)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_ADD_DIR, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, &dir->hash);
    sqlite3_bind_int64(stmt, 2, dir->count);
    sqlite3_bind_int64(stmt, 3, dir->below);
    code = rep_sql_done(run->db, stmt, "store a directory");
    /* The same directory twice in one tree. */
    bool is_new = code == 0 && sqlite3_changes(run->db->sql) > 0;
    for (size_t i = 0; i < dir->count && code == 0 && is_new; i++) {
        code = store_entry(run, &dir->hash, &run->tree->entry[dir->first + i]);
    }
    if (code == 0) {
        rep_hash_set_add(&run->db->dirs, &dir->hash);
    }
    return code;
}

int rep_tree_store(struct rep_run *run)
{
    int code = want_dirs(run);
    for (size_t i = 0; i < run->tree->dir_count && code == 0; i++) {
        if (run->tree->dir[i].wanted) {
            code = store_dir(run, &run->tree->dir[i]);
        }
    }
    return code;
}
