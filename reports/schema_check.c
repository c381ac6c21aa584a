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

/* ---- Text as sqlite takes it -------------------------------------------------------------------
 */

/* A file that was brought up from an older version has other comments and line breaks than a new
 * one. */
struct tokens {
    const char *at;
    const char *end;
    char last; /* what came last; a blank only where words would run together */
};

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static char next_char(struct tokens *t)
{
    const char *before = t->at;
    while (t->at < t->end) {
        if (strchr(" \t\r\n", *t->at)) {
            t->at++;
        } else if (t->end - t->at > 1 && t->at[0] == '-' && t->at[1] == '-') {
            const char *line_end = memchr(t->at, '\n', (size_t)(t->end - t->at));
            t->at = line_end ? line_end : t->end;
        } else {
            break;
        }
    }
    if (t->at == t->end) {
        return '\0';
    }
    bool apart = t->at > before && is_word(t->last) && is_word(*t->at);
    t->last = apart ? ' ' : *t->at++;
    return t->last;
}

static bool is_same_sql(const char *a, size_t size_a, const char *b, size_t size_b)
{
    struct tokens x = {a, a + size_a, '\0'};
    struct tokens y = {b, b + size_b, '\0'};
    char c;
    do {
        c = next_char(&x);
        if (c != next_char(&y)) {
            return false;
        }
    } while (c);
    return true;
}

/* ---- The file ----------------------------------------------------------------------------------
 */

/* 1 = the file has what the statement makes, 0 = it has not. */
static int has_statement(struct rep_db *db, sqlite3_stmt *stmt, const struct statement *made)
{
    (void)sqlite3_bind_text(stmt, 1, made->name, (int)made->name_size, SQLITE_STATIC);
    int code = rep_sql_row(db, stmt, "read what the file is made of");
    if (code == 1) {
        const char *sql = rep_column_text(stmt, 0);
        size_t size = (size_t)sqlite3_column_bytes(stmt, 0);
        /* What stands behind a NUL is no part of it for sqlite. */
        code = sql && strlen(sql) == size && is_same_sql(sql, size, made->text, made->size);
    }
    sqlite3_reset(stmt);
    return code;
}

/* 0, or 1 and the first statement of such a kind that the file does not have. */
static int find_other(struct rep_db *db, const char *sql, const char *head, struct statement *other)
{
    struct statement made;
    sqlite3_stmt *stmt = NULL;
    int code =
        rep_sql_prepare(db, "SELECT sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", &stmt);
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

/* Tables of full text search, which it makes itself: on pages of their own, computing nothing. */
static int find_other_index(struct rep_db *db, const char **other)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db,
        "SELECT 1 FROM sqlite_schema s WHERE name = ?1 COLLATE NOCASE AND type = 'table' AND "
        "rootpage > 0 AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(s.name, 'main') WHERE "
        "hidden <> 0)",
        &stmt);
    for (size_t i = 0; i < sizeof search_tables / sizeof search_tables[0] && code == 0; i++) {
        rep_bind_text(stmt, 1, search_tables[i]);
        code = rep_sql_row(db, stmt, "read what the file is made of");
        sqlite3_reset(stmt);
        *other = search_tables[i];
        code = code < 0 ? code : !code;
    }
    sqlite3_finalize(stmt);
    return code;
}

static int fail_table(struct rep_db *db, const char *name, size_t size)
{
    return rep_fail(db, -EBADMSG, "%.*s is not the table that simrun makes; the file is not used",
                    (int)size, name);
}

static int check_tables(struct rep_db *db)
{
    struct statement other = {0};
    const char *name = "";
    int code = find_other(db, rep_schema_sql, table_head, &other);
    code = code == 0 ? find_other(db, rep_schema_sql, search_head, &other) : code;
    if (code == 1) {
        return fail_table(db, other.name, other.name_size);
    }
    code = code == 0 ? find_other_index(db, &name) : code;
    return code == 1 ? fail_table(db, name, strlen(name)) : code;
}

int rep_schema_check(struct rep_db *db)
{
    struct statement other = {0};
    int code = check_tables(db);
    code = code == 0 ? find_other(db, rep_views_sql, view_head, &other) : code;
    return code == 1 ? rep_fail(db, -EBADMSG,
                                "%.*s is not the view that simrun makes; open the file once for "
                                "writing to have it made anew",
                                (int)other.name_size, other.name)
                     : code;
}
