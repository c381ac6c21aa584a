#include "pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is packed of one mount. */
struct mount {
    struct rep_hash hash;
    bool whole;
    struct pack_piece text[PACK_MOUNT_TEXTS];
    bool lost;
    uint64_t place[PACK_PLACES]; /* plus one; 0 = absent */
};

static void get_mount(struct pack_in *in, struct mount *mount)
{
    mount->whole = pack_get_below(in, PACK_MARKS) == PACK_WHOLE;
    mount->hash = pack_get_hash(in);
    for (size_t i = 0; i < PACK_MOUNT_TEXTS && mount->whole; i++) {
        mount->text[i] = pack_get_text(in);
    }
    mount->lost = mount->whole && pack_get(in);
    for (size_t i = 0; i < PACK_PLACES; i++) {
        mount->place[i] = pack_get(in);
    }
}

static int insert_mount(struct rep_db *db, const struct mount *mount)
{
    /* Columns of the texts, in the order in which they are packed. */
    static const int columns[PACK_MOUNT_TEXTS] = {2,  3,  4,  5,  6,  7,  8,  9, 11,
                                                  12, 13, 14, 15, 16, 17, 18, 19};
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, &mount->hash);
    for (size_t i = 0; i < PACK_MOUNT_TEXTS; i++) {
        pack_bind(stmt, columns[i], &mount->text[i]);
    }
    sqlite3_bind_int(stmt, 10, mount->lost);
    return rep_sql_done(db, stmt, "store a mount");
}

static int find_mount(struct rep_db *db, const struct rep_hash *hash, int64_t *id)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_MOUNT_ID, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_row(db, stmt, "look for a mount");
    if (code == 1) {
        *id = sqlite3_column_int64(stmt, 0);
    } else if (code == 0) {
        code = rep_fail(db, -EBADMSG, "a result names a mount that is nowhere");
    }
    sqlite3_reset(stmt);
    return code < 0 ? code : 0;
}

static int add_mount(struct rep_db *db, const struct mount *mount, int64_t *id)
{
    if (mount->whole) {
        int code = insert_mount(db, mount);
        if (code < 0) {
            return code;
        }
        if (sqlite3_changes(db->sql) > 0) {
            *id = sqlite3_last_insert_rowid(db->sql);
            return 0;
        }
    }
    return find_mount(db, &mount->hash, id);
}

static int store_mount(struct rep_db *db, const struct mount *mount, int64_t *id)
{
    uint32_t at;
    memcpy(&at, mount->hash.byte, sizeof at);
    if (!db->mount_id) {
        db->mount_id = calloc(REP_MOUNT_IDS, sizeof *db->mount_id);
        if (!db->mount_id) {
            return rep_fail_memory(db);
        }
    }
    struct rep_mount_id *known = &db->mount_id[at % REP_MOUNT_IDS];
    if (known->id == 0 || memcmp(&known->hash, &mount->hash, sizeof mount->hash) != 0) {
        int64_t made = 0;
        int code = add_mount(db, mount, &made);
        if (code < 0) {
            return code;
        }
        *known = (struct rep_mount_id){.hash = mount->hash, .id = made};
    }
    *id = known->id;
    return 0;
}

static int store_item(struct rep_db *db, int64_t list, size_t index, int64_t id,
                      const struct mount *mount)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT_ITEM, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, list);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)index);
    sqlite3_bind_int64(stmt, 3, id);
    for (int i = 0; i < PACK_PLACES; i++) {
        if (mount->place[i] > 0) {
            sqlite3_bind_int64(stmt, 4 + i, (sqlite3_int64)(mount->place[i] - 1));
        } else {
            sqlite3_bind_null(stmt, 4 + i);
        }
    }
    return rep_sql_done(db, stmt, "store a mount");
}

/* The number of a list that is new to the file; 0 when it has the list. */
static int add_list(struct rep_db *db, const struct rep_hash *hash, int64_t *list)
{
    sqlite3_stmt *stmt = NULL;
    *list = 0;
    if (rep_hash_set_has(&db->mounts, hash)) {
        return 0;
    }
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNTS, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_done(db, stmt, "store the mounts of a result");
    if (code < 0) {
        return code;
    }
    if (sqlite3_changes(db->sql) > 0) {
        *list = sqlite3_last_insert_rowid(db->sql);
    }
    rep_hash_set_add(&db->mounts, hash);
    return 0;
}

/* Also the mounts of a list that the file has are read: what follows is behind them. */
static int store_list(struct rep_db *db, struct pack_in *in, const struct rep_hash *hash)
{
    enum { MOUNT_BYTES = 23 };
    int64_t list = 0;
    size_t count = pack_get_count(in, MOUNT_BYTES);
    int code = in->bad ? 0 : add_list(db, hash, &list);
    for (size_t i = 0; i < count && code == 0 && !in->bad; i++) {
        struct mount mount = {.whole = false};
        int64_t id = 0;
        get_mount(in, &mount);
        code = in->bad ? 0 : store_mount(db, &mount, &id);
        if (code == 0 && !in->bad && list > 0) {
            code = store_item(db, list, i, id, &mount);
        }
    }
    return code;
}

int store_mounts(struct rep_run *run, struct pack_in *in, bool *present, struct rep_hash *list)
{
    enum pack_mark mark = (enum pack_mark)pack_get_below(in, PACK_MARKS);
    *present = mark != PACK_NONE;
    if (mark == PACK_NONE) {
        return 0;
    }
    *list = pack_get_hash(in);
    if (mark == PACK_WHOLE) {
        return store_list(run->db, in, list);
    }
    return in->bad ? 0 : store_check_known(run->db, &run->db->mounts, REP_SQL_HAS_MOUNTS, list);
}
