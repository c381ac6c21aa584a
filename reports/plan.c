#include "private.h"

#include <errno.h>
#include <string.h>

static int add_input(struct rep_db *db, const struct rep_hash *hash,
                     const struct rep_input_key *key)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_INPUT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    for (int i = 0; i < REP_PARTS; i++) {
        rep_bind_hash(stmt, i + 2, key->present[i] ? &key->part[i] : NULL);
    }
    return rep_sql_done(db, stmt, "store an input");
}

int rep_input_store(struct rep_run *run, const struct rep_hash *hash,
                    const struct rep_input_key *key)
{
    if (rep_hash_set_has(&run->db->inputs, hash)) {
        return 0;
    }
    int code = add_input(run->db, hash, key);
    if (code == 0) {
        rep_hash_set_add(&run->db->inputs, hash);
    }
    return code;
}

static int check_name(struct rep_db *db, const char *name)
{
    if (!name || name[0] == '\0') {
        return rep_fail(db, -EINVAL, "a case needs a name");
    }
    if (strlen(name) > REP_MAX_NAME) {
        return rep_fail(db, -E2BIG, "the case name %.60s... is longer than %d bytes", name,
                        REP_MAX_NAME);
    }
    return 0;
}

static int add_plan(struct rep_run *run, const char *name, const struct rep_input *input)
{
    struct rep_input_key key = {.present = {false}};
    sqlite3_stmt *stmt = NULL;
    if (input) {
        rep_input_key(input, &key);
    }
    struct rep_hash hash = rep_input_key_hash(&key);
    int code = rep_input_store(run, &hash, &key);
    if (code == 0) {
        code = rep_sql_kept(run->db, REP_SQL_ADD_PLAN, &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    sqlite3_bind_int64(stmt, 2, run->planned);
    rep_bind_text(stmt, 3, name);
    rep_bind_hash(stmt, 4, &hash);
    code = rep_sql_done(run->db, stmt, "plan a case");
    if (code == 0 && sqlite3_changes(run->db->sql) == 0) {
        return rep_fail(run->db, -EEXIST, "the case %.400s is already planned in run %lld", name,
                        (long long)run->id);
    }
    return code;
}

int rep_plan(struct rep_run *run, const char *name, const struct rep_input *input)
{
    int code = check_name(run->db, name);
    if (code == 0) {
        code = rep_run_enter(run);
    }
    if (code < 0) {
        return code;
    }
    code = add_plan(run, name, input);
    if (code < 0 && code != -EEXIST) {
        return rep_run_break(run, code);
    }
    if (code == 0) {
        run->planned++;
    }
    return code;
}

int rep_recorded(struct rep_run *run, const char *name, const struct rep_input *input,
                 bool *recorded)
{
    struct rep_hash was;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(run->db, REP_SQL_RESULT_INPUT, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run->id);
    rep_bind_text(stmt, 2, name);
    code = rep_sql_row(run->db, stmt, "look for a result");
    bool found = code == 1 && rep_column_hash(stmt, 0, &was);
    sqlite3_reset(stmt);
    if (code < 0) {
        return code;
    }
    if (found && input) {
        struct rep_hash now = rep_input_hash(input);
        found = memcmp(&now, &was, sizeof now) == 0;
    }
    *recorded = found;
    return 0;
}
