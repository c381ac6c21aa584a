/* A view or a computed column of a file runs when it is read. Those that we read must be ours. */
#include "private.h"

#include <errno.h>
#include <string.h>

/* ---- Our own text ------------------------------------------------------------------------------
 */

static const char table_head[] = "CREATE TABLE ";
static const char view_head[] = "CREATE VIEW ";
static const char search_head[] = "CREATE VIRTUAL TABLE ";

/* What full text search keeps its index in. */
static const char *const search_tables[] = {"search_data", "search_idx", "search_docsize",
                                            "search_config"};

struct statement {
    const char *text; /* up to the semicolon */
    size_t size;
    const char *name;
    size_t name_size;
};

/* The next statement that begins with `head`; the rest of the text goes on in `*sql`. A semicolon
 * ends its line in our text, and only there ends a statement. */
static bool next_statement(const char **sql, const char *head, struct statement *ret)
{
    const char *at = strstr(*sql, head);
    const char *end = at ? strstr(at, ";\n") : NULL;
    if (!end) {
        return false;
    }
    const char *name = at + strlen(head);
    *ret = (struct statement){at, (size_t)(end - at), name, strcspn(name, " (\n")};
    *sql = end;
    return true;
}

bool rep_next_view(const char **sql, const char **name, size_t *size)
{
    struct statement view;
    if (!next_statement(sql, view_head, &view)) {
        return false;
    }
    *name = view.name;
    *size = view.name_size;
    return true;
}

/* ---- The file ----------------------------------------------------------------------------------
 */

/* 1 = the file has what the statement makes, word for word, 0 = it has not. */
static int has_statement(struct rep_db *db, sqlite3_stmt *stmt, const struct statement *made)
{
    (void)sqlite3_bind_text(stmt, 1, made->name, (int)made->name_size, SQLITE_STATIC);
    (void)sqlite3_bind_text(stmt, 2, made->text, (int)made->size, SQLITE_STATIC);
    int code = rep_sql_row(db, stmt, "read what the file is made of");
    sqlite3_reset(stmt);
    return code;
}

/* 0, or 1 and the first statement of such a kind that the file does not have. */
static int find_other(struct rep_db *db, const char *sql, const char *head, struct statement *other)
{
    struct statement made;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db, "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND sql = ?2", &stmt);
    while (code == 0 && next_statement(&sql, head, &made)) {
        int has = has_statement(db, stmt, &made);
        if (has == 0) {
            *other = made;
        }
        code = has < 0 ? has : !has;
    }
    sqlite3_finalize(stmt);
    return code;
}

int rep_views_differ(struct rep_db *db)
{
    struct statement ignored;
    return find_other(db, rep_views_sql, view_head, &ignored);
}

static int fail_table(struct rep_db *db, const char *name, size_t size)
{
    return rep_fail(db, -EBADMSG, "%.*s is not the table that simrun makes; the file is not used",
                    (int)size, name);
}

/* A table on pages of its own that computes nothing. Which columns it has is seen by whoever asks
 * for one that it lacks. */
static int check_table(struct rep_db *db, sqlite3_stmt *stmt, const char *name, size_t size)
{
    (void)sqlite3_bind_text(stmt, 1, name, (int)size, SQLITE_STATIC);
    int code = rep_sql_row(db, stmt, "read what the file is made of");
    sqlite3_reset(stmt);
    return code == 0 ? fail_table(db, name, size) : code;
}

static int check_tables(struct rep_db *db)
{
    struct statement made;
    const char *sql = rep_schema_sql;
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db,
        "SELECT 1 FROM sqlite_schema s WHERE name = ?1 COLLATE NOCASE AND type = 'table' AND "
        "rootpage > 0 AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(s.name, 'main') WHERE "
        "hidden <> 0)",
        &stmt);
    while (code >= 0 && next_statement(&sql, table_head, &made)) {
        code = check_table(db, stmt, made.name, made.name_size);
    }
    for (size_t i = 0; i < sizeof search_tables / sizeof search_tables[0] && code >= 0; i++) {
        code = check_table(db, stmt, search_tables[i], strlen(search_tables[i]));
    }
    sqlite3_finalize(stmt);
    return code < 0 ? code : 0;
}

int rep_schema_check(struct rep_db *db)
{
    struct statement other;
    int code = check_tables(db);
    if (code == 0 && (code = find_other(db, rep_schema_sql, search_head, &other)) == 1) {
        return fail_table(db, other.name, other.name_size);
    }
    if (code == 0 && (code = find_other(db, rep_views_sql, view_head, &other)) == 1) {
        return rep_fail(db, -EBADMSG,
                        "%.*s is not the view that simrun makes; open the file once for writing to "
                        "have it made anew",
                        (int)other.name_size, other.name);
    }
    return code;
}
