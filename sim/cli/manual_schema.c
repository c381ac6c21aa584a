/* simrun-db(5), from the comments of the schema: what stands above a table or view, and beside its
 * columns. */
#include "manual.h"

#include "manual_text.h"

#include <sqlite3.h>

enum { COMMENT_BYTES = 4096 };

struct schema_page {
    FILE *out;
    sqlite3 *db;                 /* empty, made by the same SQL: it knows the columns of views */
    char comment[COMMENT_BYTES]; /* above what comes next */
    size_t n;
    bool in_table;
};

static bool starts(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static void keep_comment(struct schema_page *p, const char *text, size_t n)
{
    int more = snprintf(p->comment + p->n, sizeof(p->comment) - p->n, "%s%.*s", p->n ? " " : "",
                        (int)n, text);
    p->n += more > 0 && p->n + (size_t)more < sizeof(p->comment) ? (size_t)more : 0;
}

static void put_title(struct schema_page *p, const char *kind, const char *name)
{
    (void)fprintf(p->out, ".Ss %s %.*s\n", kind, (int)strcspn(name, "( \n"), name);
    manual_put_sentences(p->out, p->comment, p->n);
    p->n = 0;
}

/* `    name TYPE more, -- comment` */
static void put_column(struct schema_page *p, const char *line, size_t n)
{
    const char *name = line + strspn(line, " ");
    size_t name_n = strcspn(name, " \n");
    const char *type = name + name_n + strspn(name + name_n, " ");
    const char *comment = memmem(line, n, "-- ", 3);
    bool column = name[0] >= 'a' && name[0] <= 'z' && starts(line, "    ") && line[4] != ' ';
    if (!column) {
        return;
    }
    (void)fputs(".It Va ", p->out);
    manual_put_text(p->out, name, name_n);
    (void)fputs(" Pq ", p->out);
    manual_put_text(p->out, type, strcspn(type, " ,\n"));
    (void)fputc('\n', p->out);
    if (comment) {
        manual_put_sentences(p->out, comment + 3, n - (size_t)(comment + 3 - line));
    }
}

/* What a view or a virtual table has; their columns have no comments of their own. */
static int put_columns(struct schema_page *p, const char *name)
{
    sqlite3_stmt *ask;
    if (sqlite3_prepare_v2(p->db, "SELECT name FROM pragma_table_info(?)", -1, &ask, NULL)) {
        return -EINVAL;
    }
    (void)sqlite3_bind_text(ask, 1, name, (int)strcspn(name, "( \n"), SQLITE_STATIC);
    (void)fputs(".Pp\nColumns:\n", p->out);
    int n = 0;
    for (; sqlite3_step(ask) == SQLITE_ROW; n++) {
        (void)fprintf(p->out, "%s.Va ", n ? " ,\n" : "");
        const char *column = (const char *)sqlite3_column_text(ask, 0);
        manual_put_text(p->out, column, strlen(column));
    }
    (void)fputc('\n', p->out);
    return sqlite3_finalize(ask) || n == 0 ? -EINVAL : 0;
}

static int put_line(struct schema_page *p, const char *line, size_t n)
{
    static const struct {
        const char *text, *kind;
        bool table;
    } starts_of[] = {{"CREATE TABLE ", "Table", true},
                     {"CREATE VIRTUAL TABLE ", "Table", false},
                     {"CREATE VIEW ", "View", false}};
    for (size_t i = 0; i < ARRAY_LEN(starts_of); i++) {
        if (starts(line, starts_of[i].text)) {
            const char *name = line + strlen(starts_of[i].text);
            put_title(p, starts_of[i].kind, name);
            p->in_table = starts_of[i].table;
            (void)fputs(p->in_table ? ".Bl -tag -width Ds\n" : "", p->out);
            return p->in_table ? 0 : put_columns(p, name);
        }
    }
    if (p->in_table && line[0] == ')') {
        (void)fputs(".El\n", p->out);
        p->in_table = false;
    } else if (p->in_table) {
        put_column(p, line, n);
    } else if (starts(line, "-- ")) {
        keep_comment(p, line + 3, n - 3);
    } else if (n == 0) {
        p->n = 0;
    }
    return 0;
}

static int put_sql(struct schema_page *p, const char *sql)
{
    int code = 0;
    for (const char *line = sql; *line && !code;) {
        size_t len = strcspn(line, "\n");
        code = put_line(p, line, len);
        line += len + (line[len] == '\n');
    }
    p->n = 0;
    return code;
}

int manual_print_schema(FILE *out, const char *const *sql, size_t n, const char *date)
{
    struct schema_page p = {.out = out};
    int code = sqlite3_open(":memory:", &p.db) ? -ENOMEM : 0;
    for (size_t i = 0; i < n && !code; i++) {
        code = sqlite3_exec(p.db, sql[i], NULL, NULL, NULL) ? -EINVAL : 0;
    }
    manual_put_head(out, "simrun-db", 5, date);
    (void)fputs("database of recorded runs\n.Sh DESCRIPTION\n"
                "One SQLite file holds every run: what was asked, what came out,\n"
                "the whole tree of each case, and why.\n"
                "It browses with the\n.Xr sqlite3 1\nshell as it is.\n"
                "A directory of a tree is stored once by content, so equal subtrees\n"
                "of many cases cost nothing.\n"
                ".Sh TABLES AND VIEWS\n",
                out);
    for (size_t i = 0; i < n && !code; i++) {
        code = put_sql(&p, sql[i]);
    }
    (void)fputs(".Sh SEE ALSO\n.Xr simrun 1 ,\n.Xr simrun\\-query 1\n", out);
    (void)sqlite3_close(p.db);
    return code;
}
