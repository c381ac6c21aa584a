#include "pack.h"

/* A child must be there before the directory that names it. */
static int bind_child(struct rep_db *db, struct pack_in *in, sqlite3_stmt *stmt,
                      struct rep_hash *child)
{
    enum { COLUMN = 20 };
    if (pack_get_below(in, PACK_MARKS) == PACK_NONE) {
        rep_bind_hash(stmt, COLUMN, NULL);
        return 0;
    }
    *child = pack_get_hash(in);
    rep_bind_hash(stmt, COLUMN, child);
    return in->bad ? 0 : store_check_known(db, &db->dirs, REP_SQL_HAS_DIR, child);
}

/* Is only read unless it is wanted. */
static int store_entry(struct rep_db *db, const struct rep_hash *dir, struct pack_in *in,
                       bool wanted)
{
    /* Columns of the texts, in the order in which they are packed. */
    static const int columns[PACK_NODE_TEXTS] = {3, 4, 9, 10, 11, 12, 15, 16, 19, 21};
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_NODE, &stmt);
    if (code < 0) {
        return code;
    }
    struct pack_piece name = pack_get_text(in);
    pack_bind(stmt, 2, &name);
    for (size_t i = 0; i < PACK_NODE_TEXTS; i++) {
        struct pack_piece text = pack_get_text(in);
        pack_bind(stmt, columns[i], &text);
    }
    uint64_t uid = pack_get(in), gid = pack_get(in), size = pack_get(in), nlink = pack_get(in);
    uint64_t bits = pack_get(in);
    struct rep_hash child;
    code = bind_child(db, in, stmt, &child);
    if (code < 0 || in->bad || !wanted) {
        return code;
    }
    rep_bind_hash(stmt, 1, dir);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)uid);
    sqlite3_bind_int64(stmt, 6, (sqlite3_int64)gid);
    if (size > 0) {
        sqlite3_bind_int64(stmt, 7, (sqlite3_int64)(size - 1));
    } else {
        sqlite3_bind_null(stmt, 7);
    }
    sqlite3_bind_int64(stmt, 8, (sqlite3_int64)nlink);
    sqlite3_bind_int(stmt, 13, bits & 1);
    sqlite3_bind_int(stmt, 14, bits >> 1 & 1);
    sqlite3_bind_int(stmt, 17, bits >> 2 & 1);
    sqlite3_bind_int(stmt, 18, bits >> 3 & 1);
    return rep_sql_done(db, stmt, "store a node");
}

/* Is it new to the file? 1, 0, or a failure. */
static int add_dir(struct rep_db *db, const struct rep_hash *hash, uint64_t entries, uint64_t below)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&db->dirs, hash)) {
        return 0;
    }
    int code = rep_sql_kept(db, REP_SQL_ADD_DIR, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)entries);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)below);
    code = rep_sql_done(db, stmt, "store a directory");
    if (code < 0) {
        return code;
    }
    rep_hash_set_add(&db->dirs, hash);
    return sqlite3_changes(db->sql) > 0;
}

static int store_dir(struct rep_db *db, struct pack_in *in, struct rep_hash *hash)
{
    enum { ENTRY_BYTES = 17 };
    *hash = pack_get_hash(in);
    size_t entries = pack_get_count(in, ENTRY_BYTES);
    uint64_t below = pack_get(in);
    int code = in->bad ? 0 : add_dir(db, hash, entries, below);
    bool wanted = code == 1;
    for (size_t i = 0; i < entries && code >= 0 && !in->bad; i++) {
        code = store_entry(db, hash, in, wanted);
    }
    return code < 0 ? code : 0;
}

static int store_paths(struct rep_run *run, struct pack_in *in)
{
    int code = 0;
    while (code == 0 && pack_get_below(in, PACK_MARKS) != PACK_NONE) {
        struct pack_piece path = pack_get_text(in);
        code = in->bad || !path.p ? 0 : rep_search_add(run, REP_SQL_SEARCH_PATH, path.p, path.n);
    }
    return code;
}

/* The root is the last one. */
static int store_dirs(struct rep_db *db, struct pack_in *in, struct rep_hash *root)
{
    size_t count = 0;
    int code = 0;
    for (; code == 0 && pack_get_below(in, PACK_MARKS) != PACK_NONE; count++) {
        code = store_dir(db, in, root);
    }
    in->bad = in->bad || count == 0;
    return code;
}

int store_tree(struct rep_run *run, struct pack_in *in, bool *present, struct rep_hash *root)
{
    enum pack_mark mark = (enum pack_mark)pack_get_below(in, PACK_MARKS);
    *present = mark != PACK_NONE;
    if (mark == PACK_WHOLE) {
        int code = store_dirs(run->db, in, root);
        return code < 0 ? code : store_paths(run, in);
    }
    if (mark == PACK_HASH) {
        *root = pack_get_hash(in);
        return in->bad ? 0 : store_check_known(run->db, &run->db->dirs, REP_SQL_HAS_DIR, root);
    }
    return 0;
}
