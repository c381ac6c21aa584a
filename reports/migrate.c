#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct rep_step all_steps[REP_SCHEMA_VERSION] = {
    {rep_schema_sql},
    {rep_migrate_2_sql},
};

/* A file that nobody has put anything into yet may become ours. */
static int check_owner(struct rep_db *db)
{
    int64_t id = 0;
    int64_t tables = 0;
    int code = rep_sql_int(db, "PRAGMA application_id", &id);
    if (code < 0 || id == REP_APPLICATION_ID) {
        return code;
    }
    code = rep_sql_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code < 0) {
        return code;
    }
    if (id == 0 && tables == 0 && db->mode == REP_CREATE) {
        return 0;
    }
    return rep_fail(
        db, -EINVAL,
        "not a simrun database: its application_id is %#llx, not %#x; it is left as it is",
        (unsigned long long)id, REP_APPLICATION_ID);
}

static int drop_view(struct rep_db *db, const char *name, size_t size)
{
    char sql[128];
    int64_t there = 0;
    (void)snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name = '%.*s' COLLATE NOCASE",
        (int)size, name);
    int code = rep_sql_int(db, sql, &there);
    if (code < 0 || there == 0) {
        return code;
    }
    (void)snprintf(sql, sizeof sql, "DROP VIEW %.*s", (int)size, name);
    return rep_sql_exec(db, sql, "make the views anew");
}

/* Views may name what a step takes away. Only ours go: people keep views of their own in the file.
 * What is a view now may be a table of an older version, which its step replaces. */
static int drop_views(struct rep_db *db)
{
    const char *sql = rep_views_sql;
    const char *name = NULL;
    size_t size = 0;
    int code = 0;
    while (code == 0 && rep_next_view(&sql, &name, &size)) {
        code = drop_view(db, name, size);
    }
    return code;
}

/* An empty file gets the whole schema as it is now, an older one each step that it lacks. */
static int apply_steps(struct rep_db *db, const struct rep_step *steps, int from, int count)
{
    const char *doing = "bring the file to the next schema version";
    int code = drop_views(db);
    if (code == 0 && from == 0) {
        code = rep_sql_exec(db, steps[0].sql, doing);
    }
    for (int i = from; i > 0 && i < count && code == 0; i++) {
        code = rep_sql_exec(db, steps[i].sql, doing);
    }
    if (code == 0) {
        code = rep_sql_exec(db, rep_views_sql, doing);
    }
    if (code == 0) {
        char pragmas[128];
        (void)snprintf(pragmas, sizeof pragmas,
                       "PRAGMA application_id = %d; PRAGMA user_version = %d", REP_APPLICATION_ID,
                       count);
        code = rep_sql_exec(db, pragmas, doing);
    }
    return code;
}

int rep_migrate(struct rep_db *db, const struct rep_step *steps, int count)
{
    int64_t version = 0;
    int code = check_owner(db);
    if (code == 0) {
        code = rep_sql_int(db, "PRAGMA user_version", &version);
    }
    if (code < 0) {
        return code;
    }
    if (version > count) {
        return rep_fail(db, -ENOTSUP,
                        "written by a newer simrun (schema %lld, this one knows %d); use that one",
                        (long long)version, count);
    }
    if (version < 0) {
        return rep_fail(db, -EBADMSG, "the file is damaged: schema version %lld",
                        (long long)version);
    }
    if (version == count && db->mode == REP_READ) {
        return 0;
    }
    if (version == count && (code = rep_views_differ(db)) <= 0) {
        return code;
    }
    if (db->mode == REP_READ) {
        return rep_fail(db, -ENOTSUP,
                        "schema %lld is older than %d; open it once for writing to bring it up",
                        (long long)version, count);
    }
    code = rep_sql_exec(db, "BEGIN EXCLUSIVE", "bring the file to the next schema version");
    if (code < 0) {
        return code;
    }
    code = apply_steps(db, steps, (int)version, count);
    if (code == 0) {
        code = rep_sql_exec(db, "COMMIT", "bring the file to the next schema version");
    }
    if (code < 0 && !sqlite3_get_autocommit(db->sql)) {
        (void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

int rep_migrate_all(struct rep_db *db)
{
    return rep_migrate(db, all_steps, REP_SCHEMA_VERSION);
}
