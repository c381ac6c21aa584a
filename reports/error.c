#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *rep_error_text(const struct rep_db *db)
{
    return db->error.text;
}

int rep_fail(struct rep_db *db, int code, const char *format, ...)
{
    char what[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    /* Names in it may be of any bytes; the text is one line. */
    for (char *p = what; (p = strchr(p, '\n')) != NULL;) {
        *p = ' ';
    }
    db->error.code = code;
    (void)snprintf(db->error.text, sizeof db->error.text, "%.400s: %s", db->path, what);
    return code;
}

int rep_fail_memory(struct rep_db *db)
{
    return rep_fail(db, -ENOMEM, "out of memory");
}

struct cause {
    int sqlite_code;
    int code;
    const char *rule;
};

/* Primary codes of sqlite, what we make of them, and the rule that the user should know. */
static const struct cause causes[] = {
    {SQLITE_BUSY, -EBUSY, "another process holds the file for too long"},
    {SQLITE_LOCKED, -EBUSY, "a statement still uses this table"},
    {SQLITE_FULL, -ENOSPC,
     "the disk, or the file's own page limit, is full; what was stored before stays"},
    {SQLITE_CORRUPT, -EBADMSG,
     "the file is damaged; it is left as it is, copy it and try .recover"},
    {SQLITE_NOTADB, -EBADMSG, "the file is damaged or not a SQLite database; it is left as it is"},
    {SQLITE_READONLY, -EROFS, "the file may only be read"},
    {SQLITE_PERM, -EACCES, "access is denied"},
    {SQLITE_CANTOPEN, -EACCES, "the file or its folder cannot be opened"},
    {SQLITE_AUTH, -EPERM, "a query may only read"},
    {SQLITE_NOMEM, -ENOMEM, "out of memory"},
    {SQLITE_TOOBIG, -E2BIG, "a value is larger than the database allows"},
    {SQLITE_INTERRUPT, -EINTR, "interrupted"},
    {SQLITE_CONSTRAINT, -EINVAL, "a rule of the schema forbids it"},
    {SQLITE_IOERR, -EIO, "reading or writing failed"},
};

int rep_fail_sql_code(struct rep_db *db, int sqlite_code, const char *doing)
{
    const char *detail = db->sql ? sqlite3_errmsg(db->sql) : sqlite3_errstr(sqlite_code);
    const char *damage = strstr(detail, "the file is damaged:");
    if (damage) {
        return rep_fail(db, -EBADMSG, "cannot %s: %.*s", doing, (int)strcspn(damage, "'"), damage);
    }
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (causes[i].sqlite_code == (sqlite_code & 0xff)) {
            return rep_fail(db, causes[i].code, "cannot %s: %s (%s)", doing, causes[i].rule,
                            detail);
        }
    }
    return rep_fail(db, -EINVAL, "cannot %s: %s", doing, detail);
}

int rep_fail_sql(struct rep_db *db, const char *doing)
{
    return rep_fail_sql_code(db, sqlite3_extended_errcode(db->sql), doing);
}
