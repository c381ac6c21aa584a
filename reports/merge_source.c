#include "merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file to merge is read only. One of an older version is copied first, and the copy brought up.
 */

static int copy_database(struct rep_db *into, sqlite3 *from, const char *path)
{
    sqlite3 *to = NULL;
    int rc = sqlite3_open(path, &to);
    sqlite3_backup *backup = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", from, "main") : NULL;
    if (backup) {
        rc = sqlite3_backup_step(backup, -1);
        (void)sqlite3_backup_finish(backup);
        rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
    } else if (rc == SQLITE_OK) {
        rc = sqlite3_errcode(to);
    }
    sqlite3_close(to);
    return rc == SQLITE_OK ? 0 : rep_fail_sql_code(into, rc, "copy the older file");
}

static int64_t version_of(sqlite3 *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t version = 0;
    if (sqlite3_prepare_v2(sql, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        version = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return version;
}

static void remove_copy(char *copy)
{
    static const char *const tails[] = {"", "-lock", "-wal", "-shm", "-journal"};
    for (size_t i = 0; copy && i < sizeof tails / sizeof tails[0]; i++) {
        struct rep_buf name = {0};
        rep_buf_str(&name, copy);
        rep_buf_str(&name, tails[i]);
        if (!name.failed) {
            (void)unlink(name.data);
        }
        rep_buf_release(&name);
    }
    free(copy);
}

static int open_copy(struct rep_db *into, sqlite3 *from, struct rep_merge_source *source)
{
    struct rep_buf name = {0};
    rep_buf_fmt(&name, "%s-merge-XXXXXX", into->path);
    int fd = name.failed ? -1 : mkstemp(name.data);
    if (fd < 0) {
        int code = name.failed ? rep_fail_memory(into)
                               : rep_fail(into, -errno, "no room for a copy of the older file: %s",
                                          strerror(errno));
        rep_buf_release(&name);
        return code;
    }
    (void)close(fd);
    source->copy = name.data;
    struct rep_error error = {0};
    int code = copy_database(into, from, name.data);
    if (code == 0 && (code = rep_open(name.data, REP_WRITE, &error, &source->db)) < 0) {
        into->error = error;
    }
    return code;
}

static int open_older(struct rep_db *into, const char *path, const struct rep_error *refused,
                      struct rep_merge_source *source)
{
    sqlite3 *sql = NULL;
    int rc = sqlite3_open_v2(path, &sql, SQLITE_OPEN_READONLY, NULL);
    int64_t version = rc == SQLITE_OK ? version_of(sql) : 0;
    int code = -ENOTSUP;
    if (version > 0 && version < REP_SCHEMA_VERSION) {
        code = open_copy(into, sql, source);
    } else {
        into->error = *refused;
    }
    sqlite3_close(sql);
    return code;
}

int rep_merge_source_open(struct rep_db *into, const char *path, struct rep_merge_source *source)
{
    struct rep_error error = {0};
    *source = (struct rep_merge_source){.path = path};
    int code = rep_open(path, REP_READ, &error, &source->db);
    if (code == -ENOTSUP) {
        code = open_older(into, path, &error, source);
    } else if (code < 0) {
        into->error = error;
    }
    if (code == 0) {
        const char *ours = sqlite3_db_filename(into->sql, "main");
        const char *theirs = sqlite3_db_filename(source->db->sql, "main");
        code = ours && theirs && strcmp(ours, theirs) == 0
                   ? rep_fail(into, -EINVAL, "a database cannot be merged into itself")
                   : rep_sql_exec(source->db, "BEGIN", "read the file to merge");
    }
    return code;
}

void rep_merge_source_close(struct rep_merge_source *source)
{
    (void)rep_close(source->db);
    remove_copy(source->copy);
    *source = (struct rep_merge_source){0};
}
