#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Lost (VQ-09, VQ-08): made, hidden by no later mount, and yet nowhere in the tree. */
static bool is_lost(const struct rep_result *result, const struct rep_mount *mount)
{
    bool gone = mount->state && strcmp(mount->state, "done") != 0;
    return result->n_nodes > 0 && mount->fs && !gone && mount->shadowed_by < 0 && !mount->seen_at;
}

enum { PLACES = 6, ENTRY_SIZE = sizeof(struct rep_hash) + PLACES * sizeof(int64_t) };

/* What a mount has of its place in a list, in the order of mount_item. */
static void places_of(const struct rep_mount *mount, int64_t place[PLACES])
{
    place[0] = mount->spec_index;
    place[1] = mount->shadowed_by;
    place[2] = mount->mount_id;
    place[3] = mount->op;
    place[4] = mount->log_first;
    place[5] = mount->log_lines;
}

static struct rep_hash hash_mount(struct rep_buf *bytes, const struct rep_mount *mount, bool lost)
{
    const char *const fields[] = {mount->destination, mount->type,  mount->source,  mount->fs,
                                  mount->flags,       mount->rules, mount->ignored, mount->created,
                                  mount->state,       mount->place, mount->seen_at, mount->layers,
                                  mount->data,        mount->hides, mount->options, mount->reasons,
                                  mount->made};
    rep_buf_clear(bytes);
    for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
        rep_buf_field(bytes, fields[j]);
    }
    rep_buf_u64(bytes, lost);
    return rep_hash_of(bytes->data, bytes->size);
}

/* Leaves in run->mounts, for each mount, its hash and its places. */
static int hash_list(struct rep_run *run, const struct rep_result *result, struct rep_hash *hash)
{
    rep_buf_clear(&run->mounts);
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        struct rep_hash own = hash_mount(&run->scratch, mount, is_lost(result, mount));
        int64_t place[PLACES];
        places_of(mount, place);
        if (run->scratch.failed) {
            return rep_fail_memory(run->db);
        }
        rep_buf_add(&run->mounts, own.byte, sizeof own);
        for (size_t j = 0; j < PLACES; j++) {
            rep_buf_u64(&run->mounts, (uint64_t)place[j]);
        }
    }
    if (run->mounts.failed) {
        return rep_fail_memory(run->db);
    }
    *hash = rep_hash_of(run->mounts.data, run->mounts.size);
    return 0;
}

static int insert_mount(struct rep_db *db, const struct rep_hash *hash,
                        const struct rep_mount *mount, bool lost)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    rep_bind_text(stmt, 2, mount->destination);
    rep_bind_text(stmt, 3, mount->type);
    rep_bind_text(stmt, 4, mount->source);
    rep_bind_text(stmt, 5, mount->fs);
    rep_bind_text(stmt, 6, mount->flags);
    rep_bind_text(stmt, 7, mount->rules);
    rep_bind_text(stmt, 8, mount->ignored);
    rep_bind_text(stmt, 9, mount->created);
    sqlite3_bind_int(stmt, 10, lost);
    rep_bind_text(stmt, 11, mount->state);
    rep_bind_text(stmt, 12, mount->place);
    rep_bind_text(stmt, 13, mount->seen_at);
    rep_bind_text(stmt, 14, mount->layers);
    rep_bind_text(stmt, 15, mount->data);
    rep_bind_text(stmt, 16, mount->hides);
    rep_bind_text(stmt, 17, mount->options);
    rep_bind_text(stmt, 18, mount->reasons);
    rep_bind_text(stmt, 19, mount->made);
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
        code = rep_fail(db, -EBADMSG, "the file is damaged: a mount is there and is not");
    }
    sqlite3_reset(stmt);
    return code < 0 ? code : 0;
}

static int store_mount(struct rep_db *db, const struct rep_hash *hash,
                       const struct rep_mount *mount, bool lost, int64_t *id)
{
    uint32_t at;
    memcpy(&at, hash->byte, sizeof at);
    if (!db->mount_id) {
        db->mount_id = calloc(REP_MOUNT_IDS, sizeof *db->mount_id);
        if (!db->mount_id) {
            return rep_fail_memory(db);
        }
    }
    struct rep_mount_id *known = &db->mount_id[at % REP_MOUNT_IDS];
    if (known->id == 0 || memcmp(&known->hash, hash, sizeof *hash) != 0) {
        int64_t made = 0;
        int code = insert_mount(db, hash, mount, lost);
        if (code == 0 && sqlite3_changes(db->sql) > 0) {
            made = sqlite3_last_insert_rowid(db->sql);
        } else if (code == 0) {
            code = find_mount(db, hash, &made);
        }
        if (code < 0) {
            return code;
        }
        *known = (struct rep_mount_id){.hash = *hash, .id = made};
    }
    *id = known->id;
    return 0;
}

static int store_item(struct rep_db *db, int64_t list, size_t index, int64_t id,
                      const struct rep_mount *mount)
{
    sqlite3_stmt *stmt = NULL;
    int64_t place[PLACES];
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT_ITEM, &stmt);
    if (code < 0) {
        return code;
    }
    places_of(mount, place);
    sqlite3_bind_int64(stmt, 1, list);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)index);
    sqlite3_bind_int64(stmt, 3, id);
    for (int i = 0; i < PLACES; i++) {
        if (place[i] >= 0) {
            sqlite3_bind_int64(stmt, 4 + i, place[i]);
        } else {
            sqlite3_bind_null(stmt, 4 + i);
        }
    }
    return rep_sql_done(db, stmt, "store a mount");
}

/* Stores the mounts that hash_list saw. */
static int store_mounts(struct rep_run *run, const struct rep_result *result, int64_t list)
{
    int code = 0;
    for (size_t i = 0; i < result->n_mounts && code == 0; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        struct rep_hash hash;
        int64_t id = 0;
        memcpy(&hash, run->mounts.data + i * ENTRY_SIZE, sizeof hash);
        code = store_mount(run->db, &hash, mount, is_lost(result, mount), &id);
        if (code == 0) {
            code = store_item(run->db, list, i, id, mount);
        }
    }
    return code;
}

static int has_list(struct rep_db *db, const struct rep_hash *list)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_HAS_MOUNTS, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    code = rep_sql_row(db, stmt, "look for mounts");
    sqlite3_reset(stmt);
    return code;
}

static int store_list(struct rep_run *run, const struct rep_result *result,
                      const struct rep_hash *list)
{
    sqlite3_stmt *stmt = NULL;
    int code = has_list(run->db, list);
    if (code != 0) {
        return code < 0 ? code : 0;
    }
    code = rep_sql_kept(run->db, REP_SQL_ADD_MOUNTS, &stmt);
    if (code == 0) {
        rep_bind_hash(stmt, 1, list);
        code = rep_sql_done(run->db, stmt, "store the mounts of a result");
    }
    return code < 0 ? code : store_mounts(run, result, sqlite3_last_insert_rowid(run->db->sql));
}

int rep_mounts_store(struct rep_run *run, const struct rep_result *result, struct rep_hash *list)
{
    struct rep_hash hash;
    int code = hash_list(run, result, &hash);
    if (code == 0 && !rep_hash_set_has(&run->db->mounts, &hash)) {
        code = store_list(run, result, &hash);
        if (code == 0) {
            rep_hash_set_add(&run->db->mounts, &hash);
        }
    }
    if (code == 0) {
        *list = hash;
    }
    return code;
}
