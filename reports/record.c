#include "pack.h"

#include <errno.h>
#include <string.h>

const char *const rep_text_names[REP_TEXTS] = {"log", "compiled", "ops", "restore", "host_diff"};

/* Everything of a result that is stored elsewhere and named by its hash. */
struct named {
    struct rep_hash hash;
    bool present;
};

struct parts {
    struct named input;
    struct named text[PACK_TEXTS];
    struct named tree;
    struct named mounts;
};

struct head {
    struct pack_piece name;
    struct pack_piece result;
    enum rep_status status;
    int64_t fds_left;
    int64_t leaks;
    int64_t duration_ns;
    int64_t line;
    bool flaky;
};

/* ---- What is named by its hash -----------------------------------------------------------------
 */

static int add_blob(struct rep_db *db, const struct rep_hash *hash, const struct rep_bytes *bytes,
                    bool is_text)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&db->blobs, hash)) {
        return 0;
    }
    int code = rep_sql_kept(db, REP_SQL_ADD_BLOB, &stmt);
    if (code < 0) {
        return code;
    }
    const void *data = bytes->size ? bytes->data : "";
    rep_bind_hash(stmt, 1, hash);
    if (is_text) {
        sqlite3_bind_text64(stmt, 2, data, bytes->size, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        sqlite3_bind_blob64(stmt, 2, data, bytes->size, SQLITE_STATIC);
    }
    code = rep_sql_done(db, stmt, "store a text");
    if (code == 0) {
        rep_hash_set_add(&db->blobs, hash);
    }
    return code;
}

int rep_blob_store(struct rep_db *db, const struct rep_bytes *bytes, bool is_text,
                   struct rep_hash *hash)
{
    struct rep_hash made = rep_hash_of(bytes->data, bytes->size);
    int code = add_blob(db, &made, bytes, is_text);
    if (code == 0) {
        *hash = made;
    }
    return code;
}

int store_check_known(struct rep_db *db, struct rep_hash_set *set, enum rep_sql query,
                      const struct rep_hash *hash)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(set, hash)) {
        return 0;
    }
    int code = rep_sql_kept(db, query, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    code = rep_sql_row(db, stmt, "look for what a result names");
    sqlite3_reset(stmt);
    if (code == 0) {
        return rep_fail(db, -EBADMSG, "a result names a part that is nowhere");
    }
    if (code == 1) {
        rep_hash_set_add(set, hash);
    }
    return code < 0 ? code : 0;
}

static int planned_input(struct rep_run *run, const struct pack_piece *name, struct rep_hash *hash)
{
    static const struct rep_input_key nothing;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_PLAN_INPUT, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    pack_bind(stmt, 2, name);
    code = rep_sql_row(run->db, stmt, "look for a plan");
    bool found = code == 1 && rep_column_hash(stmt, 0, hash);
    sqlite3_reset(stmt);
    if (code < 0 || found) {
        return code < 0 ? code : 0;
    }
    *hash = rep_input_key_hash(&nothing);
    return rep_input_store(run, hash, &nothing);
}

static int store_input(struct rep_run *run, struct pack_in *in, const struct pack_piece *name,
                       struct named *input)
{
    struct rep_input_key key = {.present = {false}};
    enum pack_mark mark = (enum pack_mark)pack_get_below(in, PACK_MARKS);
    input->present = true;
    if (mark == PACK_NONE) {
        return in->bad ? 0 : planned_input(run, name, &input->hash);
    }
    input->hash = pack_get_hash(in);
    for (size_t i = 0; i < REP_PARTS && mark == PACK_WHOLE; i++) {
        key.present[i] = pack_get(in) != 0;
        key.part[i] = key.present[i] ? pack_get_hash(in) : key.part[i];
    }
    if (in->bad) {
        return 0;
    }
    return mark == PACK_WHOLE
               ? rep_input_store(run, &input->hash, &key)
               : store_check_known(run->db, &run->db->inputs, REP_SQL_HAS_INPUT, &input->hash);
}

static int store_text(struct rep_run *run, struct pack_in *in, struct named *text)
{
    enum pack_mark mark = (enum pack_mark)pack_get_below(in, PACK_MARKS);
    text->present = mark != PACK_NONE;
    if (mark == PACK_NONE) {
        return 0;
    }
    text->hash = pack_get_hash(in);
    if (mark == PACK_HASH) {
        return in->bad ? 0
                       : store_check_known(run->db, &run->db->blobs, REP_SQL_HAS_BLOB, &text->hash);
    }
    struct pack_piece piece = pack_get_text(in);
    const struct rep_bytes bytes = {piece.p, piece.n};
    return in->bad ? 0 : add_blob(run->db, &text->hash, &bytes, true);
}

static int store_texts(struct rep_run *run, struct pack_in *in, struct parts *parts)
{
    int code = 0;
    for (size_t i = 0; i < PACK_TEXTS && code == 0 && !in->bad; i++) {
        code = store_text(run, in, &parts->text[i]);
    }
    if (code == 0 && !in->bad && parts->text[PACK_ERROR].present) {
        code = rep_search_add_error(run, &parts->text[PACK_ERROR].hash);
    }
    while (code == 0 && pack_get_below(in, PACK_MARKS) != PACK_NONE) {
        struct pack_piece line = pack_get_text(in);
        code = in->bad || !line.p ? 0 : rep_search_add(run, REP_SQL_SEARCH_LOG, line.p, line.n);
    }
    return code;
}

static int store_parts(struct rep_run *run, struct pack_in *in, const struct head *head,
                       struct parts *parts)
{
    int code = store_input(run, in, &head->name, &parts->input);
    if (code == 0 && !in->bad) {
        code = store_texts(run, in, parts);
    }
    if (code == 0 && !in->bad) {
        code = store_tree(run, in, &parts->tree.present, &parts->tree.hash);
    }
    if (code == 0 && !in->bad) {
        code = store_mounts(run, in, &parts->mounts.present, &parts->mounts.hash);
    }
    return code;
}

/* ---- The result --------------------------------------------------------------------------------
 */

static void get_head(struct pack_in *in, struct head *head)
{
    head->name = pack_get_text(in);
    head->result = pack_get_text(in);
    head->status = (enum rep_status)pack_get_below(in, REP_STATUSES);
    head->fds_left = (int64_t)pack_get(in);
    head->leaks = (int64_t)pack_get(in);
    head->duration_ns = (int64_t)pack_get(in);
    head->line = (int64_t)pack_get(in);
    head->flaky = pack_get(in) != 0;
    in->bad = in->bad || !head->name.p || !head->result.p;
}

static void bind_named(sqlite3_stmt *stmt, int column, const struct named *named)
{
    rep_bind_hash(stmt, column, named->present ? &named->hash : NULL);
}

static int store_row(struct rep_run *run, const struct head *head, const struct parts *parts)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_ADD_RESULT, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    pack_bind(stmt, 2, &head->name);
    bind_named(stmt, 3, &parts->input);
    pack_bind(stmt, 4, &head->result);
    rep_bind_text(stmt, 5, rep_status_name(head->status));
    bind_named(stmt, 6, &parts->text[PACK_ERROR]);
    for (int i = 0; i < REP_TEXTS; i++) {
        bind_named(stmt, 7 + i, &parts->text[PACK_FIRST_TEXT + i]);
    }
    sqlite3_bind_int64(stmt, 12, head->fds_left);
    sqlite3_bind_int64(stmt, 13, head->leaks);
    sqlite3_bind_int64(stmt, 14, head->duration_ns);
    bind_named(stmt, 15, &parts->mounts);
    bind_named(stmt, 16, &parts->tree);
    sqlite3_bind_int(stmt, 17, head->flaky);
    bind_named(stmt, 18, &parts->text[PACK_FILE]);
    if (head->line > 0) {
        sqlite3_bind_int64(stmt, 19, head->line);
    } else {
        sqlite3_bind_null(stmt, 19);
    }
    bind_named(stmt, 20, &parts->text[PACK_REASON]);
    code = rep_sql_done(run->db, stmt, "store a result");
    if (code == 0 && sqlite3_changes(run->db->sql) == 0) {
        return rep_fail(run->db, -EEXIST, "the case %.*s is already recorded in run %lld",
                        head->name.n < 400 ? (int)head->name.n : 400, head->name.p,
                        (long long)run->id);
    }
    return code;
}

static int store_findings(struct rep_db *db, int64_t id, struct pack_in *in)
{
    enum { FINDING_BYTES = 3, FINDING_TEXTS = 3 };
    size_t count = pack_get_count(in, FINDING_BYTES);
    int code = 0;
    for (size_t i = 0; i < count && code == 0 && !in->bad; i++) {
        sqlite3_stmt *stmt = NULL;
        code = rep_sql_kept(db, REP_SQL_ADD_FINDING, &stmt);
        if (code < 0) {
            return code;
        }
        sqlite3_bind_int64(stmt, 1, id);
        sqlite3_bind_int64(stmt, 2, (sqlite3_int64)i);
        for (int j = 0; j < FINDING_TEXTS; j++) {
            struct pack_piece text = pack_get_text(in);
            pack_bind(stmt, 3 + j, &text);
        }
        code = in->bad ? 0 : rep_sql_done(db, stmt, "store a finding");
    }
    return code;
}

static int store_attempts(struct rep_db *db, int64_t id, struct pack_in *in)
{
    enum { ATTEMPT_BYTES = 5 };
    size_t count = pack_get_count(in, ATTEMPT_BYTES);
    int code = 0;
    for (size_t i = 0; i < count && code == 0 && !in->bad; i++) {
        sqlite3_stmt *stmt = NULL;
        code = rep_sql_kept(db, REP_SQL_ADD_ATTEMPT, &stmt);
        if (code < 0) {
            return code;
        }
        struct pack_piece result = pack_get_text(in);
        enum rep_status status = (enum rep_status)pack_get_below(in, REP_STATUSES);
        struct pack_piece error = pack_get_text(in);
        sqlite3_bind_int64(stmt, 1, id);
        sqlite3_bind_int64(stmt, 2, (sqlite3_int64)i + 1);
        pack_bind(stmt, 3, &result);
        rep_bind_text(stmt, 4, rep_status_name(status));
        pack_bind(stmt, 5, &error);
        sqlite3_bind_int64(stmt, 6, (sqlite3_int64)pack_get(in));
        sqlite3_bind_int64(stmt, 7, (sqlite3_int64)pack_get(in));
        code = in->bad ? 0 : rep_sql_done(db, stmt, "store an attempt");
    }
    return code;
}

/* 0, -EEXIST, -EBADMSG or a failure of the file. */
static int store_result(struct rep_run *run, struct pack_in *in)
{
    struct head head;
    struct parts parts = {.input = {.present = false}};
    pack_get_seal(in);
    get_head(in, &head);
    int code = in->bad ? 0 : store_parts(run, in, &head, &parts);
    if (code == 0 && !in->bad) {
        code = store_row(run, &head, &parts);
    }
    if (code < 0) {
        return code;
    }
    int64_t id = sqlite3_last_insert_rowid(run->db->sql);
    if (!in->bad) {
        code = store_findings(run->db, id, in);
    }
    if (code == 0 && !in->bad) {
        code = store_attempts(run->db, id, in);
    }
    if (code == 0 && (in->bad || in->n > 0)) {
        return rep_fail(run->db, -EBADMSG, "bytes that are no packed result");
    }
    return code;
}

int rep_record_packed(struct rep_run *run, const struct rep_bytes *packed)
{
    struct pack_in in = {.p = packed->data, .n = packed->size};
    int code = rep_run_enter(run);
    if (code < 0) {
        return code;
    }
    code = store_result(run, &in);
    if (code == -EEXIST) {
        return code; /* what was stored of its parts stays: others may name it */
    }
    if (code < 0) {
        return rep_run_break(run, code);
    }
    run->pending++;
    return run->pending >= run->batch ? rep_flush(run) : 0;
}

int rep_record(struct rep_run *run, const struct rep_result *result)
{
    struct rep_error error;
    struct rep_bytes packed;
    if (run->failed) {
        return run->failed;
    }
    if (!run->packer && rep_packer_new(&run->packer) < 0) {
        return rep_fail_memory(run->db);
    }
    int code = rep_pack(run->packer, result, &error, &packed);
    return code < 0 ? rep_fail(run->db, code, "%s", error.text) : rep_record_packed(run, &packed);
}
