#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- References --------------------------------------------------------------------------------
 */

/* Parses a whole decimal number; false when it is none or passes int64. */
static bool parse_number(const char *text, int64_t *value)
{
    int64_t number = 0;
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *text - '0', &number)) {
            return false;
        }
    }
    *value = number;
    return true;
}

int rep_label_check(struct rep_db *db, const char *label)
{
    if (!label[0]) {
        return rep_fail(db, -EINVAL, "an empty label names no run");
    }
    bool digits = label[strspn(label, "0123456789")] == '\0';
    if (digits || strncmp(label, "latest", 6) == 0 || strncmp(label, "profile:", 8) == 0 ||
        strncmp(label, "version:", 8) == 0) {
        return rep_fail(db, -EINVAL,
                        "the label %.200s could be taken for a run number, `latest`, `profile:` or "
                        "`version:`",
                        label);
    }
    if (strlen(label) > REP_MAX_NAME) {
        return rep_fail(db, -E2BIG, "a label is longer than %d bytes", REP_MAX_NAME);
    }
    return 0;
}

/* First column of the one row of `sql` with one parameter; 1 = found. */
static int find_id(struct rep_db *db, const char *sql, const char *text, int64_t number,
                   int64_t *id)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    if (text) {
        rep_bind_text(stmt, 1, text);
    } else {
        sqlite3_bind_int64(stmt, 1, number);
    }
    code = rep_sql_row(db, stmt, "look for a run");
    if (code == 1) {
        *id = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return code;
}

/* References that name what a run was made with; the newest such run is meant. */
static const struct {
    const char *prefix;
    const char *sql;
} by_text[] = {
    {"profile:", "SELECT max(id) FROM run WHERE profile = ? HAVING count(*) > 0"},
    {"version:", "SELECT max(id) FROM run WHERE subject_version = ? HAVING count(*) > 0"},
    {"", "SELECT max(id) FROM run WHERE label = ? HAVING count(*) > 0"},
};

static int find_by_text(struct rep_db *db, const char *ref, int64_t *id)
{
    size_t i = 0;
    while (strncmp(ref, by_text[i].prefix, strlen(by_text[i].prefix)) != 0) {
        i++;
    }
    return find_id(db, by_text[i].sql, ref + strlen(by_text[i].prefix), 0, id);
}

/* Many commands also take a database in place of a run: was one meant that is not there? */
static bool is_lost_file(const char *ref)
{
    size_t n = strlen(ref);
    bool like_a_file = strchr(ref, '/') || (n > 3 && strcmp(ref + n - 3, ".db") == 0);
    return like_a_file && access(ref, F_OK) != 0;
}

int rep_run_resolve(struct rep_db *db, const char *ref, int64_t *id)
{
    int64_t number = 0;
    int64_t found = 0;
    int code;
    if (!ref || !*ref) {
        return rep_fail(db, -EINVAL,
                        "a run is a number, latest, latest~N, a label, profile:NAME or "
                        "version:TEXT");
    }
    if (parse_number(ref, &number)) {
        code = find_id(db, "SELECT id FROM run WHERE id = ?", NULL, number, &found);
    } else if (strcmp(ref, "latest") == 0 ||
               (strncmp(ref, "latest~", 7) == 0 && parse_number(ref + 7, &number))) {
        code = find_id(db, "SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?", NULL, number,
                       &found);
    } else {
        code = find_by_text(db, ref, &found);
    }
    if (code == 0) {
        return rep_fail(db, -ENOENT, "no run %.200s%s; `simrun query runs` lists them", ref,
                        is_lost_file(ref) ? ", nor a file of that name" : "");
    }
    if (code < 0) {
        return code;
    }
    *id = found;
    return 0;
}

/* ---- Runs --------------------------------------------------------------------------------------
 */

/* One pass: grouping would sort every result of the run in memory. */
static int count_statuses(struct rep_db *db, int64_t run, struct rep_counts *counts)
{
    struct rep_buf sql = {0};
    sqlite3_stmt *stmt = NULL;
    for (size_t i = 0; i < REP_STATUSES; i++) {
        rep_buf_fmt(&sql, "%s count(*) FILTER (WHERE status = '%s')", i == 0 ? "SELECT" : ",",
                    rep_status_name((enum rep_status)i));
    }
    rep_buf_str(&sql, " FROM result WHERE run = ?");
    int code = sql.failed ? rep_fail_memory(db) : rep_sql_prepare(db, sql.data, &stmt);
    if (code == 0) {
        sqlite3_bind_int64(stmt, 1, run);
        code = rep_sql_row(db, stmt, "count results");
    }
    for (size_t i = 0; i < REP_STATUSES && code == 1; i++) {
        counts->status[i] = sqlite3_column_int64(stmt, (int)i);
        counts->recorded += counts->status[i];
    }
    sqlite3_finalize(stmt);
    rep_buf_release(&sql);
    return code < 0 ? code : 0;
}

int rep_count_run(struct rep_db *db, int64_t run, struct rep_counts *counts)
{
    struct rep_counts made = {0};
    int code = find_id(db, "SELECT count(*) FROM plan WHERE run = ?", NULL, run, &made.planned);
    if (code >= 0) {
        code = count_statuses(db, run, &made);
    }
    if (code == 0) {
        *counts = made;
    }
    return code;
}

void rep_run_info_release(struct rep_run_info *info)
{
    free(info->state);
    free(info->started);
    free(info->ended);
    free(info->argv);
    free(info->subject);
    free(info->subject_version);
    free(info->profile);
    free(info->label);
    free(info->options);
    *info = (struct rep_run_info){0};
}

static int fill_info(struct rep_db *db, sqlite3_stmt *stmt, struct rep_run_info *info)
{
    char **const fields[] = {&info->state,   &info->started, &info->ended,
                             &info->argv,    &info->subject, &info->subject_version,
                             &info->profile, &info->label,   &info->options};
    for (int i = 0; i < (int)(sizeof fields / sizeof fields[0]); i++) {
        const char *text = rep_column_text(stmt, i);
        if (text && !(*fields[i] = strdup(text))) {
            return rep_fail_memory(db);
        }
    }
    info->seed = (uint64_t)sqlite3_column_int64(stmt, 9);
    info->shard_index = (unsigned)sqlite3_column_int64(stmt, 10);
    info->shard_count = (unsigned)sqlite3_column_int64(stmt, 11);
    return 0;
}

int rep_run_find(struct rep_db *db, const char *ref, struct rep_run_info *info)
{
    struct rep_run_info made = {0};
    sqlite3_stmt *stmt = NULL;
    int code = rep_run_resolve(db, ref, &made.id);
    if (code == 0) {
        code = rep_sql_prepare(db,
                               "SELECT state, started, ended, argv, subject, subject_version, "
                               "profile, label, options, seed, shard_index, shard_count "
                               "FROM run WHERE id = ?",
                               &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, made.id);
    code = rep_sql_row(db, stmt, "read a run");
    if (code == 1) {
        code = fill_info(db, stmt, &made);
    } else if (code == 0) {
        code = rep_fail(db, -ENOENT, "no run %.200s", ref);
    }
    sqlite3_finalize(stmt);
    if (code == 0) {
        code = rep_count_run(db, made.id, &made.counts);
    }
    if (code < 0) {
        rep_run_info_release(&made);
        return code;
    }
    *info = made;
    return 0;
}
