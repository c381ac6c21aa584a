#include "search.h"

#include <errno.h>
#include <string.h>

#define PATHS 500u /* paths whose cases are looked for, the best first */

/* ---- What is asked for -------------------------------------------------------------------------
 */

/* Has the tokenizer something to find in it? ASCII letters and digits, and all that is no ASCII. */
static bool has_token(const char *word)
{
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) {
            return true;
        }
    }
    return false;
}

/* Each word is a phrase: "etc/host*" finds etc followed by what begins with host. */
static int make_match(struct rep_db *db, const char *const *words, size_t count,
                      struct rep_buf *match)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(words[i]);
        bool prefix = size > 1 && words[i][size - 1] == '*';
        if (!has_token(words[i])) {
            return rep_fail(db, -EINVAL,
                            "nothing to search for in \"%.200s\": letters or digits, please",
                            words[i]);
        }
        rep_buf_str(match, i ? " AND \"" : "\"");
        for (size_t j = 0; j < size - prefix; j++) {
            rep_buf_add(match, words[i][j] == '"' ? "\"\"" : words[i] + j,
                        words[i][j] == '"' ? 2 : 1);
        }
        rep_buf_str(match, prefix ? "\"*" : "\"");
    }
    if (count == 0) {
        return rep_fail(db, -EINVAL, "a search needs a word");
    }
    return match->failed ? rep_fail_memory(db) : 0;
}

/* ---- Matches and their cases -------------------------------------------------------------------
 */

static int add_match(struct search *search, enum rep_change_kind kind, const char *text,
                     const char *name)
{
    rep_groups_case(&search->groups, name);
    int code = rep_groups_add(&search->groups, kind, text, NULL);
    return code < 0 ? rep_fail_memory(search->db) : 0;
}

static const char *const errors_sql =
    "WITH hit AS MATERIALIZED (SELECT i.hash, highlight(search, 1, char(1), char(2)) AS text "
    "FROM search JOIN search_item i ON i.id = search.rowid "
    "WHERE search MATCH ?1 AND i.kind = 'error') "
    "SELECT h.text, r.run || ' ' || r.name FROM hit h JOIN result r ON r.error = h.hash "
    "WHERE ?2 = 0 OR r.run = ?2";

/* A line names no logs: those of the runs that are looked at are gone over, each once. */
static const char *const lines_sql =
    "WITH hit AS MATERIALIZED (SELECT i.text AS line, highlight(search, 1, char(1), char(2)) AS "
    "text "
    "FROM search JOIN search_item i ON i.id = search.rowid "
    "WHERE search MATCH ?1 AND i.kind = 'log'), "
    "log AS MATERIALIZED (SELECT DISTINCT log AS hash FROM result WHERE log IS NOT NULL "
    "AND (?2 = 0 OR run = ?2) AND EXISTS (SELECT 1 FROM hit)), "
    "found AS MATERIALIZED (SELECT DISTINCT l.hash, h.text FROM log l JOIN blob b ON b.hash = "
    "l.hash, "
    "json_each(iif(json_valid(b.data) AND json_type(b.data) = 'array', b.data, '[]')) e "
    "JOIN hit h ON h.line = e.value) "
    "SELECT f.text, r.run || ' ' || r.name FROM found f JOIN result r ON r.log = f.hash "
    "WHERE ?2 = 0 OR r.run = ?2";

static int find_texts(struct search *search, const char *sql, enum rep_change_kind kind)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(search->db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, search->match);
    sqlite3_bind_int64(stmt, 2, search->run);
    while ((code = rep_sql_row(search->db, stmt, "search")) == 1) {
        const char *text = rep_column_text(stmt, 0);
        const char *name = rep_column_text(stmt, 1);
        code = text && name ? add_match(search, kind, text, name) : 0;
        if (code < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

/* From the root of every tree down the names of one path (?1, a JSON array that begins with "/").
 */
static const char *const cases_sql =
    "WITH RECURSIVE down(tree, dir, depth) AS ("
    "SELECT DISTINCT tree, tree, 0 FROM result WHERE tree IS NOT NULL AND (?2 = 0 OR run = ?2) "
    "UNION ALL SELECT d.tree, n.child, d.depth + 1 FROM down d JOIN node n ON n.dir = d.dir AND "
    "n.name = json_extract(?1, '$[' || d.depth || ']') "
    "WHERE d.depth < json_array_length(?1) - 1 AND n.child IS NOT NULL) "
    "SELECT r.run || ' ' || r.name FROM down d JOIN node n ON n.dir = d.dir AND "
    "n.name = json_extract(?1, '$[#-1]') JOIN result r ON r.tree = d.tree "
    "WHERE d.depth = json_array_length(?1) - 1 AND (?2 = 0 OR r.run = ?2) ORDER BY r.run, r.name";

static void add_names(struct rep_buf *json, const char *path)
{
    rep_buf_str(json, "[\"/\"");
    while (*path) {
        size_t size = strcspn(path, "/");
        if (size > 0) {
            rep_buf_str(json, ",");
            rep_buf_json(json, path, size);
        }
        path += size + (path[size] == '/');
    }
    rep_buf_str(json, "]");
}

static int find_path_cases(struct search *search, const char *path, const char *text)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_buf names = {0};
    add_names(&names, path);
    int code =
        names.failed ? rep_fail_memory(search->db) : rep_sql_prepare(search->db, cases_sql, &stmt);
    if (code == 0) {
        rep_bind_text(stmt, 1, names.data);
        sqlite3_bind_int64(stmt, 2, search->run);
        while ((code = rep_sql_row(search->db, stmt, "search")) == 1) {
            code = add_match(search, REP_CHANGE_TREE, text, rep_column_text(stmt, 0));
            if (code < 0) {
                break;
            }
        }
    }
    sqlite3_finalize(stmt);
    rep_buf_release(&names);
    return code;
}

/* No path of the index is; looking for it would take a step for each directory. */
static bool is_too_deep(const char *path)
{
    size_t depth = 0;
    for (; path && *path; path++) {
        depth += *path == '/';
    }
    return depth > REP_SEARCH_PATH;
}

static int find_paths(struct search *search)
{
    sqlite3_stmt *stmt = NULL;
    unsigned seen = 0;
    int code = rep_sql_prepare(search->db,
                               "SELECT i.text, highlight(search, 1, char(1), char(2)) "
                               "FROM search JOIN search_item i ON i.id = search.rowid "
                               "WHERE search MATCH ?1 AND i.kind = 'path' ORDER BY rank, i.text",
                               &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, search->match);
    while ((code = rep_sql_row(search->db, stmt, "search")) == 1) {
        const char *path = rep_column_text(stmt, 0);
        const char *text = rep_column_text(stmt, 1);
        if (seen++ >= PATHS || is_too_deep(path)) {
            search->paths_left++;
        } else if (path && text && (code = find_path_cases(search, path, text)) < 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

/* ---- All of it ----------------------------------------------------------------------------------
 */

/* A run that is going on, or was killed, is not indexed yet. */
static int find_backlog(struct search *search)
{
    return rep_sql_int(search->db,
                       "SELECT count(*) FROM result WHERE id > (SELECT result FROM search_state)",
                       &search->backlog);
}

int rep_search(struct rep_db *db, const char *ref, const char *const *words, size_t count,
               const struct rep_sink *sink, enum rep_format format, size_t *matches)
{
    struct search search = {.db = db};
    struct rep_buf match = {0};
    int code = format == REP_FORMAT_CSV ? rep_fail(db, -EINVAL, "a search gives text or JSON lines")
                                        : make_match(db, words, count, &match);
    if (code == 0 && ref) {
        code = rep_run_resolve(db, ref, &search.run);
    }
    search.match = match.data;
    if (code == 0) {
        code = find_texts(&search, errors_sql, REP_CHANGE_ERROR);
    }
    if (code == 0) {
        code = find_texts(&search, lines_sql, REP_CHANGE_LOG);
    }
    if (code == 0) {
        code = find_paths(&search);
    }
    if (code == 0) {
        code = find_backlog(&search);
    }
    if (code == 0) {
        rep_groups_sort(&search.groups);
        code = search_write(&search, sink, format);
    }
    if (code == 0 && matches) {
        *matches = search.groups.count;
    }
    rep_groups_release(&search.groups);
    rep_buf_release(&match);
    return code;
}
