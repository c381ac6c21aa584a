#include "diff.h"

#include <errno.h>
#include <string.h>

/* As in the table input. */
static const char *const part_names[REP_PARTS] = {
    "spec", "configuration", "root file system", "bind sources", "operations", "flags"};

struct parts {
    struct rep_hash hash[REP_PARTS];
    bool has[REP_PARTS];
};

static int load(struct rep_db *db, const struct rep_hash *input, struct parts *parts)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db, "SELECT spec, conf, root, sources, ops, flags FROM input WHERE hash = ?", &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, input);
    code = rep_sql_row(db, stmt, "read an input");
    for (int i = 0; i < REP_PARTS && code == 1; i++) {
        parts->has[i] = rep_column_hash(stmt, i, &parts->hash[i]);
    }
    sqlite3_finalize(stmt);
    if (code == 0) {
        return rep_fail(db, -EBADMSG, "the file is damaged: an input is missing");
    }
    return code < 0 ? code : 0;
}

int rep_diff_input(const struct rep_diff_part *part)
{
    struct parts a = {0};
    struct parts b = {0};
    struct rep_buf text = {0};
    int code = load(part->db_a, part->a, &a);
    if (code == 0) {
        code = load(part->db_b, part->b, &b);
    }
    for (int i = 0; i < REP_PARTS; i++) {
        if (a.has[i] != b.has[i] ||
            (a.has[i] && memcmp(&a.hash[i], &b.hash[i], sizeof a.hash[i]) != 0)) {
            rep_buf_str(&text, text.size ? ", " : "another ");
            rep_buf_str(&text, part_names[i]);
        }
    }
    if (code == 0 &&
        (text.failed || rep_groups_add(part->groups, REP_CHANGE_INPUT,
                                       text.size ? text.data : "another input", NULL) < 0)) {
        code = rep_fail_memory(part->db_a);
    }
    rep_buf_release(&text);
    return code;
}
