#include "private.h"

#include <string.h>

/* Lost (VQ-09, VQ-08): made, hidden by no later mount, and yet nowhere in the tree. */
static bool is_lost(const struct rep_result *result, const struct rep_mount *mount)
{
    bool gone = mount->state && strcmp(mount->state, "done") != 0;
    return result->n_nodes > 0 && mount->fs && !gone && mount->shadowed_by < 0 && !mount->seen_at;
}

static int hash_list(struct rep_run *run, const struct rep_result *result, struct rep_hash *hash)
{
    struct rep_buf *bytes = &run->scratch;
    rep_buf_clear(bytes);
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        const char *const fields[] = {
            mount->destination, mount->type,    mount->source,  mount->fs,    mount->flags,
            mount->rules,       mount->ignored, mount->created, mount->state, mount->place,
            mount->seen_at,     mount->layers,  mount->data,    mount->hides, mount->options,
            mount->reasons,     mount->made};
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            rep_buf_field(bytes, fields[j]);
        }
        rep_buf_u64(bytes, (uint64_t)mount->spec_index);
        rep_buf_u64(bytes, (uint64_t)mount->shadowed_by);
        rep_buf_u64(bytes, (uint64_t)mount->mount_id);
        rep_buf_u64(bytes, (uint64_t)mount->log_first);
        rep_buf_u64(bytes, (uint64_t)mount->log_lines);
        rep_buf_u64(bytes, (uint64_t)mount->op);
        rep_buf_u64(bytes, is_lost(result, mount));
    }
    if (bytes->failed) {
        return rep_fail_memory(run->db);
    }
    *hash = rep_hash_of(bytes->data, bytes->size);
    return 0;
}

static void bind_index(sqlite3_stmt *stmt, int column, int64_t index)
{
    if (index >= 0) {
        sqlite3_bind_int64(stmt, column, index);
    } else {
        sqlite3_bind_null(stmt, column);
    }
}

static int store_mount(struct rep_db *db, const struct rep_hash *list, size_t index,
                       const struct rep_mount *mount, bool lost)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)index);
    rep_bind_text(stmt, 3, mount->destination);
    rep_bind_text(stmt, 4, mount->type);
    rep_bind_text(stmt, 5, mount->source);
    rep_bind_text(stmt, 6, mount->fs);
    rep_bind_text(stmt, 7, mount->flags);
    bind_index(stmt, 8, mount->spec_index);
    rep_bind_text(stmt, 9, mount->rules);
    rep_bind_text(stmt, 10, mount->ignored);
    bind_index(stmt, 11, mount->shadowed_by);
    rep_bind_text(stmt, 12, mount->created);
    sqlite3_bind_int(stmt, 13, lost);
    rep_bind_text(stmt, 14, mount->state);
    bind_index(stmt, 15, mount->mount_id);
    bind_index(stmt, 16, mount->op);
    rep_bind_text(stmt, 17, mount->place);
    rep_bind_text(stmt, 18, mount->seen_at);
    rep_bind_text(stmt, 19, mount->layers);
    rep_bind_text(stmt, 20, mount->data);
    rep_bind_text(stmt, 21, mount->hides);
    rep_bind_text(stmt, 22, mount->options);
    rep_bind_text(stmt, 23, mount->reasons);
    rep_bind_text(stmt, 24, mount->made);
    bind_index(stmt, 25, mount->log_first);
    bind_index(stmt, 26, mount->log_lines);
    return rep_sql_done(db, stmt, "store a mount");
}

static int store_list(struct rep_run *run, const struct rep_result *result,
                      const struct rep_hash *list)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&run->db->mounts, list)) {
        return 0;
    }
    int code = rep_sql_kept(run->db, REP_SQL_HAS_MOUNTS, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    code = rep_sql_row(run->db, stmt, "look for mounts");
    sqlite3_reset(stmt);
    for (size_t i = 0; i < result->n_mounts && code == 0; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        code = store_mount(run->db, list, i, mount, is_lost(result, mount));
    }
    if (code < 0) {
        return code;
    }
    rep_hash_set_add(&run->db->mounts, list);
    return 0;
}

int rep_mounts_store(struct rep_run *run, const struct rep_result *result, struct rep_hash *list)
{
    struct rep_hash hash;
    int code = hash_list(run, result, &hash);
    if (code == 0) {
        code = store_list(run, result, &hash);
    }
    if (code == 0) {
        *list = hash;
    }
    return code;
}
