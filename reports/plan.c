#include "private.h"

#include <errno.h>
#include <string.h>

static int add_input(struct rep_db *db, const struct rep_hash *hash,
                     const struct rep_hash part[REP_PARTS], const bool present[REP_PARTS])
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_INPUT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, hash);
    for (int i = 0; i < REP_PARTS; i++) {
        rep_bind_hash(stmt, i + 2, present[i] ? &part[i] : NULL);
    }
    return rep_sql_done(db, stmt, "store an input");
}

struct rep_hash rep_input_hash_parts(const struct rep_input *input, struct rep_hash part[REP_PARTS],
                                     bool present[REP_PARTS])
{
    unsigned char all[REP_PARTS * 17] = {0};
    for (size_t i = 0; i < REP_PARTS; i++) {
        present[i] = input->part[i].data != NULL;
        if (present[i]) {
            part[i] = rep_hash_of(input->part[i].data, input->part[i].size);
            all[i * 17] = 1;
            memcpy(all + i * 17 + 1, part[i].byte, sizeof part[i].byte);
        }
    }
    return rep_hash_of(all, sizeof all);
}

int rep_input_store(struct rep_run *run, const struct rep_input *input, struct rep_hash *hash)
{
    struct rep_hash part[REP_PARTS];
    bool present[REP_PARTS];
    struct rep_hash whole = rep_input_hash_parts(input, part, present);
    if (!rep_hash_set_has(&run->db->inputs, &whole)) {
        int code = add_input(run->db, &whole, part, present);
        if (code < 0) {
            return code;
        }
        rep_hash_set_add(&run->db->inputs, &whole);
    }
    *hash = whole;
    return 0;
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
    static const struct rep_input nothing;
    struct rep_hash hash;
    sqlite3_stmt *stmt = NULL;
    int code = rep_input_store(run, input ? input : &nothing, &hash);
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
    if (code == 0) {
        code = rep_sql_kept_exec(run->db, REP_SQL_SAVEPOINT, "plan a case");
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
    int released = rep_sql_kept_exec(run->db, REP_SQL_RELEASE, "plan a case");
    return released < 0 ? rep_run_break(run, released) : code;
}

int rep_recorded(struct rep_run *run, const char *name, const struct rep_input *input,
                 bool *recorded)
{
    struct rep_hash part[REP_PARTS];
    bool present[REP_PARTS];
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
        struct rep_hash now = rep_input_hash_parts(input, part, present);
        found = memcmp(&now, &was, sizeof now) == 0;
    }
    *recorded = found;
    return 0;
}
